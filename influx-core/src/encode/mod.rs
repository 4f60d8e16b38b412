//! From points to line protocol.

pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod escape;
pub(crate) mod line;
pub(crate) mod line_protocol;
mod number;
pub(crate) mod parts;
mod point;
pub(crate) mod tag_str;
pub(crate) mod timestamp;
pub(crate) mod value;
pub(crate) mod wire;
