//! The ways in which programs write a character when they do not write it plainly.

/// The bytes that an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Escaped {
    /// How many bytes of the text it takes.
    pub(super) len: usize,
    bytes: [u8; 4],
    count: usize,
}

impl Escaped {
    fn byte(len: usize, byte: u8) -> Self {
        Escaped { len, bytes: [byte, 0, 0, 0], count: 1 }
    }

    fn char(len: usize, c: char) -> Self {
        let mut bytes = [0; 4];
        let count = c.encode_utf8(&mut bytes).len();
        Escaped { len, bytes, count }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }
}

/// Whether an escape may begin with this byte.
pub(super) fn begins_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

/// The escape at the beginning of the text: of URLs (`%2F`), of JSON, Go, Rust, C and InfluxQL (`\u00e9`, `\u{e9}`, `\xe9`,
/// `\"`), or of HTML (`&quot;`, `&#34;`).
pub(super) fn escape(text: &[u8]) -> Option<Escaped> {
    match text {
        [b'%', high, low, ..] => Some(Escaped::byte(3, (hex(*high)? * 16 + hex(*low)?) as u8)),
        [b'\\', b'u', b'{', rest @ ..] => {
            let digits = rest.iter().take(6).take_while(|byte| hex(**byte).is_some()).count();
            let code = number(rest.get(..digits)?)?;
            (rest.get(digits) == Some(&b'}')).then_some(Escaped::char(digits + 4, char::from_u32(code)?))
        }
        [b'\\', b'u', ..] => unit(text).and_then(|first| utf16(text, first)),
        [b'\\', b'U', ..] => Some(Escaped::char(10, char::from_u32(number(text.get(2..10)?)?)?)),
        [b'\\', b'x', high, low, ..] => Some(Escaped::byte(4, (hex(*high)? * 16 + hex(*low)?) as u8)),
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some(Escaped::byte(4, (a - b'0') * 64 + (b - b'0') * 8 + (c - b'0')))
        }
        [b'\\', letter, ..] => short(*letter).map(|byte| Escaped::byte(2, byte)),
        [b'&', ..] => entity(text),
        _ => None,
    }
}

fn short(letter: u8) -> Option<u8> {
    Some(match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        b'a' => 7,
        b'0' => 0,
        b' ' => b' ',
        other if other.is_ascii_punctuation() => other,
        _ => return None,
    })
}

/// A character of two units needs both.
fn utf16(text: &[u8], first: u32) -> Option<Escaped> {
    if let Some(c) = char::from_u32(first) {
        return Some(Escaped::char(6, c));
    }
    let second = unit(text.get(6..)?)?;
    let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let c = char::decode_utf16(pair).next()?.ok()?;
    Some(Escaped::char(12, c))
}

/// `\uXXXX`.
fn unit(text: &[u8]) -> Option<u32> {
    number(text.strip_prefix(b"\\u")?.get(..4)?)
}

fn entity(text: &[u8]) -> Option<Escaped> {
    const NAMED: [(&[u8], char); 5] =
        [(b"amp", '&'), (b"lt", '<'), (b"gt", '>'), (b"quot", '"'), (b"apos", '\'')];
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let code = match &text[1..end] {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        name => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some(Escaped::char(end + 1, code))
}

fn number(digits: &[u8]) -> Option<u32> {
    let digits = Some(digits).filter(|digits| (1..=8).contains(&digits.len()))?;
    digits.iter().try_fold(0_u32, |number, digit| Some(number << 4 | hex(*digit)?))
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_escapes() {
        for (text, bytes) in [
            ("%2fx", "/"),
            ("%C3", "\u{c3}"),
            ("\\u00e9", "é"),
            ("\\uD83e\\udd80", "🦀"),
            ("\\u{1F980}", "🦀"),
            ("\\U0001f980", "🦀"),
            ("\\x41", "A"),
            ("\\101", "A"),
            ("\\n", "\n"),
            ("\\/", "/"),
            ("\\'", "'"),
            ("&amp;", "&"),
            ("&#39;", "'"),
            ("&#x27;", "'"),
        ] {
            let escaped = escape(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            let expected = if text == "%C3" { &[0xc3][..] } else { bytes.as_bytes() };
            assert_eq!(escaped.bytes(), expected, "{text}");
        }
        for none in [
            "%2",
            "%zz",
            "\\u12",
            "\\ud800",
            "\\q",
            "\\",
            "&nope;",
            "&#x;",
            "&",
            "\\u{}",
            "\\u{110000}",
            "x",
            "",
        ] {
            assert_eq!(escape(none.as_bytes()), None, "{none}");
        }
    }
}
