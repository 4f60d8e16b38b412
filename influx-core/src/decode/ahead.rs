//! Rows that are read ahead of the one that is asked for: what is to be done for each of them is little then.

use crate::decode::value_ref::ValueRef;

/// How many rows are read at once at most.
pub(crate) const AHEAD: usize = 8;

/// The cells of some rows, one row behind the other.
pub(crate) struct Ahead<'b> {
    pub(crate) cells: Vec<ValueRef<'b>>,
    /// How many rows there are cells of, with the values that are the same in every row of the series.
    pub(crate) loaded: usize,
    /// Where the rows begin.
    pub(crate) starts: [usize; AHEAD],
}
