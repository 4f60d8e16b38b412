//! The quick verdict: a line in the plain spelling that the encoder writes, too, without escapes in its measurement and keys, is
//! surely fine. About all others it says nothing.

use super::shape::Shape;
use crate::block::Block;
use crate::dialect::Dialect;
use crate::encode::copy::blocks::is_special_in_tag;
use crate::precision::Precision;

/// How many shapes of lines are remembered.
const SHAPES: usize = 8;
/// Longer parts are for the careful way, which knows the limits.
const MAX_SERIES: usize = 32_000;
const MAX_STRING: usize = 60_000;

/// What is known of the lines so far, and asked of all.
#[derive(Debug)]
pub(super) struct Plain {
    shapes: [Shape; SHAPES],
    new: Shape,
    dialect: Dialect,
    /// The timestamps that can be stored, in the unit of the text.
    times: (i64, i64),
}

/// A line that is fine.
pub(super) struct Found {
    /// Where its line feed is, or the end of the text.
    pub(super) end: usize,
    pub(super) series_end: usize,
    pub(super) timestamp: Option<i64>,
}

impl Plain {
    pub(super) fn new(dialect: Dialect, precision: Precision) -> Self {
        let (min, max) = dialect.time_range();
        let times = (min / precision.nanos(), max / precision.nanos());
        Plain { shapes: Default::default(), new: Shape::default(), dialect, times }
    }

    /// The line at `start`, if it is surely fine.
    #[inline]
    pub(super) fn line(&mut self, text: &[u8], start: usize) -> Option<Found> {
        let measurement = text.get(start..stop(text, start))?;
        let (first, last) = (measurement.first()?, measurement.last()?);
        let shape = (measurement.len() + usize::from(*first) + 3 * usize::from(*last)) % SHAPES;
        match self.known(&self.shapes[shape], text, start) {
            Some(found) => Some(found),
            None => self.learn(shape, text, start),
        }
    }

    /// A line of names that were seen before.
    #[inline]
    fn known(&self, shape: &Shape, text: &[u8], start: usize) -> Option<Found> {
        let (pieces, tags) = shape.len();
        if pieces == 0 {
            return None;
        }
        let mut at = shape.passes(0, text, start)?;
        for piece in 1..=tags {
            at = tag_value(text, shape.passes(piece, text, at)?)?;
        }
        let series_end = at;
        for piece in tags + 1..pieces {
            at = self.value(text, shape.passes(piece, text, at)?)?;
        }
        let (end, timestamp) = self.end(text, at)?;
        (series_end - start <= MAX_SERIES).then_some(Found { end, series_end, timestamp })
    }

    /// A line of other names, which are remembered if they are fine.
    #[inline(never)]
    fn learn(&mut self, shape: usize, text: &[u8], start: usize) -> Option<Found> {
        self.new.clear();
        let mut at = stop(text, start);
        self.new.push(&text[start..at]);
        while text.get(at) == Some(&b',') {
            at = tag_value(text, self.key(text, at)?)?;
        }
        self.new.end_tags();
        let series_end = at;
        if text.get(at) != Some(&b' ') || series_end - start > MAX_SERIES {
            return None;
        }
        loop {
            let value = self.key(text, at)?;
            at = self.value(text, value)?;
            if text.get(at) != Some(&b',') {
                break;
            }
        }
        let (end, timestamp) = self.end(text, at)?;
        if !self.new.is_sound(self.dialect) {
            return None;
        }
        core::mem::swap(&mut self.shapes[shape], &mut self.new);
        Some(Found { end, series_end, timestamp })
    }

    /// The key behind the delimiter at `at`, remembered; where its value begins.
    fn key(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let end = stop(text, at + 1);
        if end == at + 1 || text.get(end) != Some(&b'=') {
            return None;
        }
        self.new.push(&text[at..=end]);
        Some(end + 1)
    }

    /// The end of a field's value.
    #[inline]
    fn value(&self, text: &[u8], at: usize) -> Option<usize> {
        match text.get(at)? {
            b'0'..=b'9' | b'-' => self.number(text, at),
            b'"' => string(text, at + 1),
            _ => boolean(text, at),
        }
    }

