//! Values as servers write them, read a word at a time. What is unusual, too long, or too near to the end of the bytes is left to
//! the careful reader of [`json_row`](super::json_row): these functions find a value that it would find too, or nothing.
//!
//! A row's columns follow in the same order again and again, so the branches on what is wanted are foreseen; a jump through a
//! table would not be on every processor. That is why kinds are bits here, tested one after the other.

use super::decimal;
use super::json::string;
use super::json_row::time;
use super::number::{TENS, ZEROS, digits_in, join};
use super::scratch::Arena;
use crate::block::Block;
use crate::{ValueRef, Want};

/// The bytes from a value on.
pub(crate) type Near = [u8; NEAR];

/// More than the longest number that is read here and the word behind it.
const NEAR: usize = 32;

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

/// Reads the value at `b[at]` into its cell and gives the place behind it; `None` when it is no matter for here.
#[inline(always)]
pub(crate) fn value<'b>(
    b: &'b [u8],
    at: usize,
    kind: Kind,
    unit: Option<i64>,
    cell: &mut ValueRef<'b>,
    arena: &mut Arena<'b>,
) -> Option<usize> {
    let near: &Near = b.get(at..)?.first_chunk()?;
    if kind.is(Kind::FLOAT) {
        if let Some((value, length)) = float(near) {
            *cell = ValueRef::F64(value);
            return Some(at + length);
        }
    } else if kind.is(Kind::STR) {
        if near[0] == b'"' {
            let (text, end) = text(b, at, arena)?;
            *cell = ValueRef::Str(text);
            return Some(end);
        }
    } else if kind.is(Kind::INT | Kind::UINT | Kind::TIME) {
        if near[0] == b'"' && kind.is(Kind::TIME) {
            let (text, end) = text(b, at, arena)?;
            *cell = time(text);
            return Some(end);
        }
        if let Some((value, length)) = integer(near) {
            if kind.is(Kind::TIME) {
                *cell = ValueRef::Time(unit.and_then(|unit| value.checked_mul(unit))?);
            } else if kind.is(Kind::UINT) && near[0] == b'-' {
                return None;
            } else {
                *cell = ValueRef::I64(value);
            }
            return Some(at + length);
        }
    } else if kind.is(Kind::BOOL) {
        if let Some((value, length)) = boolean(near) {
            *cell = ValueRef::Bool(value);
            return Some(at + length);
        }
    } else {
        return other(b, at, near, kind, cell, arena);
    }
    if near.first_chunk() == Some(b"null") {
        *cell = ValueRef::Null;
        return Some(at + 4);
    }
    None
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
) -> Option<usize> {
    let (value, end) = match near[0] {
        b'"' if kind.is(Kind::ANY) => {
            let (text, end) = text(b, at, arena)?;
            (ValueRef::Str(text), end)
        }
        b'"' => (ValueRef::Null, string_end(b, at)?.0 + 1),
        b'n' if near.first_chunk() == Some(b"null") => (ValueRef::Null, at + 4),
        b't' | b'f' => {
            let (value, length) = boolean(near)?;
            (ValueRef::Bool(value), at + length)
        }
        _ => {
            let length = number(near)?;
            (ValueRef::Number(str::from_utf8(&near[..length]).ok()?), at + length)
        }
    };
    if kind.is(Kind::ANY) {
        *cell = value;
    }
    Some(end)
}

/// An integer and its length. What ends it is for the caller to judge: nothing of a number may follow.
#[inline(always)]
fn integer(near: &Near) -> Option<(i64, usize)> {
    let negative = byte(near, 0) == b'-';
    let start = usize::from(negative);
    let first = word(near, start) ^ ZEROS;
    let count = digits_in(first);
    let (value, end) = if count < 8 {
        if count == 0 {
            return None;
        }
        (join(first << (64 - 8 * count)), start + count)
    } else {
        let (mut value, mut end) = (join(first), start + 8);
        let second = word(near, end) ^ ZEROS;
        if digits_in(second) == 8 {
            value = value * 100_000_000 + join(second);
            end += 8;
        }
        // one by one: how many is the same in almost every row
        while digit(near, end) < 10 {
            if end - start == 19 {
                return None;
            }
            value = value * 10 + u64::from(digit(near, end));
            end += 1;
        }
        (value, end)
    };
    if byte(near, start) == b'0' && end - start > 1 {
        return None;
    }
    let value = if negative { 0_i64.checked_sub_unsigned(value)? } else { i64::try_from(value).ok()? };
    Some((value, end))
}

