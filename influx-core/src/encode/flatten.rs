//! What can be flattened into a point.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::encode::line::dynamic::Line;
use crate::encode::line_protocol::LineProtocol;
use crate::encode::value::{FieldValue, TagValue};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::EncodeError;

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
                self.iter().try_for_each(|(key, value)| line.add_tag(key.as_ref(), &value.wire().form()))
            }
        }

        impl<K: AsRef<str>, V: FieldValue, $($g)*> FlattenFields for $t {
            fn flatten_fields(&self, line: &mut Line<'_>) -> Result<(), EncodeError> {
                self.iter().try_for_each(|(key, value)| line.add_field(key.as_ref(), &value.wire().form()))
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
