//! Where lines and their parts end, whatever is in them: as the servers' own scanner sees it. Quotes count only in the
//! fields, and a backslash hides the byte behind it.

use memchr::{memchr, memchr2};

use crate::block::Block;

/// The length of the first line, without its line feed.
pub(super) fn line_len(text: &[u8]) -> usize {
    let end = memchr(b'\n', text).unwrap_or(text.len());
    // without quotes and escapes nothing hides a line feed
    if memchr2(b'"', b'\\', &text[..end]).is_none() { end } else { scanned_len(text) }
}

/// As [`line_len`], by each byte that means something.
fn scanned_len(text: &[u8]) -> usize {
    let mut scan = Scan::default();
    let mut start = 0;
    while let Some(block) = text.get(start..).and_then(|rest| rest.first_chunk::<16>()) {
        // SAFETY: 16 bytes.
        let block = unsafe { Block::load(block.as_ptr()) };
        let mut marks = block.in_tag() | block.in_string();
        while marks != 0 {
            let at = start + marks.trailing_zeros() as usize;
            marks &= marks - 1;
            if scan.ends(text, at) {
                return at;
            }
        }
        start += 16;
    }
    (start.min(text.len())..text.len()).find(|at| scan.ends(text, *at)).unwrap_or(text.len())
}

/// What the servers' scanner knows of a line so far.
#[derive(Default)]
struct Scan {
    quoted: bool,
    in_fields: bool,
    equals: usize,
    commas: usize,
    /// What is before this place is hidden by a backslash.
    seen: usize,
}

impl Scan {
    /// Whether the line ends at `at`.
    #[inline(always)]
    fn ends(&mut self, text: &[u8], at: usize) -> bool {
        if at < self.seen {
            return false;
        }
        match text[at] {
            b'\\' if at + 2 < text.len() => self.seen = at + 2,
            b' ' => self.in_fields = true,
            b'=' if self.in_fields && !self.quoted => self.equals += 1,
            b',' if self.in_fields && !self.quoted => self.commas += 1,
            b'"' if self.in_fields && self.equals > self.commas => self.quoted = !self.quoted,
            b'\n' => return !self.quoted,
            _ => {}
        }
        false
    }
}

/// Where a point begins; `None` for blank lines and comments.
pub(super) fn begin(line: &[u8]) -> Option<usize> {
    let begin = line.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    (line[begin] != b'#').then_some(begin)
}

/// The length of the measurement and the tags.
pub(super) fn series_len(line: &[u8]) -> usize {
    cut(line, b' ').map_or(line.len(), |(series, _)| series.len())
}

/// Up to the first `stop` that is not escaped, and what follows it.
pub(super) fn cut(text: &[u8], stop: u8) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        at += memchr2(stop, b'\\', text.get(at..)?)?;
        if text[at] == stop {
            return Some((&text[..at], &text[at + 1..]));
        }
        at += 2;
    }
}

/// The number behind the last space of a line.
pub(super) fn timestamp(line: &[u8]) -> Option<i64> {
    let line = line.trim_ascii_end();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = line.split_at(line.len() - digits);
    let (before, minus) = match before.strip_suffix(b"-") {
        Some(before) => (before, true),
        None => (before, false),
    };
    // a field's value follows `=`, and an escaped blank in a field's key is followed by `=` too
    if digits.is_empty() || before.last() != Some(&b' ') {
        return None;
    }
    let number = digits
        .iter()
        .fold(0_i64, |number, digit| number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')));
    Some(if minus { number.wrapping_neg() } else { number })
}

/// The fields of a point, keys and values as they are written. `text` begins behind the series.
pub(super) fn fields(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = text.trim_ascii();
    core::iter::from_fn(move || {
        let (key, tail) = cut(rest, b'=')?;
        let (value, behind) = tail.split_at(value_len(tail));
        rest = behind.strip_prefix(b",").unwrap_or_default();
        Some((key, value))
    })
}

fn value_len(text: &[u8]) -> usize {
    match text.strip_prefix(b"\"") {
        Some(inner) => cut(inner, b'"').map_or(text.len(), |(string, _)| string.len() + 2),
        None => text.iter().position(|byte| matches!(byte, b',' | b' ' | b'\n')).unwrap_or(text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        /// The servers' own loop, byte by byte.
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn lines_end_where_the_servers_end_them(text in r#"([a" =,\\\n]|[a ]{15,20}|f="a"){0,20}"#) {
            let text = text.as_bytes();
            let (mut quoted, mut fields, mut equals, mut commas, mut at) = (false, false, 0, 0, 0);
            while at < text.len() {
                match text[at] {
                    b'\\' if at + 2 < text.len() => at += 1,
                    b' ' => fields = true,
                    b'=' if fields && !quoted => equals += 1,
                    b',' if fields && !quoted => commas += 1,
                    b'"' if fields && equals > commas => quoted = !quoted,
                    b'\n' if !quoted => break,
                    _ => {}
                }
                at += 1;
            }
            prop_assert_eq!(line_len(text), at);
            prop_assert_eq!(scanned_len(text), at);
        }
    }
}
