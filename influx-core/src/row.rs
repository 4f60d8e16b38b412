//! Rows: cells in the order of a plan, and the trait of types that are made of them.

use std::sync::Arc;

use crate::from_value::FromCast;
use crate::{Columns, DecodeError, FromValue, Mismatch, Plan, Planner, ValueRef};

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
    note = "add `#[derive(FromRow)]` to `{Self}`, or read the rows as `AnyRow`",
    note = "a type with a lifetime borrows from the rows: read it with `iterpoints` or `for_each_row`"
)]
pub trait FromRow<'r>: Sized {
    /// How many slots the type takes; a flattened type's slots count.
    const SLOTS: usize;

    /// Says what the type wants of a header: called once per series or table, registers exactly [`SLOTS`](Self::SLOTS)
    /// slots, in order.
    ///
    /// # Errors
    /// A column is missing, there twice, or known to hold something else.
    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError>;

    /// Makes the value of one row.
    ///
    /// # Errors
    /// A cell does not hold what its field needs.
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError>;
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
    pub(crate) fn rest(&self, slot: usize) -> (impl Iterator<Item = (&'c str, ValueRef<'r>)>, bool) {
        let (cells, tags) = self.plan.rest(self.base + slot);
        let row = *self;
        (cells.map(move |(cell, name)| (name, row.at(cell))), tags)
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

/// A row of any shape, its values by name or position.
///
/// ```
/// use influx_core::AnyRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],"values":[[0,0.5]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// for row in iterpoints::<AnyRow<'_>>(body, &mut scratch) {
///     let row = row?;
///     assert_eq!(row.get("usage").unwrap().get::<f64>()?, 0.5);
///     assert_eq!(row.columns().tags().next(), Some(("host", "a")));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AnyRow<'r> {
    columns: Arc<Columns>,
    values: Vec<ValueRef<'r>>,
}

impl<'r> AnyRow<'r> {
    /// The header of the row.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The values in the order of the columns.
    pub fn values(&self) -> &[ValueRef<'r>] {
        &self.values
    }

    /// The value of the first column of that name; `None` when there is none.
    pub fn get(&self, column: &str) -> Option<ValueRef<'r>> {
        self.values.get(self.columns.position(column)?).copied()
    }
}

impl<'r> FromRow<'r> for AnyRow<'r> {
    const SLOTS: usize = 0;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.everything();
        Ok(())
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        let columns = Arc::clone(row.columns());
        let values = (0..columns.columns().len()).map(|at| row.cell(at)).collect();
        Ok(AnyRow { columns, values })
    }
}

/// Maps and lists that take the columns which no other field takes; see `#[tag(flatten)]` and `#[field(flatten)]`.
///
/// Null values are left out unless the value type is an `Option`; empty tags are always left out.
///
/// ```
/// use std::collections::BTreeMap;
/// fn is_column_map<'r, T: influx_core::FromColumns<'r>>() {}
/// is_column_map::<BTreeMap<String, f64>>();
/// is_column_map::<Vec<(Box<str>, &str)>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot take the remaining columns of a row",
    label = "not a column map",
    note = "use a `BTreeMap<String, V>`, `HashMap<String, V>` or `Vec<(String, V)>` of a value type that can be read"
)]
pub trait FromColumns<'r>: Sized {
    /// Takes the columns that the slot stands for.
    ///
    /// # Errors
    /// A value is not of the map's value type; the error names the column.
    fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError>;
}

impl<'r, C, K, V> FromColumns<'r> for C
where
    C: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
    K: for<'k> From<&'k str>,
    V: FromValue<'r>,
{
    fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError> {
        let (values, tags) = row.rest(slot);
        let wanted = values.filter(|(_, value)| match value {
            ValueRef::Null => V::NULLABLE && !tags,
            ValueRef::Str(text) => !(tags && text.is_empty()),
            _ => !tags,
        });
        wanted
            .map(|(name, value)| match V::from_value(value) {
                Ok(value) => Ok((K::from(name), value)),
                Err(why) => Err(row.mismatch_of(slot, value, why).in_column(name)),
            })
            .collect()
    }
}
