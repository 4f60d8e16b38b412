//! Texts, 32 bytes at a time.

use core::num::NonZero;

use super::end::behind;
use crate::block::Block;
use crate::decode::annotated_csv::scan::{Cell, Marks, cell};
use crate::decode::cells::near::Near;
use crate::decode::plan::Target;
use crate::decode::scratch::Arena;

/// How many bytes of a text are looked at at once: two blocks, and two behind them.
const TEXT: usize = 34;

/// As servers write them, with more bytes behind.
const MARKS: Marks = Marks { comma: b',', last: false };

/// The first of 32 bytes that may end a cell, and which of them are not ASCII.
#[inline(always)]
fn look(near: Near<'_>) -> (Option<NonZero<u32>>, u32) {
    let at = near.blocks();
    // SAFETY: 32 bytes are there.
    let (first, second) = unsafe { (Block::load(at), Block::load(at.add(16))) };
    let marks = first.in_csv() | second.in_csv() << 16;
    (NonZero::new(marks), first.beyond_ascii() | second.beyond_ascii() << 16)
}

/// A short text of ASCII that is not empty, and what is behind it; another byte follows that.
#[inline(always)]
pub(super) fn text<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(&'b str, Near<'b>)> {
    if !near.has(b, TEXT) {
        return None;
    }
    let (Some(marks), beyond) = look(near) else { return None };
    let end = near.behind(marks.trailing_zeros() as usize);
    // the bits up to the first mark
    let up_to = marks.get() ^ (marks.get() - 1);
    if up_to == 1 || beyond & up_to != 0 {
        return None;
    }
    // SAFETY: ASCII is UTF-8.
    Some((unsafe { str::from_utf8_unchecked(near.until(end)) }, end))
}

/// A short text in quotes that is read as it is written, and what is behind it.
#[inline(always)]
fn quoted<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(&'b str, Near<'b>)> {
    if near.byte(0) != b'"' || !near.has(b, TEXT + 1) {
        return None;
    }
    let begin = near.behind(1);
    let at = begin.blocks();
    // SAFETY: 32 bytes are there.
    let (first, second) = unsafe { (Block::load(at), Block::load(at.add(16))) };
    let marks = NonZero::new(first.in_quoted() | second.in_quoted() << 16)?;
    let end = begin.behind(marks.trailing_zeros() as usize);
    if end.byte(0) != b'"' {
        return None;
    }
    // half of a doubled quote has no comma behind it
    Some((str::from_utf8(begin.until(end)).ok()?, end.behind(1)))
}

/// Any text, and what is behind its comma or line end.
pub(super) fn any<'b>(
    near: Near<'b>,
    b: &'b [u8],
    target: &Target,
    arena: &mut Arena<'b>,
) -> Option<(&'b str, Near<'b>)> {
    if let Some((text, end)) = quoted(near, b)
        && let Some(end) = behind(end, target)
    {
        return Some((text, end));
    }
    let cell = cell(b, near.index(b), MARKS).ok()?;
    let end = behind_any(b, &cell, target)?;
    Some((cell.text(arena).ok()?, end))
}

/// What is behind any cell, as [`behind`] has it.
fn behind_any<'b>(b: &'b [u8], cell: &Cell<'_>, target: &Target) -> Option<Near<'b>> {
    if target.end == b',' {
        return if cell.ends_record { None } else { Near::within(b, cell.next) };
    }
    let is_crlf = cell.ends_record && b[..cell.next].ends_with(b"\r\n");
    if is_crlf { Near::within(b, cell.next - 1) } else { None }
}

/// What is behind a cell that nobody wants.
#[inline(always)]
pub(super) fn pass_over<'b>(near: Near<'b>, b: &'b [u8], target: &Target) -> Option<Near<'b>> {
    if near.has(b, TEXT)
        && let (Some(marks), _) = look(near)
        && let end = near.behind(marks.trailing_zeros() as usize)
        && let Some(end) = behind(end, target)
    {
        return Some(end);
    }
    behind_any(b, &cell(b, near.index(b), MARKS).ok()?, target)
}
