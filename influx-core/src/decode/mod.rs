//! Push decoders: bytes in as they arrive, rows out. No I/O here.

pub(crate) mod columns;
mod decimal;
pub(crate) mod error;
pub(crate) mod from_row;
pub(crate) mod from_timestamp;
pub(crate) mod from_value;
mod json;
mod json_row;
pub(crate) mod mismatch;
mod msgpack;
mod msgpack_row;
mod number;
pub(crate) mod plan;
mod quick;
pub(crate) mod row;
mod scratch;
mod shared;
pub(crate) mod value_ref;

pub mod influxql;
pub mod line_protocol;

pub use scratch::Scratch;
