//! Every message of this crate: what comes from outside is escaped and cut here, and the client's own secrets are taken out.
//!
//! Outside are a server's texts and headers, names, values, lines, URLs and the texts of other crates' errors. They are kept as
//! they came, but for secrets, and made presentable where they are shown: one line of at most [`MAX`] bytes without a character
//! that is not seen.

mod cause;
mod secrets;
mod spelling;

use std::borrow::Cow;

pub(crate) use cause::Cause;
pub(crate) use secrets::Secrets;

/// No message is longer, in bytes.
pub(crate) const MAX: usize = 4 << 10;

/// Most bytes that are shown of a server's text.
pub(crate) const SERVER_TEXT: usize = 500;

/// Most bytes that are shown of a name.
const NAME: usize = 200;

/// What stands behind a text that is cut.
const CUT: &str = "..";

/// A message as it is shown.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    shown(text, MAX)
}

/// A name within a message.
pub(crate) fn name(text: &str) -> Cow<'_, str> {
    shown(text, NAME)
}

/// The text as one line of at most `max` bytes: breaks become ` | `, what cannot be seen is escaped as in Rust.
pub(crate) fn shown(text: &str, max: usize) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.len() <= max && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len().min(max) + 16);
    // where it may be cut
    let mut end = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if line.len() + CUT.len() <= max {
            end = line.len();
        }
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => line.push_str(" | "),
            c if is_hidden(c) => line.extend(escape(c)),
            c => line.push(c),
        }
        if line.len() > max {
            line.truncate(end);
            line.push_str(CUT);
            break;
        }
    }
    Cow::Owned(line)
}

fn escape(c: char) -> impl Iterator<Item = char> {
    let short = matches!(c, '\t' | '\r' | '\0');
    let (short, long) = if short { (Some(c.escape_debug()), None) } else { (None, Some(c.escape_unicode())) };
    short.into_iter().flatten().chain(long.into_iter().flatten())
}

/// Whether a character could hide, forge or reorder what stands beside it: controls, spaces that are none, what has no width,
/// marks of direction, line and paragraph separators, tags, variation selectors and what is no character.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

/// The beginning of a text, cut between characters, with `..` behind it.
pub(crate) fn cut(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return text.into();
    }
    let mut end = max.saturating_sub(CUT.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{CUT}", &text[..end]).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, line) in [
            ("plain \\ \"text\" é 漢 🦀", "plain \\ \"text\" é 漢 🦀"),
            ("a\nERROR forged\r\nb\n", "a | ERROR forged | b"),
            ("a\tb\rc\0", "a\\tb\\rc\\0"),
            ("\u{1b}[2J\u{85}\u{7f}", "\\u{1b}[2J\\u{85}\\u{7f}"),
            ("\u{2028}\u{2029}x", "\\u{2028}\\u{2029}x"),
            ("a\u{200b}b\u{202e}c\u{feff}d\u{2066}", "a\\u{200b}b\\u{202e}c\\u{feff}d\\u{2066}"),
            ("\u{a0}\u{3000}\u{ad}\u{e0041}.", "\\u{a0}\\u{3000}\\u{ad}\\u{e0041}."),
        ] {
            assert_eq!(super::line(text), line);
        }
    }

    proptest! {
        #[test]
        fn a_line_is_one_and_short(text in "\\PC{0,40}|.{0,40}|[\\x00-\\x20\u{200b}é]{0,60}", max in 4_usize..80) {
            let line = shown(&text, max);
            prop_assert!(line.len() <= max, "{line}");
            prop_assert!(!line.chars().any(is_hidden), "{line:?}");
            let cut = cut(&text, max);
            prop_assert!(cut.len() <= max && (cut == text || cut.ends_with("..")));
        }
    }
}
