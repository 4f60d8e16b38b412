//! InfluxDB 3.x: the words of its errors.
//!
//! Sources: answers of InfluxDB 3 Core 3.6.0 and 3.10.1. Errors have no content type, and four shapes.

use serde_json::Value;

use super::words::{Cause, Others, Refusal, Words};

/// `{"error": text, "data": ..}`. The text differs between versions: the shape of `data` says what happened. A list: these lines
/// are refused and the others stored. One line: it is the first that was found, and nothing is stored.
pub(super) fn line_words<'a>(text: &'a str, data: &Value) -> Option<Words<'a>> {
    let (named, others) = match data {
        Value::Array(list) => (list.iter().filter_map(line).collect(), Others::Stored),
        Value::Object(_) => (Vec::from_iter(line(data)), Others::NotStored),
        _ if is_about_lines(text) => (Vec::new(), Others::Unknown),
        _ => return words(text),
    };
    let listed = data.as_array().map_or(named.len(), Vec::len);
    if named.is_empty() {
        let known = is_about_lines(text);
        let cause = Cause::Other(text);
        let others = if others == Others::Stored { Others::Unknown } else { others };
        return known.then_some(Words::Points(Refusal { others, dropped: None, cause }));
    }
    // an entry that cannot be read hides a line
    let others = if listed > named.len() { Others::Unknown } else { others };
    Some(Words::Points(Refusal { others, dropped: None, cause: Cause::Numbered(named) }))
}

fn is_about_lines(text: &str) -> bool {
    ["partial write of line protocol", "parsing failed for write_lp", "line protocol parsing error"]
        .iter()
        .any(|begin| text.starts_with(begin))
}

/// `{"line_number": 2, "error_message": ..}`.
fn line(entry: &Value) -> Option<(u64, String)> {
    let number = entry.get("line_number")?.as_u64().filter(|number| *number > 0)?;
    let reason = entry.get("error_message").and_then(Value::as_str).unwrap_or("refused without a reason");
    Some((number, reason.to_owned()))
}

/// The words of an error without lines.
pub(super) fn words(text: &str) -> Option<Words<'_>> {
    let text = text.trim_end();
    let begins = |begins: &[&str]| begins.iter().any(|begin| text.starts_with(begin));
    if text.starts_with("max request size (") {
        Some(Words::TooLarge)
    } else if begins(&["error decoding gzip stream", "unacceptable content-encoding"]) {
        Some(Words::Packing)
    } else if begins(&REQUEST) {
        Some(Words::Request)
    } else {
        None
    }
}

/// Whether a text without any mark of its sender is one that only 3.x says.
pub(super) fn is_plain_text(text: &str) -> bool {
    words(text).is_some()
}

const REQUEST: [&str; 12] = [
    "missing query parameter",
    "serde error: ",
    "failed to deserialize",
    "incoming write was empty",
    "invalid character in database or rp name",
    "db name ",
    "no db destination provided",
    "Adding a new database would exceed limit",
    "Authorization header was malformed",
    "body content is not valid utf8",
    "query error: ",
    "database not found",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_shape_of_data_says_what_is_stored() {
        let line = json!({"error_message": "why", "line_number": 2, "original_line": "b"});
        let named = || Cause::Numbered(vec![(2, "why".to_owned())]);
        let of = |text, data| match line_words(text, &data) {
            Some(Words::Points(refusal)) => Some((refusal.others, refusal.cause)),
            other => {
                assert_eq!(other, None);
                None
            }
        };
        let partial = "partial write of line protocol occurred";
        assert_eq!(of(partial, json!([line])), Some((Others::Stored, named())));
        assert_eq!(of("new words", json!([line])), Some((Others::Stored, named())));
        assert_eq!(of("new words", line.clone()), Some((Others::NotStored, named())));
        assert_eq!(of(partial, json!(null)), Some((Others::Unknown, Cause::Other(partial))));
        assert_eq!(of(partial, json!([])), Some((Others::Unknown, Cause::Other(partial))));
        assert_eq!(of(partial, json!([line, {"line_number": 0}])), Some((Others::Unknown, named())));
        assert_eq!(of("new words", json!({"a": 1})), None);
        assert_eq!(of("new words", json!(null)), None);
    }
}
