//! Why a line is refused.

use core::fmt;
use core::ops::Range;

use crate::decode::line_protocol::Refusal;
use crate::error::EncodeError;
use crate::shown::{NAME, VALUE, name, quoted_bytes};

/// A line that a server would refuse, or store as something else.
///
/// Its text is one line that names the line by its number, the place and the reason, and says what to do.
///
/// ```
/// use influx_core::{Dialect, Precision, lines};
///
/// let error = lines::check(b"m f=NaN", Dialect::V2, Precision::Ns).find_map(Result::err).unwrap();
/// assert!(error.to_string().starts_with("line 0, field `f`: "), "{error}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct LineError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    line: usize,
    range: Range<usize>,
    start: String,
    fault: Fault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    NotUtf8,
    CrLf,
    ByteOrderMark,
    /// A comment takes the next line with it.
    LongComment,
    Parser(Refusal),
    Point(EncodeError),
}

impl LineError {
    pub(super) fn new(line: usize, range: Range<usize>, bytes: &[u8], fault: Fault) -> Self {
        LineError(Box::new(Inner { line, range, start: quoted_bytes(bytes, VALUE), fault }))
    }

    /// The number of the line, counted from 0 as [`RawLine::number`](super::RawLine::number) does.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// Where in the text the line is, its line feed included.
    pub fn range(&self) -> Range<usize> {
        self.0.range.clone()
    }

    /// The tag or field key, unescaped, where the fault belongs to one.
    pub fn column(&self) -> Option<&str> {
        match &self.0.fault {
            Fault::Parser(refusal) => refusal.field.as_deref(),
            Fault::Point(error) => error.column(),
            _ => None,
        }
    }

    /// The same error, counted from another start: for texts that are checked in pieces.
    ///
    /// ```
    /// use influx_core::{Dialect, Precision, lines};
    /// let error = lines::check(b"m", Dialect::V1, Precision::Ns).find_map(Result::err).unwrap();
    /// assert_eq!(error.with_line(7).line(), 7);
    /// ```
    #[must_use]
    pub fn with_line(mut self, line: usize) -> Self {
        self.0.line = line;
        self
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { line, start, fault, .. } = &*self.0;
        write!(f, "line {line}")?;
        match fault {
            Fault::NotUtf8 => {
                write!(f, ": is not UTF-8, and servers refuse the whole text or store other characters; convert it: {start}")
            }
            Fault::CrLf => {
                write!(f, ": ends in CR LF, which servers refuse or store wrongly: end lines with LF alone")
            }
            Fault::ByteOrderMark => f.write_str(
                ": the text begins with a byte order mark, which would become a part of the measurement; leave it out",
            ),
            Fault::LongComment => write!(
                f,
                ": this comment hides the line below it from servers, by a backslash or a quote; leave the comment out: {start}"
            ),
            Fault::Parser(Refusal { reason, field: Some(field) }) => {
                write!(f, ", field {}: {reason}: {start}", name(field, NAME))
            }
            Fault::Parser(Refusal { reason, field: None }) => write!(f, ": {reason}: {start}"),
            Fault::Point(error) => {
                error.fmt_place(f)?;
                // where no column is named, the line tells which one it is
                if error.column().is_none() { write!(f, ": {start}") } else { Ok(()) }
            }
        }
    }
}

impl fmt::Debug for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LineError({self})")
    }
}

impl core::error::Error for LineError {}
