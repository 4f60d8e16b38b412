//! One row: what is the same in all rows of the table is compared, the other cells are read, each once, straight to what the plan wants of it.

use core::ops::Range;

use super::quick::Csv;
use super::scan::{self, Cell, Marks};
use crate::decode::cells;
use crate::decode::plan::want::Want;
use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;

/// Why a row was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// What begins there is not written as a row of this table is.
    Other,
    /// The bytes end before it does.
    More,
    /// A cell is not of its column's type, for this reason.
    Value { column: usize, at: usize, what: &'static str },
    /// It is malformed there, for this reason.
    Bad(usize, &'static str),
}

impl From<Stop> for Miss {
    fn from(stop: Stop) -> Miss {
        match stop {
            Stop::More => Miss::More,
            Stop::Bad(at, what) => Miss::Bad(at, what),
        }
    }
}

/// How the rows of a table are written: runs of cells that are the same in all of them, as they stand in its first row, with the separators
/// behind them, and columns with cells of their own behind each run.
#[derive(Debug, Default)]
pub(super) struct Form {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    run: Range<usize>,
    values: Range<usize>,
}

impl Form {
    /// No row is written so.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.parts.clear();
    }

    /// Takes the form of a table's first row.
    pub(super) fn take(&mut self, record: &[u8], cells: &[Cell<'_>], is_shared: impl Fn(usize) -> bool) {
        self.clear();
        let columns = cells.len() - 1;
        let mut column = 0;
        // with the empty cell that stands first
        let mut start = 0;
        while column < columns {
            let first = column;
            while column < columns && is_shared(column) {
                column += 1;
            }
            let end = cells[column].next;
            let run = self.bytes.len()..self.bytes.len() + end - start;
            self.bytes.extend_from_slice(&record[start..end]);
            debug_assert!(first == 0 || column > first, "a run of nothing");
            let values = column;
            while column < columns && !is_shared(column) {
                column += 1;
            }
            start = cells[column].next;
            self.parts.push(Part { run, values: values..column });
        }
    }
}

/// Reads the row at `b[at]`, which is written as the first of its table, into the plan's cells; gives the place behind it.
#[inline(always)]
pub(super) fn usual<'b>(
    b: &'b [u8],
    mut at: usize,
    form: &Form,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Miss> {
    let Some(cells) = cells.get_mut(..plan.width()) else { return Err(Miss::Other) };
    for part in &form.parts {
        let run = &form.bytes[part.run.clone()];
        if !is_there(b, at, run) {
            return Err(Miss::Other);
        }
        at += run.len();
        let targets = plan.targets().get(part.values.clone()).unwrap_or_default();
        let Some(last) = targets.last() else { continue };
        // SAFETY: a plan's targets are of cells below its width.
        let (left, end) = unsafe { cells::usual::<Csv>(b, at, plan, targets, cells, arena) };
        at = if left.is_empty() {
            end
        } else {
            odd_cells(b, end, (part.values.end, left), plan, cells, arena)?
        };
        // a lone CR is one of the text
        if last.end == b'\r' {
            at = match b.get(at) {
                Some(b'\n') => at + 1,
                Some(_) => return Err(Miss::Other),
                None => return Err(Miss::More),
            };
        }
    }
    if !plan.is_simple() {
        plan.copy(cells);
    }
    if form.parts.is_empty() { Err(Miss::Other) } else { Ok(at) }
}

/// Whether the run stands at `b[at]`.
#[inline(always)]
fn is_there(b: &[u8], at: usize, run: &[u8]) -> bool {
    let Some(found) = b.get(at..at + run.len()) else { return false };
    let (known, known_rest) = run.as_chunks::<16>();
    let (blocks, rest) = found.as_chunks::<16>();
    for (known, block) in known.iter().zip(blocks) {
        if u128::from_ne_bytes(*known) != u128::from_ne_bytes(*block) {
            return false;
        }
    }
    match (run.last_chunk::<16>(), found.last_chunk::<16>()) {
        // some of them once more
        (Some(known), Some(block)) => u128::from_ne_bytes(*known) == u128::from_ne_bytes(*block),
        _ => known_rest.iter().zip(rest).all(|(known, byte)| known == byte),
    }
}

/// Reads what is left of the cells behind a run, with what is unusual in it.
#[inline(never)]
fn odd_cells<'b>(
    b: &'b [u8],
    mut at: usize,
    (end, mut left): (usize, &[Target]),
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Miss> {
    const MARKS: Marks = Marks { comma: b',', last: false };
    while let [target, rest @ ..] = left {
        at = value(b, at, (end - left.len(), target), cells, arena, MARKS)?;
        if rest.is_empty() && target.end == b'\r' {
            // as the others leave it
            at -= 1;
        }
        // SAFETY: as in `usual`.
        (left, at) = unsafe { cells::usual::<Csv>(b, at, plan, rest, cells, arena) };
    }
    Ok(at)
}

/// Reads the row at `b[at]`, which is known to be of the table, however it is written.
#[cold]
#[inline(never)]
pub(super) fn careful<'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
    marks: Marks,
) -> Result<usize, Miss> {
    let mut at = scan::cell(b, at, marks)?.next;
    for column in plan.targets().iter().enumerate() {
        at = value(b, at, column, cells, arena, marks)?;
    }
    plan.copy(cells);
    Ok(at)
}

