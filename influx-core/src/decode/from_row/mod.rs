//! Types that are made of rows.

pub(crate) mod any;
mod fields;
mod maps;
mod point;
#[cfg(feature = "serde")]
mod serde;
mod series;
mod tuples;
mod wrappers;

use std::sync::Arc;

use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::plan::Plan;
use crate::decode::plan::asked::Asked;
use crate::decode::plan::planner::{Planner, Rest};
use crate::decode::reads::Reads;
use crate::decode::row::Row;

#[cfg(feature = "serde")]
pub use self::serde::Serde;
pub use any::{AnyRow, OwnedRow};
pub use fields::Fields;
pub use series::SeriesRow;

/// A type that is made of the rows of a result; derived with `#[derive(FromRow)]`.
///
/// ```
/// use influx_core::FromRow;
///
/// #[derive(FromRow)]
/// struct Load {
///     host: String,
///     usage: f64,
/// }
/// ```
///
/// Implemented for tuples (a part for each column, in their order), maps from names to values and [`Fields`] of them,
/// [`Point`](crate::Point), [`OwnedRow`] and [`AnyRow`] (any columns), [`SeriesRow`] (a row beside measurement, tags and statement), `()`,
/// `Box`, `Rc` and `Arc` of these, and `Serde` with that feature. A function that takes any of them and keeps the rows has the bound
/// `T: for<'r> FromRow<'r>`, one that lets the rows be lent [`RowFamily`].
///
/// `'r` is how long texts may be borrowed from the row's bytes. Written by hand it looks like this:
///
/// ```
/// use influx_core::{DecodeError, FromRow, FromValue, Read, Reads, Row};
///
/// struct Load<'r> {
///     host: &'r str,
///     usage: f64,
/// }
///
/// impl<'r> FromRow<'r> for Load<'r> {
///     const READS: Reads = Reads::new("Load", &[
///         Read::tag("host", "host", <&str as FromValue<'_>>::WANT, <&str as FromValue<'_>>::NULLABLE),
///         Read::field("usage", "usage", <f64 as FromValue<'_>>::WANT, <f64 as FromValue<'_>>::NULLABLE),
///     ]);
///     fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
///         Ok(Load { host: <&str as FromValue<'r>>::take_tag(row, 0)?, usage: <f64 as FromValue<'r>>::take(row, 1)? })
///     }
/// }
///
/// let body = br#"{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","host","usage"],
///     "values":[["2024-01-01T00:00:00Z","a",0.5]]}]}]}"#;
/// let mut scratch = influx_core::decode::Scratch::new();
/// for load in influx_core::decode::influxql::iterpoints::<Load<'_>>(body, &mut scratch) {
///     let load = load?;
///     assert_eq!((load.host, load.usage), ("a", 0.5));
/// }
/// # Ok::<(), DecodeError>(())
/// ```
///
/// # Rows that borrow
///
/// A type with a lifetime lives as long as the bytes that it was read from: it is lent, by `for_each_row`, `batches` and
/// [`iterpoints`](crate::decode::influxql::iterpoints). Where rows are handed out to be kept (`fetch_all`, `fetch`, ..), of which the bound is
/// `for<'r> FromRow<'r>`, the compiler says of such a type that «implementation of `FromRow` is not general enough»: there the texts must be
/// the row's own.
///
/// ```compile_fail
/// # use influx_core::FromRow;
/// # fn fetch_all<T: for<'r> FromRow<'r>>() {}
/// #[derive(FromRow)]
/// struct Load<'a> {
///     host: &'a str,
/// }
/// fetch_all::<Load<'_>>(); // not general enough
/// ```
///
/// ```
/// # use influx_core::FromRow;
/// # fn fetch_all<T: for<'r> FromRow<'r>>() {}
/// #[derive(FromRow)]
/// struct Load {
///     host: String, // or `Arc<str>` with `#[tag(shared)]`, which rows of the same text share
/// }
/// fetch_all::<Load>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the rows of a result",
    label = "not a row type",
    note = "add `#[derive(FromRow)]` to a struct; without one, read tuples with a part for each column, of one column `(String,)`, maps from \
            String to a value type, `OwnedRow` or `AnyRow`",
    note = "a type with a lifetime borrows from the rows: read it with `for_each_row`, `batches` or `iterpoints`"
)]
pub trait FromRow<'r>: Sized {
    /// What the type reads, slot by slot, where that is known at compile time.
    const READS: Reads = Reads::UNKNOWN;

    /// How many slots the type takes; a flattened type's slots count.
    const SLOTS: usize = Self::READS.slots();

    /// Whether the type needs to know integers from whole floats, which JSON does not tell.
    #[doc(hidden)]
    const TYPED: bool = false;

    /// Says what the type wants of a header: called once per series, or once for all tables of one header row (Flux); registers exactly [`SLOTS`](Self::SLOTS)
    /// slots, in order. By default those of [`READS`](Self::READS).
    ///
    /// # Errors
    /// A column is missing, there twice, or known to hold something else.
    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.read(&Self::READS)
    }

    /// As [`plan`](Self::plan), where the type is a field with `flatten`: maps take the columns that no other field takes.
    #[doc(hidden)]
    fn plan_flat(planner: &mut Planner<'_>, _field: &'static str, _rest: Rest) -> Result<(), DecodeError> {
        Self::plan(planner)
    }

    /// Makes the value of one row.
    ///
    /// # Errors
    /// A cell does not hold what its field needs.
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError>;
}

