//! Where lines end, whatever is in them: as the servers' own scanner sees it. Quotes count only in the fields, and a backslash hides
//! the byte behind it.
//!
//! Source: `scanLine` of `models/points.go`, InfluxDB 1.x and 2.x.

use memchr::{memchr, memchr2};

use crate::block::Block;

/// The length of the first line, without its line feed.
pub(crate) fn line_len(text: &[u8]) -> usize {
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

/// Whether the scanner of 1.x and 2.x takes a space in these escaped tags for the begin of the fields: two backslashes before it hide
/// each other.
pub(crate) fn opens_fields(tags: &[u8]) -> bool {
    let Some(mut at) = memchr(b'\\', tags) else { return false };
    while let Some(byte) = tags.get(at) {
        match byte {
            b'\\' => at += 2,
            b' ' => return true,
            _ => at += 1,
        }
    }
    false
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
