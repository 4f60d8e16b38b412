//! Values as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to
//! the careful reader of [`row`](super::row): these functions find a value that it would find too, or nothing.

mod text;

use crate::decode::cells::boolean::boolean;
use crate::decode::cells::near::Near;
use crate::decode::cells::numbers::{self, float, integer, number};
use crate::decode::plan::want::Kind;
use crate::decode::plan::{Plan, Target};
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use text::{text, text_end};

/// How many bytes must be there from a value on: those of the longest number that is read here, and one behind it.
pub(super) const AFTER: usize = numbers::AFTER;

/// Reads one value as it is wanted; gives what is behind it.
///
/// # Safety
/// The target's cell is one of `cells`.
#[inline(always)]
pub(super) unsafe fn value<'b>(
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
        if wanted {
            // digits, signs, points: always UTF-8
            *cell = ValueRef::Number(str::from_utf8(near.until(end)).unwrap_or_default());
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
