//! Lines as they were sent, looked at again when a server refuses some: the few parts that refusals speak of.
//!
//! Where lines end, which are points, and where their series end says the core. The parts of a refused line are looked for here: what
//! a server refuses, the core's readers refuse, too.

use influx_core::lines::{RawLine, split};

/// Where each line of a text ends, its line feed included.
pub(crate) fn line_ends(text: &[u8]) -> Vec<usize> {
    split(text).map(|line| line.range().end).collect()
}

/// Neither blank nor a comment.
pub(crate) fn is_point(line: &[u8]) -> bool {
    RawLine::of(line, 0..line.len(), 0).is_point()
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
        let series = RawLine::of(line, 0..line.len(), 0).series();
        let fields = line.trim_ascii_start().get(series.len()..).unwrap_or_default();
        let (measurement, tags) = cut(series, b',');
        Line { measurement, tags, fields: fields.trim_ascii_start() }
    }

    /// The tag keys as sent.
    pub(crate) fn tag_keys(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.tags;
        std::iter::from_fn(move || {
            let (tag, tail) = cut(rest, b',');
            rest = tail;
            (!tag.is_empty()).then(|| cut(tag, b'=').0)
        })
    }

    /// The fields: keys and values as sent.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.fields;
        std::iter::from_fn(move || {
            let (key, tail) = cut(rest, b'=');
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

/// Up to the first `stop` that is not escaped, and what follows it.
fn cut(text: &[u8], stop: u8) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'\\' {
            at += 2;
        } else if *byte == stop {
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
        assert_eq!(line_ends(&bytes), ends);
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
}
