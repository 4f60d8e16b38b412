//! From row to row, without a step in between where there is nothing but a comma.

use super::Machine;
use super::state::{Expect, Place};

impl Machine {
    /// Where the next row begins, if it stands right at the position or behind a comma there.
    #[inline]
    pub(in super::super) fn next_row(&self, b: &[u8]) -> Option<usize> {
        if self.place != Place::Values {
            return None;
        }
        let rest = b.get(self.position..)?;
        if self.expect == Expect::CommaOrEnd {
            return rest.starts_with(b",[").then_some(self.position + 1);
        }
        (self.expect == Expect::Next && self.scan.is_none() && rest.starts_with(b"["))
            .then_some(self.position)
    }

    /// The row that [`next_row`](Self::next_row) found is not complete, or malformed.
    pub(in super::super) fn row_at(&mut self, at: usize) {
        (self.position, self.expect) = (at, Expect::Next);
    }

    /// The row at the position ends at `end`.
    #[inline]
    pub(in super::super) fn row_done(&mut self, end: usize) {
        self.position = end;
        self.row += 1;
        self.expect = Expect::CommaOrEnd;
    }
}
