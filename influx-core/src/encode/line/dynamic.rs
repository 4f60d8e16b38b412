//! A line whose columns are known only at run time: collected first, then sorted, checked and merged with the writer's
//! default tags.

use super::columns::Columns;
use super::defaults::DefaultTag;
use super::scratch::Scratch;
use super::writer::LineWriter;
use crate::dialect::Dialect;
use crate::encode::buffer::Room;
use crate::encode::copy::name::append_name;
use crate::encode::escape::check_key;
use crate::encode::form::Form;
use crate::encode::number::MAX_INT;
use crate::encode::timestamp::Timestamp;
use crate::encode::value::{FieldValue, TagValue};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::{EncodeError, Place, Reason, TimestampError};
use crate::scan::{line_len, opens_fields};
use crate::schema::{Role, Schema, Shape};

/// An open line of a [`LineWriter`]: tags and fields in any order, then [`finish`](Line::finish). Dropped before that,
/// it leaves nothing in the buffer.
///
/// Tags are written sorted by key, fields as given.
#[must_use = "a line is written by `finish`"]
pub struct Line<'w> {
    writer: &'w mut LineWriter,
    /// The time that was given before the end, and by what.
    time: Option<(i64, &'static str)>,
    /// The first error of a derived struct whose columns are being added.
    error: Option<EncodeError>,
}

impl LineWriter {
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
        self.line().tag(key, value)?;
        let text = &self.scratch.tags.out.bytes;
        self.scratch.apart = false;
        self.known.forget();
        if text.is_empty() || self.defaults.insert(key, text) {
            return Ok(());
        }
        Err(EncodeError::new(Place::TagValue, Some(key), None, Reason::DuplicateTag))
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
        self.scratch.tags.clear();
        self.scratch.fields.clear();
        Line { writer: self, time: None, error: None }
    }
}

