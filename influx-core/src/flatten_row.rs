//! `flatten` while reading: a nested struct's columns, or a map of those that are left.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::{DecodeError, FromColumns, FromRow, FromValue, Planner, Row};

/// What `#[tag(flatten)]` and `#[field(flatten)]` read: structs that are rows themselves, and maps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read by `flatten`",
    label = "neither a row nor a map",
    note = "`flatten` reads a struct with `#[derive(FromRow)]`, or a BTreeMap or HashMap from String to a value type; a map takes the columns that no other field takes"
)]
#[doc(hidden)]
pub trait FlattenRow<'r>: Sized {
    const SLOTS: usize;
    fn plan_tags(planner: &mut Planner<'_>, field: &'static str) -> Result<(), DecodeError>;
    fn plan_fields(planner: &mut Planner<'_>, field: &'static str) -> Result<(), DecodeError>;
    fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError>;
}

impl<'r, T: FromRow<'r>> FlattenRow<'r> for T {
    const SLOTS: usize = <T as FromRow<'r>>::SLOTS;

    fn plan_tags(planner: &mut Planner<'_>, _: &'static str) -> Result<(), DecodeError> {
        T::plan(planner)
    }

    fn plan_fields(planner: &mut Planner<'_>, _: &'static str) -> Result<(), DecodeError> {
        T::plan(planner)
    }

    fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError> {
        T::from_row(&row.nested(slot))
    }
}

macro_rules! maps {
    ($([$($g:tt)*] $t:ty),*) => { $(
        impl<'r, K: for<'k> From<&'k str>, V: FromValue<'r>, $($g)*> FlattenRow<'r> for $t
        where
            $t: FromColumns<'r>,
        {
            const SLOTS: usize = 1;

            fn plan_tags(planner: &mut Planner<'_>, field: &'static str) -> Result<(), DecodeError> {
                planner.rest_tags(field)
            }

            fn plan_fields(planner: &mut Planner<'_>, field: &'static str) -> Result<(), DecodeError> {
                planner.rest_fields(field)
            }

            fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError> {
                FromColumns::take(row, slot)
            }
        }
    )* };
}
maps!([] BTreeMap<K, V>, [S: BuildHasher] HashMap<K, V, S>);
