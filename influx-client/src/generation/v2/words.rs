//! InfluxDB 2.x, Cloud, and the 2.x endpoint of 3.x: the words of their errors.
//!
//! Sources: answers of influxd 2.7.12 and 2.9.1, and of InfluxDB 3 Core 3.6.0 and 3.10.1; Cloud's by its documentation.

use crate::generation::tsdb;
use crate::generation::words::{Cause, Others, Refusal, Words};

/// The words of `{"code": .., "message": ..}`; `line` is Cloud's.
pub(crate) fn words<'a>(code: &str, text: &'a str, line: Option<u64>) -> Option<Words<'a>> {
    let text = text.trim_end();
    // unlike 1.x: nothing is stored when a line cannot be parsed
    let points = tsdb::unparsable(text, Others::NotStored)
        .or_else(|| text.strip_prefix("failure writing points to database: ").and_then(tsdb::refused))
        .or_else(|| rejected_count(text))
        .or_else(|| numbered(text, line))
        .or_else(|| parse_failed(text));
    if points.is_some() {
        return points;
    }
    let begins = |begins: &[&str]| begins.iter().any(|begin| text.starts_with(begin));
    if code == "request too large" {
        Some(Words::TooLarge)
    } else if begins(&[
        "unable to read data: ",
        "error decoding gzip stream",
        "An internal error has occurred",
    ]) {
        Some(Words::Packing)
    } else if begins(&REQUEST)
        || ["unauthorized", "forbidden", "not found", "method not allowed"].contains(&code)
    {
        Some(Words::Request)
    } else {
        None
    }
}

const REQUEST: [&str; 7] = [
    "invalid precision",
    "Please provide either orgID or org",
    "missing db",
    "missing bucket value",
    "bucket not found",
    "no dbrp mapping found",
    "write buffer error: incoming write was empty",
];

/// `partial write error (1 accepted): 2/3 points rejected; first error: at line 3:5: no field set`.
fn rejected_count(text: &str) -> Option<Words<'_>> {
    let (_, rest) = text.split_once("partial write error (")?;
    let (_, rest) = rest.split_once(" accepted): ")?;
    let (counts, first) = rest.split_once(" points rejected")?;
    let dropped = counts.split_once('/')?.0.parse().ok();
    let place = first.split_once("at line ").map(|(_, place)| place);
    let named = place.and_then(|place| {
        let (line, rest) = place.split_once(':')?;
        let reason = rest.split_once(": ").map_or(rest, |(_, reason)| reason);
        Some((line.parse().ok()?, reason.to_owned()))
    });
    // the one that it names may be one of several
    let others = if named.is_some() && dropped == Some(1) { Others::Stored } else { Others::Unknown };
    let cause = named.map_or(Cause::Other(text), |named| Cause::Numbered(vec![named]));
    Some(Words::Points(Refusal { others, dropped, cause }))
}

/// Whether the others are stored depends on a setting that the answer does not show.
fn numbered(text: &str, line: Option<u64>) -> Option<Words<'_>> {
    let cause = Cause::Numbered(vec![(line.filter(|line| *line > 0)?, text.to_owned())]);
    Some(Words::Points(Refusal { others: Others::Unknown, dropped: None, cause }))
}

/// 3.x by its 2.x endpoint: one line at least could not be parsed, nothing is stored.
fn parse_failed(text: &str) -> Option<Words<'_>> {
    let rest = text.strip_prefix("write buffer error: ")?;
    let known = rest.starts_with("parsing for line protocol failed")
        || rest.starts_with("line protocol parse failed");
    known.then_some(Words::Points(Refusal {
        others: Others::NotStored,
        dropped: None,
        cause: Cause::Other(rest),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_by_number() {
        let text =
            "partial write error (1 accepted): 2/3 points rejected; first error: at line 3:5: no field set";
        assert_eq!(
            words("invalid", text, None),
            Some(Words::Points(Refusal {
                others: Others::Unknown,
                dropped: Some(2),
                cause: Cause::Numbered(vec![(3, "no field set".into())])
            }))
        );
        let Some(Words::Points(refusal)) = words("invalid", "e1\ne2", Some(123)) else { panic!() };
        assert_eq!(
            (refusal.others, refusal.cause),
            (Others::Unknown, Cause::Numbered(vec![(123, "e1\ne2".into())]))
        );
        assert_eq!(words("invalid", "e1", Some(0)), None, "lines are counted from 1");
    }
}
