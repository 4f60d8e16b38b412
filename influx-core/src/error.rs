//! What can go wrong while a point is encoded.

use core::fmt;

use crate::dialect::Dialect;
use crate::precision::Precision;
use crate::shown::{self, NAME, VALUE};

/// A point could not be encoded; nothing of it is in the buffer.
///
/// Its text is one line that names the point (index), the struct, the column, the value and the reason, and says what
/// to do. The rules are those of the servers' own parsers.
///
/// ```
/// use influx_core::{Dialect, LineWriter, Point};
///
/// let mut writer = LineWriter::new(Dialect::V1);
/// let error = writer.write(&Point::new("cpu").tag("host", "a\nb").field("usage", 0.5)).unwrap_err();
/// assert_eq!(error.index(), Some(0));
/// assert_eq!(error.column(), Some("host"));
/// assert!(error.to_string().contains("line feed"), "{error}");
/// assert!(writer.as_bytes().is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    index: Option<usize>,
    type_name: Option<&'static str>,
    place: Place,
    column: Option<Box<str>>,
    value: Option<Box<str>>,
    reason: Reason,
}

/// Where in a line a text stands: each place has its own escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Line,
    Measurement,
    TagKey,
    TagValue,
    FieldKey,
    Field,
    Timestamp,
}

/// Why a value cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Empty,
    TrailingBackslash,
    Control(char),
    Comment,
    BackslashBeforeSpecial(Dialect),
    OddBackslashes(Dialect),
    HiddenEnd(Dialect),
    TooLong {
        len: usize,
        max: usize,
        dialect: Dialect,
    },
    KeyTooLong {
        len: usize,
        max: usize,
    },
    ReservedTime,
    ReservedTagKey,
    Reserved(Dialect),
    DuplicateTag,
    DuplicateField,
    TagAndField,
    NonFinite,
    Unsigned,
    InexactFloat,
    NoFields,
    OutOfRange {
        dialect: Dialect,
    },
    TooFar {
        unit: Precision,
    },
    TooFarForNanos,
    NotRfc3339,
    /// By a part of the point, and by what the error is of.
    TwoTimes {
        inner: &'static str,
    },
    NotFlattenable,
    TextTooLong(usize),
    Unsupported,
}

impl EncodeError {
    pub(crate) fn new(place: Place, column: Option<&str>, value: Option<&str>, reason: Reason) -> Self {
        let column = column.map(Box::from);
        let value = value.map(|v| excerpt(v).into());
        EncodeError(Box::new(Inner { index: None, type_name: None, place, column, value, reason }))
    }

    pub(crate) fn of_type(mut self, name: &'static str) -> Self {
        self.0.type_name.get_or_insert(name);
        self
    }

    pub(crate) fn at(mut self, index: usize) -> Self {
        self.0.index.get_or_insert(index);
        self
    }

    /// Which of the points given to the writer it was, counted from 0.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// let points = [Point::new("m").field("f", 1.0), Point::new("m").field("f", f64::NAN)];
    /// assert_eq!(writer.write_all(&points).unwrap_err().index(), Some(1));
    /// ```
    pub fn index(&self) -> Option<usize> {
        self.0.index
    }

    /// The name of the struct that the point was derived from, if any.
    pub fn type_name(&self) -> Option<&'static str> {
        self.0.type_name
    }

    /// The tag or field key, where the error belongs to one.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The refused value as text, shortened when it is long.
    pub fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// Place, value and reason: what follows the name of the point.
    pub(crate) fn fmt_place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.what(f)
    }

    /// The same error, counted from another start: for writers that encode one call's points in several bodies.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let error = LineWriter::new(Dialect::V1).write(&Point::new("m")).unwrap_err();
    /// assert_eq!(error.with_index(7).index(), Some(7));
    /// ```
    pub fn with_index(mut self, index: usize) -> Self {
        self.0.index = Some(index);
        self
    }
}

