//! Rows: cells in the order of a plan, and the trait of types that are made of them.

mod any;
mod maps;
mod point;
#[cfg(feature = "serde")]
mod serde;
mod series;
mod tuples;
mod wrappers;

use std::sync::Arc;

use crate::from_value::{FromCast, FromShared};
use crate::{Columns, DecodeError, FromValue, Mismatch, Plan, Planner, ValueRef};

#[cfg(feature = "serde")]
pub use self::serde::Serde;
pub use any::{AnyRow, OwnedRow, OwnedValue};
pub use series::SeriesRow;

/// A type that is made of the rows of a result; derived with `#[derive(FromRow)]`.
///
/// `'r` is how long texts may be borrowed from the row's bytes. Written by hand it looks like this:
///
/// ```
/// use influx_core::{DecodeError, FromRow, FromValue, Planner, Row};
///
/// struct Load<'r> {
///     host: &'r str,
///     usage: f64,
/// }
///
/// impl<'r> FromRow<'r> for Load<'r> {
///     const SLOTS: usize = 2;
///     fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
///         p.enter("Load");
///         p.tag("host", "host", <&str as FromValue<'_>>::WANT, <&str as FromValue<'_>>::NULLABLE)?;
///         p.field("usage", "usage", <f64 as FromValue<'_>>::WANT, <f64 as FromValue<'_>>::NULLABLE)?;
///         p.leave();
///         Ok(())
///     }
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the rows of a result",
    label = "not a row type",
    note = "add `#[derive(FromRow)]` to `{Self}`; without a struct, read tuples, maps from String to a value type, `OwnedRow` or `AnyRow`",
    note = "a type with a lifetime borrows from the rows: read it with `for_each_row`, `batches` or `iterpoints`"
)]
pub trait FromRow<'r>: Sized {
    /// How many slots the type takes; a flattened type's slots count.
    const SLOTS: usize;

    /// Whether the type needs to know integers from whole floats, which JSON does not tell.
    #[doc(hidden)]
    const TYPED: bool = false;

    /// Says what the type wants of a header: called once per series or table, registers exactly [`SLOTS`](Self::SLOTS)
    /// slots, in order.
    ///
    /// # Errors
    /// A column is missing, there twice, or known to hold something else.
    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError>;

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
/// # use influx_core::{DecodeError, FromRow, Planner, Row};
/// # struct Load<'r>(&'r str);
/// # impl<'r> FromRow<'r> for Load<'r> {
/// #     const SLOTS: usize = 0;
/// #     fn plan(_: &mut Planner<'_>) -> Result<(), DecodeError> { Ok(()) }
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

/// Which columns a map takes that is a field with `flatten`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Tags,
    Fields,
}

/// One row of a result, seen through a [`Plan`]: slot numbers lead to cells.
#[derive(Debug, Clone, Copy)]
pub struct Row<'c, 'r> {
    plan: &'c Plan,
    /// The values of the slots from `base` on.
    slots: &'c [ValueRef<'r>],
    cells: &'c [ValueRef<'r>],
    base: usize,
    number: u64,
}

impl<'c, 'r> Row<'c, 'r> {
    /// A row of these cells, in the plan's order; `number` counts the rows of the series from 1.
    #[inline(always)]
    pub(crate) fn new(plan: &'c Plan, cells: &'c [ValueRef<'r>], number: u64) -> Self {
        Row { plan, slots: cells, cells, base: 0, number }
    }

    /// The header of the row.
    pub fn columns(&self) -> &'c Arc<Columns> {
        self.plan.columns()
    }

    /// The row's number within its series, counted from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The row as a flattened type sees it, whose slots start at `slot`.
    #[must_use]
    pub fn nested(&self, slot: usize) -> Self {
        Row { base: self.base + slot, slots: self.slots.get(slot..).unwrap_or_default(), ..*self }
    }

    /// The value in a slot; null for missing columns.
    #[inline(always)]
    pub fn value(&self, slot: usize) -> ValueRef<'r> {
        self.slots.get(slot).copied().unwrap_or(ValueRef::Null)
    }

    /// The value in a column, by position. It is null where the plan wants nothing of the column.
    pub fn cell(&self, column: usize) -> ValueRef<'r> {
        self.at(self.plan.cell(column))
    }

    fn at(&self, cell: usize) -> ValueRef<'r> {
        self.cells.get(cell).copied().unwrap_or(ValueRef::Null)
    }

    /// The values that a slot for the rest takes, with their names, and whether they are tags.
    fn rest(&self, slot: usize) -> impl Iterator<Item = (&'c str, ValueRef<'r>, bool)> {
        let row = *self;
        self.plan.rest(self.base + slot).map(move |(cell, name, tag)| (name, row.at(cell), tag))
    }

    /// Whether there are slots and nothing is in the first `slots` of them.
    fn is_empty(&self, slots: usize) -> bool {
        let empty = |slot| self.value(slot).is_null() && self.rest(slot).all(|(_, value, _)| value.is_null());
        slots > 0 && (0..slots).all(empty)
    }

    /// The error of a value that does not become its field's type: names struct, field, column, found value and place.
    #[cold]
    pub fn mismatch(&self, slot: usize, why: Mismatch) -> DecodeError {
        self.mismatch_of(slot, self.value(slot), why)
    }

    /// As [`mismatch`](Self::mismatch), of a value that is not quite the cell's: an empty tag is null.
    #[cold]
    pub(crate) fn mismatch_of(&self, slot: usize, value: ValueRef<'_>, why: Mismatch) -> DecodeError {
        let error = DecodeError::value(self.plan.owner(self.base + slot), value, why);
        error.in_series(self.columns()).in_row(self.number)
    }

    /// The text in a slot; equal ones of the whole result share one allocation where they come often.
    ///
    /// # Errors
    /// The value is no text.
    pub fn take_shared<T: FromValue<'r> + FromShared>(&self, slot: usize) -> Result<T, DecodeError> {
        match self.value(slot) {
            ValueRef::Str(text) => Ok(T::from_shared(self.plan.shared(text))),
            _ => T::take(self, slot),
        }
    }

    /// As [`take_shared`](Self::take_shared), of a tag: the empty text is null.
    ///
    /// # Errors
    /// The value is no text.
    pub fn take_shared_tag<T: FromValue<'r> + FromShared>(&self, slot: usize) -> Result<T, DecodeError> {
        match self.value(slot) {
            ValueRef::Str(text) if !text.is_empty() => Ok(T::from_shared(self.plan.shared(text))),
            _ => T::take_tag(self, slot),
        }
    }

    /// Reads a column of `F` back to an integer: the counterpart of `as = f64` and `as = i64`.
    ///
    /// # Errors
    /// The value is of another kind or no whole number in the integer's range.
    pub fn take_cast<F, T: FromCast<F>>(&self, slot: usize) -> Result<T, DecodeError> {
        T::from_cast(self.value(slot)).map_err(|why| self.mismatch(slot, why))
    }

    /// As [`take_cast`](Self::take_cast), with the default where there is no value.
    ///
    /// # Errors
    /// The value is of another kind or no whole number in the integer's range.
    pub fn take_cast_or_default<F, T: FromCast<F> + Default>(&self, slot: usize) -> Result<T, DecodeError> {
        if self.value(slot).is_null() { Ok(T::default()) } else { self.take_cast(slot) }
    }
}
