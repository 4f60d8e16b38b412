//! A typed client for InfluxDB: structs are written as line protocol and query results are read back into structs.
//!
//! Served now: InfluxDB 1.x, and what speaks its protocol.
//!
//! ```no_run
//! use std::time::SystemTime;
//! use influx_client::{Client, FromRow, LineProtocol};
//!
//! #[derive(LineProtocol, FromRow, Debug)]
//! #[measurement("trades")]
//! struct Trade {
//!     #[timestamp]
//!     time: SystemTime,
//!     #[tag]
//!     instrument: String,
//!     price: f64,
//!     size: i64,
//!     trade_id: Option<String>,
//! }
//!
//! # async fn run(trades: Vec<Trade>) -> influx_client::Result<()> {
//! let client = Client::v1("http://localhost:8086").database("market").build()?;
//! client.write(&trades).await?;
//! let back: Vec<Trade> =
//!     client.influxql("SELECT * FROM trades WHERE instrument = $i").bind("i", "AAPL").fetch_all().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What a write promises
//!
//! Success means that the server answered so for every line, by a success without a document. Otherwise the [`Error`] says what
//! became of the points: [`delivery`](Error::delivery) is not sent, unknown, rejected or partial, and
//! [`rejected`](Error::rejected) names the refused points by their place in what was given to `write`, as far as the server
//! tells. A status alone says nothing about points: only the database's own words refuse them. What failed is not tried again
//! behind the caller's back, but for lines that were refused because of others beside them, bodies that were too large, and
//! bodies that could not be unpacked. Nothing is sent at all when a point cannot be encoded, and points without a time are
//! stamped ([`untimed`](V1Builder::untimed)).
//!
//! # Administration
//!
//! [`Client::admin`] has databases, retention policies, users and all that the server tells of itself: see [`admin`].
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `time`, `jiff`, `uuid`, `rust_decimal` | the types of those crates as timestamps and values |
//! | `metrics` | counters of the batch writer for the crate `metrics` |
//! | `serde` | `Serde<T>`: rows as any type that serde can deserialize |
//! | `spool` | the batch writer keeps on disk what is not delivered: `SpoolSettings` |
//! | `test-util` | the module `test_util`: a scripted loopback server |

pub mod admin;
mod auth;
pub mod batch;
mod client;
mod config;
mod delivery;
mod endpoint;
mod error;
mod generation;
mod http;
mod inflate;
mod jwt;
mod message;
mod query;
mod retry;
mod runtime;
mod secret;
mod session;
#[cfg(feature = "spool")]
mod spool;
mod stamp;
#[cfg(feature = "test-util")]
pub mod test_util;
mod tls;
mod write;

pub use client::{Client, Pong};
pub use config::{Consistency, SameTime, Untimed, V1Builder};
pub use delivery::{Delivery, Rejected};
pub use error::{Error, Result};
pub use query::{Bind, Identifier, Query, Regex, RowBatch, RowBatches, RowStream, SeriesStream};
#[cfg(feature = "spool")]
pub use spool::{Fsync, SpoolSettings};
pub use write::{Given, Many, One, Points, RawLines, Streamed, WriteFuture, WriteRequest, Written};

pub use influx_core::decode::influxql::Format;
pub use influx_core::decode::{Message, Series};

// The traits, types and hidden parts of the core. The derives below stand in front of the core's of the same names, as
// theirs refer to this crate: one dependency is enough.
#[doc(no_inline)]
pub use influx_core::*;
pub use influx_derive::{
    FieldValueViaClient as FieldValue, FromRowViaClient as FromRow, LineProtocolViaClient as LineProtocol,
    TagValueViaClient as TagValue,
};
