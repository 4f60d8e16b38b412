//! A line whose columns are known only at run time: collected first, then sorted, checked and merged with the writer's
//! default tags.

use super::LineWriter;
use super::columns::Columns;
use crate::encode::config::Nan;
use crate::encode::copy::append_name;
use crate::encode::escape::check_key;
use crate::encode::number::{MAX_INT, SLACK, put_i64};
use crate::encode::parts::{FieldParts, HeadPart, TagParts};
use crate::encode::timestamp::Timestamp;
use crate::encode::value::{FieldValue, TagValue};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::{EncodeError, TimestampError};
use crate::error::{Place, Reason};
use crate::schema::{Role, Schema, Shape};

/// Memory that is kept from line to line.
#[derive(Default)]
pub(super) struct Scratch {
    tags: Columns,
    fields: Columns,
    /// The keys of the line before: none is both a tag and a field.
    pub(super) apart: bool,
}

/// An open line of a [`LineWriter`]: tags and fields in any order, then [`finish`](Line::finish). Dropped before that,
/// it leaves nothing in the buffer.
///
/// Tags are written sorted by key, fields as given.
#[must_use = "a line is written by `finish`"]
pub struct Line<'w> {
    writer: &'w mut LineWriter,
    /// The time that was given before the end, and by what.
    time: Option<(i64, &'static str)>,
}

impl<'w> Line<'w> {
    pub(super) fn new(writer: &'w mut LineWriter) -> Self {
        writer.scratch.tags.clear();
        writer.scratch.fields.clear();
        Line { writer, time: None }
    }

    /// The tags' texts, of a line that will not be finished.
    pub(super) fn take_tag_text(self) -> Vec<u8> {
        self.writer.scratch.tags.text.clone()
    }

    /// Adds a tag; an empty value or `None` leaves it out.
    ///
    /// # Errors
    /// If the key or the value cannot be written.
    pub fn tag<V: TagValue>(&mut self, key: &str, value: V) -> Result<&mut Self, EncodeError> {
        self.tag_value(key, &value)
    }

    pub(crate) fn tag_value<V: TagValue + ?Sized>(
        &mut self,
        key: &str,
        value: &V,
    ) -> Result<&mut Self, EncodeError> {
        self.tag_wire(key, value.wire())?;
        Ok(self)
    }