/// At most 60 characters of a value: errors end up in logs.
fn excerpt(value: &str) -> String {
    match value.char_indices().nth(60) {
        None => value.to_owned(),
        Some((end, _)) => format!("{}…", &value[..end]),
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodeError({self})")
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let e = &*self.0;
        match (e.index, e.type_name) {
            (Some(i), Some(name)) => write!(f, "point {i} ({})", shown::shown(name, NAME))?,
            (Some(i), None) => write!(f, "point {i}")?,
            (None, Some(name)) => write!(f, "{}", shown::shown(name, NAME))?,
            (None, None) => f.write_str("point")?,
        }
        self.fmt_place(f)
    }
}

impl Inner {
    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place, &self.column) {
            (Place::Line, _) => {}
            (Place::Measurement, _) => f.write_str(", measurement")?,
            (Place::Timestamp, _) => f.write_str(", timestamp")?,
            (Place::TagKey, _) => f.write_str(", tag key")?,
            (Place::FieldKey, _) => f.write_str(", field key")?,
            (Place::TagValue, Some(c)) => write!(f, ", tag {}", shown::name(c, NAME))?,
            (Place::TagValue, None) => f.write_str(", tag value")?,
            (Place::Field, Some(c)) => write!(f, ", field {}", shown::name(c, NAME))?,
            (Place::Field, None) => f.write_str(", field")?,
        }
        if let Some(value) = &self.value {
            write!(f, " {}", shown::quoted(value, VALUE))?;
        }
        write!(f, ": {}", Why(self.reason, self.place))
    }
}

impl core::error::Error for EncodeError {}