impl Line<'_> {
    /// Adds a tag; an empty value or `None` leaves it out.
    ///
    /// # Errors
    /// If the key or the value cannot be written.
    pub fn tag<V: TagValue>(&mut self, key: &str, value: V) -> Result<&mut Self, EncodeError> {
        self.add_tag(key, &value.wire().form())?;
        Ok(self)
    }

    /// Adds a field; `None` leaves it out.
    ///
    /// # Errors
    /// If the key or the value cannot be written.
    pub fn field<V: FieldValue>(&mut self, key: &str, value: V) -> Result<&mut Self, EncodeError> {
        self.add_field(key, &value.wire().form())?;
        Ok(self)
    }

    /// Sets the time of the point: for [`columns`](crate::LineProtocol::columns) of a type that is flattened into another
    /// point, which has no time of its own then. `None` sets nothing.
    ///
    /// # Errors
    /// If the time cannot be written, or the line has one.
    ///
    /// ```
    /// use influx_core::{Dialect, LineWriter};
    /// let mut writer = LineWriter::new(Dialect::V1);
    /// let mut line = writer.line();
    /// line.field("usage", 0.5)?.timestamp(7)?;
    /// line.finish("cpu", None::<i64>)?;
    /// assert_eq!(writer.as_bytes(), b"cpu usage=0.5 7\n");
    /// # Ok::<(), influx_core::EncodeError>(())
    /// ```
    pub fn timestamp(&mut self, time: impl Timestamp) -> Result<&mut Self, EncodeError> {
        self.time_of("Line::timestamp", time.unix_nanos())?;
        Ok(self)
    }

    /// The time of a part of the point. One that another part has given before is an error.
    pub(crate) fn time_of(
        &mut self,
        owner: &'static str,
        time: Result<Option<i64>, TimestampError>,
    ) -> Result<(), EncodeError> {
        let nanos =
            time.map_err(|error| EncodeError::new(Place::Timestamp, None, Some(&error.0.0), error.0.1))?;
        let Some(nanos) = nanos else { return Ok(()) };
        match self.time.replace((nanos, owner)) {
            None => Ok(()),
            Some((_, inner)) => {
                let reason = Reason::TwoTimes { inner };
                Err(EncodeError::new(Place::Timestamp, None, None, reason).of_type(owner))
            }
        }
    }

    pub(in crate::encode) fn add_tag(&mut self, key: &str, form: &Form<'_>) -> Result<(), EncodeError> {
        if !form.is_tag() {
            return Ok(());
        }
        let dialect = self.writer.dialect();
        let tags = &mut self.writer.scratch.tags;
        let escape = |text: &mut Vec<u8>| escape_key(Role::Tag, key, dialect, text);
        if let Err(reason) = tags.set_key(key, escape) {
            return Err(EncodeError::new(Place::TagKey, Some(key), Some(key), reason));
        }
        // SAFETY: `push` spends for one value; the tag is there.
        if tags.push(|room| unsafe { form.put_tag(room) }) {
            return Ok(());
        }
        let reason = match form {
            Form::Lost(lost) => lost.1,
            form => {
                let why = append_name(Place::TagValue, dialect, &form.text(), &mut Vec::new());
                why.err().unwrap_or(Reason::Unsupported)
            }
        };
        Err(EncodeError::new(Place::TagValue, Some(key), Some(&form.text()), reason))
    }

    pub(in crate::encode) fn add_field(&mut self, key: &str, form: &Form<'_>) -> Result<(), EncodeError> {
        let config = &self.writer.buffer.config;
        if form.is_left_out(config) {
            return Ok(());
        }
        if let Some(reason) = form.fault(config) {
            return Err(EncodeError::new(Place::Field, Some(key), Some(&form.text()), reason));
        }
        let dialect = config.dialect;
        let fields = &mut self.writer.scratch.fields;
        let escape = |text: &mut Vec<u8>| escape_key(Role::Field, key, dialect, text);
        if let Err(reason) = fields.set_key(key, escape) {
            return Err(EncodeError::new(Place::FieldKey, Some(key), Some(key), reason));
        }
        // SAFETY: `push` spends for one value.
        if fields.push(|room| unsafe { form.put_field(room) }) {
            return Ok(());
        }
        Err(EncodeError::new(Place::Field, Some(key), Some(&form.text()), Reason::Unsupported))
    }

    /// A tag of a derived struct. The first error stays with the line.
    #[doc(hidden)]
    pub fn put_tag<W: TagWire>(&mut self, key: &str, value: W) {
        if self.error.is_none() {
            let done = self.add_tag(key, &value.form());
            self.put(done);
        }
    }

    /// A field of a derived struct. The first error stays with the line.
    #[doc(hidden)]
    pub fn put_field<W: FieldWire>(&mut self, key: &str, value: W) {
        if self.error.is_none() {
            let done = self.add_field(key, &value.form());
            self.put(done);
        }
    }

    /// A part of a derived struct that adds its columns by itself.
    #[doc(hidden)]
    pub fn put_flat(&mut self, columns: impl FnOnce(&mut Self) -> Result<(), EncodeError>) {
        if self.error.is_none() {
            let done = columns(self);
            self.put(done);
        }
    }

    fn put(&mut self, done: Result<(), EncodeError>) {
        if let Err(error) = done {
            self.error.get_or_insert(error);
        }
    }

    /// The columns of a derived struct are complete.
    #[doc(hidden)]
    pub fn end_columns(
        &mut self,
        schema: &'static Schema,
        time: Result<Option<i64>, TimestampError>,
    ) -> Result<(), EncodeError> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.time_of(schema.type_name(), time),
        }
        .map_err(|error| error.of_type(schema.type_name()))
    }

    /// Writes the line of a derived struct, whose columns are in it or could not be.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    pub fn finish_derived(
        self,
        schema: &'static Schema,
        measurement: &str,
        columns: Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        columns?;
        let done = self.finish_with(measurement, Ok(None), schema.shape());
        done.map_err(|error| error.of_type(schema.type_name()))
    }

    /// Writes the line.
    ///
    /// # Errors
    /// If the measurement or the timestamp cannot be written, no field was added, a key was given twice, or the line
    /// breaks a limit of the server.
    pub fn finish(self, measurement: &str, timestamp: impl Timestamp) -> Result<(), EncodeError> {
        self.finish_with(measurement, timestamp.unix_nanos(), Shape::of("Line::finish"))
    }

    pub(crate) fn finish_with(
        mut self,
        measurement: &str,
        time: Result<Option<i64>, TimestampError>,
        shape: Shape,
    ) -> Result<(), EncodeError> {
        self.time_of(shape.owner, time)?;
        let nanos = self.writer.stamps.or_now(self.time.map(|(nanos, _)| nanos));
        let start = self.writer.buffer.bytes.len();
        let done = self.check_keys().and_then(|()| self.append(measurement, nanos, shape));
        if done.is_err() {
            self.writer.buffer.bytes.truncate(start);
        }
        done
    }

    /// No key is there twice.
    fn check_keys(&mut self) -> Result<(), EncodeError> {
        let Scratch { tags, fields, apart, .. } = &mut self.writer.scratch;
        let known = core::mem::take(apart);
        let error = |place, key: &str, reason| Err(EncodeError::new(place, Some(key), None, reason));
        let known_tags = match tags.sort() {
            Ok(known) => known,
            Err(key) => return error(Place::TagValue, key, Reason::DuplicateTag),
        };
        let known_fields = match fields.sort() {
            Ok(known) => known,
            Err(key) => return error(Place::Field, key, Reason::DuplicateField),
        };
        if !(known && known_tags && known_fields)
            && let Some(key) = tag_and_field(tags, self.writer.defaults.tags(), fields)
        {
            return error(Place::Field, key, Reason::TagAndField);
        }
        *apart = true;
        Ok(())
    }

    fn append(&mut self, measurement: &str, nanos: Option<i64>, shape: Shape) -> Result<(), EncodeError> {
        let LineWriter { buffer, stamps, defaults, scratch, .. } = &mut *self.writer;
        let Scratch { tags, fields, measurement: known, .. } = scratch;
        let defaults = defaults.tags();
        let start = buffer.bytes.len();
        known
            .append(measurement, buffer)
            .map_err(|reason| EncodeError::new(Place::Measurement, None, Some(measurement), reason))?;
        if !shape.sorted || (tags.in_order() && defaults.is_empty()) {
            buffer.bytes.extend_from_slice(&tags.out.bytes);
            let missing = defaults.iter().filter(|tag| !tags.has(&tag.key));
            missing.for_each(|tag| buffer.bytes.extend_from_slice(&tag.text));
        } else {
            append_sorted(&mut buffer.bytes, tags, defaults);
        }
        let without_comma = fields.out.bytes.get(1..);
        let longest = without_comma.map_or(1, |_| fields.longest_key());
        let key = buffer.bytes.len() - start + 4 + longest;
        let max = buffer.config.max_key;
        if key > max {
            return Err(EncodeError::new(Place::Line, None, None, Reason::KeyTooLong { len: key, max }));
        }
        let doubtful = !buffer.config.dialect.unescapes_backslash() && opens_fields(&buffer.bytes[start..]);
        buffer.bytes.push(b' ');
        match without_comma {
            Some(without_comma) => buffer.bytes.extend_from_slice(without_comma),
            None if shape.placeholder && (tags.has("_") || defaults.iter().any(|tag| &*tag.key == "_")) => {
                return Err(EncodeError::new(Place::Field, Some("_"), None, Reason::TagAndField));
            }
            None if shape.placeholder => buffer.bytes.extend_from_slice(b"_=true"),
            None => return Err(EncodeError::new(Place::Line, None, None, Reason::NoFields)),
        }
        let mut room = Room::new(buffer, MAX_INT + 2);
        room.spend(MAX_INT + 2);
        // SAFETY: spent.
        unsafe {
            if let Some(nanos) = nanos {
                room.push(b' ');
                stamps.put(&mut room, nanos);
            }
            room.push(b'\n');
        }
        if room.buffer.take_failed() {
            let reason = Reason::OutOfRange { dialect: buffer.config.dialect };
            let shown = nanos.unwrap_or_default().to_string();
            return Err(EncodeError::new(Place::Timestamp, None, Some(&shown), reason));
        }
        room.commit();
        let line = &buffer.bytes[start..];
        if doubtful && line_len(line) + 1 != line.len() {
            let reason = Reason::HiddenEnd(buffer.config.dialect);
            return Err(EncodeError::new(Place::Line, None, None, reason));
        }
        Ok(())
    }
}

