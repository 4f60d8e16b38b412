//! MessagePack's building blocks over bytes that may stop anywhere.

pub(crate) mod row;

use crate::decode::stop::Stop;

/// The type number of the server's times: `int64` seconds and `int32` nanoseconds, big endian.
pub(crate) const TIME: u8 = 5;

/// A value, or the beginning of an array or map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token<'b> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Above `i64::MAX`.
    Uint(u64),
    Float(f64),
    Str(&'b [u8]),
    /// Nanoseconds since 1970.
    Time(i64),
    Array(u32),
    /// How many pairs there are.
    Map(u32),
}

/// Numbers of fixed width at `b[at..]`.
#[inline(always)]
fn fixed<const N: usize>(b: &[u8], at: usize) -> Result<[u8; N], Stop> {
    b.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Stop::More)
}

#[inline(always)]
fn bytes(b: &[u8], at: usize, length: usize) -> Result<&[u8], Stop> {
    b.get(at..).and_then(|rest| rest.get(..length)).ok_or(Stop::More)
}

/// The token at `b[at]`, and the place behind it.
#[inline(always)]
pub(crate) fn token(b: &[u8], at: usize) -> Result<(Token<'_>, usize), Stop> {
    let Some(&first) = b.get(at) else { return Err(Stop::More) };
    match first {
        0xcb => Ok((Token::Float(f64::from_be_bytes(fixed(b, at + 1)?)), at + 9)),
        0xa0..=0xbf => text(b, at + 1, usize::from(first & 0x1f)),
        0x00..=0x7f => Ok((Token::Int(i64::from(first)), at + 1)),
        0xc7 => time(b, at),
        _ => other(b, at, first),
    }
}

#[inline(always)]
fn text(b: &[u8], at: usize, length: usize) -> Result<(Token<'_>, usize), Stop> {
    Ok((Token::Str(bytes(b, at, length)?), at + length))
}

#[inline(always)]
fn time(b: &[u8], at: usize) -> Result<(Token<'_>, usize), Stop> {
    let [_, length, kind] = fixed(b, at)?;
    if (length, kind) != (12, TIME) {
        return Err(Stop::Bad(at, "an extension of MessagePack that is no time"));
    }
    let seconds = i64::from_be_bytes(fixed(b, at + 3)?);
    let nanos = i32::from_be_bytes(fixed(b, at + 11)?);
    // from the product's side that cannot overflow for times before 1970
    let time = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    match i64::try_from(time) {
        Ok(time) => Ok((Token::Time(time), at + 15)),
        Err(_) => Err(Stop::Bad(at, "a time outside of the range of nanoseconds in 64 bits")),
    }
}

#[inline(never)]
fn other(b: &[u8], at: usize, first: u8) -> Result<(Token<'_>, usize), Stop> {
    let next = at + 1;
    let int = |value: i64, width: usize| Ok((Token::Int(value), next + width));
    match first {
        0xc0 => Ok((Token::Nil, next)),
        0xc2 | 0xc3 => Ok((Token::Bool(first == 0xc3), next)),
        0xca => Ok((Token::Float(f32::from_be_bytes(fixed(b, next)?).into()), next + 4)),
        0xcc => int(u8::from_be_bytes(fixed(b, next)?).into(), 1),
        0xcd => int(u16::from_be_bytes(fixed(b, next)?).into(), 2),
        0xce => int(u32::from_be_bytes(fixed(b, next)?).into(), 4),
        0xcf => {
            let value = u64::from_be_bytes(fixed(b, next)?);
            Ok((i64::try_from(value).map_or(Token::Uint(value), Token::Int), next + 8))
        }
        0xd0 => int(i8::from_be_bytes(fixed(b, next)?).into(), 1),
        0xd1 => int(i16::from_be_bytes(fixed(b, next)?).into(), 2),
        0xd2 => int(i32::from_be_bytes(fixed(b, next)?).into(), 4),
        0xd3 => int(i64::from_be_bytes(fixed(b, next)?), 8),
        0xe0..=0xff => int(i64::from(first as i8), 0),
        0xd9 => text(b, next + 1, usize::from(u8::from_be_bytes(fixed(b, next)?))),
        0xda => text(b, next + 2, usize::from(u16::from_be_bytes(fixed(b, next)?))),
        0xdb => text(b, next + 4, u32::from_be_bytes(fixed(b, next)?) as usize),
        0x90..=0x9f => Ok((Token::Array(u32::from(first & 0xf)), next)),
        0xdc => Ok((Token::Array(u16::from_be_bytes(fixed(b, next)?).into()), next + 2)),
        0xdd => Ok((Token::Array(u32::from_be_bytes(fixed(b, next)?)), next + 4)),
        0x80..=0x8f => Ok((Token::Map(u32::from(first & 0xf)), next)),
        0xde => Ok((Token::Map(u16::from_be_bytes(fixed(b, next)?).into()), next + 2)),
        0xdf => Ok((Token::Map(u32::from_be_bytes(fixed(b, next)?)), next + 4)),
        0xc4..=0xc6 => {
            Err(Stop::Bad(at, "a value is binary; answers hold texts, numbers, booleans and times"))
        }
        0xc1 => Err(Stop::Bad(at, "a byte that MessagePack does not use")),
        _ => Err(Stop::Bad(at, "an extension of MessagePack that is no time")),
    }
}

