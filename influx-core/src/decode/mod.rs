//! Push decoders: bytes in as they arrive, rows out. No I/O here.

mod ahead;
mod cells;
pub(crate) mod columns;
mod decimal;
mod digits;
pub(crate) mod error;
pub(crate) mod from_row;
pub(crate) mod from_timestamp;
pub(crate) mod from_value;
mod json;
pub(crate) mod mismatch;
mod msgpack;
mod number;
pub(crate) mod plan;
pub(crate) mod push;
pub(crate) mod reads;
pub(crate) mod row;
mod scratch;
mod shared;
mod stop;
pub(crate) mod value_ref;

pub mod influxql;
pub mod line_protocol;

pub use push::{Decoder, LentRows, Message, Points, Rows, Series, Syntax, WholeSeries};
pub use scratch::Scratch;
