//! The place in the answer, and all cells but the hard floats: 8 digits at a time in one register, texts 32 bytes at a time.

use std::arch::x86_64::*;
use std::marker::PhantomData;
use std::slice;

use super::float::scaled;
use crate::answer::Answer;

const ZEROS: u64 = 0x3030_3030_3030_3030;
const E8: u64 = 100_000_000;

static POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, E8];

pub(super) struct Cursor<'a> {
    at: *const u8,
    end: *const u8,
    answer: PhantomData<&'a [u8]>,
}

/// 8 bytes, the digits among them as 0 to 9.
#[inline(always)]
unsafe fn eight(p: *const u8) -> u64 {
    // SAFETY: within the answer and its padding, as the caller says.
    unsafe { p.cast::<u64>().read_unaligned() ^ ZEROS }
}

/// How many of the 8 are digits, from the first on.
#[inline(always)]
fn digits(eight: u64) -> u32 {
    let others = (((eight & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | eight) & 0x8080_8080_8080_8080;
    others.trailing_zeros() / 8
}

/// The number that 8 digits make.
#[inline(always)]
fn joined(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    high.wrapping_add(low) >> 32
}

/// The number that the first `count` < 8 digits make.
#[inline(always)]
fn joined_first(digits: u64, count: u32) -> u64 {
    joined((digits << (63 - 8 * count)) << 1)
}

impl<'a> Cursor<'a> {
    pub(super) fn new(answer: &'a Answer) -> Self {
        let range = answer.bytes().as_ptr_range();
        Cursor { at: range.start, end: range.end, answer: PhantomData }
    }

    fn rest(&self) -> &'a [u8] {
        // SAFETY: both are of one answer, and `at` is not behind `end`.
        unsafe { slice::from_raw_parts(self.at, self.end.offset_from(self.at) as usize) }
    }

    #[inline(always)]
    fn peek(&self) -> u8 {
        // SAFETY: at the end there is padding.
        unsafe { *self.at }
    }

    #[inline(always)]
    fn advance(&mut self, count: usize) {
        // SAFETY: the caller has met that many bytes of the answer.
        self.at = unsafe { self.at.add(count) };
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.advance(1))
    }

    /// After an element of a list: whether another follows.
    #[inline(always)]
    pub(super) fn goes_on(&mut self) -> Option<bool> {
        let byte = self.peek();
        (byte == b',' || byte == b']').then(|| self.advance(1)).map(|()| byte == b',')
    }

    pub(super) fn literal(&mut self, text: &[u8]) -> Option<()> {
        self.rest().starts_with(text).then(|| self.advance(text.len()))
    }

    /// The rest of a text without escapes; once per series.
    pub(super) fn tag(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let len = rest.iter().position(|byte| *byte == b'"')?;
        self.advance(len + 1);
        std::str::from_utf8(&rest[..len]).ok().filter(|text| !text.contains('\\'))
    }

    #[inline(always)]
    pub(super) fn boolean(&mut self) -> Option<bool> {
        // SAFETY: 5 bytes, within the answer and its padding.
        let (word, next) = unsafe { (self.at.cast::<[u8; 4]>().read(), *self.at.add(4)) };
        if &word == b"true" {
            self.advance(4);
            Some(true)
        } else {
            (&word == b"fals" && next == b'e').then(|| self.advance(5)).map(|()| false)
        }
    }

    /// Up to 19 digits.
    #[inline(always)]
    pub(super) fn integer(&mut self) -> Option<i64> {
        let negative = self.peek() == b'-';
        // SAFETY: at most 1 + 8 + 8 + 8 bytes are looked at, the last ones only behind digits.
        unsafe {
            let mut p = self.at.add(usize::from(negative));
            let first = eight(p);
            let count = digits(first);
            let mut value;
            if count < 8 {
                if count == 0 {
                    return None;
                }
                value = joined_first(first, count);
                p = p.add(count as usize);
            } else {
                value = joined(first);
                p = p.add(8);
                let second = eight(p);
                if digits(second) == 8 {
                    value = value * E8 + joined(second);
                    p = p.add(8);
                }
                // how many are left is the same in almost every row
                for _ in 0..8 {
                    let digit = (*p).wrapping_sub(b'0');
                    if digit > 9 {
                        break;
                    }
                    value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
                    p = p.add(1);
                }
            }
            self.at = p;
            Some(if negative { (value as i64).wrapping_neg() } else { value as i64 })
        }
    }

    /// The forms that measurements have: up to 3 digits, a point, up to 18 digits in all. Others are read from a slice.
    #[inline(always)]
    pub(super) fn float(&mut self) -> Option<f64> {
        let negative = self.peek() == b'-';
        // SAFETY: at most 1 + 4 + 1 + 8 + 8 + 3 bytes are looked at, the last ones only behind digits.
        unsafe {
            let mut p = self.at.add(usize::from(negative));
            let digit = |at: usize| (*p.add(at)).wrapping_sub(b'0');
            let (a, b, c) = (digit(0), digit(1), digit(2));
            if a > 9 {
                return None;
            }
            // by branches, which are the same in most rows of a column
            let (mut mantissa, whole) = if b > 9 {
                (u64::from(a), 1)
            } else if c > 9 {
                (u64::from(a) * 10 + u64::from(b), 2)
            } else if digit(3) > 9 {
                (u64::from(a) * 100 + u64::from(b) * 10 + u64::from(c), 3)
            } else {
                return self.any_float();
            };
            p = p.add(whole);
            let value = if *p == b'.' {
                p = p.add(1);
                let first = eight(p);
                let count = digits(first);
                if count < 8 {
                    p = p.add(count as usize);
                    let power = POWERS[count as usize];
                    // both are below 2^53, so the quotient is rounded once
                    (mantissa * power + joined_first(first, count)) as f64 / power as f64
                } else {
                    mantissa = mantissa * E8 + joined(first);
                    p = p.add(8);
                    let second = eight(p);
                    let count = digits(second);
                    let mut decimals = 8 + count;
                    if count < 8 {
                        mantissa = mantissa * POWERS[count as usize] + joined_first(second, count);
                        p = p.add(count as usize);
                    } else {
                        mantissa = mantissa * E8 + joined(second);
                        p = p.add(8);
                        while let digit @ 0..10 = (*p).wrapping_sub(b'0') {
                            if decimals as usize + whole >= 19 {
                                return self.any_float();
                            }
                            mantissa = mantissa * 10 + u64::from(digit);
                            decimals += 1;
                            p = p.add(1);
                        }
                    }
                    scaled(mantissa, decimals)
                }
            } else {
                mantissa as f64
            };
            if *p | 0x20 == b'e' {
                return self.any_float();
            }
            self.at = p;
            Some(if negative { -value } else { value })
        }
    }

    #[cold]
    #[inline(never)]
    fn any_float(&mut self) -> Option<f64> {
        let rest = self.rest();
        let len =
            rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))?;
        self.advance(len);
        std::str::from_utf8(&rest[..len]).ok()?.parse().ok()
    }

    /// A text; one with escapes is put into `scratch`.
    #[inline(always)]
    pub(super) fn string<'s>(&mut self, scratch: &'s mut Vec<u8>) -> Option<&'s str>
    where
        'a: 's,
    {
        self.byte(b'"')?;
        let start = self.at;
        let mut high = 0;
        // SAFETY: a block begins within the answer or at its end, and ends within its padding.
        unsafe {
            let mut p = start;
            loop {
                let (special, top) = scan(p);
                if special != 0 {
                    // only of what is before the quote
                    high |= top & (special ^ (special - 1));
                    p = p.add(special.trailing_zeros() as usize);
                    break;
                }
                high |= top;
                p = p.add(32);
                if p > self.end {
                    return None;
                }
            }
            if *p == b'\\' {
                return self.escaped(scratch);
            }
            self.at = p.add(1);
            let text = slice::from_raw_parts(start, p.offset_from(start) as usize);
            if high == 0 { Some(std::str::from_utf8_unchecked(text)) } else { std::str::from_utf8(text).ok() }
        }
    }

    #[cold]
    #[inline(never)]
    fn escaped<'s>(&mut self, scratch: &'s mut Vec<u8>) -> Option<&'s str> {
        scratch.clear();
        let mut rest = self.rest();
        loop {
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            scratch.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            match rest {
                [b'"', behind @ ..] => {
                    self.at = behind.as_ptr();
                    return std::str::from_utf8(scratch).ok();
                }
                [b'\\', b'u', a, b, c, d, behind @ ..] => {
                    let code = u32::from_str_radix(std::str::from_utf8(&[*a, *b, *c, *d]).ok()?, 16).ok()?;
                    let mut utf8 = [0; 4];
                    scratch.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut utf8).as_bytes());
                    rest = behind;
                }
                [b'\\', byte @ (b'"' | b'\\' | b'/'), behind @ ..] => {
                    scratch.push(*byte);
                    rest = behind;
                }
                // the texts of the rows have no others
                _ => return None,
            }
        }
    }
}

/// One bit for each of 32 bytes: is it a quote or backslash; is it no ASCII.
#[inline(always)]
unsafe fn scan(p: *const u8) -> (u32, u32) {
    // SAFETY: 32 bytes within the answer and its padding, as the caller says; every x86_64 has SSE2.
    unsafe {
        let (low, high) = (_mm_loadu_si128(p.cast()), _mm_loadu_si128(p.add(16).cast()));
        let bits = |low, high| _mm_movemask_epi8(low) as u32 | (_mm_movemask_epi8(high) as u32) << 16;
        (bits(special(low), special(high)), bits(low, high))
    }
}

/// The bytes that are quotes or backslashes.
#[inline(always)]
unsafe fn special(block: __m128i) -> __m128i {
    // SAFETY: every x86_64 has SSE2.
    unsafe {
        let quote = _mm_cmpeq_epi8(block, _mm_set1_epi8(b'"' as i8));
        _mm_or_si128(quote, _mm_cmpeq_epi8(block, _mm_set1_epi8(b'\\' as i8)))
    }
}
