//! Push decoders: bytes in as they arrive, rows out. No I/O here.

mod decimal;
mod json;
mod json_row;
mod msgpack;
mod msgpack_row;
mod number;
mod quick;
mod scratch;

pub mod influxql;
pub mod line_protocol;

pub(crate) use number::is_number;
pub(crate) use quick::Kind;
pub use scratch::Scratch;
