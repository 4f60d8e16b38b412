//! Rows of any shape, their values by name or position.

use std::sync::Arc;

use super::{FromRow, RowFamily};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::owned_value::OwnedValue;
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
///     assert_eq!(row.get("host").unwrap().get::<&str>()?, "a", "a tag of the series");
///     assert_eq!((row.columns().name(), row.columns().tag("host")), (Some("cpu"), Some("a")));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AnyRow<'r> {
    columns: Arc<Columns>,
    /// Those of the columns, and then those of the series' tags.
    values: Vec<ValueRef<'r>>,
}

impl<'r> AnyRow<'r> {
    /// The header of the row: the measurement, the tags of its series (`GROUP BY`), the columns.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The values in the order of the columns. The tags of the series are no columns: [`get`](Self::get) has them by name.
    pub fn values(&self) -> &[ValueRef<'r>] {
        self.values.get(..self.columns.columns().len()).unwrap_or_default()
    }

    /// The value of the first column of that name, or else of the series' tag of that name, null where the rows lack it; `None` when there
    /// is neither. Where both are there, [`Columns::tag`] has the tag.
    pub fn get(&self, name: &str) -> Option<ValueRef<'r>> {
        let columns = &self.columns;
        let tag = || Some(columns.columns().len() + columns.tag_position(name)?);
        self.values.get(columns.position(name).or_else(tag)?).copied()
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
        let tags = (0..columns.other_tags().len()).map(|at| row.tag(at));
        let values = (0..columns.columns().len()).map(|at| row.cell(at)).chain(tags).collect();
        Ok(AnyRow { columns, values })
    }
}

impl RowFamily for AnyRow<'_> {
    type Row<'r> = AnyRow<'r>;
}

/// A row of any shape that owns its values; [`AnyRow`] borrows them and is cheaper.
///
/// ```
/// use influx_core::OwnedRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["usage"],"values":[[0.5]]}]}]}"#;
/// let rows: Result<Vec<OwnedRow>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// let row = &rows?[0];
/// assert_eq!(row.get("usage").unwrap().get::<f64>()?, 0.5);
/// assert_eq!(row.get("host").unwrap().to_string(), "a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OwnedRow {
    columns: Arc<Columns>,
    values: Box<[OwnedValue]>,
}

impl OwnedRow {
    /// The header of the row: the measurement, the tags of its series (`GROUP BY`), the columns.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The values in the order of the columns. The tags of the series are no columns: [`get`](Self::get) has them by name.
    pub fn values(&self) -> &[OwnedValue] {
        &self.values
    }

    /// The value of the first column of that name, or else of the series' tag of that name, null where the rows lack it; `None` when there
    /// is neither. Where both are there, [`Columns::tag`] has the tag.
    pub fn get(&self, name: &str) -> Option<&OwnedValue> {
        match self.columns.position(name) {
            Some(at) => self.values.get(at),
            None => self.columns.tag_value(name),
        }
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
