//! Where lines and their parts end, whatever is in them: as the servers' own scanner sees it. Quotes count only in the
//! fields, and a backslash hides the byte behind it.

use memchr::{memchr_iter, memchr2};

/// Where a point begins; `None` for blank lines and comments.
pub(super) fn begin(line: &[u8]) -> Option<usize> {
    let begin = line.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    (line[begin] != b'#').then_some(begin)
}

/// The length of the measurement and the tags.
pub(super) fn series_len(line: &[u8]) -> usize {
    cut_series(line, b' ').map_or(line.len(), |(series, _)| series.len())
}

/// As [`cut`], within the measurement and the tags: there a backslash hides no other one, for the parsers of 1.x and 2.x. 3.x, for which it
/// does, has no name that ends in one.
pub(super) fn cut_series(text: &[u8], stop: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr_iter(stop, text).find(|&at| at == 0 || text[at - 1] != b'\\')?;
    Some((&text[..at], &text[at + 1..]))
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
