//! A row and the header of its series.

use std::sync::Arc;

use super::{FromRow, RowFamily};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::plan::planner::Planner;
use crate::decode::plan::planner::Rest;
use crate::decode::row::Row;

/// A row and the header of its series: measurement, tags, columns, number of the statement.
///
/// ```
/// use influx_core::{AnyRow, SeriesRow};
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"statement_id":3,"series":[{"name":"cpu","tags":{"host":"a"},"columns":["usage"],"values":[[1]]}]}]}"#;
/// for row in iterpoints::<SeriesRow<AnyRow<'_>>>(body, &mut Scratch::new()) {
///     let SeriesRow { series, row, .. } = row?;
///     assert_eq!((series.to_string().as_str(), series.statement_id()), ("cpu,host=a", Some(3)));
///     assert_eq!(row.values().len(), 1);
/// }
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeriesRow<T> {
    /// The header, shared by the rows of a series; [`Columns::partial`] is known once the series' last row was read.
    pub series: Arc<Columns>,
    /// The row.
    pub row: T,
}

impl<'r, T: FromRow<'r>> FromRow<'r> for SeriesRow<T> {
    const SLOTS: usize = T::SLOTS;
    const TYPED: bool = T::TYPED;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        T::plan(planner)
    }

    fn plan_flat(planner: &mut Planner<'_>, field: &'static str, rest: Rest) -> Result<(), DecodeError> {
        T::plan_flat(planner, field, rest)
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(SeriesRow { series: Arc::clone(row.columns()), row: T::from_row(row)? })
    }
}

impl<T: RowFamily> RowFamily for SeriesRow<T> {
    type Row<'r> = SeriesRow<T::Row<'r>>;
}
