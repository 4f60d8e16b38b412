//! CSV's building blocks over bytes that may stop anywhere: where a record ends, and its cells.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::decode::json::{repeat, zero_bytes};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;

/// What separates cells and where the bytes stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) comma: u8,
    /// No bytes follow.
    pub(super) last: bool,
}

/// Looks for the end of a record and remembers how far it looked: one that arrives in many pieces is looked through once.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Scan {
    seen: usize,
    place: Place,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote within a quoted cell: its end, or half of a doubled one.
    Quote,
}

impl Scan {
    /// The length of the record that starts at `b[0]`, its line end included, once it is all there. What was seen before must not have
    /// changed.
    pub(super) fn resume(&mut self, b: &[u8], comma: u8) -> Option<usize> {
        loop {
            let rest = b.get(self.seen..)?;
            let byte = rest.first()?;
            match (self.place, byte) {
                (Place::CellStart, b'"') | (Place::Quote, b'"') => {
                    self.place = Place::Quoted;
                    self.seen += 1;
                }
                (Place::Quoted, _) => match memchr(b'"', rest) {
                    Some(at) => (self.seen, self.place) = (self.seen + at + 1, Place::Quote),
                    None => {
                        self.seen = b.len();
                        return None;
                    }
                },
                _ => {
                    self.place = Place::Plain;
                    let Some(at) = memchr2(comma, b'\n', rest) else {
                        self.seen = b.len();
                        return None;
                    };
                    self.seen += at + 1;
                    if rest[at] == b'\n' {
                        return Some(self.seen);
                    }
                    self.place = Place::CellStart;
                }
            }
        }
    }

    /// Whether the record may end where the bytes do.
    pub(super) fn may_end(&self) -> bool {
        self.place != Place::Quoted
    }
}

/// One cell of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'b> {
    /// Between its quotes, if it has some.
    pub(super) raw: &'b [u8],
    /// It has quotes or line ends in it, which are written otherwise than they are read.
    folded: bool,
    pub(super) ends_record: bool,
    /// The place behind the comma or line end that follows it.
    pub(super) next: usize,
}

const BEHIND_QUOTE: &str = "a comma or the end of the line was expected behind a quoted cell";

/// The cell at `b[at]`.
pub(super) fn cell(b: &[u8], at: usize, marks: Marks) -> Result<Cell<'_>, Stop> {
    if b.get(at) == Some(&b'"') {
        return quoted(b, at, marks);
    }
    let Marks { comma, last } = marks;
    let rest = b.get(at..).unwrap_or_default();
    let (raw, ends_record, next) = match memchr2(comma, b'\n', rest) {
        Some(length) if rest[length] == comma => (&rest[..length], false, at + length + 1),
        Some(length) => (without_cr(&rest[..length]), true, at + length + 1),
        None if last => (without_cr(rest), true, b.len()),
        None => return Err(Stop::More),
    };
    Ok(Cell { raw, folded: false, ends_record, next })
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn quoted(b: &[u8], at: usize, Marks { comma, last }: Marks) -> Result<Cell<'_>, Stop> {
    let (mut end, mut folded) = (at + 1, false);
    loop {
        end = quote(b, end).ok_or(Stop::More)?;
        if b.get(end + 1) != Some(&b'"') {
            break;
        }
        folded = true;
        end += 2;
    }
    let raw = &b[at + 1..end];
    folded = folded || memchr(b'\r', raw).is_some();
    let (ends_record, next) = match &b[end + 1..] {
        [byte, ..] if *byte == comma => (false, end + 2),
        [b'\n', ..] => (true, end + 2),
        [b'\r', b'\n', ..] => (true, end + 3),
        [] | [b'\r'] if last => (true, b.len()),
        [] | [b'\r'] => return Err(Stop::More),
        _ => return Err(Stop::Bad(end + 1, BEHIND_QUOTE)),
    };
    Ok(Cell { raw, folded, ends_record, next })
}

/// The next quote. Most are near: a few words before the call of a search that is made for long texts.
#[inline]
fn quote(b: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..4 {
        let Some(eight) = b.get(at..)?.first_chunk::<8>() else { break };
        let found = zero_bytes(u64::from_le_bytes(*eight) ^ repeat(b'"'));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr(b'"', b.get(at..)?).map(|found| at + found)
}

pub(super) const NOT_UTF8: &str = "it is not UTF-8";

impl<'b> Cell<'b> {
    /// Its text, borrowed where it is read as it is written.
    #[inline]
    pub(super) fn text(&self, arena: &mut Arena<'b>) -> Result<&'b str, &'static str> {
        let bytes = if self.folded { unfolded(self.raw, arena) } else { self.raw };
        str::from_utf8(bytes).map_err(|_| NOT_UTF8)
    }

    /// Its text, and whether it is UTF-8: what is not is replaced.
    pub(super) fn shown(&self) -> (Cow<'b, str>, bool) {
        if !self.folded
            && let Ok(text) = str::from_utf8(self.raw)
        {
            return (Cow::Borrowed(text), true);
        }
        let bytes = if self.folded {
            let mut bytes = vec![0; self.raw.len()];
            let length = unfold(self.raw, &mut bytes);
            bytes.truncate(length);
            Cow::Owned(bytes)
        } else {
            Cow::Borrowed(self.raw)
        };
        let is_utf8 = str::from_utf8(&bytes).is_ok();
        let text = match bytes {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        };
        (text, is_utf8)
    }
}

fn unfolded<'b>(raw: &[u8], arena: &mut Arena<'b>) -> &'b [u8] {
    let length = unfold(raw, arena.room(raw.len()));
    arena.keep(length)
}

