//! A point whose names are known only at run time: what the encoder writes, and what the decoders can read.

use core::fmt;

use crate::error::{EncodeError, TimestampError};

/// A point built at run time; where the names are known at compile time, derive [`LineProtocol`](crate::LineProtocol) instead.
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

    /// Adds a tag whose value `value` appends.
    pub(crate) fn push_tag(&mut self, key: &str, value: impl FnOnce(&mut String)) {
        let start = self.text.len();
        self.text.push_str(key);
        let key_end = self.text.len();
        value(&mut self.text);
        self.tags.push(Tag { start, key_end, end: self.text.len() });
    }

    pub(crate) fn push_field(&mut self, key: &str, value: Value) {
        let start = self.text.len();
        self.text.push_str(key);
        self.fields.push(Field { key: (start, self.text.len()), value });
    }

    pub(crate) fn set_time(&mut self, time: Result<Option<i64>, TimestampError>) {
        self.time = time;
    }

    pub(crate) fn time(&self) -> Result<Option<i64>, TimestampError> {
        self.time.clone()
    }

    /// Makes the point an error, unless it is one already.
    #[cold]
    pub(crate) fn lose(&mut self, error: impl FnOnce() -> EncodeError) {
        self.lost.get_or_insert_with(|| Box::new(error()));
    }

    pub(crate) fn lost(&self) -> Option<&EncodeError> {
        self.lost.as_deref()
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