/// A row type for every lifetime of the rows it may borrow from: `Load<'_>` stands for all `Load<'r>`. Derived with
/// [`FromRow`](macro@crate::FromRow); what lends rows takes such a type.
///
/// ```
/// use influx_core::{FromRow, RowFamily};
///
/// #[derive(FromRow)]
/// struct Load<'r> {
///     host: &'r str,
///     usage: f64,
/// }
///
/// fn sum<T: RowFamily>(rows: impl Iterator<Item = f64>) -> f64 {
///     rows.sum()
/// }
/// assert_eq!(sum::<Load<'_>>([1.0, 2.0].into_iter()), 3.0);
/// ```
///
/// By hand it is one line:
///
/// ```
/// # use influx_core::{DecodeError, FromRow, Row};
/// # struct Load<'r>(&'r str);
/// # impl<'r> FromRow<'r> for Load<'r> {
/// #     fn from_row(_: &Row<'_, 'r>) -> Result<Self, DecodeError> { Ok(Load("")) }
/// # }
/// impl influx_core::RowFamily for Load<'_> {
///     type Row<'r> = Load<'r>;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be lent",
    label = "not a row type",
    note = "`#[derive(FromRow)]` makes it one; a hand-written `FromRow` needs `impl RowFamily for {Self} {{ type Row<'r> = ..; }}`"
)]
pub trait RowFamily {
    /// The type for rows that live as long as `'r`.
    type Row<'r>: FromRow<'r>;
}

impl Plan {
    /// Matches a header to a struct.
    ///
    /// # Errors
    /// A column that the struct needs is missing, there twice, or known to hold something else.
    ///
    /// ```
    /// use influx_core::{AnyRow, Column, Columns, Plan};
    /// let columns = Columns::new([Column::new("time"), Column::new("usage")]);
    /// assert_eq!(Plan::of::<AnyRow<'_>>(columns.into())?.columns().columns().len(), 2);
    /// # Ok::<(), influx_core::DecodeError>(())
    /// ```
    pub fn of<'r, T: FromRow<'r>>(columns: Arc<Columns>) -> Result<Plan, DecodeError> {
        Plan::asked(columns, Asked::by::<T>())
    }
}

impl Asked {
    /// What a type asks.
    #[inline(always)]
    pub(crate) fn by<'r, T: FromRow<'r>>() -> Asked {
        Asked { slots: T::SLOTS, plan: T::plan }
    }
}
