//! Bytes in as they arrive, split anywhere, and rows out: the same for all formats.

pub(crate) mod decoder;
mod engine;
pub(crate) mod machine;
pub(crate) mod points;
mod rows;
mod series;

pub use decoder::{Decoder, LentRows};
pub use machine::{Message, Syntax};
pub use points::Points;
pub use rows::Rows;
pub use series::{Series, WholeSeries};