/// Writes one quote for two, and LF for CR LF, into `out`, which has at least the length of `raw`; gives the length of the result.
fn unfold(raw: &[u8], out: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < raw.len() {
        // plain text, eight bytes at a time; what is copied too much is written over
        if let (Some(eight), Some(room)) =
            (raw[from..].first_chunk::<8>(), out.get_mut(to..).and_then(|out| out.first_chunk_mut::<8>()))
        {
            *room = *eight;
            let word = u64::from_le_bytes(*eight);
            let found = zero_bytes(word ^ repeat(b'"')) | zero_bytes(word ^ repeat(b'\r'));
            let plain = if found == 0 { 8 } else { found.trailing_zeros() as usize / 8 };
            (from, to) = (from + plain, to + plain);
            if found == 0 {
                continue;
            }
        }
        let (byte, length) = match &raw[from..] {
            [b'"', b'"', ..] => (b'"', 2),
            [b'\r', b'\n', ..] => (b'\n', 2),
            [byte, ..] => (*byte, 1),
            [] => break,
        };
        out[to] = byte;
        (from, to) = (from + length, to + 1);
    }
    to
}

/// The cells of a complete record.
pub(super) fn cells(record: &[u8], marks: Marks) -> Result<Vec<Cell<'_>>, Stop> {
    let (mut cells, mut at) = (Vec::new(), 0);
    loop {
        let cell = cell(record, at, marks)?;
        cells.push(cell);
        if cell.ends_record {
            return Ok(cells);
        }
        at = cell.next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::scratch::Scratch;

    const MARKS: Marks = Marks { comma: b',', last: true };

    fn texts(record: &str) -> Result<Vec<String>, Stop> {
        Ok(cells(record.as_bytes(), MARKS)?.iter().map(|cell| cell.shown().0.into_owned()).collect())
    }

    #[test]
    fn cells_of_a_record() {
        for (record, expected) in [
            ("\r\n", &[""][..]),
            (",a,b\r\n", &["", "a", "b"]),
            ("a,\n", &["a", ""]),
            ("a", &["a"]),
            ("a,\"b\"", &["a", "b"]),
            ("\"\",\"a,\"\"b\"\"\",c\r\n", &["", "a,\"b\"", "c"]),
            ("\"a\r\nb\n\rc\r\",\"\"\"\"\n", &["a\nb\n\rc\r", "\""]),
            ("a\"b,c\"\r\n", &["a\"b", "c\""]),
            ("a\rb,\" c\"\r\n", &["a\rb", " c"]),
            ("\"\ra\r\",\"\r\n\"\n", &["\ra\r", "\n"]),
        ] {
            assert_eq!(texts(record).unwrap(), expected, "{record:?}");
            let mut scratch = Scratch::new();
            let mut arena = scratch.arena();
            let cells = cells(record.as_bytes(), MARKS).unwrap();
            let borrowed: Vec<_> = cells.iter().map(|cell| cell.text(&mut arena).unwrap()).collect();
            assert_eq!(borrowed, expected, "{record:?}");
        }
        assert_eq!(texts("\"a\"b,c\r\n"), Err(Stop::Bad(3, BEHIND_QUOTE)));
        assert_eq!(texts("\"a\r\n"), Err(Stop::More));
        let mut scratch = Scratch::new();
        let cell = cell(b"\xff\n", 0, MARKS).unwrap();
        assert_eq!(cell.text(&mut scratch.arena()), Err(NOT_UTF8));
        assert_eq!(cell.shown(), ("\u{fffd}".into(), false));
    }

    #[test]
    fn the_end_of_a_record_is_found_however_it_arrives() {
        for record in [
            "\r\n",
            ",,0,a\r\n",
            ",\"a\r\nb\",\"\"\"\",\"\"\r\n",
            "a\"b,c\n",
            "\"a\"\n",
            "\"\"\"\r\n\"\r\n",
            "\"a\"b\"c\n",
        ] {
            let text = format!("{record},\"x");
            let mut scan = Scan::default();
            let found = (0..=text.len())
                .find_map(|end| scan.resume(&text.as_bytes()[..end], b',').map(|length| (length, end)));
            assert_eq!(found, Some((record.len(), record.len())), "{record:?}");
        }
    }
}
