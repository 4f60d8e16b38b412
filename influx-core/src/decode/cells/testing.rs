//! What the tests of all formats' values share.

use super::Values;
use crate::decode::column::Column;
use crate::decode::columns::Columns;
use crate::decode::plan::Plan;
use crate::decode::plan::planner::Planner;
use crate::decode::plan::want::Want;
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;
use crate::precision::Precision;

pub(crate) const WANTS: [Want; 8] =
    [Want::Skip, Want::Any, Want::Int, Want::Uint, Want::Float, Want::Str, Want::Bool, Want::Time];

/// A plan that wants this of its columns.
pub(crate) fn plan(wants: &[Want], epoch: Option<Precision>) -> Plan {
    const NAMES: [&str; 3] = ["a", "b", "c"];
    let columns = Columns::new(NAMES.map(Column::new)).with_epoch(epoch);
    let ask = |planner: &mut Planner<'_>| {
        NAMES.iter().zip(wants).try_for_each(|(name, &want)| planner.field(name, name, want, true))
    };
    Plan::with(columns.into(), ask).unwrap()
}

/// As [`row`](super::row), every value by the careful reader.
pub(crate) fn careful_row<'b, V: Values>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    plan.targets()
        .iter()
        .try_fold(at, |at, target| V::careful(b, at, target, plan.unit(), &mut cells[target.cell()], arena))
}
