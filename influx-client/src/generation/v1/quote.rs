//! Names, texts, regular expressions and durations as InfluxQL literals: the one place that puts them into statements.
//!
//! The server's scanner knows three escapes between quotes, `\\`, `\n` and the quote itself, and refuses all others. It reads
//! CR as LF and takes neither raw, and NUL is its end of input: these two cannot be said. All other characters stand for
//! themselves, control characters, too. Between slashes it knows the escape of the slash alone.

use std::time::Duration;

use crate::error::{Error, Result};

/// A name between double quotes.
pub(crate) fn identifier(name: &str) -> Result<String> {
    if name.is_empty() {
        return Err(Error::config("a name in a statement is empty: give one"));
    }
    quoted(name, '"').map_err(|bad| {
        Error::config(format!("the name {name:?} holds {bad:?}, which InfluxQL cannot express: use another"))
    })
}

/// A text between single quotes.
pub(crate) fn string(text: &str) -> Result<String> {
    quoted(text, '\'').map_err(|bad| {
        Error::config(format!(
            "the text {text:?} holds {bad:?}, which a statement cannot express: bind it, as in \
             client.influxql(\".. = $x\").bind(\"x\", ..)"
        ))
    })
}

/// The text between quotes, or the character that cannot stand there.
pub(crate) fn quoted(text: &str, quote: char) -> Result<String, char> {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\0' | '\r' => return Err(c),
            '\n' => out.push_str("\\n"),
            c => {
                if c == '\\' || c == quote {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    out.push(quote);
    Ok(out)
}

/// A regular expression between slashes.
pub(crate) fn regex(pattern: &str) -> Result<String> {
    let fail = |why: &str| Err(Error::config(format!("the regular expression {pattern:?} {why}")));
    if pattern.is_empty() {
        return fail("is empty: leave it out to take everything");
    }
    // `/*` would begin a comment.
    if pattern.starts_with('*') {
        return fail("begins with *, which repeats nothing: write .* or \\*");
    }
    for (bad, instead) in [('\n', "\\n"), ('\r', "\\r"), ('\0', "\\x00")] {
        if pattern.contains(bad) {
            return fail(&format!("holds {bad:?}, which a statement cannot express: write {instead}"));
        }
    }
    let escaped = pattern.replace('/', "\\/");
    // A backslash at the end would escape the closing slash.
    Ok(if escaped.ends_with('\\') { format!("/(?:{escaped})/") } else { format!("/{escaped}/") })
}

/// A duration in the largest unit that holds it exactly.
pub(crate) fn duration(duration: Duration) -> Result<String> {
    const UNITS: [(&str, u128); 7] = [
        ("w", 604_800_000_000_000),
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("u", 1_000),
    ];
    let nanos = duration.as_nanos();
    if i64::try_from(nanos).is_err() {
        return Err(Error::config(format!(
            "the duration {duration:?} is longer than the 292 years that InfluxQL has: use less, or None for ever"
        )));
    }
    let exact = UNITS.iter().find(|(_, unit)| nanos > 0 && nanos.is_multiple_of(*unit));
    Ok(match exact {
        Some((name, unit)) => format!("{}{name}", nanos / unit),
        None => format!("{nanos}ns"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The server's reader: CR and CR LF become LF, and NUL ends the input.
    fn read(text: &str) -> Vec<char> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.chars().take_while(|c| *c != '\0').collect()
    }

    /// The server's `ScanString`: the text between quotes, and what follows.
    fn scan_string(text: &str) -> Option<(String, String)> {
        let mut chars = read(text).into_iter();
        let quote = chars.next()?;
        let mut out = String::new();
        loop {
            match chars.next()? {
                c if c == quote => return Some((out, chars.collect())),
                '\n' => return None,
                '\\' => out.push(match chars.next()? {
                    'n' => '\n',
                    c @ ('\\' | '"' | '\'') => c,
                    _ => return None,
                }),
                c => out.push(c),
            }
        }
    }

    /// The server's `ScanRegex`: the expression between slashes, and what follows.
    fn scan_regex(text: &str) -> Option<(String, String)> {
        let chars = read(text);
        if chars.first() != Some(&'/') || chars.get(1) == Some(&'*') {
            return None;
        }
        let (mut at, mut out) = (1, String::new());
        loop {
            match (chars.get(at)?, chars.get(at + 1)) {
                ('/', _) => return Some((out, chars[at + 1..].iter().collect())),
                ('\n', _) => return None,
                ('\\', Some('/')) => (out, at) = (out + "/", at + 2),
                (c, _) => {
                    out.push(*c);
                    at += 1;
                }
            }
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("\\".to_owned()),
            Just("\"".to_owned()),
            Just("'".to_owned()),
            Just("/".to_owned()),
            Just("*".to_owned()),
            Just("\n".to_owned()),
            Just("\r".to_owned()),
            Just("\0".to_owned()),
            Just("; DROP DATABASE x".to_owned()),
            Just("--".to_owned()),
            Just("n".to_owned()),
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(pieces, 1..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn nothing_breaks_out(text in hostile(), after in hostile()) {
            // What follows a literal is never a part of it.
            let after = read(&after).into_iter().collect::<String>();
            let unsayable = text.contains(['\r', '\0']);
            for (literal, quote) in [(identifier(&text), '"'), (string(&text), '\'')] {
                prop_assert_eq!(literal.is_err(), unsayable);
                let Ok(literal) = literal else { continue };
                prop_assert!(literal.starts_with(quote));
                prop_assert_eq!(scan_string(&(literal + &after)), Some((text.clone(), after.clone())));
            }
            let unsayable = unsayable || text.contains('\n') || text.starts_with('*');
            let literal = regex(&text);
            prop_assert_eq!(literal.is_err(), unsayable);
            if let Ok(literal) = literal {
                let meant = if text.ends_with('\\') { format!("(?:{text})") } else { text };
                prop_assert_eq!(scan_regex(&(literal + &after)), Some((meant, after)));
            }
        }

        #[test]
        fn durations_are_exact(nanos in any::<i64>(), zeros in 0_u32..15) {
            let nanos = nanos.unsigned_abs().min(i64::MAX as u64) / 10_u64.pow(zeros) * 10_u64.pow(zeros);
            let text = duration(Duration::from_nanos(nanos)).unwrap();
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap();
            let unit: u64 = match &text[digits..] {
                "w" => 604_800_000_000_000,
                "d" => 86_400_000_000_000,
                "h" => 3_600_000_000_000,
                "m" => 60_000_000_000,
                "s" => 1_000_000_000,
                "ms" => 1_000_000,
                "u" => 1_000,
                "ns" => 1,
                other => panic!("{other}"),
            };
            prop_assert_eq!(text[..digits].parse::<u64>().unwrap() * unit, nanos);
        }
    }

    #[test]
    fn literals() {
        assert_eq!(identifier("a").unwrap(), "\"a\"");
        assert_eq!(identifier("a\"; DROP DATABASE \"b").unwrap(), "\"a\\\"; DROP DATABASE \\\"b\"");
        assert_eq!(identifier("a\\\"b").unwrap(), "\"a\\\\\\\"b\"");
        assert_eq!(identifier("a\n\tb").unwrap(), "\"a\\n\tb\"");
        assert_eq!(string("it's \"\\").unwrap(), "'it\\'s \"\\\\'");
        assert_eq!(string("").unwrap(), "''");
        assert_eq!(regex("^a/b\\/c$").unwrap(), "/^a\\/b\\\\/c$/");
        assert_eq!(regex("a\\\\").unwrap(), "/(?:a\\\\)/");
        for (length, text) in [
            (Duration::ZERO, "0ns"),
            (Duration::from_nanos(1_500), "1500ns"),
            (Duration::from_micros(7), "7u"),
            (Duration::from_secs(90), "90s"),
            (Duration::from_secs(5_400), "90m"),
            (Duration::from_secs(14 * 86_400), "2w"),
        ] {
            assert_eq!(duration(length).unwrap(), text);
        }
    }

    #[test]
    fn what_cannot_be_said_says_the_way_out() {
        for (result, says) in [
            (identifier(""), "a name in a statement is empty: give one"),
            (
                identifier("a\rb"),
                "the name \"a\\rb\" holds '\\r', which InfluxQL cannot express: use another",
            ),
            (
                string("a\0"),
                "the text \"a\\0\" holds '\\0', which a statement cannot express: bind it, as in \
                 client.influxql(\".. = $x\").bind(\"x\", ..)",
            ),
            (regex(""), "the regular expression \"\" is empty: leave it out to take everything"),
            (
                regex("a\nb"),
                "the regular expression \"a\\nb\" holds '\\n', which a statement cannot express: write \\n",
            ),
            (
                regex("*/"),
                "the regular expression \"*/\" begins with *, which repeats nothing: write .* or \\*",
            ),
            (
                duration(Duration::MAX),
                "the duration 18446744073709551615.999999999s is longer than the 292 years that InfluxQL has: use \
                 less, or None for ever",
            ),
        ] {
            let error = result.unwrap_err();
            assert!(error.is_config());
            assert_eq!(error.to_string(), says);
        }
    }
}
