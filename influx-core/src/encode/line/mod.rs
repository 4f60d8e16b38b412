//! One line at a time: the buffer holds whole lines, and a line that fails is gone from it.

mod columns;
mod dynamic;

use core::fmt;

use crate::dialect::Dialect;
use crate::encode::config::{Config, Nan};
use crate::encode::line_protocol::LineProtocol;
use crate::encode::line_protocol::{Derived, OwnLine, Sink};
use crate::encode::number::{MAX_INT, SLACK, TimeCache, put_i64};
use crate::encode::parts::{FieldParts, HeadPart, Merge, TagParts};
use crate::encode::value::TagValue;
use crate::error::{EncodeError, TimestampError};
use crate::error::{Place, Reason};
use crate::precision::Precision;
use crate::schema::{Role, Schema};

pub use dynamic::Line;
use dynamic::Scratch;

/// A tag of the writer, with its escaped text `,key=value`.
#[derive(Clone)]
pub(crate) struct DefaultTag {
    pub(crate) key: Box<str>,
    pub(crate) text: Box<[u8]>,
}

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
    buffer: Vec<u8>,
    config: Config,
    times: TimeCache,
    points: usize,
    defaults: Vec<DefaultTag>,
    defaults_len: u64,
    /// The schema that the default tags were last found to fit.
    merged: Option<&'static Schema>,
    clock: Option<fn() -> i64>,
    scratch: Scratch,
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
        LineWriter {
            buffer,
            config: Config::new(dialect),
            times: TimeCache::new(),
            points: 0,
            defaults: Vec::new(),
            defaults_len: 0,
            merged: None,
            clock: None,
            scratch: Scratch::default(),
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
        self.config.precision = precision;
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
        self.config.nan = nan;
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
        self.clock = Some(now);
        self
    }

    /// The time of a point that has none.
    #[inline(always)]
    pub(crate) fn stamped(&self, nanos: Option<i64>) -> Option<i64> {
        if nanos.is_some() { nanos } else { self.clock.map(|now| now()) }
    }

    /// Adds a tag to every point that has none of that key. An empty value adds nothing.
    ///
    /// # Errors
    /// If the key or value cannot be written, or the key has been given before.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.default_tag("host", "a")?;
    /// writer.write(&Point::new("m").tag("zone", "x").field("f", 1.5))?;
    /// writer.write(&Point::new("m").tag("host", "b").field("f", 2.5))?;
    /// assert_eq!(writer.as_bytes(), b"m,host=a,zone=x f=1.5\nm,host=b f=2.5\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn default_tag(&mut self, key: &str, value: impl TagValue) -> Result<(), EncodeError> {
        let mut line = Line::new(self);
        line.tag_value(key, &value)?;
        let text = line.take_tag_text();
        if text.is_empty() {
            return Ok(());
        }
        match self.defaults.binary_search_by(|tag| (*tag.key).cmp(key)) {
            Ok(_) => Err(EncodeError::new(Place::TagValue, Some(key), None, Reason::DuplicateTag)),
            Err(at) => {
                self.merged = None;
                self.scratch.apart = false;
                self.defaults_len += text.len() as u64;
                self.defaults.insert(at, DefaultTag { key: key.into(), text: text.into() });
                Ok(())
            }
        }
    }

    /// Appends a point as one line.
    ///
    /// # Errors
    /// If something of the point cannot be written; the buffer is then as it was. The error's index counts the calls
    /// since the writer was made or cleared.
    pub fn write<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<(), EncodeError> {
        let start = self.buffer.len();
        let index = self.points;
        self.points += 1;
        match point.encode(self) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.buffer.truncate(start);
                Err(error.at(index))
            }
        }
    }

    /// Appends all points, or none.
    ///
    /// # Errors
    /// At the first point that cannot be written; the buffer is then as it was before the call.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter, Point};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// writer.write_all([&Point::new("m").field("f", true), &Point::new("m").field("f", false)])?;
    /// assert_eq!(writer.as_bytes(), b"m f=true\nm f=false\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn write_all<'p, P: LineProtocol + ?Sized + 'p>(
        &mut self,
        points: impl IntoIterator<Item = &'p P>,
    ) -> Result<(), EncodeError> {
        let start = self.buffer.len();
        for point in points {
            if let Err(error) = self.write(point) {
                self.buffer.truncate(start);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Starts a line whose columns are known only at run time.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// let mut line = writer.line();
    /// line.tag("host", "a")?.field("usage", 0.5)?;
    /// line.finish("cpu", 1_700_000_000_000_000_000)?;
    /// assert_eq!(writer.as_bytes(), b"cpu,host=a usage=0.5 1700000000000000000\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn line(&mut self) -> Line<'_> {
        Line::new(self)
    }

    /// The lines written so far, each ended by a line feed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether no line is in the buffer.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
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
        self.buffer.clear();
        self.points = 0;
    }

    /// Takes the lines out; the writer starts anew with an empty buffer.
    pub fn take(&mut self) -> Vec<u8> {
        self.points = 0;
        core::mem::take(&mut self.buffer)
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
        core::mem::replace(&mut self.buffer, buffer)
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
        self.buffer.extend_from_slice(lines);
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
        self.buffer.truncate(len);
    }

    /// The server generation it writes for.
    pub fn dialect(&self) -> Dialect {
        self.config.dialect
    }

    /// One line of a derived struct. The fast way writes straight into reserved room; whatever it cannot do (default
    /// tags, values that need a decision or an error) is done again, slowly, by [`Line`].
    #[doc(hidden)]
    #[inline(always)]
    pub fn put_derived<P: Derived>(&mut self, point: &P) -> Result<(), EncodeError> {
        if self.defaults.is_empty() && point.put_into(Room::<false>(self)) {
            return Ok(());
        }
        self.put_derived_otherwise(point)
    }

    #[inline(never)]
    fn put_derived_otherwise<P: Derived>(&mut self, point: &P) -> Result<(), EncodeError> {
        if self.merges_into(P::SCHEMA) && point.put_into(Room::<true>(self)) {
            return Ok(());
        }
        self.put_derived_slowly(point)
    }

    /// Whether default tags can be written among the tags of a schema: none of them is a field of it, and tags that are not sorted are few enough to be remembered.
    fn merges_into(&mut self, schema: &'static Schema) -> bool {
        if self.defaults.is_empty() || !(schema.is_sorted() || schema.columns().len() <= Merge::MAX_UNSORTED)
        {
            return false;
        }
        if !self.merged.is_some_and(|before| core::ptr::eq(before, schema)) {
            let is_field = |tag: &DefaultTag| {
                schema.columns().iter().any(|c| c.role() == Role::Field && c.name() == &*tag.key)
            };
            if self.defaults.iter().any(is_field) {
                return false;
            }
            self.merged = Some(schema);
        }
        true
    }

    // takes the point again and not its parts, which can then stay in registers
    #[cold]
    #[inline(never)]
    fn put_derived_slowly<P: Derived>(&mut self, point: &P) -> Result<(), EncodeError> {
        point.put_into(OwnLine(self))
    }

    #[inline(always)]
    fn put_parts<const MERGE: bool, H: HeadPart, T: TagParts, F: FieldParts>(
        &mut self,
        schema: &'static Schema,
        head: H,
        tags: T,
        fields: F,
        nanos: Option<i64>,
    ) -> Option<()> {
        let mut room = head.max_len() + tags.max_len() + fields.max_len() + MAX_INT + SLACK as u64;
        if MERGE {
            room += self.defaults_len;
        }
        self.reserve(room);
        // SAFETY: `room` covers all parts, a space, the timestamp, a line feed and the slack; the length is set only
        // after all of it was written.
        unsafe {
            let base = self.buffer.as_mut_ptr();
            let start = base.add(self.buffer.len());
            let p = if MERGE {
                let mut merge = Merge::new(&self.defaults, schema);
                let p = head.put_among(start, &self.config, &mut merge)?;
                let p = tags.put_among(p, &self.config, &mut merge)?;
                merge.rest(p)
            } else {
                let p = head.put(start, &self.config)?;
                tags.put(p, &self.config)?
            };
            // the key is no longer than the room, which is rarely this large
            if room > self.config.max_key as u64 {
                let key = p.offset_from(start) as usize + 4 + schema.longest_field_key();
                if key > self.config.max_key {
                    return None;
                }
            }
            let (mut p, none) = fields.put(p, true, &self.config)?;
            if none {
                return None;
            }
            if let Some(nanos) = nanos {
                *p = b' ';
                p = p.add(1);
                let (min, max) = self.config.time_range;
                p = if self.config.precision == Precision::Ns && nanos >= min && nanos <= max {
                    self.times.put(p, nanos)
                } else {
                    put_i64(p, self.config.units(nanos)?)
                };
            }
            *p = b'\n';
            self.buffer.set_len(p.add(1).offset_from(base) as usize);
        }
        Some(())
    }

    #[inline(always)]
    fn reserve(&mut self, room: u64) {
        if ((self.buffer.capacity() - self.buffer.len()) as u64) < room {
            self.grow(room);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, room: u64) {
        // a length that 32 bits cannot hold fails here as any too large Vec does
        self.buffer.reserve(usize::try_from(room).unwrap_or(usize::MAX));
    }
}

/// Reserved room in the buffer; tells whether the line is written. `MERGE`: there are default tags.
struct Room<'w, const MERGE: bool>(&'w mut LineWriter);

impl<const MERGE: bool> Sink for Room<'_, MERGE> {
    type Out = bool;

    #[inline(always)]
    fn put<H: HeadPart, T: TagParts, F: FieldParts>(
        self,
        schema: &'static Schema,
        head: H,
        tags: T,
        fields: F,
        time: Result<Option<i64>, TimestampError>,
    ) -> bool {
        let Ok(nanos) = time else { return false };
        let nanos = self.0.stamped(nanos);
        !schema.has_reserved(self.0.config.dialect)
            && self.0.put_parts::<MERGE, _, _, _>(schema, head, tags, fields, nanos).is_some()
    }

    fn put_flat(
        self,
        _: &'static Schema,
        _: &str,
        _: Result<Option<i64>, TimestampError>,
        _: impl FnOnce(&mut Line<'_>) -> Result<(), EncodeError>,
    ) -> bool {
        false
    }
}

impl fmt::Debug for LineWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineWriter")
            .field("dialect", &self.config.dialect)
            .field("precision", &self.config.precision)
            .field("bytes", &self.buffer.len())
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}
