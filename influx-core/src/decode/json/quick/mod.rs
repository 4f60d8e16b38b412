//! Values as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to
//! the careful reader of [`json_row`](super::json_row): these functions find a value that it would find too, or nothing.
//!
//! A row's columns follow in the same order again and again, so the branches on what is wanted are foreseen; a jump through a
//! table would not be on every processor. That is why kinds are bits here, tested one after the other.

mod numbers;

use core::num::NonZero;

use super::string;
use crate::block::Block;
use crate::decode::plan::{Kind, Plan};
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use numbers::{float, integer, number};

/// The bytes from a value on.
type Near = [u8; NEAR];

/// More than the longest number that is read here and the word behind it.
const NEAR: usize = 34;

/// Reads values and what follows them, from that of `column` at `b[at]` on, into the cells of the columns. Gives the first column
/// that is no matter for here, and its place; all columns are read when there is none.
#[inline(always)]
pub(crate) fn values<'b>(
    b: &'b [u8],
    mut at: usize,
    column: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> (usize, usize) {
    let Some(last) = b.len().checked_sub(NEAR) else { return (column, at) };
    let mut targets = plan.targets().get(column..).unwrap_or_default().iter();
    while let Some(target) = targets.as_slice().first() {
        let Some(cell) = cells.get_mut(target.cell) else { break };
        if at > last {
            break;
        }
        // SAFETY: `at` is at most `last`, behind which there are `NEAR` bytes.
        let near: &'b Near = unsafe { &*b.as_ptr().add(at).cast() };
        let kind = target.kind;
        let mut length = 0;
        if kind.is(Kind::FLOAT) {
            length = float(near, cell);
        } else if kind.is(Kind::STR) {
            if near[0] == b'"' {
                length = text(b, at, cell, arena);
            }
        } else if kind.is(Kind::INT | Kind::UINT) {
            length = integer(near, cell);
            if kind.is(Kind::UINT) && near[0] == b'-' {
                length = 0;
            }
        } else if kind.is(Kind::TIME) {
            length = instant(b, at, near, plan.unit(), cell, arena);
        } else if kind.is(Kind::BOOL) {
            length = boolean(near, cell);
        } else {
            length = other(b, at, near, kind, cell, arena);
        }
        if length == 0 {
            length = null(near, cell);
        }
        // SAFETY: numbers and words end within `near`, and behind the quote of a text there is another byte.
        if length == 0 || unsafe { *b.get_unchecked(at + length) } != target.end {
            break;
        }
        at += length + 1;
        targets.next();
    }
    (plan.targets().len() - targets.len(), at)
}

#[cold]
#[inline(never)]
fn null(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    if near.first_chunk() == Some(b"null") {
        *cell = ValueRef::Null;
        4
    } else {
        0
    }
}

/// A value whose type is not known before, or that is not wanted.
#[inline(never)]
fn other<'b>(
    b: &'b [u8],
    at: usize,
    near: &'b Near,
    kind: Kind,
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> usize {
    let wanted = kind.is(Kind::ANY);
    if near[0] == b'"' {
        return match wanted {
            true => text(b, at, cell, arena),
            false => string_end(b, at).map_or(0, |(end, _)| end + 1 - at),
        };
    }
    let length = number(near);
    if length > 0 {
        if wanted && let Ok(text) = str::from_utf8(&near[..length]) {
            *cell = ValueRef::Number(text);
        }
        return length;
    }
    let mut nothing = ValueRef::Null;
    boolean(near, if wanted { cell } else { &mut nothing })
}

#[inline(always)]
fn instant<'b>(
    b: &'b [u8],
    at: usize,
    near: &Near,
    unit: Option<i64>,
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> usize {
    if near[0] == b'"' {
        let length = text(b, at, cell, arena);
        if let ValueRef::Str(text) = *cell {
            *cell = ValueRef::instant(text);
        }
        return length;
    }
    let length = integer(near, cell);
    match (*cell, unit) {
        (ValueRef::I64(value), Some(unit)) if length > 0 => match value.checked_mul(unit) {
            Some(nanos) => {
                *cell = ValueRef::Time(nanos);
                length
            }
            None => 0,
        },
        _ => 0,
    }
}

#[inline(always)]
fn boolean(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    if near.first_chunk() == Some(b"true") {
        *cell = ValueRef::Bool(true);
        4
    } else if near.first_chunk() == Some(b"false") {
        *cell = ValueRef::Bool(false);
        5
    } else {
        0
    }
}

/// The place of the quote that ends the string whose first quote is at `b[at]`, and whether it is all ASCII for sure. Another byte
/// follows it.
#[inline(always)]
fn string_end(b: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut from = at + 1;
    let mut high = 0;
    loop {
        let chunk: &[u8; 33] = b.get(from..)?.first_chunk()?;
        // SAFETY: both blocks are within the 33 bytes.
        let (first, second) = unsafe { (Block::load(chunk.as_ptr()), Block::load(chunk.as_ptr().add(16))) };
        let marks = first.in_string() | second.in_string() << 16;
        let (words, _) = chunk.as_chunks::<8>();
        high |= words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
        if let Some(marks) = NonZero::new(marks) {
            let place = marks.trailing_zeros() as usize;
            let ascii = high & 0x8080_8080_8080_8080 == 0;
            return (chunk[place & 31] == b'"').then_some((from + place, ascii));
        }
        from += 32;
    }
}

/// The length of a string with its quotes; 0 when it cannot be read.
#[inline(always)]
fn text<'b>(b: &'b [u8], at: usize, cell: &mut ValueRef<'b>, arena: &mut Arena<'b>) -> usize {
    if let Some((end, true)) = string_end(b, at)
        && let Some(raw) = b.get(at + 1..end)
    {
        // SAFETY: ASCII is UTF-8.
        *cell = ValueRef::Str(unsafe { str::from_utf8_unchecked(raw) });
        return end + 1 - at;
    }
    hard_text(b, at, cell, arena)
}

/// A string that has escapes, other characters than ASCII, or no end.
#[cold]
#[inline(never)]
fn hard_text<'b>(b: &'b [u8], at: usize, cell: &mut ValueRef<'b>, arena: &mut Arena<'b>) -> usize {
    match string(b, at, arena) {
        Ok((text, end)) if end < b.len() => {
            *cell = ValueRef::Str(text);
            end - at
        }
        _ => 0,
    }
}
