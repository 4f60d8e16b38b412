//! What an answer is that is none of InfluxDB's.

use crate::decode::error::DecodeError;
use crate::decode::json::Scan;
use crate::shown::{VALUE, quoted};

/// How much of a text that is no document is kept for the message.
pub(crate) const KEPT: usize = 1_024;

/// What was to be there instead of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// A document of InfluxQL's answers, in JSON or msgpack.
    OfDocument {
        /// Documents stand before the text.
        follows: bool,
    },
    /// Annotated CSV.
    OfCsv,
}

/// The error that a text is in place of what was expected; of some of it the beginning is enough.
#[cold]
pub(crate) fn error_of(text: &[u8], instead: Instead) -> DecodeError {
    let follows = instead == Instead::OfDocument { follows: true };
    if instead == (Instead::OfDocument { follows: false })
        && text.first() == Some(&b'{')
        && text.len() < KEPT
        && Scan::default().resume(text).is_none()
    {
        return DecodeError::truncated(
            "it begins as a document of JSON where msgpack was announced, and ends within it",
        );
    }
    let place = if follows { "what follows the answer is none of" } else { "the answer is not one of" };
    let Some((kind, hint)) = kind_of(text, instead) else {
        // plain words, in which servers speak where they can write no document
        return DecodeError::server(String::from_utf8_lossy(text).trim());
    };
    let begin = if is_readable(text) {
        format!(": {}", quoted(String::from_utf8_lossy(text).trim(), VALUE))
    } else {
        format!(" that begins with the bytes {:02x?}", &text[..text.len().min(16)])
    };
    DecodeError::foreign(format!("{place} InfluxDB, but {kind}{begin}{hint}"))
}

/// What a text is, and what is to be done about it; `None`: words.
fn kind_of(text: &[u8], instead: Instead) -> Option<(&'static str, &'static str)> {
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()));
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let proxy = "; does a proxy or another server answer at this address?";
    Some(match text.first() {
        Some(0xef) if text.starts_with(b"\xef\xbb\xbf") => {
            ("a text behind a byte order mark", "; something on the way puts it there, and no server does")
        }
        Some(0x1f) if text.starts_with(b"\x1f\x8b") => ("bytes packed by gzip", "; unpack them first"),
        Some(0xff | 0xfe) if begins_utf16(text) => ("a text in UTF-16", proxy),
        Some(b'<') => ("a page of HTML or XML", proxy),
        Some(b'{') => match instead {
            Instead::OfCsv => ("a document of JSON", proxy),
            Instead::OfDocument { follows: false } => {
                ("a document of JSON where msgpack was announced", proxy)
            }
            Instead::OfDocument { follows: true } => (
                "another document",
                "; a document follows upon another in chunks alone, which were not asked for",
            ),
        },
        Some(b'[') => ("an array of JSON", proxy),
        Some(b'"') => ("a string of JSON", proxy),
        Some(b'-' | b'0'..=b'9') if is_number(line) => ("a number of JSON", proxy),
        _ if [&b"null"[..], b"true", b"false"].contains(&line) => ("a value of JSON without rows", proxy),
        _ if begins("name,tags,")
            || begins("#datatype")
            || begins("#group")
            || begins(",result,table")
            || is_csv(text)
            || (instead == Instead::OfCsv
                && line.contains(&b',')
                && !line.contains(&b' ')
                && is_readable(line)) =>
        {
            match instead {
                Instead::OfCsv => ("CSV without annotations", NO_ANNOTATIONS),
                _ => ("CSV", "; ask for JSON or msgpack: in the CSV of InfluxDB errors vanish"),
            }
        }
        _ if is_readable(text) => return None,
        _ => ("neither a document nor a text", proxy),
    })
}

/// What is to be done about CSV of which nobody knows what its cells are.
pub(crate) const NO_ANNOTATIONS: &str =
    "; ask for all of them, in the query's dialect: \"annotations\": [\"datatype\", \"group\", \"default\"]";

fn begins_utf16(text: &[u8]) -> bool {
    text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")
}

fn is_number(line: &[u8]) -> bool {
    str::from_utf8(line).is_ok_and(|line| line.parse::<f64>().is_ok())
}

/// Whether the first two lines have the same number of commas, and some.
fn is_csv(text: &[u8]) -> bool {
    let commas = |line: &[u8]| line.iter().filter(|byte| **byte == b',').count();
    let mut lines = text.split(|byte| *byte == b'\n').map(commas);
    let first = lines.next().unwrap_or(0);
    first > 0 && lines.next() == Some(first)
}

/// Whether bytes are a text that may stand in a message; its last character may be cut.
fn is_readable(text: &[u8]) -> bool {
    let text = match str::from_utf8(text) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.chars().any(|letter| letter.is_control() && !letter.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_named() {
        for (text, says) in [
            (&b"json: unsupported value: +Inf\n"[..], "the server reported: json: unsupported value: +Inf"),
            (b"\xef\xbb\xbf{\"results\":[]}", "a text behind a byte order mark"),
            (b"\xff\xfe{\0", "a text in UTF-16 that begins with the bytes [ff, fe, 7b, 00]"),
            (b"<html><body>502", "a page of HTML or XML: \"<html>"),
            (b"null\n", "a value of JSON without rows: \"null\""),
            (b"{\"results\":[]}", "a document of JSON where msgpack was announced: "),
            (b"[]", "an array of JSON: \"[]\""),
            (b"\"ok\"", "a string of JSON: "),
            (b"12.5", "a number of JSON: \"12.5\""),
            (b"name,tags,time,f\nm,,1,2\n", "CSV: \"name,tags,time,f\\nm,,1,2\"; ask for JSON"),
            (b",result,table,_value\r\n,,0,1\r\n", "CSV: "),
            (b"a,b\n1,2\n", "CSV: "),
            (b"404 page not found\n", "the server reported: 404 page not found"),
            (b"\x93\x01\x02", "neither a document nor a text that begins with the bytes [93, 01, 02]"),
        ] {
            let error = error_of(text, Instead::OfDocument { follows: false });
            assert!(error.to_string().contains(says), "{error}");
            let words = says.starts_with("the server reported");
            assert_eq!((error.is_server_error(), error.is_syntax()), (words, !words), "{error}");
        }
        assert!(error_of(b"{\"results\":[", Instead::OfDocument { follows: false }).is_truncated());
        let behind = error_of(b"null", Instead::OfDocument { follows: true }).to_string();
        assert!(
            behind.starts_with("what follows the answer is none of InfluxDB, but a value of JSON"),
            "{behind}"
        );
    }
}
