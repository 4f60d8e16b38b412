//! Numbers as servers write them: digits sixteen at a time.

use core::num::NonZero;

use crate::decode::cells::near::Near;
use crate::decode::decimal;
use crate::decode::number::{POWERS, TENS, ZEROS, others, scan};

/// How many bytes must be there from a number on: those of the longest that is read here, a sign, 22 digits and a point, and one behind it.
pub(crate) const AFTER: usize = 25;

/// An integer, and what is behind it; nothing else of a number may follow.
#[inline(always)]
pub(crate) fn integer(near: Near<'_>) -> Option<(i64, Near<'_>)> {
    if near.byte(0) == b'-' { negative_integer(near) } else { magnitude(near) }
}

#[inline(never)]
fn negative_integer(near: Near<'_>) -> Option<(i64, Near<'_>)> {
    magnitude(near.behind(1)).map(|(value, end)| (-value, end))
}

#[inline(always)]
fn magnitude(start: Near<'_>) -> Option<(i64, Near<'_>)> {
    let digits = start.digits();
    let count = digits.count();
    // no digit, or a leading zero
    if count == 0 || (start.byte(0) == b'0' && count > 1) {
        return None;
    }
    let mut end = start.behind(count);
    if count < 16 {
        return Some((end.number_before(count) as i64, end));
    }
    let mut value = digits.join();
    // one by one: how many is the same in almost every row; 19 digits always fit into 64 bits without a sign
    for left in (0..4).rev() {
        let digit = end.digit(0);
        if digit > 9 {
            break;
        }
        if left == 0 {
            return None;
        }
        value = value * 10 + u64::from(digit);
        end = end.behind(1);
    }
    i64::try_from(value).ok().map(|value| (value, end))
}

/// A float of at most 19 digits, and what is behind it; nothing else of a number may follow.
#[inline(always)]
pub(crate) fn float<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(f64, Near<'b>)> {
    // by branches: the number of digits before the point seldom changes from row to row
    let mut whole = u64::from(near.digit(0));
    if whole > 9 {
        return if near.byte(0) == b'-' { negative_float(near, b) } else { None };
    }
    let mut point = near.behind(1);
    if point.digit(0) < 10 {
        if whole == 0 {
            return None;
        }
        whole = whole * 10 + u64::from(point.digit(0));
        point = near.behind(2);
        if point.digit(0) < 10 {
            whole = whole * 10 + u64::from(point.digit(0));
            point = near.behind(3);
            if point.digit(0) < 10 {
                return long_float(near, b);
            }
        }
    }
    if point.byte(0) != b'.' {
        return Some((whole as i64 as f64, point));
    }
    let places = point.behind(1).digits().count();
    let end = point.behind(1 + places);
    let mantissa = whole * TENS[places] + end.number_before(places);
    // at most eleven digits: both are exact, so the quotient is the nearest float
    if places.wrapping_sub(1) < 8 {
        return Some((mantissa as i64 as f64 / POWERS[places], end));
    }
    if places == 16 && end.digit(0) < 10 {
        return longer(mantissa, end);
    }
    (places > 0).then(|| (decimal::nearest_long(mantissa, places), end))
}

#[inline(never)]
fn negative_float<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(f64, Near<'b>)> {
    let start = near.behind(1);
    // no second sign
    if start.digit(0) > 9 { None } else { float(start, b).map(|(size, end)| (-size, end)) }
}

/// A float of more than 16 digits behind the point, of which so many are read, up to `end`.
#[inline(never)]
fn longer(mut mantissa: u64, mut end: Near<'_>) -> Option<(f64, Near<'_>)> {
    let mut places = 16;
    while end.digit(0) < 10 {
        mantissa = mantissa.checked_mul(10)?.checked_add(u64::from(end.digit(0)))?;
        places += 1;
        end = end.behind(1);
        if places == 19 {
            return None;
        }
    }
    Some((decimal::nearest_long(mantissa, places), end))
}

/// A float of more than three digits before the point.
#[inline(never)]
fn long_float<'b>(near: Near<'b>, b: &'b [u8]) -> Option<(f64, Near<'b>)> {
    let at = near.index(b);
    let number = scan(b, at).ok()?;
    Some((number.as_f64(&b[at..number.end])?, Near::within(b, number.end)?))
}

/// What is behind a number without an exponent.
#[inline(always)]
pub(crate) fn number<'b>(near: Near<'b>, b: &'b [u8]) -> Option<Near<'b>> {
    let at = near.index(b);
    let start = at + usize::from(b[at] == b'-');
    let whole = digits(b, start)?;
    if whole == start || (b[start] == b'0' && whole > start + 1) {
        return None;
    }
    if b[whole] != b'.' {
        return Near::within(b, whole);
    }
    let end = digits(b, whole + 1)?;
    if end > whole + 1 { Near::within(b, end) } else { None }
}

/// Where the digits from `bytes[at]` on end, if they do well before the end.
#[inline(always)]
fn digits(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        match NonZero::new(others(u64::from_le_bytes(*eight) ^ ZEROS)) {
            Some(marks) => return Some(at + marks.trailing_zeros() as usize / 8),
            None => at += 8,
        }
    }
    None
}
