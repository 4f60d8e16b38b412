//! Values as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to
//! the careful reader of [`row`](super::row): these functions find a value that it would find too, or nothing.

mod near;
mod numbers;
mod text;

use crate::decode::plan::{Kind, Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use near::{BEFORE, NEAR, Near};
use numbers::{float, integer, number};
use text::{text, text_end};

/// Reads values and what follows them from `b[at]` on, for the columns of `targets`, into their cells. Gives the targets that are left,
/// and the place of their values; what is there instead of the first of them is no matter for here.
///
/// # Safety
/// Each target's cell is one of `cells`.
#[inline(always)]
pub(super) unsafe fn values<'t, 'b>(
    b: &'b [u8],
    at: usize,
    plan: &Plan,
    targets: &'t [Target],
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> (&'t [Target], usize) {
    // as far as both ends allow
    let Some(range) = b.len().checked_sub(BEFORE + NEAR) else { return (targets, at) };
    if at.wrapping_sub(BEFORE) > range {
        return (targets, at);
    }
    // SAFETY: both are within the bytes.
    let (mut near, last) = unsafe { (Near::new(b, at), Near::new(b, range + BEFORE)) };
    let mut left = targets.iter();
    while let Some(target) = left.as_slice().first() {
        if near.is_behind(last) {
            break;
        }
        // SAFETY: promised by the caller.
        match unsafe { value(near, b, target, plan, cells, arena) } {
            Some(end) if end.byte(0) == target.end => near = end.behind(1),
            _ => break,
        }
        left.next();
    }
    (left.as_slice(), near.index(b))
}

/// Reads one value as it is wanted; gives what is behind it.
///
/// # Safety
/// The target's cell is one of `cells`.
#[inline(always)]
unsafe fn value<'b>(
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
    if kind.is(Kind::FLOAT) {
        if let Some((value, end)) = float(near, b) {
            put(ValueRef::F64(value));
            return Some(end);
        }
    } else if kind.is(Kind::STR) {
        // SAFETY: promised by the caller.
        if let Some(end) = text(near, b, unsafe { target.of(cells) }, arena) {
            return Some(end);
        }
    } else if kind.is(Kind::INT | Kind::UINT) {
        if let Some((value, end)) = integer(near)
            && !(kind.is(Kind::UINT) && near.byte(0) == b'-')
        {
            put(ValueRef::I64(value));
            return Some(end);
        }
    } else if kind.is(Kind::TIME) {
        if near.byte(0) == b'"' {
            // SAFETY: promised by the caller.
            return time_text(near, b, unsafe { target.of(cells) }, arena);
        }
        if let Some((value, end)) = integer(near)
            && let Some(unit) = plan.unit()
            && let Some(nanos) = value.checked_mul(unit)
        {
            put(ValueRef::Time(nanos));
            return Some(end);
        }
    } else if kind.is(Kind::BOOL) {
        if let Some((value, end)) = boolean(near) {
            put(ValueRef::Bool(value));
            return Some(end);
        }
    } else {
        // SAFETY: promised by the caller.
        return other(near, b, kind, unsafe { target.of(cells) }, arena);
    }
    if near.four(0) != *b"null" {
        return None;
    }
    // SAFETY: promised by the caller.
    unsafe { *target.of(cells) = ValueRef::Null };
    Some(near.behind(4))
}

#[inline(never)]
fn time_text<'b>(
    near: Near<'b>,
    b: &'b [u8],
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Option<Near<'b>> {
    let end = text(near, b, cell, arena)?;
    if let ValueRef::Str(text) = *cell {
        *cell = ValueRef::instant(text);
    }
    Some(end)
}

#[inline(always)]
fn boolean(near: Near<'_>) -> Option<(bool, Near<'_>)> {
    if near.four(0) == *b"true" {
        Some((true, near.behind(4)))
    } else if near.four(1) == *b"alse" && near.byte(0) == b'f' {
        Some((false, near.behind(5)))
    } else {
        None
    }
}

/// A value of another kind, whose type is not known before, or that is not wanted.
#[inline(never)]
fn other<'b>(
    near: Near<'b>,
    b: &'b [u8],
    kind: Kind,
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Option<Near<'b>> {
    let wanted = kind.is(Kind::ANY);
    if near.byte(0) == b'"' {
        if !wanted {
            return text_end(near, b).map(|(quote, _)| quote.behind(1));
        }
        return text(near, b, cell, arena);
    }
    if let Some(end) = number(near, b) {
        if wanted && let Ok(text) = str::from_utf8(near.until(end)) {
            *cell = ValueRef::Number(text);
        }
        return Some(end);
    }
    let (value, end) = match boolean(near) {
        Some((value, end)) => (ValueRef::Bool(value), end),
        None if near.four(0) == *b"null" => (ValueRef::Null, near.behind(4)),
        None => return None,
    };
    if wanted {
        *cell = value;
    }
    Some(end)
}
