//! Raw line protocol, as it comes from files and other programs: where its lines end, whether a server would store each of
//! them as it is meant, and which of them are the same point.
//!
//! ```
//! use influx_core::{Dialect, Precision, lines};
//!
//! let text = b"cpu,host=a usage=0.5 10\n# a comment\ncpu,host=a time=1i,usage=0.5 11\n";
//! let lines: Vec<_> = lines::check(text, Dialect::V1, Precision::Ns).collect();
//! let first = lines[0].as_ref().unwrap();
//! assert_eq!((first.range(), first.series(), first.timestamp()), (0..24, &b"cpu,host=a"[..], Some(10)));
//! assert!(!lines[1].as_ref().unwrap().is_point());
//! let error = lines[2].as_ref().unwrap_err();
//! assert_eq!((error.line(), error.column()), (2, Some("time")));
//! ```

mod bounds;
mod careful;
mod error;
mod plain;
mod repeats;
mod shape;

use core::ops::Range;

use crate::dialect::Dialect;
use crate::encode::line::writer::LineWriter;
use crate::precision::Precision;
use crate::scan;

pub use error::LineError;
pub use repeats::{Repeat, Repeats, in_order, repeats};

use error::Fault;
use plain::Plain;

/// Walks over lines, and judges each: what the encoder would refuse of a point is an error, with the number of the line, the
/// place and the way out. Times are in the unit of `precision`.
///
/// It goes on behind a line that is an error. Blank lines and comments come out, too; see [`RawLine::is_point`]. What the
/// encoder writes for a dialect always passes. Spellings that servers take and store as they are meant pass, too: `T`, `007`,
/// more than one space between the parts.
///
/// Ordinary lines are looked at once, without an allocation.
pub fn check(text: &[u8], dialect: Dialect, precision: Precision) -> Lines<'_> {
    let valid = match core::str::from_utf8(text) {
        Ok(_) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    let writer = LineWriter::new(dialect);
    Lines { split: split(text), valid, plain: Plain::new(dialect, precision), dialect, precision, writer }
}

/// Walks over lines without judging them: the same numbers and ranges.
///
/// ```
/// use influx_core::lines;
/// let ends: Vec<_> = lines::split(b"a f=\"x\ny\" 1\nb f=2").map(|line| line.range().end).collect();
/// assert_eq!(ends, [12, 17]);
/// ```
pub fn split(text: &[u8]) -> Split<'_> {
    Split { text, at: 0, number: 0 }
}

/// An iterator over judged lines; see [`check`].
#[derive(Debug)]
pub struct Lines<'t> {
    split: Split<'t>,
    /// How much of the text is known to be UTF-8.
    valid: usize,
    plain: Plain,
    dialect: Dialect,
    precision: Precision,
    writer: LineWriter,
}

/// An iterator over lines; see [`split`].
#[derive(Debug, Clone)]
pub struct Split<'t> {
    text: &'t [u8],
    at: usize,
    number: usize,
}

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLine<'t> {
    text: &'t [u8],
    number: usize,
    range: Range<usize>,
    series: Range<usize>,
    point: bool,
    timestamp: Option<i64>,
}

impl<'t> RawLine<'t> {
    /// The line of a text that is known to be in that range, its line feed included.
    ///
    /// ```
    /// use influx_core::lines::RawLine;
    /// let line = RawLine::of(b"a f=1 1\nb f=2 2\n", 8..16, 1);
    /// assert_eq!((line.series(), line.timestamp()), (&b"b"[..], Some(2)));
    /// ```
    pub fn of(text: &'t [u8], range: Range<usize>, number: usize) -> Self {
        let line = &text[range.clone()];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let (start, begin) = (range.start, bounds::begin(line));
        let series = begin
            .map_or(start..start, |begin| start + begin..start + begin + bounds::series_len(&line[begin..]));
        let timestamp = begin.and_then(|_| bounds::timestamp(line));
        RawLine { text, number, range, point: begin.is_some(), series, timestamp }
    }

    /// The number of the line, counted from 0 over all lines, blank ones and comments too. A text in a string field may go on
    /// over several physical lines; they count as one.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Where in the text the line is, its line feed included.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The line, its line feed included.
    pub fn as_bytes(&self) -> &'t [u8] {
        &self.text[self.range.clone()]
    }

    /// Neither blank nor a comment.
    pub fn is_point(&self) -> bool {
        self.point
    }

    /// Whether the point has a timestamp.
    pub fn has_timestamp(&self) -> bool {
        self.timestamp.is_some()
    }

    /// The timestamp as it is written, in whatever unit.
    pub fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    /// The measurement and the tags, as they are written.
    pub fn series(&self) -> &'t [u8] {
        &self.text[self.series.clone()]
    }

    /// What follows the series: the fields, and the timestamp.
    fn fields(&self) -> &'t [u8] {
        &self.text[self.series.end..self.range.end]
    }
}

impl<'t> Split<'t> {
    /// The line that ends before `end`, where there is a line feed or nothing.
    fn line_to(&mut self, end: usize, series: Range<usize>, timestamp: Option<i64>) -> RawLine<'t> {
        let range = self.at..(end + 1).min(self.text.len());
        let point = !series.is_empty();
        let line = RawLine { text: self.text, number: self.number, range, series, point, timestamp };
        self.at = line.range.end;
        self.number += 1;
        line
    }
}

impl<'t> Iterator for Split<'t> {
    type Item = RawLine<'t>;

    fn next(&mut self) -> Option<RawLine<'t>> {
        if self.at >= self.text.len() {
            return None;
        }
        let end = self.at + scan::line_len(&self.text[self.at..]);
        let line = RawLine::of(self.text, self.at..(end + 1).min(self.text.len()), self.number);
        self.at = line.range.end;
        self.number += 1;
        Some(line)
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Result<RawLine<'t>, LineError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let Split { text, at, .. } = self.split;
        if let Some(found) = self.plain.line(text, at)
            && found.end <= self.valid
        {
            return Some(Ok(self.split.line_to(found.end, at..found.series_end, found.timestamp)));
        }
        self.carefully()
    }
}

impl<'t> Lines<'t> {
    #[cold]
    #[inline(never)]
    fn carefully(&mut self) -> Option<Result<RawLine<'t>, LineError>> {
        let mut line = self.split.next()?;
        let bytes = line.as_bytes();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let judged = match self.valid >= line.range.end || core::str::from_utf8(bytes).is_ok() {
            false => Err(Fault::NotUtf8),
            true if line.is_point() => careful::point(bytes, self.dialect, self.precision, &mut self.writer),
            true => careful::nothing(bytes).map(|()| None),
        };
        Some(match judged {
            Ok(timestamp) => {
                line.timestamp = timestamp;
                Ok(line)
            }
            Err(fault) => Err(LineError::new(line.number, line.range(), bytes, fault)),
        })
    }
}

#[cfg(test)]
mod tests;
