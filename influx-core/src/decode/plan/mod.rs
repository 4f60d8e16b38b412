//! The match between a header and a struct, made once per series or table.

pub(crate) mod asked;
pub(crate) mod planner;
pub(crate) mod want;

use std::cell::RefCell;
use std::sync::Arc;

use crate::decode::ahead::{AHEAD, Ahead};
use crate::decode::cells::minute::Minute;
use crate::decode::columns::{Columns, repeated};
use crate::decode::error::Owner;
use crate::decode::shared::SharedTexts;
use crate::decode::value_ref::ValueRef;

use want::{Kind, Want};

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
    /// What follows them in a row: a comma, or the bracket or line end behind the last.
    pub(crate) end: u8,
    /// Where the cell that takes them begins, in bytes from the first one on.
    offset: usize,
    /// The cell that says what an empty value stands for.
    pub(crate) empty: u32,
}

/// A cell that is the same in every row of a series.
#[derive(Debug)]
struct Constant {
    cell: usize,
    source: Source,
}

/// Where its value is found in the header.
#[derive(Debug, Clone, Copy)]
enum Source {
    Name,
    Tag(usize),
    /// A column that all rows share.
    Shared(usize, Kind),
    /// What stands for an empty cell of a column.
    Default(usize, Kind),
}

impl Source {
    fn value(self, header: &Columns) -> ValueRef<'_> {
        let text = match self {
            Source::Name => header.name(),
            // servers write a missing tag as the empty text
            Source::Tag(tag) => header.tag_at(tag),
            Source::Shared(column, kind) => return header.shared_value(column, kind),
            Source::Default(column, kind) => return header.default_value(column, kind),
        };
        text.map_or(ValueRef::Null, ValueRef::Str)
    }
}

impl Target {
    fn new((want, kind): (Want, Kind), cell: usize, end: u8, empty: usize) -> Target {
        Target { want, kind, end, offset: cell * size_of::<ValueRef<'_>>(), empty: empty as u32 }
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

/// Which values of a row go to which slot, and what is wanted of every column; made by [`Plan::of`] for one header.
///
/// A row has one cell per slot, so that a struct finds its values where it looks for them, and one behind those that is always null. A
/// column that a slot takes is written to the slot's cell alone. Where the values of other columns or of the series' tags are asked
/// for, too, they have cells of their own behind those of the slots.
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
    /// A name that several of the values have which a slot for the rest takes.
    repeated: Option<Box<str>>,
    /// What is the same in every row.
    constants: Vec<Constant>,
    /// There are targets and no copies.
    simple: bool,
    rest_tags: Vec<usize>,
    rest_fields: Vec<usize>,
    /// Texts that rows share.
    shared: RefCell<SharedTexts>,
    /// The minute of the time that was read last.
    minute: Minute,
}

impl Plan {
    /// The header this plan was made for.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// Goes on with a table of the same header row: the plan for it is the same. False if it is of another.
    pub(crate) fn go_on_with(&mut self, columns: &Arc<Columns>) -> bool {
        let same = self.columns.same_shape(columns);
        if same {
            self.columns = Arc::clone(columns);
        }
        same
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

    /// The minute of the time that was read last.
    #[inline]
    pub(crate) fn minute(&self) -> &Minute {
        &self.minute
    }

    /// Whether a row is read once its targets are.
    #[inline]
    pub(crate) fn is_simple(&self) -> bool {
        self.simple
    }

    /// Knows which name is there twice.
    fn with_repeated(mut self) -> Self {
        let names = |slot| self.rest(slot).map(|(_, name, _)| name);
        self.repeated = (0..self.slots.len()).find_map(|slot| repeated(names(slot))).map(Into::into);
        self
    }

    /// A name that leads to several of the values of a slot for the rest.
    pub(crate) fn repeated(&self) -> Option<&str> {
        self.repeated.as_deref()
    }

    /// Gives the values of columns that several slots take to the cells of all of them.
    pub(crate) fn copy(&self, cells: &mut [ValueRef<'_>]) {
        for &(from, to) in &self.copies {
            if let Some(&value) = cells.get(from)
                && let Some(cell) = cells.get_mut(to)
            {
                *cell = value;
            }
        }
    }

    /// The cell of a column.
    pub(crate) fn cell(&self, column: usize) -> usize {
        self.targets.get(column).map_or(usize::MAX, Target::cell)
    }

    /// The cell of a tag of the series, where tags have cells of their own.
    pub(crate) fn tag_cell(&self, tag: usize) -> usize {
        self.slots.len() + self.targets.len() + tag
    }

    /// How many rows may be read ahead: few of many columns, so that their cells stay near to the processor.
    pub(crate) fn rows_ahead(&self) -> usize {
        (256 / self.width).clamp(1, AHEAD)
    }

    /// The cells of one row, with the values that are the same in every row of the series, of its header.
    pub(crate) fn fill<'b>(&self, cells: &mut Vec<ValueRef<'b>>, header: &'b Columns) {
        cells.clear();
        cells.resize(self.width, ValueRef::Null);
        for constant in &self.constants {
            cells[constant.cell] = constant.source.value(header);
        }
    }

    /// The cells of a row, by its place among those that are read ahead.
    #[inline(always)]
    pub(crate) fn row<'c, 'b>(&self, ahead: &'c mut Ahead<'b>, row: usize) -> &'c mut [ValueRef<'b>] {
        if row >= ahead.loaded {
            self.load(ahead, row);
        }
        let from = row * self.width;
        &mut ahead.cells[from..][..self.width]
    }

    /// Adds the cells of one more row. Those that are not the same in every row are all written when it is read.
    #[cold]
    #[inline(never)]
    fn load(&self, ahead: &mut Ahead<'_>, row: usize) {
        ahead.cells.extend_from_within(..self.width);
        ahead.loaded = row + 1;
    }

    /// Whether null in a slot may have been written as the empty text.
    pub(crate) fn may_be_empty(&self, slot: usize) -> bool {
        self.slots.get(slot).is_some_and(|slot| self.columns.may_be_empty(slot.cell))
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
            None => self.columns.other_tags().nth(cell - self.targets.len()).map_or("", |(key, _)| key),
        }
    }
}
