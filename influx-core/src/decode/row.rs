//! One row: cells in the order of a plan.

use std::sync::Arc;

use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::mismatch::Mismatch;
use crate::decode::plan::Plan;
use crate::decode::value_ref::ValueRef;

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

    /// The text in an allocation that other rows share.
    pub(crate) fn shared(&self, text: &str) -> Arc<str> {
        self.plan.shared(text)
    }

    /// Says once for all of a type's slots that the row has them.
    #[doc(hidden)]
    #[inline(always)]
    pub fn has(&self, slots: usize) -> Result<(), DecodeError> {
        if self.slots.len() < slots { Err(self.lacks(slots)) } else { Ok(()) }
    }

    #[cold]
    fn lacks(&self, slots: usize) -> DecodeError {
        DecodeError::slots(self.plan.owner(self.base).strukt, self.slots.len(), slots)
    }

    /// The value in a slot; null for missing columns.
    #[inline(always)]
    pub fn value(&self, slot: usize) -> ValueRef<'r> {
        self.slots.get(slot).copied().unwrap_or(ValueRef::Null)
    }

    /// Whether null in a slot may have been written as the empty text.
    pub(crate) fn may_be_empty(&self, slot: usize) -> bool {
        self.plan.may_be_empty(self.base + slot)
    }

    /// The value in a column, by position. It is null where the plan wants nothing of the column.
    pub fn cell(&self, column: usize) -> ValueRef<'r> {
        self.at(self.plan.cell(column))
    }

    /// The value of a tag of the series, by its place; null where the rows lack it, or the plan wants no columns as they are.
    pub(crate) fn tag(&self, at: usize) -> ValueRef<'r> {
        self.at(self.plan.tag_cell(at))
    }

    fn at(&self, cell: usize) -> ValueRef<'r> {
        self.cells.get(cell).copied().unwrap_or(ValueRef::Null)
    }

    /// The values that a slot for the rest takes, with their names, and whether they are tags.
    pub(crate) fn rest(&self, slot: usize) -> impl Iterator<Item = (&'c str, ValueRef<'r>, bool)> {
        let row = *self;
        self.plan.rest(self.base + slot).map(move |(cell, name, tag)| (name, row.at(cell), tag))
    }

    /// A name that leads to several of the values of a slot for the rest.
    #[cfg(feature = "serde")]
    pub(crate) fn repeated(&self) -> Option<&'c str> {
        self.plan.repeated()
    }

    /// Whether there are slots and nothing is in the first `slots` of them.
    pub(crate) fn is_empty(&self, slots: usize) -> bool {
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
}
