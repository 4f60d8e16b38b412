//! The match between a header and a struct, made once per series or table.

mod planner;
mod want;

use std::cell::RefCell;
use std::sync::Arc;

use crate::decode::columns::Columns;
use crate::decode::error::{DecodeError, Owner};
use crate::decode::shared::SharedTexts;
use crate::decode::value_ref::ValueRef;

pub use planner::{Planner, Rest};
pub(crate) use want::Kind;
pub use want::Want;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    One,
    RestTags,
    RestFields,
    /// Every column and tag of the series that no other slot takes.
    RestAll,
}

#[derive(Debug)]
struct Slot {
    owner: Owner,
    kind: Takes,
    cell: usize,
}

/// What becomes of a column's values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) want: Want,
    pub(crate) kind: Kind,
    /// Where the cell that takes them begins, in bytes from the first one on.
    offset: usize,
    /// What follows them in a row: a comma, or the bracket behind the last.
    pub(crate) end: u8,
}

impl Target {
    fn new(want: Want, cell: usize, end: u8) -> Target {
        Target { want, kind: Kind::of(want), offset: cell * size_of::<ValueRef<'_>>(), end }
    }

    /// The cell that takes the values.
    #[inline(always)]
    pub(crate) fn cell(&self) -> usize {
        self.offset / size_of::<ValueRef<'_>>()
    }

    /// That cell of a row.
    ///
    /// # Safety
    /// There are as many cells as the [width](Plan::width) of the target's plan.
    #[inline(always)]
    pub(crate) unsafe fn of<'c, 'b>(&self, cells: &'c mut [ValueRef<'b>]) -> &'c mut ValueRef<'b> {
        debug_assert!(self.cell() < cells.len(), "no such cell");
        // SAFETY: promised by the caller: the offset is that of a cell below the width.
        unsafe { &mut *cells.as_mut_ptr().byte_add(self.offset) }
    }
}

/// What a type asks of every header, so that what plans for it is compiled once for all types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) slots: usize,
    pub(crate) plan: fn(&mut Planner<'_>) -> Result<(), DecodeError>,
}

/// Which values of a row go to which slot, and what is wanted of every column; made by [`Plan::of`] for one header.
///
/// A row has one cell per slot, so that a struct finds its values where it looks for them. Behind those it has one per column, one
/// per series tag, one for the measurement, and one that is always null; a slot's `cell` counts from there. A column that a
/// slot takes is written to the slot's cell alone.
#[derive(Debug)]
pub struct Plan {
    columns: Arc<Columns>,
    slots: Vec<Slot>,
    targets: Vec<Target>,
    /// How many cells a row has; each target's is one of them.
    width: usize,
    /// The unit of times that are numbers, in nanoseconds.
    unit: Option<i64>,
    copies: Vec<(usize, usize)>,
    rest_tags: Vec<usize>,
    rest_fields: Vec<usize>,
    /// Texts that rows share.
    shared: RefCell<SharedTexts>,
}

impl Plan {
    /// Matches a header to what a function asks of the planner; `T::plan` of any [`FromRow`] type is such a function.
    ///
    /// # Errors
    /// Those of the function.
    pub fn with(
        columns: Arc<Columns>,
        plan: impl FnOnce(&mut Planner<'_>) -> Result<(), DecodeError>,
    ) -> Result<Plan, DecodeError> {
        let mut planner = Planner::new(&columns);
        plan(&mut planner).map_err(|error| error.in_series(&columns))?;
        Ok(planner.finish(Arc::clone(&columns)))
    }

    /// As [`with`](Self::with), for what a type asks.
    pub(crate) fn asked(columns: Arc<Columns>, asked: Asked) -> Result<Plan, DecodeError> {
        Plan::with(columns, |planner| {
            planner.slots.reserve(asked.slots.min(64));
            (asked.plan)(planner)?;
            if planner.slots.len() != asked.slots {
                let strukt = planner.slots.first().map_or("row", |slot| slot.owner.strukt);
                return Err(DecodeError::slots(strukt, planner.slots.len(), asked.slots));
            }
            Ok(())
        })
    }

    /// A plan that passes over everything.
    pub(crate) fn nothing(columns: Arc<Columns>) -> Plan {
        Planner::new(&columns).finish(Arc::clone(&columns))
    }

    /// The header this plan was made for.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// What becomes of each column's values, in their order.
    #[inline]
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// How many cells a row has: more than the number of any target's.
    #[inline]
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The unit of times that are numbers, in nanoseconds.
    #[inline]
    pub(crate) fn unit(&self) -> Option<i64> {
        self.unit
    }

    /// Cells that get the value of another cell, from and to: of columns that several slots take.
    #[inline]
    pub(crate) fn copies(&self) -> &[(usize, usize)] {
        &self.copies
    }

    /// The cell of a column.
    pub(crate) fn cell(&self, column: usize) -> usize {
        self.targets.get(column).map_or(usize::MAX, Target::cell)
    }

    /// All cells of a row, with the values that are the same in every row of the series; `keep` makes them last.
    pub(crate) fn fill<'b>(&self, cells: &mut Vec<ValueRef<'b>>, mut keep: impl FnMut(&str) -> &'b str) {
        let mut text = |text: Option<&str>| text.map_or(ValueRef::Null, |text| ValueRef::Str(keep(text)));
        let first = self.slots.len() + self.targets.len();
        cells.clear();
        cells.resize(first, ValueRef::Null);
        cells.extend(self.columns.tags().map(|(_, value)| text(Some(value))));
        cells.push(text(self.columns.name()));
        cells.push(ValueRef::Null);
        for (at, slot) in self.slots.iter().enumerate() {
            if slot.cell >= self.targets.len() {
                cells[at] = cells[self.slots.len() + slot.cell];
            }
        }
    }

    pub(crate) fn owner(&self, slot: usize) -> Owner {
        let unknown = Owner { strukt: "row", field: "(unknown slot)", column: "" };
        self.slots.get(slot).map_or(unknown, |slot| slot.owner)
    }

    /// The cells that a slot for the rest takes, with their names, and whether they are tags.
    pub(crate) fn rest(&self, slot: usize) -> impl Iterator<Item = (usize, &str, bool)> {
        let kind = self.slots.get(slot).map_or(Takes::One, |slot| slot.kind);
        let tags: &[usize] =
            if matches!(kind, Takes::RestTags | Takes::RestAll) { &self.rest_tags } else { &[] };
        let fields: &[usize] =
            if matches!(kind, Takes::RestFields | Takes::RestAll) { &self.rest_fields } else { &[] };
        let cells = tags.iter().map(|cell| (cell, true)).chain(fields.iter().map(|cell| (cell, false)));
        cells.map(|(&cell, tag)| (self.slots.len() + cell, self.name(cell), tag))
    }

    /// The text in an allocation that other rows share.
    pub(crate) fn shared(&self, text: &str) -> Arc<str> {
        self.shared.borrow_mut().get(text)
    }

    /// Goes on sharing the texts of the series before.
    pub(crate) fn share_with(&self, before: &Plan) {
        self.shared.swap(&before.shared);
    }

    fn name(&self, cell: usize) -> &str {
        match self.columns.columns().get(cell) {
            Some(column) => &column.name,
            None => self.columns.tags().nth(cell - self.targets.len()).map_or("", |(key, _)| key),
        }
    }
}
