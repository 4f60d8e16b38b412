//! JSON's building blocks over bytes that may stop anywhere.

use memchr::memchr2;

mod quick;
pub(crate) mod row;

use crate::block::Block;
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;

/// The first place from `at` on that is no white space.
#[inline]
pub(crate) fn blank(b: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = b.get(at) {
        at += 1;
    }
    at
}

/// The end of the string whose opening quote is at `b[at]` (the closing quote's place), and whether it has escapes.
#[inline]
pub(crate) fn string_end(b: &[u8], at: usize) -> Result<(usize, bool), Stop> {
    let mut from = at + 1;
    let mut escaped = false;
    // most strings are short: a few words before the call of a search that is made for long ones
    for _ in 0..8 {
        let Some(eight) = b.get(from..).and_then(|rest| rest.first_chunk::<8>()) else { break };
        let word = u64::from_le_bytes(*eight);
        let found = zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\\'));
        if found == 0 {
            from += 8;
            continue;
        }
        from += found.trailing_zeros() as usize / 8;
        if b[from] == b'"' {
            return Ok((from, escaped));
        }
        escaped = true;
        from += 2;
    }
    long_string_end(b, from, escaped)
}

/// Eight times the byte.
pub(crate) const fn repeat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A word whose lowest set bit is in the lowest byte of `word` that is zero.
#[inline]
pub(crate) fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(repeat(1)) & !word & repeat(0x80)
}

fn long_string_end(b: &[u8], mut from: usize, mut escaped: bool) -> Result<(usize, bool), Stop> {
    loop {
        let rest = b.get(from..).ok_or(Stop::More)?;
        let found = from + memchr2(b'"', b'\\', rest).ok_or(Stop::More)?;
        if b[found] == b'"' {
            return Ok((found, escaped));
        }
        escaped = true;
        from = found + 2;
    }
}

/// The string whose opening quote is at `b[at]`, and the place behind it. Without escapes it is borrowed from the bytes.
#[inline]
pub(crate) fn string<'b>(b: &'b [u8], at: usize, arena: &mut Arena<'b>) -> Result<(&'b str, usize), Stop> {
    let (end, escaped) = string_end(b, at)?;
    let raw = &b[at + 1..end];
    let bytes = if escaped { unescaped(raw, at + 1, arena)? } else { raw };
    match str::from_utf8(bytes) {
        Ok(text) => Ok((text, end + 1)),
        Err(_) => Err(Stop::Bad(at, "a string is not UTF-8")),
    }
}

#[cold]
fn unescaped<'b>(raw: &[u8], at: usize, arena: &mut Arena<'b>) -> Result<&'b [u8], Stop> {
    let length =
        unescape(raw, arena.room(raw.len())).map_err(|(offset, what)| Stop::Bad(at + offset, what))?;
    Ok(arena.keep(length))
}

/// Resolves the escapes of `raw` into `out`, which has at least its length; gives the length of the result.
pub(crate) fn unescape(raw: &[u8], out: &mut [u8]) -> Result<usize, (usize, &'static str)> {
    let (mut from, mut to) = (0, 0);
    while from < raw.len() {
        // plain text, eight bytes at a time; what is copied too much is written over
        if let (Some(eight), Some(room)) =
            (raw[from..].first_chunk::<8>(), out.get_mut(to..).and_then(|out| out.first_chunk_mut::<8>()))
        {
            *room = *eight;
            let found = zero_bytes(u64::from_le_bytes(*eight) ^ repeat(b'\\'));
            let plain = if found == 0 { 8 } else { found.trailing_zeros() as usize / 8 };
            (from, to) = (from + plain, to + plain);
            if found == 0 {
                continue;
            }
        } else if raw[from] != b'\\' {
            out[to] = raw[from];
            (from, to) = (from + 1, to + 1);
            continue;
        }
        let plain = match raw.get(from + 1) {
            Some(&byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                let (letter, length) = unicode(&raw[from..]).map_err(|what| (from, what))?;
                // six bytes of escape make at most three of UTF-8, and twelve make four
                to += letter.encode_utf8(&mut out[to..]).len();
                from += length;
                continue;
            }
            _ => return Err((from, "an unknown escape in a string")),
        };
        out[to] = plain;
        (from, to) = (from + 2, to + 1);
    }
    Ok(to)
}

/// The character of `\uXXXX`, or of a pair of them, at the start of `raw`, and the length of the escape.
fn unicode(raw: &[u8]) -> Result<(char, usize), &'static str> {
    let unit = |at: usize| -> Option<u32> {
        let digits = raw.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |value, &byte| Some(value * 16 + char::from(byte).to_digit(16)?))
    };
    let first = unit(0).ok_or("\\u without four hexadecimal digits")?;
    if let Some(letter) = char::from_u32(first) {
        return Ok((letter, 6));
    }
    let pair = match (first, unit(6)) {
        (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
            char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        }
        _ => None,
    };
    pair.map(|letter| (letter, 12)).ok_or("half of a surrogate pair in a string")
}

