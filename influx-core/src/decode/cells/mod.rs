//! The cells of a row, whichever format it is in: the usual values in one loop, the others with care.

pub(crate) mod boolean;
pub(crate) mod minute;
pub(crate) mod near;
pub(crate) mod numbers;
#[cfg(test)]
pub(crate) mod testing;

use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;

use near::Near;

/// How values are read that are written as servers write them.
pub(crate) trait Quick {
    /// How many bytes must be there before a value that is read quickly.
    const BEFORE: usize;

    /// How many bytes must be there from the start of a value on that is read quickly.
    const AFTER: usize;

    /// Reads one value as it is wanted, and what separates it from the next, if it is written as servers write such values. Gives what
    /// is behind it. What is not found here is for a careful reader.
    ///
    /// # Safety
    /// The target's cell is one of `cells`; so many bytes are there as was said.
    unsafe fn quick<'b>(
        near: Near<'b>,
        b: &'b [u8],
        target: &Target,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Option<Near<'b>>;
}

/// How the values of a row are written.
pub(crate) trait Values: Quick {
    /// Reads any value, and what separates it from the next; gives the place behind it.
    fn careful<'b>(
        b: &'b [u8],
        at: usize,
        target: &Target,
        unit: Option<i64>,
        cell: &mut ValueRef<'b>,
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop>;

    /// The place behind a row without any column.
    fn nothing(b: &[u8], at: usize) -> Result<usize, Stop>;
}

/// Reads the row whose first value is at `b[at]` into the plan's cells; gives the place behind it.
#[inline(always)]
pub(crate) fn row<'b, V: Values>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    let Some(cells) = cells.get_mut(..plan.width()) else { return Err(Stop::Bad(at, "no room for the row")) };
    // SAFETY: a plan's targets are of cells below its width.
    let (left, at) = unsafe { usual::<V>(b, at, plan, plan.targets(), cells, arena) };
    if left.is_empty() && plan.is_simple() { Ok(at) } else { odd_row::<V>(b, at, plan, left, cells, arena) }
}

/// Reads what is left of a row, with what is unusual in it, and does what seldom is to be done at its end.
#[inline(never)]
fn odd_row<'b, V: Values>(
    b: &'b [u8],
    mut at: usize,
    plan: &Plan,
    mut left: &[Target],
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Result<usize, Stop> {
    while let [target, rest @ ..] = left {
        at = V::careful(b, at, target, plan.unit(), &mut cells[target.cell()], arena)?;
        // SAFETY: as in `row`.
        (left, at) = unsafe { usual::<V>(b, at, plan, rest, cells, arena) };
    }
    if plan.targets().is_empty() {
        at = V::nothing(b, at)?;
    }
    plan.copy(cells);
    Ok(at)
}

/// Reads usual values from `b[at]` on, for the columns of `targets`, into their cells. Gives the targets that are left, and the place of
/// their values.
///
/// # Safety
/// Each target's cell is one of `cells`.
#[inline(always)]
pub(crate) unsafe fn usual<'t, 'b, V: Quick>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    targets: &'t [Target],
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> (&'t [Target], usize) {
    // as far as both ends allow
    let Some(range) = b.len().checked_sub(V::BEFORE + V::AFTER) else { return (targets, at) };
    if at.wrapping_sub(V::BEFORE) > range {
        return (targets, at);
    }
    // SAFETY: both are within the bytes.
    let (mut near, last) = unsafe { (Near::new(b, at), Near::new(b, range + V::BEFORE)) };
    let mut left = targets.iter();
    while let Some(target) = left.as_slice().first() {
        if near.is_behind(last) {
            break;
        }
        // SAFETY: the caller promises the cell, and `last` that the bytes are there.
        match unsafe { V::quick(near, b, target, plan, cells, arena) } {
            Some(end) => near = end,
            None => break,
        }
        left.next();
    }
    (left.as_slice(), near.index(b))
}
