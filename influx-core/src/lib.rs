//! Typed line protocol encoding and result decoding for InfluxDB 1.x, 2.x and 3.x. No I/O, no clock, no async.

extern crate self as influx_core;

pub mod decode;
pub mod from_value;
pub mod row;

mod decode_error;
mod dialect;
mod precision;
mod rfc3339;

pub use dialect::Dialect;
pub use precision::Precision;
