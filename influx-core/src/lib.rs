//! Typed line protocol encoding and result decoding for InfluxDB 1.x, 2.x and 3.x. No I/O, no clock, no async.

// the derives expand to paths below `::influx_core`, also in this crate's own tests
#[cfg(test)]
extern crate self as influx_core;

mod block;
mod copy;
mod dialect;
mod error;
mod escape;
mod line;
mod line_protocol;
mod number;
mod parts;
mod point;
mod precision;
mod schema;
mod tag_str;
mod timestamp;
mod value;
mod wire;

pub mod decode;
pub mod from_value;
pub mod row;

mod columns;
mod decode_error;
mod flatten_row;
mod from_timestamp;
mod plan;
mod rfc3339;
mod value_ref;

pub use columns::{Column, ColumnKind, ColumnRole, Columns};
pub use decode_error::{DecodeError, Mismatch};
pub use dialect::Dialect;
pub use error::EncodeError;
pub use from_timestamp::{FromNaiveTimestamp, FromTimestamp, FromTimestampUnit, Moment};
pub use from_value::{FromCast, FromValue};
pub use influx_derive::{FieldValue, FromRow, LineProtocol, TagValue};
pub use line::{Line, LineWriter, Nan};
pub use line_protocol::{FlattenFields, FlattenTags, LineProtocol};
pub use plan::{Plan, Planner, Want};
pub use point::{Point, Value};
pub use precision::Precision;
pub use row::{AnyRow, FromColumns, FromRow, Row};
pub use schema::{Role, Schema, SchemaColumn};
pub use tag_str::TagStr;
pub use timestamp::{NaiveTimestamp, Timestamp, TimestampError, UnitTimestamp};
pub use value::{ExactFloat, FieldValue, MeasurementValue, TagValue, WriteAs};
pub use value_ref::ValueRef;
pub use wire::{FieldWire, Name, TagWire, Text};

/// What the derives expand to. **Not part of the public API**: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::flatten_row::FlattenRow;
    pub use crate::from_timestamp::{FromNaiveTimestamp, FromTimestampUnit};
    pub use crate::from_value::FromCast;
    pub use crate::line_protocol::{Derived, Sink};
    pub use crate::parts::{
        ExtraTag, Field, FieldParts, HeadPart, Measurement, MeasurementAndTag, MeasurementFrom, Tag, TagParts,
    };
    pub use crate::plan::{Planner, Want};
    pub use crate::value::{Signed, SkipNan};
    pub use core::option::Option;
    pub use core::primitive::{bool, str, usize};
    pub use core::result::Result::{self, Err, Ok};
}
