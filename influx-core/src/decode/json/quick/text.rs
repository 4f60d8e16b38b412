//! Texts, 32 bytes at a time.

use core::num::NonZero;

use crate::block::Block;
use crate::decode::cells::near::Near;
use crate::decode::json::string;
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;

/// How many bytes of a text are looked at at once: a quote, two blocks, and a byte behind them.
const TEXT: usize = 34;

/// The first quote or backslash among 32 bytes, and which of them are not ASCII.
#[inline(always)]
fn look(near: Near<'_>) -> (Option<NonZero<u32>>, u32) {
    let at = near.blocks();
    // SAFETY: 32 bytes are there.
    let (first, second) = unsafe { (Block::load(at), Block::load(at.add(16))) };
    let marks = first.in_string() | second.in_string() << 16;
    (NonZero::new(marks), first.beyond_ascii() | second.beyond_ascii() << 16)
}

/// Reads the string whose opening quote is near; gives what is behind it: another byte follows.
#[inline(always)]
pub(super) fn text<'b>(
    near: Near<'b>,
    b: &'b [u8],
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Option<Near<'b>> {
    if near.has(b, TEXT)
        && let begin = near.behind(1)
        && let (Some(marks), beyond) = look(begin)
    {
        let end = begin.behind(marks.trailing_zeros() as usize);
        // the bits up to the first mark
        let up_to = marks.get() ^ (marks.get() - 1);
        if near.byte(0) == b'"' && end.byte(0) == b'"' && beyond & up_to == 0 {
            // SAFETY: ASCII is UTF-8.
            *cell = ValueRef::Str(unsafe { str::from_utf8_unchecked(begin.until(end)) });
            return Some(end.behind(1));
        }
    }
    other_text(near, b, cell, arena)
}

/// A string that is longer, has escapes or other characters than ASCII.
#[inline(never)]
fn other_text<'b>(
    near: Near<'b>,
    b: &'b [u8],
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Option<Near<'b>> {
    if near.byte(0) != b'"' {
        return None;
    }
    if let Some((end, true)) = text_end(near, b) {
        // SAFETY: ASCII is UTF-8.
        *cell = ValueRef::Str(unsafe { str::from_utf8_unchecked(near.behind(1).until(end)) });
        return Some(end.behind(1));
    }
    let (text, end) = string(b, near.index(b), arena).ok()?;
    *cell = ValueRef::Str(text);
    Near::within(b, end)
}

/// The quote that ends a string without escapes, and whether it is all ASCII for sure. Another byte follows it.
#[inline(always)]
pub(super) fn text_end<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(Near<'b>, bool)> {
    let mut from = near.index(b) + 1;
    let mut ascii = true;
    while from + TEXT <= b.len() {
        // SAFETY: so many bytes are there.
        let near = unsafe { Near::new(b, from) };
        let (marks, beyond) = look(near);
        ascii &= beyond == 0;
        if let Some(marks) = marks {
            let end = near.behind(marks.trailing_zeros() as usize);
            return (end.byte(0) == b'"').then_some((end, ascii));
        }
        from += 32;
    }
    None
}
