//! Raw line protocol: where lines end, and the few parts of a line that refusals speak of.
//!
//! This follows the 1.x server's own scanner: quotes count only in the fields, and a backslash hides the byte after it.

use memchr::{memchr, memchr2};

use crate::error::{Error, Result};

/// Where each line of raw text ends, its line feed included.
///
/// # Errors
///
/// Text without a point, and lines that end in CR LF, which servers refuse or store wrongly.
pub(crate) fn line_ends(text: &[u8]) -> Result<Vec<usize>> {
    let mut ends = Vec::new();
    let mut start = 0;
    let mut points = 0;
    while start < text.len() {
        let end = start + line_len(&text[start..]);
        let line = &text[start..end];
        if line.last() == Some(&b'\r') {
            return Err(Error::config(format!(
                "line {} ends in CR LF, which servers refuse or store wrongly: end lines with LF alone",
                ends.len()
            )));
        }
        points += usize::from(is_point(line));
        start = (end + 1).min(text.len());
        ends.push(start);
    }
    if points == 0 {
        return Err(Error::config(
            "the text holds no line to write: it is empty, or has only blank lines and comments",
        ));
    }
    Ok(ends)
}

/// Neither blank nor a comment.
pub(crate) fn is_point(line: &[u8]) -> bool {
    !matches!(line.trim_ascii_start().first(), None | Some(b'#'))
}

/// The length of the first line, without its line feed.
fn line_len(text: &[u8]) -> usize {
    let end = memchr(b'\n', text).unwrap_or(text.len());
    // without quotes and escapes nothing hides a line feed
    if memchr2(b'"', b'\\', &text[..end]).is_none() { end } else { scanned_len(text) }
}

/// As [`line_len`], byte by byte.
fn scanned_len(text: &[u8]) -> usize {
    let (mut quoted, mut in_fields) = (false, false);
    let (mut equals, mut commas) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if at + 2 < text.len() => at += 1,
            b' ' => in_fields = true,
            b'=' if in_fields && !quoted => equals += 1,
            b',' if in_fields && !quoted => commas += 1,
            b'"' if in_fields && equals > commas => quoted = !quoted,
            b'\n' if !quoted => break,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Whether a line, without its line feed, carries a timestamp.
pub(crate) fn has_timestamp(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = &line[..line.len() - digits];
    let before = before.strip_suffix(b"-").unwrap_or(before);
    // a field's value follows `=`, and an escaped blank in a field's key is followed by `=` too
    digits > 0 && before.last() == Some(&b' ')
}

/// The type of a field value, by the server's names.
pub(crate) fn type_of(value: &[u8]) -> &'static str {
    match (value.first(), value.last()) {
        (Some(b'"'), _) => "string",
        (Some(b't' | b'T' | b'f' | b'F'), _) => "boolean",
        (_, Some(b'i')) => "integer",
        (_, Some(b'u')) => "unsigned",
        _ => "float",
    }
}

/// A line's measurement and the rest, both as sent.
pub(crate) struct Line<'a> {
    pub(crate) measurement: &'a [u8],
    tags: &'a [u8],
    fields: &'a [u8],
}

impl<'a> Line<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        let (series, rest) = cut(line.trim_ascii_start(), b" ");
        let (measurement, tags) = cut(series, b",");
        Line { measurement, tags, fields: rest.trim_ascii_start() }
    }

    /// The tag keys as sent.
    pub(crate) fn tag_keys(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.tags;
        std::iter::from_fn(move || {
            let (tag, tail) = cut(rest, b",");
            rest = tail;
            (!tag.is_empty()).then(|| cut(tag, b"=").0)
        })
    }

    /// The fields: keys and values as sent.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.fields;
        std::iter::from_fn(move || {
            let (key, tail) = cut(rest, b"=");
            if key.is_empty() || tail.is_empty() {
                return None;
            }
            let len = value_len(tail);
            let value = &tail[..len];
            rest = match tail.get(len) {
                Some(b',') => &tail[len + 1..],
                _ => &[],
            };
            Some((key, value))
        })
    }
}

/// Up to the first unescaped one of `stops`, and what follows it.
fn cut<'a>(text: &'a [u8], stops: &[u8]) -> (&'a [u8], &'a [u8]) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'\\' {
            at += 2;
        } else if stops.contains(byte) {
            return (&text[..at], &text[at + 1..]);
        } else {
            at += 1;
        }
    }
    (text, &[])
}

