//! Typed line protocol encoding and result decoding for InfluxDB 1.x, 2.x and 3.x. No I/O, no clock, no async.
//!
//! This is the part of `influx-client` that a crate of plain models needs. A struct says once what its columns are:
//!
//! ```
//! use influx_core::{Dialect, FromRow, LineProtocol, LineWriter, TagValue};
//!
//! #[derive(TagValue, Debug, PartialEq)]
//! #[tag_value(rename_all = "UPPERCASE")]
//! enum Side {
//!     Buy,
//!     Sell,
//! }
//!
//! #[derive(LineProtocol, FromRow, Debug, PartialEq)]
//! #[measurement("trades")]
//! struct Trade {
//!     #[timestamp]
//!     time: i64, // nanoseconds; or chrono, time, jiff, SystemTime, RFC 3339 text
//!     #[tag]
//!     instrument: String,
//!     #[tag]
//!     side: Side,
//!     #[field]
//!     price: f64,
//!     #[field]
//!     trade_id: Option<String>, // None: the field is left out
//! }
//!
//! // written
//! let trade = Trade { time: 1, instrument: "BRK B".into(), side: Side::Buy, price: 189.25, trade_id: None };
//! let mut writer = LineWriter::new(Dialect::V1);
//! writer.write(&trade)?;
//! assert_eq!(writer.as_bytes(), b"trades,instrument=BRK\\ B,side=BUY price=189.25 1\n");
//!
//! // and read
//! let body = br#"{"results":[{"statement_id":0,"series":[{"name":"trades","columns":
//!     ["time","instrument","price","side"],"values":[[1,"BRK B",189.25,"BUY"]]}]}]}"#;
//! let options = influx_core::decode::influxql::Options::new().epoch(influx_core::Precision::Ns);
//! let mut scratch = influx_core::decode::Scratch::new();
//! let rows: Result<Vec<Trade>, _> =
//!     influx_core::decode::influxql::iterpoints_with(body, &mut scratch, options).collect();
//! assert_eq!(rows?, [trade]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Attributes
//!
//! | attribute | on | meaning |
//! |---|---|---|
//! | `#[measurement("name")]` | struct | the measurement; without it the struct's name |
//! | `#[measurement]` | field | the measurement is this field's value; read: the name of the series, `_measurement` of Flux |
//! | `#[tag]`, `#[field]`, `#[timestamp]` | field | the role; a field without one is a field. Read: the timestamp is `time`, `_time` of Flux, whatever the field is called |
//! | `rename = "x"` | tag, field, timestamp | the name of the column |
//! | `default` | tag, field | read: a missing column or null gives `Default::default()` |
//! | `flatten` | tag, field | a nested struct's columns and time, or a map of columns known at run time |
//! | `shared` | tag, field | read: an `Arc<str>` that rows with the same text share |
//! | `as = f64`, `as = i64` | field | an integer stored as a float, an unsigned integer as a signed one; never inexactly |
//! | `nan = "skip"` | field | NaN and infinity leave the field out; `"error"`, the default, refuses the point |
//! | `unit = "ns"`, `"us"`, `"ms"`, `"s"` | timestamp | what an integer counts; without it an `i64` counts nanoseconds |
//! | `assume_utc` | timestamp | a time without a zone is UTC |
//! | `#[line_protocol(skip)]` | field | neither written nor read; read: `Default` |
//! | `#[line_protocol(rename_all = "camelCase")]` | struct | spells all columns without `rename` |
//! | `#[line_protocol(extra_tags(k = "v"))]` | struct | tags that every point carries |
//! | `#[line_protocol(tag_order = "declared")]` | struct | tags as declared; `"sorted"`, the default, saves servers work |
//! | `#[line_protocol(placeholder)]` | struct | a point without any field gets `_=true` instead of an error |
//! | `#[line_protocol(crate = path)]` | struct | where this crate is found, if it is re-exported |
//!
//! `#[derive(TagValue)]` makes a unit enum, or a newtype of a tag type, a tag and field value; it takes
//! `#[tag_value(rename_all = "..")]` and, on a variant, `#[tag_value(rename = "..")]`. `#[derive(FieldValue)]` is for
//! newtypes of other field types. The types that can be tags, fields and timestamps are listed at [`TagValue`],
//! [`FieldValue`] and [`Timestamp`].

mod block;
mod dialect;
mod encode;
mod error;
mod kind;
mod point;
mod precision;
mod scan;
mod schema;
#[cfg(test)]
mod testing;
mod two_way;

pub mod decode;
pub mod lines;

#[doc(hidden)]
pub mod rfc3339;
#[doc(hidden)]
pub mod shown;

pub use decode::column::{Column, ColumnRole};
pub use decode::columns::Columns;
pub use decode::error::DecodeError;
#[cfg(feature = "serde")]
pub use decode::from_row::Serde;
pub use decode::from_row::{AnyRow, Fields, FromRow, OwnedRow, RowFamily, SeriesRow};
pub use decode::from_timestamp::{FromNaiveTimestamp, FromTimestamp, FromTimestampUnit, Moment};
pub use decode::from_value::{FromCast, FromShared, FromValue};
pub use decode::mismatch::Mismatch;
pub use decode::owned_value::OwnedValue;
pub use decode::plan::Plan;
pub use decode::plan::planner::Planner;
pub use decode::plan::want::Want;
pub use decode::reads::{Read, Reads};
pub use decode::row::Row;
pub use decode::value_ref::ValueRef;
pub use dialect::Dialect;
pub use encode::cast::{ExactFloat, WriteAs};
pub use encode::config::Nan;
pub use encode::flatten::{FlattenFields, FlattenTags};
pub use encode::line::dynamic::Line;
pub use encode::line::writer::LineWriter;
pub use encode::line_protocol::LineProtocol;
pub use encode::tag_str::TagStr;
pub use encode::timestamp::{NaiveTimestamp, Timestamp, UnitTimestamp};
pub use encode::value::{FieldValue, MeasurementValue, TagValue};
pub use encode::wire::text::{Name, Text};
pub use encode::wire::{FieldWire, TagWire};
pub use error::{EncodeError, TimestampError};
pub use influx_derive::{FieldValue, FromRow, LineProtocol, TagValue};
pub use kind::ColumnKind;
pub use point::{Point, Value};
pub use precision::Precision;
pub use schema::{Role, Schema, SchemaColumn};

/// What the derives expand to. **Not part of the public API**: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::decode::from_timestamp::{FromNaiveTimestamp, FromTimestampUnit};
    pub use crate::decode::from_value::FromCast;
    pub use crate::decode::plan::planner::{Planner, Rest};
    pub use crate::decode::plan::want::Want;
    pub use crate::encode::cast::{Signed, SkipNan};
    pub use crate::encode::line_protocol::Derived;
    pub use core::option::Option;
    pub use core::primitive::{bool, str, usize};
    pub use core::result::Result::{self, Err, Ok};
}
