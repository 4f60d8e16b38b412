//! From points to line protocol.

pub(crate) mod buffer;
pub(crate) mod cast;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod escape;
pub(crate) mod flatten;
mod float;
pub(crate) mod form;
pub(crate) mod line;
pub(crate) mod line_protocol;
mod number;
mod point;
pub(crate) mod tag_str;
pub(crate) mod timestamp;
pub(crate) mod value;
pub(crate) mod wire;