fn value_len(text: &[u8]) -> usize {
    if text.first() != Some(&b'"') {
        return text.iter().position(|b| matches!(b, b',' | b' ')).unwrap_or(text.len());
    }
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Whether a name as sent is `plain` once the server has read it.
pub(crate) fn names(sent: &[u8], plain: &str) -> bool {
    let mut plain = plain.bytes();
    let mut at = 0;
    while let Some(byte) = sent.get(at) {
        let escaped =
            sent.get(at + 1).filter(|next| *byte == b'\\' && matches!(next, b',' | b' ' | b'=' | b'"'));
        if plain.next() != Some(*escaped.unwrap_or(byte)) {
            return false;
        }
        at += if escaped.is_some() { 2 } else { 1 };
    }
    plain.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        let mut start = 0;
        let ends = line_ends(text.as_bytes()).unwrap();
        ends.into_iter().map(|end| &text[std::mem::replace(&mut start, end)..end]).collect()
    }

    #[test]
    fn lines_end_at_line_feeds_outside_of_strings() {
        assert_eq!(split("a f=1\nb f=2"), ["a f=1\n", "b f=2"]);
        assert_eq!(split("a f=1\n\n# c\nb f=2\n"), ["a f=1\n", "\n", "# c\n", "b f=2\n"]);
        assert_eq!(split("a f=\"x\ny\",g=\"\\\"\n\" 1\nb f=2"), ["a f=\"x\ny\",g=\"\\\"\n\" 1\n", "b f=2"]);
        assert_eq!(split("m\"a,t=\"x f=1\nb f=2"), ["m\"a,t=\"x f=1\n", "b f=2"]);
        assert_eq!(split("a f=\"x\r\ny\""), ["a f=\"x\r\ny\""]);
    }

    #[test]
    fn timestamps_are_told_from_values() {
        for (line, stamped) in [
            ("m f=1", false),
            ("m f=1 2", true),
            ("m f=1 -2 ", true),
            ("m f=1i 0", true),
            ("m f=\"a 1\"", false),
            ("m f=1e-5", false),
            ("m f=-1", false),
            ("m f\\ 1=5", false),
            ("m f=true", false),
            ("m", false),
            ("", false),
        ] {
            assert_eq!(has_timestamp(line.as_bytes()), stamped, "{line}");
        }
    }

    #[test]
    fn text_that_cannot_be_sent() {
        for (text, says) in [
            ("", "the text holds no line to write"),
            ("\n  \n# only this\n", "the text holds no line to write"),
            ("a f=1\nb f=2\r\n", "line 1 ends in CR LF"),
            ("a f=1\r", "line 0 ends in CR LF"),
            ("a f=\"x\"\r\n", "line 0 ends in CR LF"),
        ] {
            let error = line_ends(text.as_bytes()).unwrap_err();
            assert!(error.is_config());
            assert!(error.to_string().starts_with(says), "{text:?}: {error}");
        }
    }

    #[test]
    fn parts_of_a_line() {
        let line = Line::new(br#"m\ x\,y,t\=1=a\ b,u=v f\,1="a,\" b=",g=1i,h=t,i=1.5,j=2u 123"#);
        assert!(names(line.measurement, "m x,y"));
        assert!(!names(line.measurement, "m x,yz"));
        assert!(!names(line.measurement, "m x"));
        assert_eq!(line.tag_keys().collect::<Vec<_>>(), [&br"t\=1"[..], b"u"]);
        let fields: Vec<_> = line.fields().map(|(key, value)| (key, type_of(value))).collect();
        let expected: [(&[u8], _); 5] =
            [(br"f\,1", "string"), (b"g", "integer"), (b"h", "boolean"), (b"i", "float"), (b"j", "unsigned")];
        assert_eq!(fields, expected);
    }

    #[test]
    fn broken_lines_are_walked_to_their_end() {
        for line in
            ["", "m", "m ", "m f", "m f=", "m f=\"", "m\\", "m f=\\", "m,", "m, =", "m f=\"\\", ",,, ,,,=,=,"]
        {
            let parts = Line::new(line.as_bytes());
            assert!(parts.fields().count() + parts.tag_keys().count() < 10, "{line}");
        }
    }

    /// All texts of up to four of these characters.
    fn hostile() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..4 {
            last = last
                .iter()
                .flat_map(|t| ['a', '\\', '"', '\n', '=', ' ', ','].map(|c| format!("{t}{c}")))
                .collect();
            texts.extend_from_slice(&last);
        }
        texts
    }

    #[test]
    fn encoded_lines_are_taken_apart_as_they_were_put_together() {
        use influx_core::{Dialect, LineWriter, Point};

        let mut writer = LineWriter::new(Dialect::V1);
        let (mut ends, mut written) = (Vec::new(), Vec::new());
        for text in hostile() {
            // Names and tags that the wire cannot carry fall back to plain ones.
            let plain = |s: &str| Point::new("m").tag("t", s).field("s", text.as_str()).field("n", 1);
            let named = Point::new(text.as_str())
                .tag(&*text, &*text)
                .field(text.as_str(), text.as_str())
                .field("n", 1);
            let name = if writer.write(&named).is_ok() { text.as_str() } else { "" };
            if name.is_empty() {
                writer.write(&plain("v")).unwrap();
            }
            ends.push(writer.len());
            written.push((name.to_owned(), text.clone()));
        }
        let bytes = writer.take();
        assert_eq!(line_ends(&bytes).unwrap(), ends);
        let mut start = 0;
        for (end, (name, text)) in ends.into_iter().zip(written) {
            let line = Line::new(&bytes[start..end - 1]);
            start = end;
            let (measurement, tag, field) =
                if name.is_empty() { ("m", "t", "s") } else { (&*name, &*name, &*name) };
            assert!(names(line.measurement, measurement), "{text:?}");
            assert!(line.tag_keys().all(|key| names(key, tag)), "{text:?}");
            let fields: Vec<_> =
                line.fields().map(|(key, value)| (names(key, field), type_of(value))).collect();
            assert_eq!(fields, [(true, "string"), (false, "integer")], "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_quick_way_is_the_careful_way(text in r#"[a" =,\\\n]{0,40}"#) {
            proptest::prop_assert_eq!(line_len(text.as_bytes()), scanned_len(text.as_bytes()));
        }
    }
}
