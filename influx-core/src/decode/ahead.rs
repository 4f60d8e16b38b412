//! Rows that are read ahead of the one that is asked for: what is to be done for each of them is little then.

use core::mem::{ManuallyDrop, MaybeUninit};

use crate::decode::value_ref::ValueRef;

/// How many rows are read at once at most.
pub(crate) const AHEAD: usize = 16;

/// The cells of some rows, one row behind the other.
pub(crate) struct Ahead<'b> {
    pub(crate) cells: Vec<ValueRef<'b>>,
    /// How many rows there are cells of, with the values that are the same in every row of the series.
    pub(crate) loaded: usize,
}

/// The cells between two borrows of bytes. The values that are the same in every row of the series stay in them; others may refer to
/// bytes that are gone, and are written before they are read.
#[derive(Default)]
pub(crate) struct Room {
    cells: Vec<MaybeUninit<ValueRef<'static>>>,
    loaded: usize,
}

impl<'b> Ahead<'b> {
    /// Goes on with the cells that were left.
    ///
    /// # Safety
    /// They are new, or the series is the same, and its header is [held](crate::decode::scratch::Arena::header) for `'b`, too.
    pub(crate) unsafe fn new(room: Room) -> Self {
        let mut cells = ManuallyDrop::new(room.cells);
        // SAFETY: the same allocation. A row's cells are null, or of the header, which is held, or are written whenever the row is read.
        let cells = unsafe { Vec::from_raw_parts(cells.as_mut_ptr().cast(), cells.len(), cells.capacity()) };
        Ahead { cells, loaded: room.loaded }
    }

    /// Leaves the cells.
    pub(crate) fn leave(&mut self) -> Room {
        let mut cells = ManuallyDrop::new(core::mem::take(&mut self.cells));
        // SAFETY: the same allocation; what may be uninitialized may be anything.
        let cells = unsafe { Vec::from_raw_parts(cells.as_mut_ptr().cast(), cells.len(), cells.capacity()) };
        Room { cells, loaded: core::mem::take(&mut self.loaded) }
    }
}