    #[inline]
    fn number(&self, text: &[u8], at: usize) -> Option<usize> {
        let start = at + usize::from(text[at] == b'-');
        let end = digits(text, start);
        let count = end - start;
        match text.get(end) {
            _ if count == 0 || count > 100 => None,
            // those of more digits may be too large
            Some(b'i') => (count <= 18).then_some(end + 1),
            Some(b'u') => (count <= 19 && start == at && self.dialect.has_unsigned()).then_some(end + 1),
            Some(b'.') => {
                let fraction = digits(text, end + 1);
                if fraction == end + 1 { None } else { exponent(text, fraction) }
            }
            _ => exponent(text, end),
        }
    }

    /// The end of the line, and the timestamp before it.
    #[inline]
    fn end(&self, text: &[u8], at: usize) -> Option<(usize, Option<i64>)> {
        match text.get(at) {
            None | Some(b'\n') => return Some((at, None)),
            Some(b' ') => {}
            Some(_) => return None,
        }
        let start = at + 1 + usize::from(text.get(at + 1) == Some(&b'-'));
        let end = digits(text, start);
        if end == start || end - start > 19 || text.get(end).is_some_and(|byte| *byte != b'\n') {
            return None;
        }
        let number = i64::try_from(number_of(&text[start..end])).ok()?;
        let number = if start == at + 2 { -number } else { number };
        (self.times.0 <= number && number <= self.times.1).then_some((end, Some(number)))
    }
}

/// The first byte of `text` from `at` on that does not stand for itself in a name: a control, space, `,`, `=` or `\`.
#[inline(always)]
fn stop(text: &[u8], mut at: usize) -> usize {
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        // SAFETY: 16 bytes.
        let marks = unsafe { Block::load(block.as_ptr()) }.in_tag();
        if marks != 0 {
            return at + marks.trailing_zeros() as usize;
        }
        at += 16;
    }
    while text.get(at).is_some_and(|byte| !is_special_in_tag(*byte)) {
        at += 1;
    }
    at
}

/// The end of a tag value. All dialects read a single backslash before a delimiter alike.
#[inline(always)]
fn tag_value(text: &[u8], start: usize) -> Option<usize> {
    let mut at = stop(text, start);
    while text.get(at) == Some(&b'\\') && matches!(text.get(at + 1), Some(b' ' | b',' | b'=')) {
        at = stop(text, at + 2);
    }
    (at > start).then_some(at)
}

/// The end of a string whose inside begins at `start`.
#[inline]
fn string(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let rest = text.get(at..)?;
        let found = match rest.first_chunk::<16>() {
            Some(block) => {
                // SAFETY: 16 bytes.
                let marks = unsafe { Block::load(block.as_ptr()) }.in_string();
                if marks == 0 {
                    at += 16;
                    continue;
                }
                marks.trailing_zeros() as usize
            }
            None => rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?,
        };
        at += found;
        if text[at] == b'"' {
            return (at - start <= MAX_STRING).then_some(at + 1);
        }
        // a backslash, and what it hides
        at += 2;
    }
}

fn boolean(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let len = rest.iter().take(6).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let known: &[&[u8]] = &[b"true", b"false", b"t", b"f", b"T", b"F", b"True", b"False", b"TRUE", b"FALSE"];
    known.contains(&&rest[..len]).then_some(at + len)
}

/// The end of a float whose exponent, if there is one, begins at `at`; one that may be too large is not plain.
#[inline(always)]
fn exponent(text: &[u8], at: usize) -> Option<usize> {
    if !matches!(text.get(at), Some(b'e' | b'E')) {
        return Some(at);
    }
    let start = at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
    let end = digits(text, start);
    (1..=2).contains(&(end - start)).then_some(end)
}

const ZEROS: u64 = u64::from_le_bytes(*b"00000000");

/// The end of the digits from `at` on.
#[inline(always)]
fn digits(text: &[u8], mut at: usize) -> usize {
    while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        // digits become 0 to 9, and those stay below 0x80
        let values = u64::from_le_bytes(*word) ^ ZEROS;
        let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// The number of at most 19 digits.
#[inline(always)]
fn number_of(digits: &[u8]) -> u64 {
    let (words, rest) = digits.as_chunks::<8>();
    let number = words.iter().fold(0, |number, word| number * 100_000_000 + eight(u64::from_le_bytes(*word)));
    rest.iter().fold(number, |number, digit| number * 10 + u64::from(digit - b'0'))
}

/// Eight digits, the first of which is the lowest byte.
const fn eight(word: u64) -> u64 {
    let pairs = (word ^ ZEROS).wrapping_mul(1 + (10 << 8)) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(1 + (100 << 16)) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(1 + (10_000 << 32)) >> 32
}
