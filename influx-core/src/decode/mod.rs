//! Push decoders: bytes in as they arrive, rows out. No I/O here.

mod json;
mod json_row;
mod number;
mod scratch;

pub mod influxql;
pub mod line_protocol;

pub(crate) use number::is_number;
pub use scratch::Scratch;
