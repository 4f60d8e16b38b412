//! Points: what can be written as one line, and what can be flattened into one.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::Arc;

use crate::encode::line::{Line, LineWriter};
use crate::encode::parts::{FieldParts, HeadPart, TagParts};
use crate::encode::value::{FieldValue, TagValue};
use crate::error::{EncodeError, TimestampError};
use crate::error::{Place, Reason};
use crate::schema::Schema;

/// A point: one line of line protocol.
///
/// Derive it; [`Point`](crate::Point) is for names known only at run time. By hand:
///
/// ```
/// use influx_core::{Dialect, EncodeError, LineProtocol, LineWriter};
///
/// struct Heartbeat<'a>(&'a str);
/// impl LineProtocol for Heartbeat<'_> {
///     fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
///         let mut line = writer.line();
///         line.tag("host", self.0)?.field("alive", true)?;
///         line.finish("heartbeat", None::<i64>)
///     }
/// }
/// let mut writer = LineWriter::new(Dialect::V1);
/// writer.write(&Heartbeat("a"))?;
/// assert_eq!(writer.as_bytes(), b"heartbeat,host=a alive=true\n");
/// # Ok::<(), EncodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as an InfluxDB point",
    label = "not a point",
    note = "for a struct of your own, add `#[derive(LineProtocol)]`; for names known only at run time, use `Point`"
)]
pub trait LineProtocol {
    /// Appends exactly one line.
    ///
    /// # Errors
    /// If something of the point cannot be written. [`LineWriter::write`] then takes back what was appended.
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError>;

    /// Adds the point's tags, fields and time to a line that another point opened: what `flatten` asks for.
    ///
    /// # Errors
    /// If a column cannot be written, or the impl was written by hand without this method.
    fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        let _ = line;
        Err(EncodeError::new(Place::Line, None, None, Reason::NotFlattenable))
    }

    /// What is known of the columns at compile time; `None` for points of any columns.
    fn schema(&self) -> Option<&'static Schema> {
        None
    }
}

macro_rules! through_deref {
    ($($t:ty),*) => { $(
        impl<T: LineProtocol + ?Sized> LineProtocol for $t {
            #[inline(always)]
            fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
                (**self).encode(writer)
            }
            fn columns(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
                (**self).columns(line)
            }
            fn schema(&self) -> Option<&'static Schema> {
                (**self).schema()
            }
        }
    )* };
}
through_deref!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// What `#[derive(LineProtocol)]` knows of a struct.
#[doc(hidden)]
pub trait Derived {
    const SCHEMA: &'static Schema;
    fn put_into<S: Sink>(&self, sink: S) -> S::Out;
}

/// Where a derived struct puts its parts: into reserved room, a line of its own, or somebody else's line.
#[doc(hidden)]
pub trait Sink {
    type Out;

    fn put<H: HeadPart, T: TagParts, F: FieldParts>(
        self,
        schema: &'static Schema,
        head: H,
        tags: T,
        fields: F,
        time: Result<Option<i64>, TimestampError>,
    ) -> Self::Out;

    /// For structs with columns that are known only at run time.
    fn put_flat(
        self,
        schema: &'static Schema,
        measurement: &str,
        time: Result<Option<i64>, TimestampError>,
        columns: impl FnOnce(&mut Line<'_>) -> Result<(), EncodeError>,
    ) -> Self::Out;
}

/// A line of its own, column by column.
pub(crate) struct OwnLine<'w>(pub(crate) &'w mut LineWriter);

impl Sink for OwnLine<'_> {
    type Out = Result<(), EncodeError>;

    fn put<H: HeadPart, T: TagParts, F: FieldParts>(
        self,
        schema: &'static Schema,
        head: H,
        tags: T,
        fields: F,
        time: Result<Option<i64>, TimestampError>,
    ) -> Self::Out {
        let measurement = head.measurement().or(schema.measurement()).unwrap_or_default();
        self.put_flat(schema, measurement, time, |line| line.visit(schema, head, tags, fields))
    }

    fn put_flat(
        self,
        schema: &'static Schema,
        measurement: &str,
        time: Result<Option<i64>, TimestampError>,
        columns: impl FnOnce(&mut Line<'_>) -> Result<(), EncodeError>,
    ) -> Self::Out {
        let mut line = self.0.line();
        match columns(&mut line) {
            Ok(()) => line.finish_with(measurement, time, schema.shape()),
            Err(error) => Err(error),
        }
        .map_err(|error| error.of_type(schema.type_name()))
    }
}

/// Somebody else's line, which takes the columns and the time.
impl Sink for &mut Line<'_> {
    type Out = Result<(), EncodeError>;

    fn put<H: HeadPart, T: TagParts, F: FieldParts>(
        self,
        schema: &'static Schema,
        head: H,
        tags: T,
        fields: F,
        time: Result<Option<i64>, TimestampError>,
    ) -> Self::Out {
        self.put_flat(schema, "", time, |line| line.visit(schema, head, tags, fields))
    }

    fn put_flat(
        self,
        schema: &'static Schema,
        _: &str,
        time: Result<Option<i64>, TimestampError>,
        columns: impl FnOnce(&mut Line<'_>) -> Result<(), EncodeError>,
    ) -> Self::Out {
        columns(self)
            .and_then(|()| self.time_of(schema.type_name(), time))
            .map_err(|error| error.of_type(schema.type_name()))
    }
}

/// What `#[tag(flatten)]` takes: maps from names to tag values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into tags",
    label = "not a map of tags",
    note = "`#[tag(flatten)]` takes a BTreeMap or HashMap from strings to tag values, or an Option of one; a nested struct is flattened by `#[field(flatten)]`, its tags stay tags"
)]
pub trait FlattenTags {
    #[doc(hidden)]
    fn flatten_tags(&self, line: &mut Line<'_>) -> Result<(), EncodeError>;
}

/// What `#[field(flatten)]` takes: maps from names to field values, and structs that are points themselves.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    label = "neither a point nor a map of fields",
    note = "`#[field(flatten)]` takes a struct with `#[derive(LineProtocol)]`, a BTreeMap or HashMap from strings to field values, or an Option of one"
)]
pub trait FlattenFields {
    #[doc(hidden)]
    fn flatten_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError>;
}

impl<T: LineProtocol> FlattenFields for T {
    fn flatten_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.columns(line)
    }
}

macro_rules! maps {
    ($([$($g:tt)*] $t:ty),*) => { $(
        impl<K: AsRef<str>, V: TagValue, $($g)*> FlattenTags for $t {
            fn flatten_tags(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
                self.iter().try_for_each(|(key, value)| line.tag_wire(key.as_ref(), value.wire()))
            }
        }

        impl<K: AsRef<str>, V: FieldValue, $($g)*> FlattenFields for $t {
            fn flatten_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
                self.iter().try_for_each(|(key, value)| line.field_wire(key.as_ref(), value.wire()))
            }
        }
    )* };
}
maps!([] BTreeMap<K, V>, [S: BuildHasher] HashMap<K, V, S>);

impl<T: FlattenTags> FlattenTags for Option<T> {
    fn flatten_tags(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.as_ref().map_or(Ok(()), |tags| tags.flatten_tags(line))
    }
}

impl<T: FlattenFields> FlattenFields for Option<T> {
    fn flatten_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
        self.as_ref().map_or(Ok(()), |fields| fields.flatten_fields(line))
    }
}
