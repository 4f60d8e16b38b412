//! A point whose names are known only at run time: what the encoder writes, and what the decoders can read.

use core::fmt;

use crate::error::{EncodeError, TimestampError};

/// A point built at run time; where the names are known at compile time, derive [`LineProtocol`](crate::LineProtocol)
/// instead.
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
// in one piece, so that a chain of calls moves no more than a pointer
pub struct Point(Box<Inner>);

#[derive(Clone)]
struct Inner {
    /// The measurement and all keys as they were given, one behind the other.
    names: String,
    measurement_end: usize,
    /// The tag values and string fields, one behind the other.
    texts: String,
    columns: Vec<Column>,
    tags: usize,
    time: Result<Option<i64>, TimestampError>,
    /// What became of a value that the point could not hold whole: the first one makes it an error.
    lost: Option<Box<EncodeError>>,
}

/// A tag or field; its key begins where the one before it ends. In three words, as there are many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) key: Key,
    /// The bits of a number, or where the text begins.
    bits: u64,
    /// What it is, in the lowest byte, and where the text ends.
    rest: u64,
}

/// Where a key ends among the names, and whether it is a tag's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u64);

impl Key {
    #[inline]
    pub(crate) fn end(self) -> usize {
        (self.0 >> 1) as usize
    }

    #[inline]
    pub(crate) fn is_tag(self) -> bool {
        self.0 & 1 != 0
    }
}

const TAG: u8 = 0;
const STR: u8 = 1;
const F64: u8 = 2;
const F32: u8 = 3;
const I64: u8 = 4;
const U64: u8 = 5;
const BOOL: u8 = 6;

impl Column {
    #[inline]
    fn new(name_end: usize, value: Slot) -> Column {
        let (kind, bits, end) = match value {
            Slot::Tag(start, end) => (TAG, start as u64, end),
            Slot::Str(start, end) => (STR, start as u64, end),
            Slot::F64(v) => (F64, v.to_bits(), 0),
            Slot::F32(v) => (F32, v.to_bits().into(), 0),
            Slot::I64(v) => (I64, v as u64, 0),
            Slot::U64(v) => (U64, v, 0),
            Slot::Bool(v) => (BOOL, v.into(), 0),
        };
        // no text is 2^56 bytes long
        let key = Key((name_end as u64) << 1 | u64::from(kind == TAG));
        Column { key, bits, rest: (end as u64) << 8 | u64::from(kind) }
    }

    #[inline]
    pub(crate) fn slot(&self) -> Slot {
        let (bits, end) = (self.bits, (self.rest >> 8) as usize);
        match self.rest as u8 {
            TAG => Slot::Tag(bits as usize, end),
            STR => Slot::Str(bits as usize, end),
            F64 => Slot::F64(f64::from_bits(bits)),
            F32 => Slot::F32(f32::from_bits(bits as u32)),
            I64 => Slot::I64(bits as i64),
            U64 => Slot::U64(bits),
            _ => Slot::Bool(bits != 0),
        }
    }
}

/// A value, or from where to where its text is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Slot {
    Tag(usize, usize),
    Str(usize, usize),
    F64(f64),
    F32(f32),
    I64(i64),
    U64(u64),
    Bool(bool),
}

