//! A typed client for InfluxDB: structs are written as line protocol and query results are read back into structs.
//!
//! Served now: InfluxDB 1.x and 2.x, Cloud, and what speaks their protocols.
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
//! # 2.x and Flux
//!
//! [`Client::v2`] writes to buckets; its other verbs are those of a client of 1.x, InfluxQL included. [`Client::flux`] asks in Flux, on 1.8 and
//! later, too:
//!
//! ```no_run
//! # use influx_client::{Client, FromRow};
//! # #[derive(FromRow)]
//! # struct Trade { price: f64 }
//! # async fn run() -> influx_client::Result<()> {
//! let client = Client::v2("http://localhost:8086").org("desk").bucket("market").token("secret").build()?;
//! let text = r#"from(bucket: b) |> range(start: -1h) |> filter(fn: (r) => r._measurement == "trades" and r.instrument == i)"#;
//! let trades: Vec<Trade> = client.flux(text).bind("b", "market").bind("i", "AAPL").pivot().fetch_all().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`pivot`](Query::pivot) puts the fields of a point into one row, as structs want them; without it a row is one field: `_field: String` and
//!   `_value: OwnedValue`.
//! - [`bind`](Query::bind) and [`bind_time`](Query::bind_time) give values to names of the text, here without `$`: all that [`Bind`] lists,
//!   [`FluxDuration`], arrays and [records](Bind::record) too.
//! - [`series`](Query::series) reads table by table: [`Columns`] has the group key, and of each column the datatype and the default.
//! - [`profile`](Query::profile) returns what the server measured beside the rows.
//! - How columns are found, and what null and the empty text are: [`decode::annotated_csv`].
//!
//! # Settings from outside
//!
//! [`Client::from_env`], [`Client::from_config_file`] and [`Client::from_connection_string`] give a [`ClientConfig`]: its
//! [`build`](ClientConfig::build) makes a client of the generation that the settings mean, [`detect`](ClientConfig::detect) asks the server where they
//! do not say, and [`v1`](ClientConfig::v1) and [`v2`](ClientConfig::v2) give the builder.
//!
//! # What a write promises
//!
//! Success means that the server answered so for every line, by a success without a document. Otherwise the [`Error`] says what
//! became of the points: [`delivery`](Error::delivery) is not sent, unknown, rejected or partial, and
//! [`rejected`](Error::rejected) names the refused points by their place in what was given to `write`, as far as the server
//! tells. A status alone says nothing about points: only the database's own words refuse them. What failed is not tried again
//! behind the caller's back, but for lines that were refused because of others beside them, bodies that were too large, and
//! bodies that could not be unpacked. Nothing is sent at all when a point cannot be encoded, and points without a time are
//! stamped ([`untimed`](ClientBuilder::untimed)).
//!
//! # Administration
//!
//! [`client.v1()`](Handles::v1) has InfluxDB 1.x's databases, retention policies, users and all that the server tells of itself: see
//! [`admin::v1`]. [`client.v2()`](Handles::v2) has the buckets, organizations, users, tokens, labels, tasks, mappings and secrets of 2.x,
//! deletes points, and sets new servers up: see [`admin::v2`].
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `time`, `jiff`, `uuid`, `rust_decimal` | the types of those crates as timestamps and values |
//! | `metrics` | counters of the batch writer for the crate `metrics` |
//! | `serde` | `Serde<T>`: rows as any type that serde can deserialize |
//! | `toml` | settings of TOML files: [`Client::from_config_file`] |
//! | `spool` | the batch writer keeps on disk what is not delivered: `SpoolSettings` |
//! | `test-util` | the module `test_util`: a scripted loopback server |

pub mod admin;
pub mod batch;
mod client;
mod config;
mod error;
mod generation;
mod http;
mod message;
mod query;
mod setup;
#[cfg(feature = "spool")]
mod spool;
#[cfg(feature = "test-util")]
pub mod test_util;
mod write;

pub use client::{Client, Handles, Pong};
pub use config::common::ClientBuilder;
pub use config::times::{SameTime, Untimed};
pub use config::v1::V1;
pub use config::v2::V2;
pub use config::writes::Consistency;
pub use error::delivery::{Delivery, Rejected};
pub use error::{Error, Result};
pub use query::batches::{RowBatch, RowBatches};
pub use query::bind::{Bind, BindValue, Identifier, Regex};
pub use query::builder::Query;
pub use query::duration::FluxDuration;
pub use query::flux::Flux;
pub use query::flux::dialect::CsvDialect;
pub use query::flux::profile::{OperatorProfile, Profile};
pub use query::influxql::InfluxQl;
pub use query::language::Language;
pub use query::outcome::RowOutcome;
pub use query::raw::RawStream;
pub use query::statements::Statements;
pub use query::stream::{RowStream, SeriesStream};
pub use setup::config::ClientConfig;
#[cfg(feature = "spool")]
pub use spool::settings::{Fsync, SpoolSettings};
pub use write::points::{Many, One, Points};
pub use write::request::{Given, RawLines, Streamed, WriteFuture, WriteRequest};
pub use write::written::Written;

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
