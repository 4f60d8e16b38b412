//! Texts from outside as messages show them: escaped, so that a message is one line that can be read, and cut, so that
//! it is short. Every message of this crate and of the client gets its names, values and server texts from here.
//!
//! Nothing is done before a message is formatted.

use core::fmt::{self, Write};

/// Most bytes of a name in a message.
pub const NAME: usize = 160;
/// Most bytes of a value in a message.
pub const VALUE: usize = 200;
/// Most bytes of a longer text in a message: a server's words, a list of names.
pub const TEXT: usize = 1_200;
/// Most bytes of a whole message, its own words included.
pub const MESSAGE: usize = 4_096;

/// What is put where a text was cut.
const MORE: &str = " ...";

/// A text escaped and cut to `max` bytes: for words, which stand in a message as they are.
///
/// ```
/// use influx_core::shown::shown;
/// assert_eq!(shown("no such \"db\"\nERROR forged", 100).to_string(), r#"no such "db"\nERROR forged"#);
/// assert_eq!(shown("abcdef", 3).to_string(), "abc ...");
/// ```
pub fn shown(text: &str, max: usize) -> impl fmt::Display + '_ {
    Shown { text, max, mark: None }
}

/// A text in double quotes, with those and backslashes escaped: for values.
///
/// ```
/// use influx_core::shown::quoted;
/// assert_eq!(quoted("a\"\\\u{202e}", 100).to_string(), r#""a\"\\\u{202e}""#);
/// ```
pub fn quoted(text: &str, max: usize) -> impl fmt::Display + '_ {
    Shown { text, max, mark: Some('"') }
}

/// A text in backticks, with those and backslashes escaped: for names.
///
/// ```
/// use influx_core::shown::name;
/// assert_eq!(name("usage\u{85}", 100).to_string(), r"`usage\u{85}`");
/// ```
pub fn name(text: &str, max: usize) -> impl fmt::Display + '_ {
    Shown { text, max, mark: Some('`') }
}

/// The beginning of bytes in double quotes, what is not UTF-8 replaced.
///
/// ```
/// use influx_core::shown::quoted_bytes;
/// assert_eq!(quoted_bytes(b"a\xff\n", 100), "\"a\u{fffd}\\n\"");
/// ```
pub fn quoted_bytes(bytes: &[u8], max: usize) -> String {
    // one more, so that a cut is seen
    let start = &bytes[..bytes.len().min(max + 1)];
    quoted(&String::from_utf8_lossy(start), max).to_string()
}

struct Shown<'t> {
    text: &'t str,
    max: usize,
    /// The mark before and behind.
    mark: Option<char>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |f: &mut fmt::Formatter<'_>| self.mark.map_or(Ok(()), |mark| f.write_char(mark));
        mark(f)?;
        let mut left = self.max;
        let mut whole = true;
        for c in self.text.chars() {
            let piece = Piece::of(c, self.mark);
            whole = piece.len() <= left;
            if !whole {
                break;
            }
            left -= piece.len();
            piece.write(f)?;
        }
        mark(f)?;
        if whole { Ok(()) } else { f.write_str(MORE) }
    }
}

/// A character as it is shown.
enum Piece {
    Plain(char),
    Marked(char),
    Escaped(core::char::EscapeDebug),
    Unseen(core::char::EscapeUnicode),
}

impl Piece {
    fn of(c: char, mark: Option<char>) -> Piece {
        match c {
            ' '..='~' if mark.is_some_and(|mark| c == mark || c == '\\') => Piece::Marked(c),
            ' '..='~' => Piece::Plain(c),
            _ if is_unseen(c) => Piece::Unseen(c.escape_unicode()),
            _ => Piece::Escaped(c.escape_debug()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Piece::Plain(_) => 1,
            Piece::Marked(_) => 2,
            // of one character, it is the character itself
            Piece::Escaped(escape) => escape.clone().map(char::len_utf8).sum(),
            Piece::Unseen(escape) => escape.len(),
        }
    }

    fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Plain(c) => f.write_char(c),
            Piece::Marked(c) => write!(f, "\\{c}"),
            Piece::Escaped(escape) => write!(f, "{escape}"),
            Piece::Unseen(escape) => write!(f, "{escape}"),
        }
    }
}

/// Letters and symbols of no ink, which std takes for printable.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{ffa0}'
            | '\u{1d159}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        let unseen = [
            '\0',
            '\n',
            '\r',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9f}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{2069}',
            '\u{206f}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{e0001}',
            '\u{e0100}',
            '\u{10ffff}',
        ];
        for c in unseen {
            let text = format!("a{c}b");
            for out in
                [shown(&text, 99).to_string(), quoted(&text, 99).to_string(), name(&text, 99).to_string()]
            {
                assert!(!out.contains(c) && out.contains('\\'), "{:04x}: {out}", c as u32);
            }
        }
    }

    #[test]
    fn what_can_be_seen_is_not() {
        let text = "/var/log: \"50 %\" `x` C:\\dir äß € 日本 🚀 'q'";
        assert_eq!(shown(text, 99).to_string(), text);
        assert_eq!(name("a`b\\n", 99).to_string(), r"`a\`b\\n`");
        assert_eq!(quoted("a`b\\n", 99).to_string(), r#""a`b\\n""#);
    }

    #[test]
    fn the_cut_counts_what_is_shown() {
        assert_eq!(shown("abc", 3).to_string(), "abc");
        assert_eq!(quoted("abcd", 3).to_string(), "\"abc\" ...");
        assert_eq!(shown("a\u{200b}b", 8).to_string(), "a ...");
        assert_eq!(shown("a\u{200b}b", 9).to_string(), "a\\u{200b} ...");
        assert_eq!(shown("ää", 3).to_string(), "ä ...");
        assert_eq!(quoted_bytes(&[b'x'; 500], 4), "\"xxxx\" ...");
    }

    proptest! {
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn one_line_and_no_longer_than_asked(text in any::<String>(), max in 0_usize..50) {
            for out in [shown(&text, max).to_string(), quoted(&text, max).to_string(), name(&text, max).to_string()] {
                prop_assert!(out.len() <= max + 2 + MORE.len());
                let seen = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
                prop_assert!(out.chars().all(seen), "{}", out);
            }
        }
    }
}
