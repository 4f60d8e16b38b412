//! A typed client for InfluxDB 1.x, 2.x and 3.x.
//!
//! Served now: InfluxDB 1.x, and what speaks its protocol.

mod client;
mod config;
mod delivery;
mod dialect;
mod endpoint;
mod error;
mod http;
mod query;
mod retry;
mod secret;
mod session;
#[cfg(feature = "test-util")]
pub mod test_util;
mod write;

pub use client::{Client, Pong};
pub use config::{Consistency, V1Builder};
pub use delivery::{Delivery, Rejected};
pub use error::{Error, Result};
pub use query::{Bind, Identifier, Query, Regex, RowStream};
pub use write::{Given, Many, One, Points, RawLines, Streamed, WriteFuture, WriteRequest, Written};

pub use influx_core::decode::influxql::Message;

// The traits, types and hidden parts of the core. The derives below stand in front of the core's of the same names, as
// theirs refer to this crate: one dependency is enough.
#[doc(no_inline)]
pub use influx_core::*;
pub use influx_derive::{
    FieldValueViaClient as FieldValue, FromRowViaClient as FromRow, LineProtocolViaClient as LineProtocol,
    TagValueViaClient as TagValue,
};
