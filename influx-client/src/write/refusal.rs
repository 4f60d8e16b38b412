//! From the server's words about a refused body to the caller's points.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::delivery::Rejected;
use crate::generation::tsdb::UNABLE;
use crate::generation::words::{Cause, Refusal};
use crate::write::body::Body;
use crate::write::lines::{Line, is_point, names, type_of};

/// The refused points of a body, as far as the server told.
pub(crate) fn rejected(refusal: &Refusal<'_>, body: &Body) -> Vec<Rejected> {
    match &refusal.cause {
        Cause::Unparsable(text) => unparsable(text, body),
        Cause::Conflict { field, measurement, sent, text } => {
            let fits = |line: &Line<'_>| {
                names(line.measurement, measurement)
                    && line.fields().any(|(key, value)| names(key, field) && type_of(value) == *sent)
            };
            candidates(text, body, refusal.dropped, fits)
        }
        Cause::Name { is_tag, key, measurement, text } => {
            let fits = |line: &Line<'_>| {
                names(line.measurement, measurement)
                    && if *is_tag {
                        line.tag_keys().any(|tag| names(tag, key))
                    } else {
                        line.fields().any(|(field, _)| names(field, key))
                    }
            };
            candidates(text, body, refusal.dropped, fits)
        }
        Cause::ConflictInBatch(text) => conflicts_in_batch(text, body),
        Cause::Numbered(lines) => numbered(lines, body),
        Cause::Other(text) => {
            let (index, line) = only_line(body, refusal.dropped).unzip();
            vec![Rejected::new(index, line, *text)]
        }
    }
}

/// The server counts points, from 1, and passes blank lines and comments by.
fn numbered(lines: &[(u64, String)], body: &Body) -> Vec<Rejected> {
    let points: Vec<(usize, &[u8])> = body.iter().filter(|(_, line)| is_point(line)).collect();
    let place = |number: u64| points.get(usize::try_from(number).ok()?.checked_sub(1)?);
    let mut named = HashSet::new();
    let found = lines.iter().filter_map(|(number, reason)| match place(*number) {
        // a line that is named twice is one
        Some((index, line)) => {
            named.insert(*index).then(|| Rejected::new(Some(*index), Some(line), reason.as_str()))
        }
        None => Some(Rejected::new(None, None, format!("line {number}: {reason}"))),
    });
    found.collect()
}

/// The server quotes bad lines whole and in order, so that each is found behind the one before it. Reasons end where
/// the next quote begins.
fn unparsable(text: &str, body: &Body) -> Vec<Rejected> {
    let lines: Vec<(usize, &[u8])> = body.iter().collect();
    let (mut found, mut next) = (Vec::new(), 0);
    let mut rest = text;
    while let Some(quoted) = rest.strip_prefix(UNABLE) {
        let (index, line, behind) = match quoted_line(quoted, &lines[next..]) {
            Some((at, behind)) => {
                let (index, line) = lines[next + at];
                next += at + 1;
                (Some(index), line, behind)
            }
            // Not as sent, maybe a proxy's doing: up to the first end of a quote.
            None => {
                let (line, behind) = quoted.split_once("': ").unwrap_or((quoted, ""));
                (None, line.as_bytes(), behind)
            }
        };
        let end = behind.find("\nunable to parse '").unwrap_or(behind.len());
        found.push(Rejected::new(index, Some(line), &behind[..end]));
        rest = behind[end..].trim_start_matches('\n');
    }
    found
}

/// The place of the line that `quoted` begins with, and what follows it. Of a line and another that goes on behind it as a reason
/// would, `m f=1` and `m f=1': x`, it is the longer one: no reason quotes so.
fn quoted_line<'a>(quoted: &'a str, lines: &[(usize, &[u8])]) -> Option<(usize, &'a str)> {
    let mut hits = lines
        .iter()
        .enumerate()
        .filter_map(|(at, (_, line))| reason_behind(quoted, line).map(|behind| (at, behind)));
    let first = hits.next()?;
    let reason = first.1.split("\nunable to parse '").next().unwrap_or_default();
    if !reason.contains("': ") {
        return Some(first);
    }
    Some(hits.fold(first, |best, hit| if hit.1.len() < best.1.len() { hit } else { best }))
}

