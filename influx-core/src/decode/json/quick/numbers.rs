//! Numbers as servers write them.

use core::num::NonZero;

use super::{NEAR, Near};
use crate::decode::decimal;
use crate::decode::number::{POWERS, TENS, ZEROS, join, others, scan};
use crate::decode::value_ref::ValueRef;

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

/// The length of an integer; 0 for none. What ends it is for the caller to judge: nothing of a number may follow.
#[inline(always)]
pub(super) fn integer(near: &Near, cell: &mut ValueRef<'_>) -> usize {
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
    // a leading zero, or beyond the range
    if (first & 0xff == 0 && end - start > 1) || value > i64::MAX as u64 {
        return 0;
    }
    *cell = ValueRef::I64(if negative { -(value as i64) } else { value as i64 });
    end
}

/// The length of a float of at most 19 digits; 0 for others. What ends it is for the caller to judge.
#[inline(always)]
pub(super) fn float(near: &Near, cell: &mut ValueRef<'_>) -> usize {
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
    let Ok(number) = scan(near, 0) else { return 0 };
    let Some(value) = number.as_f64(&near[..number.end]) else { return 0 };
    *cell = ValueRef::F64(value);
    number.end
}

/// The length of a number without an exponent; 0 for others. What ends it is for the caller to judge.
#[inline(always)]
pub(super) fn number(near: &Near) -> usize {
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
