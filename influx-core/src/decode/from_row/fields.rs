//! The fields of a row alone.

use super::{FromRow, RowFamily};
use crate::decode::error::DecodeError;
use crate::decode::plan::planner::{Planner, Rest};
use crate::decode::row::Row;

/// A map of the fields alone, without the time and the tags of the series.
///
/// InfluxQL does not say which columns are tags: those that the query names, or that `*` stands for, count as fields; `GROUP BY *` makes
/// tags of the series of them. A struct has the same by a member with `#[field(flatten)]`.
///
/// ```
/// use std::collections::BTreeMap;
/// use influx_core::Fields;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","idle","user"],
///     "values":[["2024-01-01T00:00:00Z",0.5,12]]}]}]}"#;
/// let rows: Result<Vec<Fields<BTreeMap<String, f64>>>, _> = iterpoints(body, &mut Scratch::new()).collect();
/// assert_eq!(rows?[0].0, BTreeMap::from([("idle".to_owned(), 0.5), ("user".to_owned(), 12.0)]));
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fields<M>(pub M);

impl<'r, M: FromRow<'r>> FromRow<'r> for Fields<M> {
    const SLOTS: usize = M::SLOTS;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        M::plan_flat(planner, "", Rest::Fields)
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        M::from_row(row).map(Fields)
    }
}

impl<M: RowFamily> RowFamily for Fields<M> {
    type Row<'r> = Fields<M::Row<'r>>;
}