/// What follows the quoted line, if `quoted` begins with it.
fn reason_behind<'a>(quoted: &'a str, line: &[u8]) -> Option<&'a str> {
    let line = line.trim_ascii_start();
    let behind = quoted.as_bytes().strip_prefix(line)?.strip_prefix(b"': ")?;
    if line.is_empty() { None } else { quoted.get(quoted.len() - behind.len()..) }
}

/// The lines that fit. The server tells how many it dropped, not which: with more than that they are candidates.
fn candidates(
    text: &str,
    body: &Body,
    dropped: Option<u64>,
    fits: impl Fn(&Line<'_>) -> bool,
) -> Vec<Rejected> {
    let reason: Arc<str> = text.into();
    let mut found: Vec<Rejected> = body
        .iter()
        .filter(|(_, line)| is_point(line) && fits(&Line::new(line)))
        .map(|(index, line)| Rejected::new(Some(index), Some(line), Arc::clone(&reason)))
        .collect();
    if found.is_empty() {
        found.push(Rejected::new(None, None, reason));
    }
    if dropped.is_none_or(|count| (found.len() as u64) > count) {
        found = found.into_iter().map(Rejected::uncertain).collect();
    }
    found
}

/// The server names neither field nor line when two lines of one request disagree about a type: all lines that write
/// a field with another type than the first line that has it.
fn conflicts_in_batch(text: &str, body: &Body) -> Vec<Rejected> {
    let reason: Arc<str> = text.into();
    let mut types = HashMap::new();
    let mut found = Vec::new();
    for (index, line) in body.iter().filter(|(_, line)| is_point(line)) {
        let parts = Line::new(line);
        let clash = parts.fields().any(|(key, value)| {
            let sent = type_of(value);
            *types.entry((parts.measurement, key)).or_insert(sent) != sent
        });
        if clash {
            found.push(Rejected::new(Some(index), Some(line), Arc::clone(&reason)).uncertain());
        }
    }
    if found.is_empty() {
        found.push(Rejected::new(None, None, reason));
    }
    found
}

/// The one line of the body, if there is only one and it was dropped.
fn only_line(body: &Body, dropped: Option<u64>) -> Option<(usize, &[u8])> {
    body.iter().next().filter(|_| body.lines() == 1 && dropped != Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::delivery::Delivery;
    use crate::generation::v1;
    use crate::generation::words::{Others, Words};
    use crate::write::verdict::Refused;

    fn body(text: &str, first: usize) -> Body {
        let ends = crate::write::lines::line_ends(text.as_bytes());
        Body::new(text.as_bytes().to_vec(), ends, first)
    }

    type Row = (Option<usize>, Option<String>, String, bool);

    /// Index, line, reason and certainty of each rejected point; and whether nothing is stored.
    fn map(message: &str, body: &Body) -> (Vec<Row>, bool) {
        let Some(Words::Points(refusal)) = v1::words::words(message) else { panic!("{message}") };
        let named = rejected(&refusal, body);
        let (dropped, others, points) = (refusal.dropped, refusal.others, body.points());
        let refused = Refused { named, dropped, others, points };
        let total = refused.delivery() == Delivery::Rejected;
        let row = |r: Rejected| (r.index, r.line.map(String::from), r.reason.to_string(), r.certain);
        (refused.named.into_iter().map(row).collect(), total)
    }

    fn row(index: usize, line: &str, reason: &str) -> Row {
        (Some(index), Some(line.into()), reason.into(), true)
    }

    #[test]
    fn unparsable_lines_are_found_by_their_text() {
        let body = body("a f=1\nbad line\nb f=2\nbad line\n", 10);
        let (rows, total) =
            map("partial write: unable to parse 'bad line': invalid field format dropped=0", &body);
        assert_eq!(rows, [row(11, "bad line", "invalid field format")]);
        assert!(!total);
        let both = "partial write: unable to parse 'bad line': x\nunable to parse 'bad line': y dropped=0";
        assert_eq!(map(both, &body).0, [row(11, "bad line", "x"), row(13, "bad line", "y")]);
    }

    #[test]
    fn lines_that_imitate_the_message_do_not_confuse() {
        let evil = "m f=\"': no\nunable to parse 'x': y\" t t";
        let body = body(&format!("ok f=1\n{evil}\nx\n"), 0);
        let message = format!(
            "partial write: unable to parse '{evil}': bad timestamp\nunable to parse 'x': missing fields dropped=0"
        );
        assert_eq!(map(&message, &body).0, [row(1, evil, "bad timestamp"), row(2, "x", "missing fields")]);
    }

    #[test]
    fn a_line_that_is_the_begin_of_another_is_not_taken_for_it() {
        let body = body("m f=1 1\nm f=1 1': bad 2\nm f=1 1': bad 2\n", 0);
        let message = "partial write: unable to parse 'm f=1 1': bad 2': bad timestamp dropped=0";
        assert_eq!(map(message, &body).0, [row(1, "m f=1 1': bad 2", "bad timestamp")]);
    }

    #[test]
    fn a_line_that_is_named_twice_is_one() {
        let body = body("a f=1\nb f=2\n", 4);
        let cause = Cause::Numbered(vec![(2, "x".into()), (2, "y".into()), (9, "z".into()), (9, "z".into())]);
        let refusal = Refusal { others: Others::Stored, dropped: None, cause };
        let indices: Vec<_> = rejected(&refusal, &body).iter().map(Rejected::index).collect();
        assert_eq!(indices, [Some(5), None, None]);
    }

    #[test]
    fn all_bad_means_nothing_is_stored() {
        let body = body("bad1\nbad2", 0);
        let (rows, total) =
            map("unable to parse 'bad1': missing fields\nunable to parse 'bad2': missing fields", &body);
        assert_eq!(rows, [row(0, "bad1", "missing fields"), row(1, "bad2", "missing fields")]);
        assert!(total);
    }

    #[test]
    fn a_line_that_was_not_sent_has_no_index() {
        let (rows, _) = map("unable to parse 'other': why", &body("a f=1", 0));
        assert_eq!(rows, [(None, Some("other".into()), "why".into(), true)]);
    }

    #[test]
    fn conflicts_name_every_line_that_fits() {
        let text = "field type conflict: input field \"u g\" on measurement \"c,p\" is type string, already exists as type float";
        let body = body("c\\,p u\\ g=1\nc\\,p u\\ g=\"x\" 1\nd u\\ g=\"x\"\nc\\,p,t=1 a=1,u\\ g=\"y\"\n", 5);
        let (rows, total) = map(&format!("partial write: {text} dropped=2"), &body);
        let lines = ["c\\,p u\\ g=\"x\" 1", "c\\,p,t=1 a=1,u\\ g=\"y\""];
        assert_eq!(rows, [row(6, lines[0], text), row(8, lines[1], text)]);
        assert!(!total);
        let (rows, _) = map(&format!("partial write: {text} dropped=1"), &body);
        assert_eq!(rows.iter().map(|r| (r.0, r.3)).collect::<Vec<_>>(), [(Some(6), false), (Some(8), false)]);
        let (rows, total) = map(&format!("partial write: {text} dropped=4"), &body);
        assert_eq!(rows.len(), 2);
        assert!(total);
    }

    #[test]
    fn a_conflict_within_the_body_names_the_second_type() {
        let (rows, total) = map("field type conflict", &body("m f=1\nm f=2,g=1i\nm,a=b g=1\nn f=1i\n", 0));
        assert_eq!(rows.iter().map(|r| (r.0, r.3)).collect::<Vec<_>>(), [(Some(2), false)]);
        assert!(!total, "points of other shards are stored");
    }

    #[test]
    fn names_and_retention() {
        let text = "invalid tag key: input tag \"time\" on measurement \"m\" is invalid";
        let (rows, _) =
            map(&format!("partial write: {text} dropped=1"), &body("m f=1\nm,a=b,time=1 f=1\n", 0));
        assert_eq!(rows, [row(1, "m,a=b,time=1 f=1", text)]);
        let text = "invalid field name: input field \"time\" on measurement \"m\" is invalid";
        let (rows, total) = map(&format!("partial write: {text} dropped=1"), &body("m time=1\n", 0));
        assert_eq!(rows, [row(0, "m time=1", text)]);
        assert!(total);
        let late = "partial write: points beyond retention policy dropped=1";
        let (rows, total) = map(late, &body("m f=1 1\nm f=2", 0));
        assert_eq!(rows, [(None, None, "points beyond retention policy".into(), true)]);
        assert!(!total);
        let (rows, total) = map(late, &body("m f=1 1", 7));
        assert_eq!(rows, [row(7, "m f=1 1", "points beyond retention policy")]);
        assert!(total);
    }
}
