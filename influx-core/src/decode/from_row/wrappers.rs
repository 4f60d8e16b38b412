//! Rows that may be missing, and rows of which nothing is read.

use std::rc::Rc;
use std::sync::Arc;

use super::{FromRow, RowFamily};
use crate::decode::error::DecodeError;
use crate::decode::plan::planner::Planner;
use crate::decode::plan::planner::Rest;
use crate::decode::reads::Reads;
use crate::decode::row::Row;

/// `None` where all of the row's columns are missing or null: with `flatten`, a part that a row need not have.
///
/// ```
/// use influx_core::FromRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// #[derive(FromRow)]
/// struct Place {
///     lat: f64,
///     lon: f64,
/// }
///
/// #[derive(FromRow)]
/// struct Reading {
///     value: f64,
///     #[field(flatten)]
///     place: Option<Place>,
/// }
///
/// let body = br#"{"results":[{"series":[{"columns":["value","lat","lon"],"values":[[1,null,null],[2,48.1,11.5]]}]}]}"#;
/// let rows: Result<Vec<Reading>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// assert_eq!(rows?.iter().map(|row| row.place.is_some()).collect::<Vec<_>>(), [false, true]);
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
impl<'r, T: FromRow<'r>> FromRow<'r> for Option<T> {
    const READS: Reads = T::READS;
    const SLOTS: usize = T::SLOTS;
    const TYPED: bool = T::TYPED;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.optional(T::plan)
    }

    fn plan_flat(planner: &mut Planner<'_>, field: &'static str, rest: Rest) -> Result<(), DecodeError> {
        planner.optional(|planner| T::plan_flat(planner, field, rest))
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        if row.is_empty(T::SLOTS) { Ok(None) } else { T::from_row(row).map(Some) }
    }
}

impl<T: RowFamily> RowFamily for Option<T> {
    type Row<'r> = Option<T::Row<'r>>;
}

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        /// The row that it points to: a part of a struct by `flatten`, say.
        impl<'r, T: FromRow<'r>> FromRow<'r> for $pointer<T> {
            const READS: Reads = T::READS;
            const SLOTS: usize = T::SLOTS;
            const TYPED: bool = T::TYPED;

            fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
                T::plan(planner)
            }

            fn plan_flat(planner: &mut Planner<'_>, field: &'static str, rest: Rest) -> Result<(), DecodeError> {
                T::plan_flat(planner, field, rest)
            }

            fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
                T::from_row(row).map($pointer::new)
            }
        }

        impl<T: RowFamily> RowFamily for $pointer<T> {
            type Row<'r> = $pointer<T::Row<'r>>;
        }
    )*};
}

pointers! { Box Rc Arc }

/// Nothing of the rows is read.
impl FromRow<'_> for () {
    const SLOTS: usize = 0;

    fn plan(_: &mut Planner<'_>) -> Result<(), DecodeError> {
        Ok(())
    }

    fn from_row(_: &Row<'_, '_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl RowFamily for () {
    type Row<'r> = ();
}
