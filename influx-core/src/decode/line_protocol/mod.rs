//! Line protocol back into points: what a server of each generation makes of the bytes that a client sent.
//!
//! For tests, proxies and files. It follows the servers where they agree with the format's description, names are
//! unescaped as each dialect does it, and what the servers refuse is an error here. Duplicate tags are refused for every
//! dialect, although 3.x takes them (and cannot read the table any more).
//!
//! ```
//! use influx_core::{Dialect, Precision, decode::line_protocol::points};
//!
//! let text = "cpu,host=a\\ b usage=0.5,n=1i 10\n# a comment\nbad line\n";
//! let points: Vec<_> = points(text, Dialect::V1, Precision::Ns).collect();
//! let first = points[0].as_ref().unwrap();
//! assert_eq!(first.tags().next(), Some(("host", "a b")));
//! assert_eq!(points[1].as_ref().unwrap_err().line(), 3);
//! ```

mod cursor;
mod value;

use core::fmt;

use crate::dialect::Dialect;
use crate::point::Point;
use crate::precision::Precision;
use crate::shown::{NAME, TEXT, name, quoted};

use cursor::{Cursor, Parsed, Place};
use value::{is_integer, value};

/// Reads lines; times are in the unit of `precision`. Blank lines and comments are passed over.
pub fn points(text: &str, dialect: Dialect, precision: Precision) -> Points<'_> {
    Points { cursor: Cursor { text: text.as_bytes(), at: 0 }, dialect, precision, line: 1 }
}

/// An iterator over the points of a text; see [`points`].
#[derive(Debug, Clone)]
pub struct Points<'t> {
    cursor: Cursor<'t>,
    dialect: Dialect,
    precision: Precision,
    line: usize,
}

/// A line that is no point.
#[derive(Clone, PartialEq, Eq)]
pub struct LineError {
    line: usize,
    text: String,
    refusal: Refusal,
}

/// Why a line is no point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: &'static str,
    /// The field whose value it is about.
    pub(crate) field: Option<Box<str>>,
}

impl From<&'static str> for Refusal {
    fn from(reason: &'static str) -> Self {
        Refusal { reason, field: None }
    }
}

impl LineError {
    /// The number of the physical line on which the point began, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The line.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(field) = &self.refusal.field {
            write!(f, ", field {}", name(field, NAME))?;
        }
        write!(f, ": {}: {}", self.refusal.reason, quoted(&self.text, TEXT))
    }
}

impl fmt::Debug for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineError({self})")
    }
}

impl core::error::Error for LineError {}

/// The point of one line without its line feed.
pub(crate) fn one(line: &[u8], dialect: Dialect, precision: Precision) -> Result<Point, Refusal> {
    let mut cursor = Cursor { text: line, at: 0 };
    let point = point(&mut cursor, dialect, precision)?;
    match cursor.at == line.len() {
        true => Ok(point),
        false => Err("a line feed outside of a string ends the point before the line; remove it".into()),
    }
}

impl Iterator for Points<'_> {
    type Item = Result<Point, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.cursor.skip_blanks(self.dialect);
            match self.cursor.peek() {
                None => return None,
                Some(b'\n') => self.cursor.at += 1,
                Some(b'#') => self.cursor.skip_line(),
                Some(_) => break,
            }
            self.line += usize::from(self.cursor.text[self.cursor.at - 1] == b'\n');
        }
        let start = self.cursor.at;
        let point = point(&mut self.cursor, self.dialect, self.precision);
        if point.is_err() {
            self.cursor.skip_line();
        }
        let text = &self.cursor.text[start..self.cursor.at];
        let line = self.line;
        self.line += text.iter().filter(|byte| **byte == b'\n').count();
        Some(point.map_err(|refusal| {
            let text = String::from_utf8_lossy(text).trim_end_matches('\n').to_owned();
            LineError { line, text, refusal }
        }))
    }
}

fn point(cursor: &mut Cursor<'_>, dialect: Dialect, precision: Precision) -> Result<Point, Refusal> {
    let measurement = cursor.name(Place::Measurement, dialect)?;
    if measurement.is_empty() {
        return Err("a missing measurement; a line begins with one".into());
    }
    let mut point = Point::new(measurement);
    while cursor.take(b',') {
        let key = cursor.name(Place::TagKey, dialect)?;
        if key.is_empty() {
            return Err("a missing tag key; write `,key=value` without spaces".into());
        }
        if dialect == Dialect::V2 && matches!(&*key, "time" | "_field" | "_measurement") {
            return Err(
                "a tag key that InfluxDB 2.x keeps for itself (`time`, `_field`, `_measurement`); rename it"
                    .into(),
            );
        }
        if !cursor.take(b'=') {
            return Err(
                "a tag without `=` and a value; leave the tag out, or escape the comma before it".into()
            );
        }
        let value = cursor.name(Place::TagValue, dialect)?;
        if value.is_empty() || cursor.peek() == Some(b'=') {
            return Err(
                "an empty tag value, or a `=` in it that is not escaped; leave the tag out, or write `\\=`"
                    .into(),
            );
        }
        if point.tags().any(|(other, _)| other == key) {
            return Err("a duplicate tag; remove one of the two".into());
        }
        point.push_tag(&key, &value);
    }
    if cursor.peek() != Some(b' ') {
        return Err("missing fields; a point needs at least one, behind a space".into());
    }
    cursor.skip_spaces();
    loop {
        let key = cursor.name(Place::FieldKey, dialect)?;
        if key.is_empty() || !cursor.take(b'=') {
            return Err(
                "a missing field key or value; write `key=value`, and escape spaces in keys and tags".into(),
            );
        }
        let value =
            value(cursor, dialect).map_err(|reason| Refusal { reason, field: Some(key.as_str().into()) })?;
        if dialect == Dialect::V3 && point.fields().any(|(other, _)| other == key) {
            let reason = "a duplicate field; remove one of the two";
            return Err(Refusal { reason, field: Some(key.into()) });
        }
        point.push_field(&key, value);
        if !cursor.take(b',') {
            break;
        }
    }
    point.set_time(Ok(time(cursor, dialect, precision)?));
    Ok(point)
}

fn time(cursor: &mut Cursor<'_>, dialect: Dialect, precision: Precision) -> Parsed<Option<i64>> {
    let spaced = cursor.peek() == Some(b' ');
    cursor.skip_spaces();
    let text = cursor.while_not(b" \n");
    if text.is_empty() {
        if spaced && dialect == Dialect::V3 {
            return Err("a space without a timestamp behind it; remove it");
        }
    } else if !spaced {
        return Err("text behind the fields that is no timestamp; escape spaces and commas");
    }
    cursor.skip_spaces();
    if cursor.peek().is_some() && !cursor.take(b'\n') {
        return Err("text behind the timestamp; escape spaces and commas before it");
    }
    if text.is_empty() {
        return Ok(None);
    }
    let text = core::str::from_utf8(text).map_err(|_| "text that is not UTF-8")?;
    let units: i64 = is_integer(text)
        .then(|| text.parse().ok())
        .flatten()
        .ok_or("an invalid timestamp; write whole digits, in the unit of the precision")?;
    let (min, max) = dialect.time_range();
    let nanos = precision.to_nanos(units).filter(|nanos| (min..=max).contains(nanos));
    nanos.map(Some).ok_or("a timestamp outside of the years 1677 to 2262 that servers can store in nanoseconds; is the precision right?")
}
