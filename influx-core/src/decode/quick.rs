//! Values as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to
//! the careful reader of [`json_row`](super::json_row): these functions find a value that it would find too, or nothing.
//!
//! A row's columns follow in the same order again and again, so the branches on what is wanted are foreseen; a jump through a
//! table would not be on every processor. That is why kinds are bits here, tested one after the other.

use core::num::NonZero;

use super::decimal;
use super::json::string;
use super::json_row::time;
use super::number::{POWERS, TENS, ZEROS, join, others};
use super::scratch::Arena;
use crate::block::Block;
use crate::{Plan, ValueRef, Want};

/// The bytes from a value on.
type Near = [u8; NEAR];

/// More than the longest number that is read here and the word behind it.
const NEAR: usize = 34;

/// What is wanted of a column, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(u8);

impl Kind {
    const FLOAT: u8 = 1;
    const STR: u8 = 2;
    const INT: u8 = 4;
    const UINT: u8 = 8;
    const TIME: u8 = 16;
    const BOOL: u8 = 32;
    const ANY: u8 = 64;

    pub(crate) fn of(want: Want) -> Kind {
        Kind(match want {
            Want::Float => Kind::FLOAT,
            Want::Str => Kind::STR,
            Want::Int => Kind::INT,
            Want::Uint => Kind::UINT,
            Want::Time => Kind::TIME,
            Want::Bool => Kind::BOOL,
            Want::Any => Kind::ANY,
            Want::Skip => 0,
        })
    }