struct Why(Reason, Place);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Empty => f.write_str("is empty, which no server takes; give it a name"),
            Reason::TrailingBackslash => f.write_str(
                "ends in a backslash, which no byte sequence can say in this place; remove it or store the text in a string field",
            ),
            Reason::Control(c) => write!(
                f,
                "contains {}, which servers refuse or store differently in this place; remove it or store the text in a string field",
                ControlName(c)
            ),
            Reason::Comment => f.write_str("starts with `#`, so that servers would skip the line as a comment; rename it"),
            Reason::BackslashBeforeSpecial(d) => write!(
                f,
                "has a backslash before a comma, space, `=` or quote, which {d} stores but can never read again; rename it"
            ),
            Reason::OddBackslashes(d) => {
                write!(f, "has an odd number of backslashes before a comma, space or `=`, which {d} cannot parse; rename it")
            }
            Reason::HiddenEnd(d) => write!(
                f,
                "has a backslash before a space in a tag and a quote in it or in another one, so that {d} does not see where the line \
                 ends; leave one of them out, or store the text in a string field"
            ),
            Reason::TooLong { len, max, dialect } => {
                write!(f, "has {len} bytes, {dialect} takes at most {max}; shorten or split it")
            }
            Reason::KeyTooLong { len, max } => write!(
                f,
                "the escaped measurement, tags and longest field key take {len} bytes, the server takes at most {max}; \
                 move long tags to string fields"
            ),
            Reason::ReservedTime => {
                f.write_str("`time` is the timestamp column, servers drop or refuse such a column; rename it")
            }
            Reason::Reserved(Dialect::V3) => f.write_str("is a name that InfluxDB 3.x keeps for itself and refuses; rename it"),
            Reason::Reserved(Dialect::V2) => f.write_str(
                "is a column of Flux: InfluxDB 2.x would store such points, and Flux fail on them or show null; rename it",
            ),
            Reason::Reserved(d) => write!(
                f,
                "is a name that {d} keeps for itself: it would store such points and never show them again; rename it"
            ),
            Reason::ReservedTagKey => f.write_str("is reserved by InfluxDB 2.x, which refuses the whole request; rename it"),
            Reason::DuplicateTag => f.write_str("is given twice; remove one of the two tags"),
            Reason::DuplicateField => f.write_str("is given twice; remove one of the two fields"),
            Reason::TagAndField => {
                f.write_str("is both a tag and a field: results would show it under two names, and InfluxDB 3.x refuses it; rename one of them")
            }
            Reason::NonFinite => f.write_str(
                "line protocol has no NaN and no infinity; leave the field out (`Option`), or skip such values: `#[field(nan = \"skip\")]` \
                 in a derived struct, `.nan(Nan::Skip)` on the writer or client for all points",
            ),
            Reason::Unsigned => f.write_str(
                "is above 9223372036854775807, and InfluxDB 1.x has no unsigned integers; store it as a string or as a float",
            ),
            Reason::InexactFloat => f.write_str("is no exact 64-bit float; store it as an integer or as a string"),
            Reason::NoFields => f.write_str(
                "has no field left to write, and servers refuse such a line; add a field or `#[line_protocol(placeholder)]`",
            ),
            Reason::OutOfRange { dialect } => {
                write!(f, "is outside of the years 1677 to 2262 that {dialect} can store in nanoseconds")
            }
            Reason::TooFar { unit } => write!(
                f,
                "is outside of the years 1677 to 2262 that servers can store in nanoseconds; is `{unit}` the right unit?"
            ),
            Reason::TooFarForNanos => f.write_str(
                "is outside of the years 1677 to 2262 that servers can store in nanoseconds; keep such a date in a field, as a text \
                 or an integer",
            ),
            Reason::NotRfc3339 => {
                f.write_str("is no RFC 3339 time; write it like 2024-01-31T12:00:00.5Z or 2024-01-31T13:00:00+01:00")
            }
            Reason::TwoTimes { inner } => write!(
                f,
                "is given twice, by {} too, and a point has one; make one of the two a field, or leave it out",
                shown::name(inner, NAME)
            ),
            Reason::NotFlattenable => f.write_str(
                "implements `LineProtocol` by hand without its method `columns`, so that it cannot be flattened; derive it, or \
                 implement that method",
            ),
            Reason::TextTooLong(max) => {
                write!(f, "was formatted into a `Text<{max}>`, which it does not fit; give it more bytes")
            }
            Reason::Unsupported if self.1 == Place::Timestamp => f.write_str("cannot be converted to a UTC instant"),
            Reason::Unsupported => f.write_str("cannot be written"),
        }
    }
}

struct ControlName(char);

impl fmt::Display for ControlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            '\n' => f.write_str("a line feed"),
            '\r' => f.write_str("a carriage return"),
            '\t' => f.write_str("a tab"),
            '\0' => f.write_str("a NUL"),
            '\u{feff}' => f.write_str("a byte order mark at its begin"),
            c => write!(f, "the control character U+{:04X}", c as u32),
        }
    }
}

/// A timestamp that cannot be written.
///
/// ```
/// use influx_core::Timestamp;
/// let error = "yesterday".unix_nanos().unwrap_err();
/// assert!(error.to_string().contains("RFC 3339"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TimestampError(pub(crate) Box<(String, Reason)>);

impl TimestampError {
    pub(crate) fn new(value: impl fmt::Display, reason: Reason) -> Self {
        TimestampError(Box::new((value.to_string(), reason)))
    }

    /// For own types: the instant `value` is outside of what 64 bits of nanoseconds can say.
    ///
    /// ```
    /// let error = influx_core::TimestampError::out_of_range("the year 3000");
    /// assert!(error.to_string().contains("the year 3000"));
    /// ```
    pub fn out_of_range(value: impl fmt::Display) -> Self {
        TimestampError::new(value, Reason::TooFarForNanos)
    }
}

impl fmt::Debug for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimestampError({self})")
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, reason) = &*self.0;
        let place = Place::Timestamp;
        EncodeError::new(place, None, Some(value), *reason).fmt(f)
    }
}

impl core::error::Error for TimestampError {}
