//! A tag value that is escaped once and copied after.

use core::fmt;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::encode::buffer::Room;
use crate::encode::escape;
use crate::encode::form::Form;
use crate::encode::value::{FieldValue, MeasurementValue, TagValue};
use crate::encode::wire::TagWire;
use crate::error::EncodeError;
use crate::error::{Place, Reason};
use crate::scan::opens_fields;

/// A tag value with its escaped form, for values that many points share. Cheap to clone.
///
/// ```
/// use influx_core::{Dialect, LineWriter, Point, TagStr};
///
/// let city = TagStr::new("New York, NY")?;
/// let mut writer = LineWriter::new(Dialect::V3);
/// writer.write(&Point::new("weather").tag("city", &city).field("celsius", 21.5))?;
/// assert_eq!(writer.as_bytes(), b"weather,city=New\\ York\\,\\ NY celsius=21.5\n");
/// # Ok::<(), influx_core::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct TagStr(Arc<Inner>);

struct Inner {
    raw: Box<str>,
    /// `None`: it depends on the line whether it can be written.
    v1v2: Option<Box<[u8]>>,
    v3: Option<Box<[u8]>>,
}

impl TagStr {
    /// Escapes a value. An empty one is allowed: it leaves the tag out.
    ///
    /// # Errors
    /// If no server can take the value as a tag: it ends in a backslash or holds a control character.
    pub fn new(value: impl Into<Box<str>>) -> Result<TagStr, EncodeError> {
        let raw = value.into();
        let escaped = |dialect| {
            let mut out = Vec::new();
            match escape::name(Place::TagValue, dialect, &raw, &mut out) {
                Ok(()) | Err(Reason::Empty) => Ok(Some(out.into_boxed_slice())),
                // the other dialects take it; this one will say no when it is written
                Err(Reason::TooLong { .. }) => Ok(None),
                Err(reason) => Err(EncodeError::new(Place::TagValue, None, Some(&raw), reason)),
            }
        };
        let v1v2 = escaped(Dialect::V1)?.filter(|text| !opens_fields(text));
        let v3 = escaped(Dialect::V3)?;
        Ok(TagStr(Arc::new(Inner { raw, v1v2, v3 })))
    }

    /// The unescaped value.
    pub fn as_str(&self) -> &str {
        &self.0.raw
    }

    fn escaped(&self, dialect: Dialect) -> Option<&[u8]> {
        match dialect {
            Dialect::V1 | Dialect::V2 => self.0.v1v2.as_deref(),
            Dialect::V3 => self.0.v3.as_deref(),
        }
    }
}

impl TagValue for TagStr {
    type Wire<'a> = &'a TagStr;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn wire(&self) -> &TagStr {
        self
    }
}

impl FieldValue for TagStr {
    type Wire<'a> = &'a str;

    fn wire(&self) -> &str {
        self.as_str()
    }
}

// SAFETY: `put_text` looks at the room for a long text.
unsafe impl TagWire for &TagStr {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        !self.0.raw.is_empty()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        match self.escaped(room.buffer.config.dialect) {
            // SAFETY: promised by the caller.
            Some(text) => unsafe { room.put_text(text) },
            None => room.buffer.failed = true,
        }
    }

    fn form(&self) -> Form<'_> {
        Form::Str(self.as_str())
    }
}

impl MeasurementValue for TagStr {
    fn as_measurement(&self) -> &str {
        self.as_str()
    }
}

impl TryFrom<&str> for TagStr {
    type Error = EncodeError;

    fn try_from(value: &str) -> Result<TagStr, EncodeError> {
        TagStr::new(value)
    }
}

impl TryFrom<String> for TagStr {
    type Error = EncodeError;

    fn try_from(value: String) -> Result<TagStr, EncodeError> {
        TagStr::new(value)
    }
}

impl AsRef<str> for TagStr {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for TagStr {
    fn eq(&self, other: &TagStr) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for TagStr {}

impl core::hash::Hash for TagStr {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for TagStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for TagStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
