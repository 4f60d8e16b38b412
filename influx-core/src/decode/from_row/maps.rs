//! Maps and lists of columns: whole rows, or with `flatten` the columns that no other field takes.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use super::{FromRow, RowFamily};
use crate::decode::error::DecodeError;
use crate::decode::from_value::FromValue;
use crate::decode::plan::planner::{Planner, Rest};
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;

/// The columns of the row's only slot. Null is left out unless the value type can hold it; an empty tag, which is how servers
/// write a missing one, always is.
fn take<'r, C, K, V>(row: &Row<'_, 'r>) -> Result<C, DecodeError>
where
    C: FromIterator<(K, V)>,
    K: for<'k> From<&'k str>,
    V: FromValue<'r>,
{
    let wanted = row.rest(0).filter(|(_, value, tag)| match value {
        ValueRef::Null => V::NULLABLE && !tag,
        ValueRef::Str(text) => !(*tag && text.is_empty()),
        _ => !tag,
    });
    wanted
        .map(|(name, value, _)| match V::from_value(value) {
            Ok(value) => Ok((K::from(name), value)),
            Err(why) => Err(row.mismatch_of(0, value, why).in_column(name)),
        })
        .collect()
}

macro_rules! maps {
    ($($by_name:literal [$($g:tt)*] $t:ty),*) => { $(
        /// Columns by name: all of them, the series' tags among them, or those that are left where it is a field with `flatten`, without the
        /// time. [`Fields`](crate::Fields) of it are the fields alone.
        ///
        /// Null values are left out unless the value type is an `Option` or [`OwnedValue`](crate::OwnedValue); empty tags are
        /// always left out. Two columns of one name, or a column and a tag, are an error, but for a list.
        impl<'r, $($g)*> FromRow<'r> for $t
        where
            K: for<'k> From<&'k str>,
            V: FromValue<'r>,
        {
            const SLOTS: usize = 1;

            fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
                planner.rest_all(V::WANT);
                if $by_name {
                    planner.by_name();
                }
                Ok(())
            }

            fn plan_flat(planner: &mut Planner<'_>, field: &'static str, rest: Rest) -> Result<(), DecodeError> {
                planner.rest(field, rest, V::WANT);
                if $by_name {
                    planner.by_name();
                }
                Ok(())
            }

            fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
                take(row)
            }
        }

        impl<$($g)*> RowFamily for $t
        where
            K: for<'k> From<&'k str>,
            V: for<'r> FromValue<'r>,
        {
            type Row<'r> = $t;
        }
    )* };
}
maps! {
    true [K: Ord, V] BTreeMap<K, V>,
    true [K: Eq + Hash, V, S: BuildHasher + Default] HashMap<K, V, S>,
    false [K, V] Vec<(K, V)>
}
