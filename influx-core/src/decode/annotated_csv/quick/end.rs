//! What follows a cell.

use crate::decode::cells::near::Near;
use crate::decode::plan::Target;

/// What is behind a cell that ends there, and behind what separates it from the next; of the last of a row that is the place of LF.
#[inline(always)]
pub(super) fn behind<'b>(end: Near<'b>, target: &Target) -> Option<Near<'b>> {
    (end.byte(0) == target.end).then(|| end.behind(1))
}
