//! One row: what is the same in all rows of the table is compared, the other cells are read, each once, straight to what the plan wants of it.

use core::ops::Range;

use super::scan::{self, Cell};
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
    /// Takes the form of a table's first row.
    pub(super) fn take(&mut self, record: &[u8], cells: &[Cell<'_>], is_shared: impl Fn(usize) -> bool) {
        self.bytes.clear();
        self.parts.clear();
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
    for part in &form.parts {
        let run = &form.bytes[part.run.clone()];
        if !b[at..].starts_with(run) {
            return Err(Miss::Other);
        }
        at += run.len();
        let targets = plan.targets().get(part.values.clone()).unwrap_or_default();
        for (column, target) in (part.values.start..).zip(targets) {
            at = value(b, at, (column, target), cells, arena, false)?;
        }
    }
    if !plan.is_simple() {
        plan.copy(cells);
    }
    if form.parts.is_empty() { Err(Miss::Other) } else { Ok(at) }
}

/// Reads the row at `b[at]`, which is known to be of the table, however it is written. `last`: no bytes follow.
#[cold]
#[inline(never)]
pub(super) fn careful<'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
    last: bool,
) -> Result<usize, Miss> {
    let mut at = scan::cell(b, at, last)?.next;
    for column in plan.targets().iter().enumerate() {
        at = value(b, at, column, cells, arena, last)?;
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
    last: bool,
) -> Result<usize, Miss> {
    let cell = scan::cell(b, at, last)?;
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