/// Looks for the end of one value, whatever is in it, and remembers how far it looked: a value that arrives in many pieces is
/// looked through once, and long texts are not looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scan {
    /// May lie behind the bytes that are there.
    seen: usize,
    /// Values that are still to come.
    left: u64,
}

impl Default for Scan {
    fn default() -> Self {
        Scan { seen: 0, left: 1 }
    }
}

impl Scan {
    /// What was seen of the `there` bytes will not be shown again: gives its length.
    pub(crate) fn forget(&mut self, there: usize) -> usize {
        let seen = self.seen.min(there);
        self.seen -= seen;
        seen
    }

    /// The length of the value that starts at `b[0]`, once it is all there. What was seen before must not have changed.
    pub(crate) fn resume(&mut self, b: &[u8]) -> Option<usize> {
        while self.left > 0 {
            let (length, values) = extent(b.get(self.seen..)?)?;
            self.seen = self.seen.saturating_add(length);
            self.left = (self.left - 1).saturating_add(values);
        }
        (self.seen <= b.len()).then_some(self.seen)
    }
}

/// The length of what `b` begins with, without the values in it, and how many those are.
fn extent(b: &[u8]) -> Option<(usize, u64)> {
    let one = || fixed(b, 1).ok().map(|n| usize::from(u8::from_be_bytes(n)));
    let two = || fixed(b, 1).ok().map(|n| usize::from(u16::from_be_bytes(n)));
    let four = || fixed(b, 1).ok().map(|n| u32::from_be_bytes(n) as usize);
    let first = *b.first()?;
    Some(match first {
        0x80..=0x8f => (1, u64::from(first & 0xf) * 2),
        0x90..=0x9f => (1, u64::from(first & 0xf)),
        0xa0..=0xbf => (1 + usize::from(first & 0x1f), 0),
        0xc4 | 0xd9 => (2 + one()?, 0),
        0xc5 | 0xda => (3 + two()?, 0),
        0xc6 | 0xdb => (5_usize.saturating_add(four()?), 0),
        0xc7 => (3 + one()?, 0),
        0xc8 => (4 + two()?, 0),
        0xc9 => (6_usize.saturating_add(four()?), 0),
        0xcc | 0xd0 => (2, 0),
        0xcd | 0xd1 => (3, 0),
        0xca | 0xce | 0xd2 => (5, 0),
        0xcb | 0xcf | 0xd3 => (9, 0),
        0xd4..=0xd8 => (2 + (1 << (first - 0xd4)), 0),
        0xdc => (3, two()? as u64),
        0xdd => (5, four()? as u64),
        0xde => (3, two()? as u64 * 2),
        0xdf => (5, four()? as u64 * 2),
        _ => (1, 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_value_is_found_however_it_arrives() {
        let values: [&[u8]; 7] = [
            b"\x07",
            b"\xa3abc",
            b"\x92\x01\x82\xa1k\xc0\xa1l\xcb\0\0\0\0\0\0\0\0",
            b"\xd9\x04abcd",
            b"\xdc\x00\x02\xc3\xc7\x0c\x05\0\0\0\0\0\0\0\0\0\0\0\0",
            b"\x90",
            b"\xd8\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ];
        for value in values {
            let bytes = [value, b"\xc0"].concat();
            let mut scan = Scan::default();
            let found =
                (0..=bytes.len()).find_map(|end| scan.resume(&bytes[..end]).map(|length| (length, end)));
            assert_eq!(found, Some((value.len(), value.len())), "{value:x?}");
        }
    }

    #[test]
    fn times_before_1970_and_at_the_ends_of_the_range() {
        let time = |seconds: i64, nanos: i32| {
            let bytes = [&b"\xc7\x0c\x05"[..], &seconds.to_be_bytes(), &nanos.to_be_bytes()].concat();
            match token(&bytes, 0)? {
                (Token::Time(nanos), 15) => Ok(nanos),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(time(-1, 999_999_999), Ok(-1));
        assert_eq!(time(9_223_372_036, 854_775_807), Ok(i64::MAX));
        assert_eq!(time(-9_223_372_037, 145_224_192), Ok(i64::MIN));
        assert!(matches!(time(9_223_372_036, 854_775_808), Err(Stop::Bad(0, _))));
        assert!(matches!(time(i64::MIN, 0), Err(Stop::Bad(0, _))));
    }
}