/// Reads any cell, and what separates it from the next; gives the place behind it.
#[cold]
#[inline(never)]
fn value<'b>(
    b: &'b [u8],
    at: usize,
    (column, target): (usize, &Target),
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
    marks: Marks,
) -> Result<usize, Miss> {
    let cell = scan::cell(b, at, marks)?;
    match (cell.ends_record, target.end == b'\r') {
        (true, false) => return Err(Miss::Bad(cell.next, FEWER)),
        (false, true) => return Err(Miss::Bad(cell.next, MORE)),
        _ => {}
    }
    if target.want == Want::Skip {
        return Ok(cell.next);
    }
    let value = if cell.raw.is_empty() {
        cells[target.empty as usize]
    } else {
        let text = cell.text(arena).map_err(|what| Miss::Value { column, at, what })?;
        target.kind.read(text).ok_or(Miss::Value { column, at, what: target.kind.name() })?
    };
    cells[target.cell()] = value;
    Ok(cell.next)
}

pub(super) const FEWER: &str = "a row has fewer cells than the header has columns";
pub(super) const MORE: &str = "a row has more cells than the header has columns";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::decode::cells::near::BEFORE;
    use crate::decode::column::Column;
    use crate::decode::columns::Columns;
    use crate::decode::columns::table::{Shared, Table};
    use crate::decode::plan::planner::Planner;
    use crate::decode::scratch::Scratch;
    use crate::kind::ColumnKind;

    const NAMES: [&str; 3] = ["a", "b", "c"];
    const KINDS: [ColumnKind; 6] = [
        ColumnKind::Bool,
        ColumnKind::Int,
        ColumnKind::Uint,
        ColumnKind::Float,
        ColumnKind::Str,
        ColumnKind::Time,
    ];
    const WANTS: [Want; 6] = [Want::Skip, Want::Any, Want::Int, Want::Float, Want::Str, Want::Time];

    /// A plan for three columns behind the two of the format.
    fn plan(kinds: [ColumnKind; 3], wants: [Want; 3], default: &str) -> Plan {
        let mut columns = vec![Column::new("result"), Column::new("table")];
        let mut table = Table::new("_result", Some(0));
        table.push(Shared::Text("_result"));
        table.push(Shared::Text("0"));
        for (name, kind) in NAMES.into_iter().zip(kinds) {
            let mut column = Column::new(name);
            column.kind = kind;
            column.default = (kind == ColumnKind::Str && !default.is_empty()).then(|| default.into());
            columns.push(column);
            table.push(Shared::No);
        }
        let columns = Arc::new(Columns::of_table(table, columns.into()));
        let ask = |planner: &mut Planner<'_>| {
            for ((name, want), kind) in NAMES.into_iter().zip(wants).zip(kinds) {
                let want = if want.refuses(kind).is_some() { Want::Any } else { want };
                planner.field(name, name, want, true)?;
            }
            Ok(())
        };
        Plan::with(columns, ask).unwrap()
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?[0-9]{1,21}",
            "-?[0-9]{1,5}\\.[0-9]{0,20}",
            any::<i64>().prop_map(|v| v.to_string()),
            any::<u64>().prop_map(|v| v.to_string()),
            any::<f64>().prop_filter("finite", |v| v.is_finite()).prop_map(|v| v.to_string()),
            "[a-zé\\u{1f600} \\t]{0,70}",
            "\"([a-z,\\r\\n]|\"\"){0,50}\"",
            "2024-02-[0-9]{2}T10:11:[0-6][0-9](\\.[0-9]{1,10})?(Z|\\+01:00)?",
            Just(String::new()),
            "true|false|tru|NaN|\\+Inf|-Inf|-|\"\"|\"a\"b|a\"b",
        ]
    }

    fn shown(read: Result<usize, Miss>, cells: &[ValueRef<'_>]) -> (Result<usize, Miss>, Option<String>) {
        (read, read.is_ok().then(|| format!("{cells:?}")))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

        /// The usual cells are read as the careful reader reads them, and the others are left to it.
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn quick_and_careful_agree(
            kinds in prop::array::uniform3(prop::sample::select(&KINDS[..])),
            wants in prop::array::uniform3(prop::sample::select(&WANTS[..])),
            cells in prop::array::uniform3(cell()),
            default in "[a-z]{0,3}",
            end in prop_oneof![4 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r"), 1 => Just(",x\r\n")],
            padding in 0_usize..50,
        ) {
            let plan = plan(kinds, wants, &default);
            let record = format!(",,0,{}{end}", cells.join(","));
            let text = format!("{}{record}{}", " ".repeat(BEFORE), "x".repeat(padding));
            let first = ",,0,,,\r\n";
            let marks = Marks { comma: b',', last: false };
            let mut form = Form::default();
            form.take(first.as_bytes(), &scan::cells(first.as_bytes(), marks).unwrap(), |column| column < 2);
            let (mut scratch, mut other) = (Scratch::new(), Scratch::new());
            let (mut quick_cells, mut expected) = (Vec::new(), Vec::new());
            plan.fill(&mut quick_cells, plan.columns());
            plan.fill(&mut expected, plan.columns());
            let found = usual(text.as_bytes(), BEFORE, &form, &plan, &mut quick_cells, &mut scratch.arena());
            let mut arena = other.arena();
            let end = careful(text.as_bytes(), BEFORE, &plan, &mut expected, &mut arena, marks);
            // what is written otherwise is for the careful one
            if found != Err(Miss::Other) {
                prop_assert_eq!(shown(found, &quick_cells), shown(end, &expected), "{:?}", &record);
            }
        }
    }
}
