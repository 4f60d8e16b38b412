//! A point whose names are known only at run time.

use crate::error::Reason;
use crate::line::{Config, Line, LineWriter};
use crate::wire::{FieldWire, TagWire};
use crate::{EncodeError, FieldValue, LineProtocol, TagValue, Timestamp, TimestampError};

/// A point built at run time; where the names are known at compile time, derive [`LineProtocol`] instead.
///
/// Nothing is checked before it is written: what cannot be sent is an error of the writer that names it.
///
/// ```
/// use influx_core::{Dialect, LineWriter, Point};
///
/// let point = Point::new("trades")
///     .tag("instrument", "AAPL")
///     .tag("venue", None::<&str>) // left out
///     .field("price", 189.25)
///     .field("size", 100)
///     .timestamp(1_700_000_000_000_000_000);
/// let mut writer = LineWriter::new(Dialect::V2);
/// writer.write(&point)?;
/// assert_eq!(writer.as_bytes(), b"trades,instrument=AAPL price=189.25,size=100i 1700000000000000000\n");
/// # Ok::<(), influx_core::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a point is written by a LineWriter or a client"]
pub struct Point {
    measurement: String,
    tags: Vec<(String, String)>,
    fields: Vec<(String, Value)>,
    time: Result<Option<i64>, TimestampError>,
}

/// The value of a field of a [`Point`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A float.
    F64(f64),
    /// A float that was given in 32 bits and is written with the digits of those.
    F32(f32),
    /// An integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A boolean.
    Bool(bool),
    /// A string.
    Str(Box<str>),
}

impl Point {
    /// A point without tags, fields and timestamp.
    pub fn new(measurement: impl Into<String>) -> Self {
        Point { measurement: measurement.into(), tags: Vec::new(), fields: Vec::new(), time: Ok(None) }
    }

    /// Adds a tag; an empty value or `None` leaves it out.
    pub fn tag(mut self, key: impl Into<String>, value: impl TagValue) -> Self {
        let value = value.wire();
        if value.present() {
            self.tags.push((key.into(), value.text()));
        }
        self
    }

    /// Adds a field; `None` leaves it out.
    pub fn field(mut self, key: impl Into<String>, value: impl FieldValue) -> Self {
        if let Some(value) = value.wire().value() {
            self.fields.push((key.into(), value));
        }
        self
    }

    /// Sets the timestamp; without one the server stamps the point when it arrives.
    pub fn timestamp(mut self, time: impl Timestamp) -> Self {
        self.time = time.unix_nanos();
        self
    }

    /// The measurement.
    pub fn measurement(&self) -> &str {
        &self.measurement
    }

    /// The tags in the order in which they were given.
    ///
    /// ```
    /// let point = influx_core::Point::new("m").tag("b", 1).tag("a", 'x');
    /// assert_eq!(point.tags().collect::<Vec<_>>(), [("b", "1"), ("a", "x")]);
    /// ```
    pub fn tags(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The fields in the order in which they were given.
    ///
    /// ```
    /// use influx_core::{Point, Value};
    /// let point = Point::new("m").field("f", 1.5);
    /// assert_eq!(point.fields().next(), Some(("f", &Value::F64(1.5))));
    /// ```
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Nanoseconds since 1970, if the point has a timestamp.
    pub fn unix_nanos(&self) -> Option<i64> {
        self.time.as_ref().ok().copied().flatten()
    }
}

impl LineProtocol for Point {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        let mut line = writer.line();
        self.columns(&mut line)?;
        line.finish_with(&self.measurement, self.time.clone(), true, false)
    }

    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.tags.iter().try_for_each(|(key, value)| line.tag_wire(key, value.as_str()))?;
        self.fields.iter().try_for_each(|(key, value)| line.field_wire(key, value))
    }
}

impl FieldValue for Value {
    type Wire<'a> = &'a Value;

    fn wire(&self) -> &Value {
        self
    }
}

macro_rules! each {
    ($value:expr, $v:ident => $e:expr) => {
        match $value {
            Value::F64($v) => $e,
            Value::F32($v) => $e,
            Value::I64($v) => $e,
            Value::U64($v) => $e,
            Value::Bool($v) => $e,
            Value::Str(text) => {
                let $v = &&**text;
                $e
            }
        }
    };
}

// SAFETY: as the form of the variant.
unsafe impl FieldWire for &Value {
    fn max_len(&self) -> u64 {
        each!(self, v => FieldWire::max_len(v))
    }

    fn fault(self, config: &Config) -> Option<Reason> {
        each!(self, v => FieldWire::fault(*v, config))
    }

    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe { each!(self, v => FieldWire::put(*v, p, config)) }
    }

    fn text(self) -> String {
        each!(self, v => FieldWire::text(*v))
    }

    fn value(self) -> Option<Value> {
        Some(self.clone())
    }
}
