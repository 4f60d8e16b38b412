//! A point whose names are known only at run time.

use core::fmt;

use crate::error::{Place, Reason};
use crate::line::{Config, Line, LineWriter, Shape};
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
#[derive(Clone)]
#[must_use = "a point is written by a LineWriter or a client"]
pub struct Point {
    /// The measurement, and the keys and tag values as they were given: one allocation for all of them.
    text: String,
    measurement_end: usize,
    tags: Vec<Tag>,
    fields: Vec<Field>,
    time: Result<Option<i64>, TimestampError>,
    /// What became of a value that the point could not hold whole: the first one makes it an error.
    lost: Option<Box<EncodeError>>,
}

/// Where in the text a tag is: its key, and behind that its value.
#[derive(Debug, Clone, Copy)]
struct Tag {
    start: usize,
    key_end: usize,
    end: usize,
}

#[derive(Debug, Clone)]
struct Field {
    key: (usize, usize),
    value: Value,
}

/// Room for the texts of most points.
const TEXT: usize = 96;

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
    pub fn new(measurement: impl AsRef<str>) -> Self {
        let measurement = measurement.as_ref();
        let mut text = String::with_capacity(measurement.len() + TEXT);
        text.push_str(measurement);
        let measurement_end = text.len();
        Point { text, measurement_end, tags: Vec::new(), fields: Vec::new(), time: Ok(None), lost: None }
    }

    /// Adds a tag; an empty value or `None` leaves it out.
    pub fn tag(mut self, key: impl AsRef<str>, value: impl TagValue) -> Self {
        let value = value.wire();
        if value.present() {
            if let Some(reason) = value.lost() {
                self.lose(Place::TagValue, key.as_ref(), &value.fault(&Config::LENIENT).0, reason);
            }
            let start = self.text.len();
            self.text.push_str(key.as_ref());
            let key_end = self.text.len();
            value.append(&mut self.text);
            self.tags.push(Tag { start, key_end, end: self.text.len() });
        }
        self
    }

    /// Adds a field; `None` leaves it out.
    pub fn field(mut self, key: impl AsRef<str>, value: impl FieldValue) -> Self {
        let wire = value.wire();
        if let Some(value) = wire.value() {
            if let Some(reason) = wire.lost() {
                self.lose(Place::Field, key.as_ref(), &wire.text(), reason);
            }
            let start = self.text.len();
            self.text.push_str(key.as_ref());
            self.fields.push(Field { key: (start, self.text.len()), value });
        }
        self
    }

    #[cold]
    fn lose(&mut self, place: Place, key: &str, value: &str, reason: Reason) {
        self.lost.get_or_insert_with(|| Box::new(EncodeError::new(place, Some(key), Some(value), reason)));
    }

    /// Sets the timestamp; without one the server stamps the point when it arrives.
    pub fn timestamp(mut self, time: impl Timestamp) -> Self {
        self.time = time.unix_nanos();
        self
    }

    /// The measurement.
    pub fn measurement(&self) -> &str {
        &self.text[..self.measurement_end]
    }

    /// The tags in the order in which they were given.
    ///
    /// ```
    /// let point = influx_core::Point::new("m").tag("b", 1).tag("a", 'x');
    /// assert_eq!(point.tags().collect::<Vec<_>>(), [("b", "1"), ("a", "x")]);
    /// ```
    pub fn tags(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let text = self.text.as_str();
        self.tags.iter().map(|tag| (&text[tag.start..tag.key_end], &text[tag.key_end..tag.end]))
    }

    /// The fields in the order in which they were given.
    ///
    /// ```
    /// use influx_core::{Point, Value};
    /// let point = Point::new("m").field("f", 1.5);
    /// assert_eq!(point.fields().next(), Some(("f", &Value::F64(1.5))));
    /// ```
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        let text = self.text.as_str();
        self.fields.iter().map(|field| (&text[field.key.0..field.key.1], &field.value))
    }

    /// Nanoseconds since 1970, if the point has a timestamp.
    pub fn unix_nanos(&self) -> Option<i64> {
        self.time.as_ref().ok().copied().flatten()
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Point")
            .field("measurement", &self.measurement())
            .field("tags", &self.tags().collect::<Vec<_>>())
            .field("fields", &self.fields().collect::<Vec<_>>())
            .field("time", &self.time)
            .finish()
    }
}

/// Tags are equal to tags in the same order, and so are fields; how they were given in turn does not matter.
impl PartialEq for Point {
    fn eq(&self, other: &Point) -> bool {
        self.measurement() == other.measurement()
            && self.tags().eq(other.tags())
            && self.fields().eq(other.fields())
            && self.time == other.time
            && self.lost == other.lost
    }
}

impl LineProtocol for Point {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        let mut line = writer.line();
        self.tags_and_fields(&mut line)?;
        line.finish_with(self.measurement(), self.time.clone(), Shape::of("Point"))
    }

    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.tags_and_fields(line)?;
        line.time_of("Point", self.time.clone())
    }
}

impl Point {
    fn tags_and_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        if let Some(error) = &self.lost {
            return Err(EncodeError::clone(error));
        }
        self.tags().try_for_each(|(key, value)| line.tag_wire(key, value))?;
        self.fields().try_for_each(|(key, value)| line.field_wire(key, value))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_fields_in_any_turn() {
        let one = Point::new("m").tag("a", "x").tag("b", 'é').field("f", 1).field("g", "t").timestamp(5);
        let other = Point::new("m").field("f", 1).tag("a", "x").field("g", "t").tag("b", 'é').timestamp(5);
        assert_eq!(one, other);
        assert_eq!(one.tags().collect::<Vec<_>>(), [("a", "x"), ("b", "é")]);
        assert_eq!(one.fields().map(|(key, _)| key).collect::<Vec<_>>(), ["f", "g"]);
        for different in [
            Point::new("n").tag("a", "x").tag("b", 'é').field("f", 1).field("g", "t").timestamp(5),
            Point::new("m").tag("ax", "").tag("a", "x").field("f", 1).field("g", "t").timestamp(5),
            Point::new("m").tag("b", 'é').tag("a", "x").field("f", 1).field("g", "t").timestamp(5),
            Point::new("m").tag("a", "x").tag("b", 'é').field("f", 1.0).field("g", "t").timestamp(5),
            Point::new("m").tag("a", "x").tag("b", 'é').field("f", 1).field("g", "t"),
        ] {
            assert_ne!(one, different);
        }
        let debug = r#"Point { measurement: "m", tags: [("a", "x"), ("b", "é")], fields: [("f", I64(1)), ("g", Str("t"))], time: Ok(Some(5)) }"#;
        assert_eq!(format!("{one:?}"), debug);
    }
}