/// A key that is both a tag and a field.
fn tag_and_field<'k>(tags: &'k Columns, defaults: &'k [DefaultTag], fields: &Columns) -> Option<&'k str> {
    let own = tags.sorted().map(|index| tags.key(index));
    own.chain(defaults.iter().map(|tag| &*tag.key)).find(|key| fields.has(key))
}

/// Own tags and default tags in one sorted list; a default yields to an own tag of its key.
fn append_sorted(buffer: &mut Vec<u8>, tags: &Columns, defaults: &[DefaultTag]) {
    let mut defaults = defaults.iter().peekable();
    for index in tags.sorted() {
        let key = tags.key(index);
        while let Some(tag) = defaults.next_if(|tag| *tag.key <= *key) {
            if *tag.key != *key {
                buffer.extend_from_slice(&tag.text);
            }
        }
        buffer.extend_from_slice(tags.text(index));
    }
    defaults.for_each(|tag| buffer.extend_from_slice(&tag.text));
}

/// Appends `,key=`, or a part of it and why the key cannot be written.
fn escape_key(role: Role, key: &str, dialect: Dialect, text: &mut Vec<u8>) -> Result<(), Reason> {
    let place = if role == Role::Tag { Place::TagKey } else { Place::FieldKey };
    check_key(key, role, dialect)?;
    text.push(b',');
    append_name(place, dialect, key, text)?;
    text.push(b'=');
    Ok(())
}
