//! Every message of this crate: what comes from outside is escaped and cut here, and the client's own secrets are taken out.
//!
//! Outside are a server's texts and headers, names, values, lines, URLs and the texts of other crates' errors. They are kept as
//! they came, but for secrets, and made presentable where they are shown: one line of at most [`MAX`] bytes without a character
//! that is not seen.

pub(crate) mod cause;
pub(crate) mod secret;
pub(crate) mod secrets;
mod spelling;

use std::borrow::Cow;

use influx_core::shown as core;

/// No message is longer, in bytes.
pub(crate) const MAX: usize = core::MESSAGE;

/// Most bytes that are shown of a server's text.
pub(crate) const SERVER_TEXT: usize = 500;

/// What stands behind a text that is cut.
const CUT: &str = " ...";

/// What the core puts behind a text that it cuts, in bytes.
const MORE: usize = 4;

/// A message as it is shown.
pub(crate) fn line(text: &str) -> String {
    shown(text, MAX)
}

/// A name within a message.
pub(crate) fn name(text: &str) -> String {
    shown(text, core::NAME)
}

/// The text as one line of at most `max` bytes: breaks become ` | `, what cannot be seen is escaped as in Rust.
pub(crate) fn shown(text: &str, max: usize) -> String {
    // what is behind is cut off in any case
    let text = cut(text.trim_end(), max + 1);
    let line = text.replace("\r\n", "\n").replace('\n', " | ");
    core::shown(&line, max.saturating_sub(MORE)).to_string()
}

/// The beginning of a text, cut between characters, with ` ...` behind it.
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
        fn a_line_is_one_and_short(text in ".{0,60}|[\\x00-\\x20\u{200b}\u{202e}é]{0,60}", max in 8_usize..80) {
            let line = shown(&text, max);
            prop_assert!(line.len() <= max, "{line}");
            prop_assert!(!line.contains(|c: char| c.is_control() || matches!(c, '\u{200b}' | '\u{202e}')), "{line:?}");
            let cut = cut(&text, max);
            prop_assert!(cut.len() <= max && (cut == text || cut.ends_with(" ...")));
        }
    }
}