/// Room for the columns of most points.
const COLUMNS: usize = 24;

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
        Point::of(measurement.as_ref())
    }

    fn of(measurement: &str) -> Self {
        let mut names = String::with_capacity(measurement.len() + 10 * COLUMNS);
        names.push_str(measurement);
        Point(Box::new(Inner {
            measurement_end: names.len(),
            names,
            texts: String::with_capacity(8 * COLUMNS),
            columns: Vec::with_capacity(COLUMNS),
            tags: 0,
            time: Ok(None),
            lost: None,
        }))
    }

    /// Adds a tag; one without a value is left out.
    #[inline]
    pub(crate) fn push_tag(&mut self, key: &str, text: &str) {
        self.push_tag_with(key, |texts| texts.push_str(text));
    }

    /// Adds a tag whose value `value` appends.
    #[inline]
    pub(crate) fn push_tag_with(&mut self, key: &str, value: impl FnOnce(&mut String)) {
        let start = self.0.texts.len();
        value(&mut self.0.texts);
        if self.0.texts.len() > start {
            self.0.tags += 1;
            self.push(key, Slot::Tag(start, self.0.texts.len()));
        }
    }

    pub(crate) fn push_str(&mut self, key: &str, text: &str) {
        let start = self.0.texts.len();
        self.0.texts.push_str(text);
        self.push(key, Slot::Str(start, self.0.texts.len()));
    }

    /// Adds a field that is no text.
    #[inline]
    pub(crate) fn push(&mut self, key: &str, value: Slot) {
        self.0.names.push_str(key);
        self.0.columns.push(Column::new(self.0.names.len(), value));
    }

    pub(crate) fn push_field(&mut self, key: &str, value: Value) {
        match value {
            Value::Str(text) => self.push_str(key, &text),
            Value::F64(v) => self.push(key, Slot::F64(v)),
            Value::F32(v) => self.push(key, Slot::F32(v)),
            Value::I64(v) => self.push(key, Slot::I64(v)),
            Value::U64(v) => self.push(key, Slot::U64(v)),
            Value::Bool(v) => self.push(key, Slot::Bool(v)),
        }
    }

    pub(crate) fn set_time(&mut self, time: Result<Option<i64>, TimestampError>) {
        self.0.time = time;
    }

    // no `time`: who writes that for `timestamp` is told what there is, and not of something private
    pub(crate) fn instant(&self) -> Result<Option<i64>, TimestampError> {
        self.0.time.clone()
    }

    /// Makes the point an error, unless it is one already.
    #[cold]
    pub(crate) fn lose(&mut self, error: impl FnOnce() -> EncodeError) {
        self.0.lost.get_or_insert_with(|| Box::new(error()));
    }

    pub(crate) fn lost(&self) -> Option<&EncodeError> {
        self.0.lost.as_deref()
    }

    /// The measurement and all keys in one, and where they end.
    pub(crate) fn names(&self) -> (&str, usize, &[Column]) {
        (&self.0.names, self.0.measurement_end, &self.0.columns)
    }

    /// All tag values and string fields in one.
    pub(crate) fn texts(&self) -> &str {
        &self.0.texts
    }

    pub(crate) fn tag_count(&self) -> usize {
        self.0.tags
    }

    /// The columns in the order in which they were given, with their keys and texts.
    fn columns(&self) -> impl Iterator<Item = (&str, Slot, &str)> {
        let Inner { names, texts, .. } = &*self.0;
        let mut name = self.0.measurement_end;
        self.0.columns.iter().map(move |column| {
            let end = column.key.end();
            let key = &names[core::mem::replace(&mut name, end)..end];
            let slot = column.slot();
            let value = match slot {
                Slot::Tag(start, end) | Slot::Str(start, end) => &texts[start..end],
                _ => "",
            };
            (key, slot, value)
        })
    }

    /// The measurement.
    pub fn measurement(&self) -> &str {
        &self.0.names[..self.0.measurement_end]
    }

    /// The tags in the order in which they were given.
    ///
    /// ```
    /// let point = influx_core::Point::new("m").tag("b", 1).tag("a", 'x');
    /// assert_eq!(point.tags().collect::<Vec<_>>(), [("b", "1"), ("a", "x")]);
    /// ```
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns().filter(|(_, slot, _)| matches!(slot, Slot::Tag(..))).map(|(key, _, text)| (key, text))
    }

    /// The fields in the order in which they were given.
    ///
    /// ```
    /// use influx_core::{Point, Value};
    /// let point = Point::new("m").field("f", 1.5);
    /// assert_eq!(point.fields().next(), Some(("f", Value::F64(1.5))));
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = (&str, Value)> {
        self.columns().filter_map(|(key, slot, text)| {
            let value = match slot {
                Slot::Tag(..) => return None,
                Slot::Str(..) => Value::Str(text.into()),
                Slot::F64(v) => Value::F64(v),
                Slot::F32(v) => Value::F32(v),
                Slot::I64(v) => Value::I64(v),
                Slot::U64(v) => Value::U64(v),
                Slot::Bool(v) => Value::Bool(v),
            };
            Some((key, value))
        })
    }

    /// Nanoseconds since 1970, if the point has a timestamp.
    pub fn unix_nanos(&self) -> Option<i64> {
        self.0.time.as_ref().ok().copied().flatten()
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Point")
            .field("measurement", &self.measurement())
            .field("tags", &self.tags().collect::<Vec<_>>())
            .field("fields", &self.fields().collect::<Vec<_>>())
            .field("time", &self.0.time)
            .finish()
    }
}

/// Tags are equal to tags in the same order, and so are fields; how they were given in turn does not matter.
impl PartialEq for Point {
    fn eq(&self, other: &Point) -> bool {
        self.measurement() == other.measurement()
            && self.tags().eq(other.tags())
            && self.fields().eq(other.fields())
            && self.0.time == other.0.time
            && self.0.lost == other.0.lost
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
