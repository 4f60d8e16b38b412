//! InfluxDB 1.x: the words of its errors.
//!
//! Sources: answers of influxd 1.6.7 and 1.12.4; Enterprise's by its documentation.

use crate::generation::tsdb;
use crate::generation::words::{Others, Words};

/// The words of `{"error": text}`.
pub(crate) fn words(text: &str) -> Option<Words<'_>> {
    let text = text.trim_end();
    // without `partial write` no line could be parsed
    let points = tsdb::refused(text).or_else(|| tsdb::unparsable(text, Others::NotStored));
    if points.is_some() {
        return points;
    }
    let begins = |begins: &[&str]| begins.iter().any(|begin| text.starts_with(begin));
    if begins(&REQUEST) || text.contains("not authorized to write to database") {
        Some(Words::Request)
    } else if text == "Request Entity Too Large" {
        Some(Words::TooLarge)
    } else if text == "unexpected EOF" || begins(&["gzip: "]) {
        Some(Words::Packing)
    } else if text.ends_with("hinted handoff queue not empty") {
        // the cluster has queued the points
        Some(Words::Stored)
    } else {
        None
    }
}

const REQUEST: [&str; 7] = [
    "database is required",
    "database not found: ",
    "retention policy not found: ",
    "invalid consistency level",
    "invalid precision ",
    "unable to parse authentication credentials",
    "authorization failed",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_about_points() {
        for (text, expected) in [
            ("database is required", Some(Words::Request)),
            ("retention policy not found: nope", Some(Words::Request)),
            ("\"bob\" user is not authorized to write to database \"d\"", Some(Words::Request)),
            ("Request Entity Too Large", Some(Words::TooLarge)),
            ("unexpected EOF", Some(Words::Packing)),
            ("gzip: invalid header\n", Some(Words::Packing)),
            ("write failed: hinted handoff queue not empty", Some(Words::Stored)),
            ("timeout", None),
            ("engine: cache-max-memory-size exceeded: (1/2)", None),
            ("engine: error writing WAL entry: write /w: no space left on device", None),
            ("", None),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
