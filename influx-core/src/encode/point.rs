//! Points of names known at run time, on their way to lines.

use crate::encode::buffer::Room;
use crate::encode::form::Form;
use crate::encode::line::dynamic::Line;
use crate::encode::line::writer::LineWriter;
use crate::encode::line_protocol::LineProtocol;
use crate::encode::timestamp::Timestamp;
use crate::encode::value::{FieldValue, TagValue};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::{EncodeError, Place};
use crate::kind::ColumnKind;
use crate::point::{Point, Slot, Value};
use crate::schema::Shape;

impl Point {
    /// Adds a tag; an empty value or `None` leaves it out.
    pub fn tag(mut self, key: impl AsRef<str>, value: impl TagValue) -> Self {
        self.add_tag(key.as_ref(), &value.wire().form());
        self
    }

    /// Adds a field; `None` leaves it out.
    pub fn field(mut self, key: impl AsRef<str>, value: impl FieldValue) -> Self {
        self.add_field(key.as_ref(), &value.wire().form());
        self
    }

    fn add_tag(&mut self, key: &str, form: &Form<'_>) {
        match form {
            Form::Absent => return,
            Form::Str(v) => return self.push_tag(key, v),
            Form::Lost(lost) => {
                self.lose(|| EncodeError::new(Place::TagValue, Some(key), Some(&lost.0), lost.1));
            }
            _ => {}
        }
        self.push_tag_with(key, |text| form.append(text));
    }

    fn add_field(&mut self, key: &str, form: &Form<'_>) {
        match form {
            Form::Absent => {}
            Form::Str(v) => self.push_str(key, v),
            Form::F64(v) => self.push(key, Slot::F64(*v)),
            Form::F32(v) => self.push(key, Slot::F32(*v)),
            Form::I64(v) => self.push(key, Slot::I64(*v)),
            Form::U64(v) => self.push(key, Slot::U64(*v)),
            Form::Bool(v) => self.push(key, Slot::Bool(*v)),
            Form::Char(v) => self.push_str(key, v.encode_utf8(&mut [0; 4])),
            Form::Lost(lost) => {
                self.lose(|| EncodeError::new(Place::Field, Some(key), Some(&lost.0), lost.1));
                self.push_str(key, &lost.0);
            }
        }
    }

    /// Sets the timestamp; without one the server stamps the point when it arrives.
    pub fn timestamp(mut self, time: impl Timestamp) -> Self {
        self.set_time(time.unix_nanos());
        self
    }
}

impl LineProtocol for Point {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        if writer.put_point(self) {
            return Ok(());
        }
        let mut line = writer.line();
        self.tags_and_fields(&mut line)?;
        line.finish_with(self.measurement(), self.instant(), Shape::of("Point"))
    }

    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.tags_and_fields(line)?;
        line.time_of("Point", self.instant())
    }
}

impl Point {
    fn tags_and_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        if let Some(error) = self.lost() {
            return Err(error.clone());
        }
        self.tags().try_for_each(|(key, value)| line.add_tag(key, &Form::Str(value)))?;
        self.fields().try_for_each(|(key, value)| line.add_field(key, &(&value).form()))
    }
}

impl FieldValue for Value {
    type Wire<'a> = &'a Value;

    fn wire(&self) -> &Value {
        self
    }
}

// SAFETY: as the form of the variant.
unsafe impl FieldWire for &Value {
    const KIND: ColumnKind = ColumnKind::Unknown;

    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe { self.form().put_field(room) }
    }

    fn form(&self) -> Form<'_> {
        match self {
            Value::F64(v) => Form::F64(*v),
            Value::F32(v) => Form::F32(*v),
            Value::I64(v) => Form::I64(*v),
            Value::U64(v) => Form::U64(*v),
            Value::Bool(v) => Form::Bool(*v),
            Value::Str(v) => Form::Str(v),
        }
    }
}