    #[inline(always)]
    fn is(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

/// Eight bytes at `near[at]`.
#[inline(always)]
fn word(near: &Near, at: usize) -> u64 {
    debug_assert!(at + 8 <= NEAR, "a word at {at}");
    // SAFETY: callers have passed over at most a sign, 19 digits and a point, and 21 bytes and 8 more are within `near`.
    u64::from_le(unsafe { near.as_ptr().add(at).cast::<u64>().read_unaligned() })
}

/// The byte at `near[at]`.
#[inline(always)]
fn byte(near: &Near, at: usize) -> u8 {
    debug_assert!(at < NEAR, "a byte at {at}");
    // SAFETY: as in `word`.
    unsafe { *near.get_unchecked(at) }
}

#[inline(always)]
fn digit(near: &Near, at: usize) -> u8 {
    byte(near, at).wrapping_sub(b'0')
}

/// Reads values and what follows them, from that of `column` at `b[at]` on, into the cells of the columns. Gives the first column
/// that is no matter for here, and its place; all columns are read when there is none.
#[inline(always)]
pub(crate) fn values<'b>(
    b: &'b [u8],
    mut at: usize,
    mut column: usize,
    plan: &Plan,
    cells: &mut [ValueRef<'b>],
    arena: &mut Arena<'b>,
) -> (usize, usize) {
    let Some(last) = b.len().checked_sub(NEAR) else { return (column, at) };
    for target in plan.targets().get(column..).unwrap_or_default() {
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
        column += 1;
    }
    (column, at)
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
        if let (true, Ok(text)) = (wanted, str::from_utf8(&near[..length])) {
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
            *cell = time(text);
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

/// The length of an integer; 0 for none. What ends it is for the caller to judge: nothing of a number may follow.
#[inline(always)]
fn integer(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    let negative = byte(near, 0) == b'-';
    let start = usize::from(negative);
    let first = word(near, start) ^ ZEROS;
    let (mut value, mut end);
    match NonZero::new(others(first)) {
        Some(others) => {
            let bits = others.trailing_zeros() & 56;
            if bits == 0 {
                return 0;
            }
            // shifted so that zeros stand in front of the digits
            value = join(first << (64 - bits));
            end = start + bits as usize / 8;
        }
        None => {
            (value, end) = (join(first), start + 8);
            let second = word(near, end) ^ ZEROS;
            if others(second) == 0 {
                value = value * 100_000_000 + join(second);
                end += 8;
            }
            // one by one: how many is the same in almost every row
            while digit(near, end) < 10 {
                if end - start == 19 {
                    return 0;
                }
                value = value * 10 + u64::from(digit(near, end));
                end += 1;
            }
        }
    }
    if byte(near, start) == b'0' && end - start > 1 {
        return 0;
    }
    if value > i64::MAX as u64 {
        return 0;
    }
    *cell = ValueRef::I64(if negative { -(value as i64) } else { value as i64 });
    end
}

/// The length of a float of at most 19 digits; 0 for others. What ends it is for the caller to judge.
#[inline(always)]
fn float(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    let negative = byte(near, 0) == b'-';
    let start = usize::from(negative);
    // by branches: the number of digits before the point seldom changes from row to row
    let mut mantissa = u64::from(digit(near, start));
    if mantissa > 9 {
        return 0;
    }
    let mut at = start + 1;
    if digit(near, at) < 10 {
        if mantissa == 0 {
            return 0;
        }
        mantissa = mantissa * 10 + u64::from(digit(near, at));
        at = start + 2;
        if digit(near, at) < 10 {
            mantissa = mantissa * 10 + u64::from(digit(near, at));
            at = start + 3;
            if digit(near, at) < 10 {
                return long_float(near, cell);
            }
        }
    }
    let size;
    if byte(near, at) == b'.' {
        let point = at + 1;
        let first = word(near, point) ^ ZEROS;
        match NonZero::new(others(first)) {
            Some(others) => {
                let bits = others.trailing_zeros() & 56;
                let count = bits as usize / 8;
                if bits == 0 {
                    return 0;
                }
                // at most ten digits: both are exact, so the quotient is the nearest float
                let digits = mantissa * TENS[count] + join(first << (64 - bits));
                size = digits as i64 as f64 / POWERS[count];
                at = point + count;
            }
            None => {
                mantissa = mantissa * 100_000_000 + join(first);
                at = point + 8;
                let second = word(near, at) ^ ZEROS;
                match NonZero::new(others(second)) {
                    Some(others) => {
                        let bits = others.trailing_zeros() & 56;
                        if bits > 0 {
                            let count = bits as usize / 8;
                            mantissa = mantissa * TENS[count] + join(second << (64 - bits));
                            at += count;
                        }
                    }
                    None => {
                        mantissa = mantissa * 100_000_000 + join(second);
                        at += 8;
                        while digit(near, at) < 10 {
                            // 19 digits and a point
                            if at - start == 20 {
                                return 0;
                            }
                            mantissa = mantissa * 10 + u64::from(digit(near, at));
                            at += 1;
                        }
                    }
                }
                size = decimal::nearest(mantissa, at - point);
            }
        }
    } else {
        size = mantissa as i64 as f64;
    }
    // the sign is a bit: no branch, no second value
    *cell = ValueRef::F64(f64::from_bits(size.to_bits() | u64::from(negative) << 63));
    at
}

/// A float of more than three digits before the point.
#[inline(never)]
fn long_float(near: &Near, cell: &mut ValueRef<'_>) -> usize {
    let Ok(number) = super::number::scan(near, 0) else { return 0 };
    let Some(value) = number.as_f64(&near[..number.end]) else { return 0 };
    *cell = ValueRef::F64(value);
    number.end
}

/// The length of a number without an exponent; 0 for others. What ends it is for the caller to judge.
#[inline(always)]
fn number(near: &Near) -> usize {
    let start = usize::from(near[0] == b'-');
    let whole = digits(near, start);
    if whole == start || whole == TOO_FAR || (byte(near, start) == b'0' && whole > start + 1) {
        return 0;
    }
    if byte(near, whole) != b'.' {
        return whole;
    }
    let end = digits(near, whole + 1);
    if end == whole + 1 || end == TOO_FAR { 0 } else { end }
}

const TOO_FAR: usize = usize::MAX;

/// Where the digits from `near[at]` on end, if they do well before the end.
#[inline(always)]
fn digits(near: &Near, mut at: usize) -> usize {
    while at + 8 <= NEAR {
        match NonZero::new(others(word(near, at) ^ ZEROS)) {
            Some(others) => return at + others.trailing_zeros() as usize / 8,
            None => at += 8,
        }
    }
    TOO_FAR
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