    /// Adds a field; `None` leaves it out.
    ///
    /// # Errors
    /// If the key or the value cannot be written.
    pub fn field<V: FieldValue>(&mut self, key: &str, value: V) -> Result<&mut Self, EncodeError> {
        self.field_wire(key, value.wire())?;
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

    #[doc(hidden)]
    pub fn tag_wire<W: TagWire>(&mut self, key: &str, value: W) -> Result<(), EncodeError> {
        if !value.present() {
            return Ok(());
        }
        let config = self.writer.config;
        let tags = &mut self.writer.scratch.tags;
        let start = tags.text.len();
        push_key(Role::Tag, key, config.dialect, &mut tags.text)?;
        let len = tags.text.len();
        tags.text.reserve(usize::try_from(value.max_len()).unwrap_or(usize::MAX).saturating_add(SLACK));
        // SAFETY: the room is reserved, the tag present; the length is set to what was written.
        unsafe {
            let base = tags.text.as_mut_ptr();
            match value.put(base.add(len), &config) {
                Some(end) => tags.text.set_len(end.offset_from(base) as usize),
                None => {
                    tags.text.truncate(start);
                    let (text, reason) = value.fault(&config);
                    return Err(EncodeError::new(Place::TagValue, Some(key), Some(&text), reason));
                }
            }
        }
        tags.push(key, start);
        Ok(())
    }

    #[doc(hidden)]
    pub fn field_wire<W: FieldWire>(&mut self, key: &str, value: W) -> Result<(), EncodeError> {
        if !value.present() {
            return Ok(());
        }
        let config = self.writer.config;
        match value.fault(&config) {
            None => {}
            Some(Reason::NonFinite) if config.nan == Nan::Skip => return Ok(()),
            Some(reason) => {
                return Err(EncodeError::new(Place::Field, Some(key), Some(&value.text()), reason));
            }
        }
        let fields = &mut self.writer.scratch.fields;
        let start = fields.text.len();
        push_key(Role::Field, key, config.dialect, &mut fields.text)?;
        let len = fields.text.len();
        fields.text.reserve(usize::try_from(value.max_len()).unwrap_or(usize::MAX).saturating_add(SLACK));
        // SAFETY: the room is reserved, the value present; the length is set to what was written.
        unsafe {
            let base = fields.text.as_mut_ptr();
            let Some(end) = value.put(base.add(len), &config) else {
                fields.text.truncate(start);
                return Err(EncodeError::new(
                    Place::Field,
                    Some(key),
                    Some(&value.text()),
                    Reason::Unsupported,
                ));
            };
            fields.text.set_len(end.offset_from(base) as usize);
        }
        fields.push(key, start);
        Ok(())
    }

    /// The static columns of a derived struct.
    pub(crate) fn visit<H: HeadPart, T: TagParts, F: FieldParts>(
        &mut self,
        schema: &Schema,
        head: H,
        tags: T,
        fields: F,
    ) -> Result<(), EncodeError> {
        head.visit(schema, self)?;
        tags.visit(schema, self)?;
        fields.visit(schema, self)
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
        let nanos = self.writer.stamped(self.time.map(|(nanos, _)| nanos));
        let start = self.writer.buffer.len();
        let done = self.append(measurement, nanos, shape);
        if done.is_err() {
            self.writer.buffer.truncate(start);
        }
        done
    }

    fn append(&mut self, measurement: &str, nanos: Option<i64>, shape: Shape) -> Result<(), EncodeError> {
        let LineWriter { buffer, config, defaults, scratch, .. } = &mut *self.writer;
        let Scratch { tags, fields, apart } = scratch;
        let known = core::mem::take(apart);
        let known_tags = tags.sort();
        let known_tags = known_tags
            .map_err(|key| EncodeError::new(Place::TagValue, Some(key), None, Reason::DuplicateTag))?;
        let known_fields = fields.sort();
        let known_fields = known_fields
            .map_err(|key| EncodeError::new(Place::Field, Some(key), None, Reason::DuplicateField))?;
        if !(known && known_tags && known_fields)
            && let Some(key) = tag_and_field(tags, defaults, fields)
        {
            return Err(EncodeError::new(Place::Field, Some(key), None, Reason::TagAndField));
        }
        *apart = true;
        let start = buffer.len();
        append_name(Place::Measurement, config.dialect, measurement, buffer)
            .map_err(|reason| EncodeError::new(Place::Measurement, None, Some(measurement), reason))?;
        if shape.sorted {
            append_sorted(buffer, tags, defaults);
        } else {
            buffer.extend_from_slice(&tags.text);
            let missing = defaults.iter().filter(|tag| !tags.has(&tag.key));
            missing.for_each(|tag| buffer.extend_from_slice(&tag.text));
        }
        let longest = fields.longest_key().unwrap_or(1);
        let key = buffer.len() - start + 4 + longest;
        if key > config.max_key {
            let reason = Reason::KeyTooLong { len: key, max: config.max_key };
            return Err(EncodeError::new(Place::Line, None, None, reason));
        }
        buffer.push(b' ');
        match fields.text.get(1..) {
            Some(without_comma) => buffer.extend_from_slice(without_comma),
            None if shape.placeholder && (tags.has("_") || defaults.iter().any(|tag| &*tag.key == "_")) => {
                return Err(EncodeError::new(Place::Field, Some("_"), None, Reason::TagAndField));
            }
            None if shape.placeholder => buffer.extend_from_slice(b"_=true"),
            None => return Err(EncodeError::new(Place::Line, None, None, Reason::NoFields)),
        }
        if let Some(nanos) = nanos {
            let Some(units) = config.units(nanos) else {
                let reason = Reason::OutOfRange { dialect: config.dialect };
                return Err(EncodeError::new(Place::Timestamp, None, Some(&nanos.to_string()), reason));
            };
            buffer.push(b' ');
            append_i64(buffer, units);
        }
        buffer.push(b'\n');
        Ok(())
    }
}

/// A key that is both a tag and a field.
fn tag_and_field<'k>(
    tags: &'k Columns,
    defaults: &'k [super::DefaultTag],
    fields: &Columns,
) -> Option<&'k str> {
    let own = tags.order.iter().map(|index| tags.key(*index));
    own.chain(defaults.iter().map(|tag| &*tag.key)).find(|key| fields.has(key))
}

/// Own tags and default tags in one sorted list; a default yields to an own tag of its key.
fn append_sorted(buffer: &mut Vec<u8>, tags: &Columns, defaults: &[super::DefaultTag]) {
    let mut defaults = defaults.iter().peekable();
    for index in &tags.order {
        let key = tags.key(*index);
        while let Some(tag) = defaults.next_if(|tag| *tag.key <= *key) {
            if *tag.key != *key {
                buffer.extend_from_slice(&tag.text);
            }
        }
        buffer.extend_from_slice(tags.text(*index));
    }
    defaults.for_each(|tag| buffer.extend_from_slice(&tag.text));
}

fn append_i64(buffer: &mut Vec<u8>, v: i64) {
    buffer.reserve(MAX_INT as usize + SLACK);
    // SAFETY: the room is reserved; the length is set to what was written.
    unsafe {
        let base = buffer.as_mut_ptr();
        let end = put_i64(base.add(buffer.len()), v);
        buffer.set_len(end.offset_from(base) as usize);
    }
}

/// `,key=`, or nothing and why the key cannot be written.
fn push_key(
    role: Role,
    key: &str,
    dialect: crate::dialect::Dialect,
    text: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let place = if role == Role::Tag { Place::TagKey } else { Place::FieldKey };
    let start = text.len();
    text.push(b',');
    let done = check_key(key, role, dialect).and_then(|()| append_name(place, dialect, key, text));
    if let Err(reason) = done {
        text.truncate(start);
        return Err(EncodeError::new(place, Some(key), Some(key), reason));
    }
    text.push(b'=');
    Ok(())
}