/// How many bytes of an array or object are passed over before the next that begins or ends something: almost all of them.
#[inline]
fn plain(b: &[u8]) -> usize {
    let (blocks, _) = b.as_chunks::<16>();
    for (at, block) in blocks.iter().enumerate() {
        let (low, high) = (block.first_chunk(), block.last_chunk());
        let (Some(low), Some(high)) = (low, high) else { break };
        let marks = Block::from_words(u64::from_ne_bytes(*low), u64::from_ne_bytes(*high)).in_json();
        if marks != 0 {
            return at * 16 + marks.trailing_zeros() as usize;
        }
    }
    blocks.len() * 16
}

/// Looks for the end of one JSON value, whatever is in it, and remembers how far it looked: a value that arrives in many pieces
/// is looked through once.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Scan {
    seen: usize,
    depth: u32,
    in_string: bool,
    /// Bytes of the value were seen and forgotten.
    begun: bool,
}

impl Scan {
    /// What was seen will not be shown again: gives its length.
    pub(crate) fn forget(&mut self) -> usize {
        self.begun |= self.seen > 0;
        core::mem::take(&mut self.seen)
    }

    /// The length of the value that starts at `b[0]`, once it is all there. What was seen before must not have changed.
    pub(crate) fn resume(&mut self, b: &[u8]) -> Option<usize> {
        loop {
            if self.in_string {
                let from = self.seen;
                let found = from + memchr2(b'"', b'\\', b.get(from..)?).unwrap_or(b.len() - from);
                match b.get(found) {
                    Some(b'"') => (self.seen, self.in_string) = (found + 1, false),
                    // an escape is passed over when both of its bytes are there
                    Some(_) if found + 1 < b.len() => self.seen = found + 2,
                    _ => {
                        self.seen = found;
                        return None;
                    }
                }
                if !self.in_string && self.depth == 0 {
                    return Some(self.seen);
                }
                continue;
            }
            if self.depth > 0 {
                self.seen += plain(b.get(self.seen..)?);
            }
            match b.get(self.seen)? {
                b'"' if (self.begun || self.seen > 0) && self.depth == 0 => return Some(self.seen),
                b'"' => self.in_string = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' if self.depth == 0 => return Some(self.seen),
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(self.seen + 1);
                    }
                }
                b',' | b' ' | b'\n' | b'\r' | b'\t' if self.depth == 0 => return Some(self.seen),
                _ => {}
            }
            self.seen += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::scratch::Scratch;

    fn read(text: &str) -> Result<String, Stop> {
        let mut scratch = Scratch::new();
        string(text.as_bytes(), 0, &mut scratch.arena()).map(|(text, _)| text.to_owned())
    }

    #[test]
    fn strings_as_serde_json_reads_them() {
        for text in [
            r#""""#,
            r#""a""#,
            r#""\u003c\u003e\u0026""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\ud83d\ude00 x""#,
            r#""µ\u00b5""#,
            r#""\\""#,
            r#""\\\"""#,
            r#""\u0000""#,
            r#""\uFFFF\uABCD""#,
        ] {
            assert_eq!(read(text), Ok(serde_json::from_str::<String>(text).unwrap()), "{text}");
        }
        for text in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\x""#,
            r#""\u12g4""#,
            r#""\u12""#,
        ] {
            assert!(matches!(read(text), Err(Stop::Bad(..))), "{text}");
            assert!(serde_json::from_str::<String>(text).is_err(), "{text}");
        }
        for text in ["\"", "\"a", "\"a\\", "\"\\\"", "\"\\u00"] {
            assert_eq!(read(text), Err(Stop::More), "{text}");
        }
        let mut scratch = Scratch::new();
        assert!(matches!(string(b"\"\xff\"", 0, &mut scratch.arena()), Err(Stop::Bad(..))));
    }

    #[test]
    fn the_end_of_a_value_is_found_however_it_arrives() {
        for value in [
            r#"{"a":[1,{"b":"]}\""}]}"#,
            r#""x\\""#,
            r#""\"""#,
            "12",
            "true",
            "[[],[]]",
            "{}",
            r#"["\\\"]"]"#,
        ] {
            let text = format!("{value}, 1]");
            let mut scan = Scan::default();
            let found =
                (0..=text.len()).find_map(|end| scan.resume(&text.as_bytes()[..end]).map(|len| (len, end)));
            let needed = value.len() + usize::from(!value.ends_with(['"', ']', '}']));
            assert_eq!(found, Some((value.len(), needed)), "{value}");
        }
    }
}