/// A float and its length, of at most three digits before the point and 19 in all. What ends it is for the caller to judge.
#[inline(always)]
fn float(near: &Near) -> Option<(f64, usize)> {
    let negative = byte(near, 0) == b'-';
    let start = usize::from(negative);
    // by branches: the number of digits before the point seldom changes from row to row
    let mut mantissa = u64::from(digit(near, start));
    if mantissa > 9 {
        return None;
    }
    let mut at = start + 1;
    if digit(near, at) < 10 {
        if mantissa == 0 {
            return None;
        }
        mantissa = mantissa * 10 + u64::from(digit(near, at));
        at += 1;
        if digit(near, at) < 10 {
            mantissa = mantissa * 10 + u64::from(digit(near, at));
            at += 1;
            if digit(near, at) < 10 {
                return long_float(near);
            }
        }
    }
    let mut size = mantissa as f64;
    if byte(near, at) == b'.' {
        let point = at;
        let first = word(near, point + 1) ^ ZEROS;
        let count = digits_in(first);
        if count < 8 {
            if count == 0 {
                return None;
            }
            // at most ten digits: both are exact, so the quotient is the nearest float
            size = (mantissa * TENS[count] + join(first << (64 - 8 * count))) as f64 / TENS[count] as f64;
            at = point + 1 + count;
        } else {
            mantissa = mantissa * 100_000_000 + join(first);
            at = point + 9;
            let second = word(near, at) ^ ZEROS;
            let count = digits_in(second);
            if count < 8 {
                if count > 0 {
                    mantissa = mantissa * TENS[count] + join(second << (64 - 8 * count));
                    at += count;
                }
            } else {
                mantissa = mantissa * 100_000_000 + join(second);
                at += 8;
                while digit(near, at) < 10 {
                    // 19 digits and a point
                    if at - start == 20 {
                        return None;
                    }
                    mantissa = mantissa * 10 + u64::from(digit(near, at));
                    at += 1;
                }
            }
            size = decimal::nearest(mantissa, at - point - 1);
        }
    }
    Some((if negative { -size } else { size }, at))
}

/// A float of more than three digits before the point.
#[inline(never)]
fn long_float(near: &Near) -> Option<(f64, usize)> {
    let number = super::number::scan(near, 0).ok()?;
    Some((number.as_f64(&near[..number.end])?, number.end))
}

/// The length of a number without an exponent. What ends it is for the caller to judge.
#[inline(always)]
fn number(near: &Near) -> Option<usize> {
    super::number::scan(near, 0).ok().map(|number| number.end)
}

#[inline(always)]
fn boolean(near: &Near) -> Option<(bool, usize)> {
    if near.first_chunk() == Some(b"true") {
        Some((true, 4))
    } else if near.first_chunk() == Some(b"false") {
        Some((false, 5))
    } else {
        None
    }
}

/// The place of the quote that ends the string whose first quote is at `b[at]`, and whether it is all ASCII for sure.
#[inline(always)]
fn string_end(b: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut from = at + 1;
    let mut high = 0;
    loop {
        let chunk: &[u8; 32] = b.get(from..)?.first_chunk()?;
        // SAFETY: both blocks are within the 32 bytes.
        let (first, second) = unsafe { (Block::load(chunk.as_ptr()), Block::load(chunk.as_ptr().add(16))) };
        let marks = first.in_string() | second.in_string() << 16;
        let (words, _) = chunk.as_chunks::<8>();
        high |= words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
        if marks != 0 {
            let place = marks.trailing_zeros() as usize;
            let ascii = high & 0x8080_8080_8080_8080 == 0;
            return (chunk[place & 31] == b'"').then_some((from + place, ascii));
        }
        from += 32;
    }
}

/// The string whose first quote is at `b[at]`, and the place behind it.
#[inline(always)]
fn text<'b>(b: &'b [u8], at: usize, arena: &mut Arena<'b>) -> Option<(&'b str, usize)> {
    match string_end(b, at) {
        Some((end, true)) => {
            let raw = b.get(at + 1..end)?;
            // SAFETY: ASCII is UTF-8.
            Some((unsafe { str::from_utf8_unchecked(raw) }, end + 1))
        }
        _ => hard_text(b, at, arena),
    }
}

/// A string that has escapes, other characters than ASCII, or no end.
#[cold]
#[inline(never)]
fn hard_text<'b>(b: &'b [u8], at: usize, arena: &mut Arena<'b>) -> Option<(&'b str, usize)> {
    string(b, at, arena).ok()
}
