//! Points of names known at run time, on their way to lines.

use crate::encode::config::Config;
use crate::encode::line::{Line, LineWriter};
use crate::encode::line_protocol::LineProtocol;
use crate::encode::timestamp::Timestamp;
use crate::encode::value::{FieldValue, TagValue};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::{EncodeError, Place, Reason};
use crate::point::{Point, Value};
use crate::schema::Shape;

impl Point {
    /// Adds a tag; an empty value or `None` leaves it out.
    pub fn tag(mut self, key: impl AsRef<str>, value: impl TagValue) -> Self {
        let (key, value) = (key.as_ref(), value.wire());
        if value.present() {
            if let Some(reason) = value.lost() {
                let shown = value.fault(&Config::LENIENT).0;
                self.lose(|| EncodeError::new(Place::TagValue, Some(key), Some(&shown), reason));
            }
            self.push_tag(key, |text| value.append(text));
        }
        self
    }

    /// Adds a field; `None` leaves it out.
    pub fn field(mut self, key: impl AsRef<str>, value: impl FieldValue) -> Self {
        let (key, wire) = (key.as_ref(), value.wire());
        if let Some(value) = wire.value() {
            if let Some(reason) = wire.lost() {
                self.lose(|| EncodeError::new(Place::Field, Some(key), Some(&wire.text()), reason));
            }
            self.push_field(key, value);
        }
        self
    }

    /// Sets the timestamp; without one the server stamps the point when it arrives.
    pub fn timestamp(mut self, time: impl Timestamp) -> Self {
        self.set_time(time.unix_nanos());
        self
    }
}

impl LineProtocol for Point {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        let mut line = writer.line();
        self.tags_and_fields(&mut line)?;
        line.finish_with(self.measurement(), self.time(), Shape::of("Point"))
    }

    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.tags_and_fields(line)?;
        line.time_of("Point", self.time())
    }
}

impl Point {
    fn tags_and_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        if let Some(error) = self.lost() {
            return Err(error.clone());
        }
        self.tags().try_for_each(|(key, value)| line.tag_wire(key, value))?;
        self.fields().try_for_each(|(key, value)| line.field_wire(key, value))
    }
}

impl FieldValue for Value {
    type Wire<'a> = &'a Value;

    fn wire(&self) -> &Value {
        self
    }
}

macro_rules! each {
    ($value:expr, $v:ident => $e:expr) => {
        match $value {
            Value::F64($v) => $e,
            Value::F32($v) => $e,
            Value::I64($v) => $e,
            Value::U64($v) => $e,
            Value::Bool($v) => $e,
            Value::Str(text) => {
                let $v = &&**text;
                $e
            }
        }
    };
}

// SAFETY: as the form of the variant.
unsafe impl FieldWire for &Value {
    fn max_len(&self) -> u64 {
        each!(self, v => FieldWire::max_len(v))
    }

    fn fault(self, config: &Config) -> Option<Reason> {
        each!(self, v => FieldWire::fault(*v, config))
    }

    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe { each!(self, v => FieldWire::put(*v, p, config)) }
    }

    fn text(self) -> String {
        each!(self, v => FieldWire::text(*v))
    }

    fn value(self) -> Option<Value> {
        Some(self.clone())
    }
}
