//! One line at a time: the buffer holds whole lines, and a line that fails is gone from it.

mod columns;
mod defaults;
pub(crate) mod derived;
pub(crate) mod dynamic;
mod known;
mod points;
mod scratch;
mod stamps;
pub(crate) mod writer;
