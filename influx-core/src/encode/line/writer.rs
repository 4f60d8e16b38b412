//! The buffer of lines and what they have in common.

use core::fmt;

use super::defaults::Defaults;
use super::known::Known;
use super::scratch::Scratch;
use super::stamps::Stamps;
use crate::dialect::Dialect;
use crate::encode::buffer::Buffer;
use crate::encode::config::{Config, Nan};
use crate::error::EncodeError;
use crate::precision::Precision;

/// Encodes points into a buffer of line protocol.
///
/// A point is written whole or not at all: an error names it and leaves the buffer as it was. No memory is allocated per
/// point once the buffer has grown.
///
/// ```
/// use influx_core::{Dialect, LineWriter, Point};
///
/// let mut writer = LineWriter::new(Dialect::V2);
/// writer.write(&Point::new("cpu").tag("host", "a b").field("usage", 0.5).timestamp(1))?;
/// assert_eq!(writer.as_bytes(), b"cpu,host=a\\ b usage=0.5 1\n");
/// # Ok::<(), influx_core::EncodeError>(())
/// ```
pub struct LineWriter {
    pub(super) buffer: Buffer,
    pub(super) stamps: Stamps,
    pub(super) defaults: Defaults,
    pub(super) scratch: Scratch,
    pub(super) known: Known,
    points: usize,
}

impl LineWriter {
    /// An empty writer for a server generation.
    pub fn new(dialect: Dialect) -> Self {
        LineWriter::with_buffer(dialect, Vec::new())
    }

    /// A writer that appends to `buffer`, which holds whole lines or nothing.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter};
    /// let writer = LineWriter::with_buffer(Dialect::V1, Vec::with_capacity(1 << 20));
    /// assert!(writer.is_empty());
    /// ```
    pub fn with_buffer(dialect: Dialect, buffer: Vec<u8>) -> Self {
        let config = Config::new(dialect);
        LineWriter {
            buffer: Buffer::new(buffer, config),
            stamps: Stamps::new(),
            defaults: Defaults::default(),
            scratch: Scratch::new(config),
            known: Known::default(),
            points: 0,
        }
    }

    /// Sets the unit of the written timestamps, by default nanoseconds. Tell the server the same.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point, Precision};
    /// let mut writer = LineWriter::new(Dialect::V1).precision(Precision::S);
    /// writer.write(&Point::new("m").field("f", 1).timestamp(-1))?;
    /// assert_eq!(writer.as_bytes(), b"m f=1i -1\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn precision(mut self, precision: Precision) -> Self {
        self.buffer.config.precision = precision;
        self.stamps.forget();
        self
    }

    /// Sets what becomes of floats that are NaN or infinite, by default an error.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Nan, Point};
    /// let mut writer = LineWriter::new(Dialect::V1).nan(Nan::Skip);
    /// writer.write(&Point::new("m").field("f", f64::NAN).field("g", 1.5))?;
    /// assert_eq!(writer.as_bytes(), b"m g=1.5\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn nan(mut self, nan: Nan) -> Self {
        self.buffer.config.nan = nan;
        self
    }

    /// Gives points without a timestamp the time that `now` tells, in nanoseconds since 1970. Without it the server stamps them when
    /// they arrive: written twice, they are two points then.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1).clock(|| 7);
    /// writer.write(&Point::new("m").field("f", 1))?;
    /// writer.write(&Point::new("m").field("f", 1).timestamp(3))?;
    /// assert_eq!(writer.as_bytes(), b"m f=1i 7\nm f=1i 3\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn clock(mut self, now: fn() -> i64) -> Self {
        self.stamps.set_clock(now);
        self
    }

    /// The lines written so far, each ended by a line feed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer.bytes
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.buffer.bytes.len()
    }

    /// Whether no line is in the buffer.
    pub fn is_empty(&self) -> bool {
        self.buffer.bytes.is_empty()
    }

    /// How many points were given to [`write`](LineWriter::write) since the writer was made or cleared.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Empties the buffer, keeps its memory, and counts points from 0 again.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.write(&Point::new("m").field("f", 1))?;
    /// writer.clear();
    /// assert_eq!((writer.len(), writer.points()), (0, 0));
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn clear(&mut self) {
        self.buffer.bytes.clear();
        self.points = 0;
    }

    /// Takes the lines out; the writer starts anew with an empty buffer.
    pub fn take(&mut self) -> Vec<u8> {
        self.points = 0;
        core::mem::take(&mut self.buffer.bytes)
    }

    /// As [`take`](LineWriter::take); the writer goes on with `buffer`, which is emptied and keeps its memory.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.write(&Point::new("m").field("f", 1))?;
    /// assert_eq!(writer.replace(Vec::with_capacity(1 << 20)), b"m f=1i\n");
    /// assert!(writer.is_empty());
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn replace(&mut self, mut buffer: Vec<u8>) -> Vec<u8> {
        buffer.clear();
        self.points = 0;
        core::mem::replace(&mut self.buffer.bytes, buffer)
    }

    /// Appends whole lines as they are, each ended by a line feed; they are not looked at.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.append_lines(b"m f=1i\n");
    /// assert_eq!(writer.as_bytes(), b"m f=1i\n");
    /// ```
    pub fn append_lines(&mut self, lines: &[u8]) {
        self.buffer.bytes.extend_from_slice(lines);
    }

    /// Cuts the buffer back to a length it had after an earlier point.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.write(&Point::new("m").field("f", 1))?;
    /// let whole = writer.len();
    /// writer.write(&Point::new("m").field("f", 2))?;
    /// writer.truncate(whole);
    /// assert_eq!(writer.as_bytes(), b"m f=1i\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn truncate(&mut self, len: usize) {
        self.buffer.bytes.truncate(len);
    }

    /// Counts a point; where its line starts.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn begin_point(&mut self) -> usize {
        self.points += 1;
        self.buffer.bytes.len()
    }

    /// Takes back the last point, of which the line starts there.
    #[cold]
    #[inline(never)]
    pub(in crate::encode) fn take_back(&mut self, start: usize, error: EncodeError) -> EncodeError {
        self.buffer.bytes.truncate(start);
        error.at(self.points.saturating_sub(1))
    }

    /// The server generation it writes for.
    pub fn dialect(&self) -> Dialect {
        self.buffer.config.dialect
    }
}

impl fmt::Debug for LineWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineWriter")
            .field("dialect", &self.buffer.config.dialect)
            .field("precision", &self.buffer.config.precision)
            .field("bytes", &self.buffer.bytes.len())
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}
