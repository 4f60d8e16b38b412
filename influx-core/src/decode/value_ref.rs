//! One value of a result as a decoder hands it over: already of the wanted type where the plan said so, and otherwise
//! with the text it had, so that no number passes through another number type.

use core::fmt;

use crate::rfc3339;
use crate::shown::{VALUE, quoted, shown};

/// One value of a result row.
///
/// JSON numbers carry no type: `12` may be an integer or a whole float. Where the target type is known before the
/// cell is read, the decoder hands over [`I64`](ValueRef::I64), [`F64`](ValueRef::F64) and so on; elsewhere it hands over
/// the text as [`Number`](ValueRef::Number), and [`get`](ValueRef::get) reads that exactly.
///
/// ```
/// use influx_core::ValueRef;
/// assert_eq!(ValueRef::Number("9223372036854775807").get::<i64>()?, i64::MAX);
/// assert_eq!(ValueRef::Number("12").get::<f64>()?, 12.0);
/// assert!(ValueRef::Number("12.5").get::<i64>().is_err());
/// assert_eq!(ValueRef::Null.get::<Option<bool>>()?, None);
/// # Ok::<(), influx_core::Mismatch>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'r> {
    /// No value, or no such column.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A float; infinities and NaN only from formats that carry them.
    F64(f64),
    /// A number as it was written, in JSON's spelling.
    Number(&'r str),
    /// A text, escapes resolved.
    Str(&'r str),
    /// An instant in nanoseconds since 1970-01-01T00:00:00Z.
    Time(i64),
}

impl<'r> ValueRef<'r> {
    /// The instant that a text says; a text with an offset, or that is no instant, is left to the field's type.
    pub(crate) fn instant(text: &'r str) -> ValueRef<'r> {
        match rfc3339::parse(text.as_bytes()) {
            Some(rfc3339::Parsed { nanos, offset: Some(0) }) => ValueRef::Time(nanos),
            _ => ValueRef::Str(text),
        }
    }

    /// Whether there is no value.
    ///
    /// ```
    /// assert!(influx_core::ValueRef::Null.is_null());
    /// ```
    pub const fn is_null(self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// What kind of value this is, in the server's words: `null`, `boolean`, `integer`, `unsigned integer`, `float`,
    /// `string` or `time`.
    ///
    /// ```
    /// assert_eq!(influx_core::ValueRef::Number("1e3").kind(), "float");
    /// ```
    pub fn kind(self) -> &'static str {
        match self {
            ValueRef::Null => "null",
            ValueRef::Bool(_) => "boolean",
            ValueRef::I64(_) => "integer",
            ValueRef::U64(_) => "unsigned integer",
            ValueRef::F64(_) => "float",
            ValueRef::Number(text) if text.contains(['.', 'e', 'E']) => "float",
            ValueRef::Number(_) => "integer",
            ValueRef::Str(_) => "string",
            ValueRef::Time(_) => "time",
        }
    }
}

/// The value alone and whole, for a table or a file: texts as they are, numbers in full, times as RFC 3339, `null`. Width and alignment are
/// kept, and a precision for floats.
///
/// ```
/// use influx_core::ValueRef;
/// let line = format!("|{:<4}|{:>6}|{:>8.2}|", ValueRef::Str("a\"b"), ValueRef::I64(-7), ValueRef::Number("0.12345"));
/// assert_eq!(line, "|a\"b |    -7|    0.12|");
/// ```
impl fmt::Display for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ValueRef::Null => f.pad("null"),
            ValueRef::Bool(v) => v.fmt(f),
            ValueRef::I64(v) => v.fmt(f),
            ValueRef::U64(v) => v.fmt(f),
            ValueRef::F64(v) if f.precision().is_some() || !v.is_finite() => v.fmt(f),
            ValueRef::F64(v) => number(&format!("{v:?}"), f),
            ValueRef::Number(text) => match text.parse::<f64>() {
                Ok(v) if f.precision().is_some() && self.kind() == "float" => v.fmt(f),
                _ => number(text, f),
            },
            ValueRef::Str(text) => f.pad(text),
            ValueRef::Time(nanos) => f.pad(&rfc3339::to_text(nanos)),
        }
    }
}

/// A number as it is written, aligned as numbers are.
fn number(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match text.strip_prefix('-') {
        Some(digits) => f.pad_integral(false, "", digits),
        None => f.pad_integral(true, "", text),
    }
}

/// The value as messages show it: texts quoted and escaped, long ones cut.
pub(crate) fn told(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Number(text) => shown(text, VALUE).to_string(),
        ValueRef::Str(text) => quoted(text, VALUE).to_string(),
        value => value.to_string(),
    }
}
