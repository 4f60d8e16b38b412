//! Cells as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to the careful
//! reader of [`row`](super::row): these functions find a value that it would find too, or nothing.

mod end;
mod text;

use crate::decode::cells::Quick;
use crate::decode::cells::boolean::boolean;
use crate::decode::cells::minute::time;
use crate::decode::cells::near::{self, Near};
use crate::decode::cells::numbers::{self, float, integer};
use crate::decode::plan::want::Kind;
use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use end::behind;
use text::{pass_over, text};

/// Cells between commas, the last before CR LF, of which the LF is left.
pub(super) enum Csv {}

impl Quick for Csv {
    /// Numbers are read from their ends.
    const BEFORE: usize = near::BEFORE;
    const AFTER: usize = numbers::AFTER;

    #[inline(always)]
    unsafe fn quick<'b>(
        near: Near<'b>,
        b: &'b [u8],
        target: &Target,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Option<Near<'b>> {
        let kind = target.kind;
        // SAFETY: promised by the caller.
        let mut put = |value| unsafe { *target.of(cells) = value };
        if kind.is_just(Kind::FLOAT) {
            if let Some((value, end)) = float(near, b) {
                put(ValueRef::F64(value));
                return behind(end, target);
            }
        } else if kind.is_just(Kind::STR) {
            if let Some((text, end)) = text(near, b) {
                put(ValueRef::Str(text));
                return behind(end, target);
            }
            if near.byte(0) != target.end {
                return other_text(near, b, target, cells, arena);
            }
        } else if kind.is_just(Kind::INT) {
            if let Some((value, end)) = integer(near) {
                put(ValueRef::I64(value));
                return behind(end, target);
            }
        } else if kind.is(Kind::TIME) && !kind.is(Kind::INT) {
            if let Some((nanos, end)) = time(near, b, plan.minute()) {
                put(ValueRef::Time(nanos));
                return behind(end, target);
            }
        } else if kind.is_just(Kind::BOOL) {
            if let Some((value, end)) = boolean(near) {
                put(ValueRef::Bool(value));
                return behind(end, target);
            }
        } else {
            return other(near, b, target, cells);
        }
        empty(near, target, cells)
    }
}

/// An empty cell.
#[inline(never)]
fn empty<'b>(near: Near<'b>, target: &Target, cells: &mut [ValueRef<'b>]) -> Option<Near<'b>> {
    let end = behind(near, target)?;
    let value = *cells.get(target.empty as usize)?;
    *cells.get_mut(target.cell())? = value;
    Some(end)
}

/// A text that is longer, in quotes, or has other characters than ASCII.
#[inline(never)]
fn other_text<'b>(
    near: Near<'b>,
    b: &'b [u8],
    target: &Target,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> Option<Near<'b>> {
    let (text, end) = text::any(near, b, target, arena)?;
    *cells.get_mut(target.cell())? =
        if text.is_empty() { *cells.get(target.empty as usize)? } else { ValueRef::Str(text) };
    Some(end)
}

/// An integer that becomes something else, or a cell that is not wanted.
#[inline(never)]
fn other<'b>(near: Near<'b>, b: &'b [u8], target: &Target, cells: &mut [ValueRef<'b>]) -> Option<Near<'b>> {
    let kind = target.kind;
    if kind.is_just(0) {
        return pass_over(near, b, target);
    }
    let Some((value, end)) = integer(near) else { return empty(near, target, cells) };
    if kind.is(Kind::UINT) && near.byte(0) == b'-' {
        return None;
    }
    let value = if kind.is(Kind::FLOAT) {
        ValueRef::F64(value as f64)
    } else if kind.is(Kind::TIME) {
        ValueRef::Time(value)
    } else if kind.is(Kind::UINT) {
        if kind.is(Kind::ANY) { ValueRef::U64(value as u64) } else { ValueRef::I64(value) }
    } else {
        return None;
    };
    let end = behind(end, target)?;
    *cells.get_mut(target.cell())? = value;
    Some(end)
}
