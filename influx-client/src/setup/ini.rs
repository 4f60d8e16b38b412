//! INI files: sections, and `key = value` or `key: value` in them. There is no standard: what programs read in different ways is an
//! error here.

use crate::error::{Error, Result};
use crate::message;

/// A line that sets something.
#[derive(Debug, PartialEq)]
pub(super) struct Line<'t> {
    pub(super) section: &'t str,
    pub(super) key: &'t str,
    pub(super) value: &'t str,
}

/// The lines that set something. A comment is a line of its own: a `#` within a value belongs to it.
pub(super) fn lines(text: &str) -> Result<Vec<Line<'_>>> {
    let mut section = "";
    let mut all = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let fail = |what: &str| Err(Error::config(format!("line {} {what}", at + 1)));
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            match rest.strip_suffix(']') {
                Some(name) => section = name.trim(),
                None => return fail("begins with [ and does not end with ]: write [influx2]"),
            }
            continue;
        }
        if line.starts_with([' ', '\t']) && !all.is_empty() {
            return fail(
                "is indented, which other programs read as more of the line before: begin it at the margin",
            );
        }
        let Some(end) = trimmed.find(['=', ':']) else {
            return fail("sets nothing: write key = value");
        };
        let (key, value) = (trimmed[..end].trim(), trimmed[end + 1..].trim());
        if all.iter().any(|line: &Line<'_>| line.section == section && line.key == key) {
            return fail(&format!("sets {} again", message::name(key)));
        }
        let Some(value) = unquoted(value) else {
            return fail(
                "has a value that begins with a quotation mark, and more behind the next one or none: a comment is a line of its own",
            );
        };
        all.push(Line { section, key, value });
    }
    Ok(all)
}

/// Without quotes around it, as TOML has them: the Python client reads such files, too. `None` where they do not stand around it alone,
/// as before TOML's comments.
fn unquoted(value: &str) -> Option<&str> {
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        return Some(value);
    };
    let between = value[1..].strip_suffix(quote)?;
    (!between.contains(quote)).then_some(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_values() {
        let text = "\u{feff}top = 1\n[influx2]\r\nurl=http://h:1?a=b#c\n; no\n# no\nkey : \"a b\"\n\n[ tags ]\nId='x'\nempty=\n";
        let found: Vec<_> = lines(text).unwrap().iter().map(|l| (l.section, l.key, l.value)).collect();
        assert_eq!(
            found,
            [
                ("", "top", "1"),
                ("influx2", "url", "http://h:1?a=b#c"),
                ("influx2", "key", "a b"),
                ("tags", "Id", "x"),
                ("tags", "empty", "")
            ]
        );
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, says) in [
            ("a=1\nurl", "line 2 sets nothing"),
            ("[x\n", "line 1 begins with ["),
            ("a=1\n b=2", "line 2 is indented"),
            ("a=1\na=2", "line 2 sets a again"),
            // a file of TOML by another name
            ("a=1\nb = \"hidden\" # c", "line 2 has a value that begins with a quotation mark"),
            ("a='b' 'c'", "line 1 has a value"),
            ("a=\"", "line 1 has a value"),
            ("a='b\"", "line 1 has a value"),
        ] {
            assert!(lines(text).unwrap_err().to_string().starts_with(says), "{text}");
        }
        assert!(lines("a=1\n[x]\na=2").is_ok());
    }
}
