//! Rows of any shape, their values by name or position.

use core::fmt;
use std::sync::Arc;

use super::{FromRow, RowFamily};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_value::FromValue;
use crate::decode::mismatch::Mismatch;
use crate::decode::plan::planner::Planner;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;

/// A row of any shape that borrows its texts; [`OwnedRow`] owns them.
///
/// ```
/// use influx_core::AnyRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],
///     "values":[["2024-01-01T00:00:00Z",0.5]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// for row in iterpoints::<AnyRow<'_>>(body, &mut scratch) {
///     let row = row?;
///     assert_eq!(row.get("usage").unwrap().get::<f64>()?, 0.5);
///     assert_eq!(row.values()[0], influx_core::ValueRef::Time(1_704_067_200_000_000_000));
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

impl RowFamily for AnyRow<'_> {
    type Row<'r> = AnyRow<'r>;
}

/// One value of a result, with its text: the owned form of [`ValueRef`].
///
/// ```
/// use influx_core::{OwnedValue, ValueRef};
/// let value = OwnedValue::from(ValueRef::Number("9223372036854775807"));
/// assert_eq!(value.get::<i64>()?, i64::MAX);
/// # Ok::<(), influx_core::Mismatch>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OwnedValue {
    /// No value, or no such column.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A float; infinities and NaN only from formats that carry them.
    F64(f64),
    /// A number as it was written, in JSON's spelling.
    Number(Box<str>),
    /// A text, escapes resolved.
    Str(Box<str>),
    /// An instant in nanoseconds since 1970-01-01T00:00:00Z.
    Time(i64),
}

impl OwnedValue {
    /// The value, its text borrowed.
    pub fn value(&self) -> ValueRef<'_> {
        match self {
            OwnedValue::Null => ValueRef::Null,
            OwnedValue::Bool(v) => ValueRef::Bool(*v),
            OwnedValue::I64(v) => ValueRef::I64(*v),
            OwnedValue::U64(v) => ValueRef::U64(*v),
            OwnedValue::F64(v) => ValueRef::F64(*v),
            OwnedValue::Number(text) => ValueRef::Number(text),
            OwnedValue::Str(text) => ValueRef::Str(text),
            OwnedValue::Time(v) => ValueRef::Time(*v),
        }
    }

    /// This value as a Rust value.
    ///
    /// # Errors
    /// The value is of another kind or does not fit exactly.
    pub fn get<'v, T: FromValue<'v>>(&'v self) -> Result<T, Mismatch> {
        self.value().get()
    }
}

impl From<ValueRef<'_>> for OwnedValue {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => OwnedValue::Null,
            ValueRef::Bool(v) => OwnedValue::Bool(v),
            ValueRef::I64(v) => OwnedValue::I64(v),
            ValueRef::U64(v) => OwnedValue::U64(v),
            ValueRef::F64(v) => OwnedValue::F64(v),
            ValueRef::Number(text) => OwnedValue::Number(text.into()),
            ValueRef::Str(text) => OwnedValue::Str(text.into()),
            ValueRef::Time(v) => OwnedValue::Time(v),
        }
    }
}

/// As its borrowed form shows itself.
impl fmt::Display for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

impl<'r> FromValue<'r> for OwnedValue {
    const NULLABLE: bool = true;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Ok(value.into())
    }
}

/// A row of any shape that owns its values; [`AnyRow`] borrows them and is cheaper.
///
/// ```
/// use influx_core::OwnedRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","columns":["host","usage"],"values":[["a",0.5]]}]}]}"#;
/// let rows: Result<Vec<OwnedRow>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// assert_eq!(rows?[0].get("usage").unwrap().get::<f64>()?, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OwnedRow {
    columns: Arc<Columns>,
    values: Box<[OwnedValue]>,
}

impl OwnedRow {
    /// The header of the row.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The values in the order of the columns.
    pub fn values(&self) -> &[OwnedValue] {
        &self.values
    }

    /// The value of the first column of that name; `None` when there is none.
    pub fn get(&self, column: &str) -> Option<&OwnedValue> {
        self.values.get(self.columns.position(column)?)
    }
}

impl<'r> FromRow<'r> for OwnedRow {
    const SLOTS: usize = 0;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        AnyRow::plan(planner)
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        let columns = Arc::clone(row.columns());
        let values = (0..columns.columns().len()).map(|at| row.cell(at).into()).collect();
        Ok(OwnedRow { columns, values })
    }
}

impl RowFamily for OwnedRow {
    type Row<'r> = OwnedRow;
}
