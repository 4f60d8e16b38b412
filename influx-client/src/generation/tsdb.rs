//! The words of the storage that 1.x and 2.x share.
//!
//! Sources: answers of influxd 1.6.7, 1.12.4, 2.7.12 and 2.9.1.

use super::words::{Cause, Others, Refusal, Words};

/// What stands before each line that could not be parsed.
pub(crate) const UNABLE: &str = "unable to parse '";

/// Lines that could not be parsed, without a word about others: `others` is what that means for them.
pub(super) fn unparsable(text: &str, others: Others) -> Option<Words<'_>> {
    let cause = text.starts_with(UNABLE).then_some(Cause::Unparsable(text))?;
    Some(Words::Points(Refusal { others, dropped: None, cause }))
}

/// Takes a text apart that says what the storage did not take.
pub(super) fn refused(message: &str) -> Option<Words<'_>> {
    let message = message.trim_end();
    if message == "field type conflict" {
        // between two lines of the request; points of other shards are stored
        let cause = Cause::ConflictInBatch(message);
        return Some(Words::Points(Refusal { others: Others::Unknown, dropped: None, cause }));
    }
    let text = message.strip_prefix("partial write: ")?;
    let (text, dropped) = reason_and_count(text);
    if dropped == Some(0) && text.ends_with("has been stripped from point.") {
        return Some(Words::Stored);
    }
    let (cause, others) = match text.strip_prefix(UNABLE) {
        // the storage speaks of unparsable lines only when it took all others
        Some(_) => (Cause::Unparsable(text), Others::Stored),
        None => {
            let cause = conflict(text).or_else(|| invalid_name(text)).unwrap_or(Cause::Other(text));
            (cause, Others::StoredOrHidden)
        }
    };
    Some(Words::Points(Refusal { others, dropped, cause }))
}

/// The reason, and how many points were dropped: `<reason> dropped=1 for database: d for retention policy: autogen`; 1.x before
/// 1.12 ends after the number.
fn reason_and_count(text: &str) -> (&str, Option<u64>) {
    let Some((reason, rest)) = text.rsplit_once(" dropped=") else { return (text, None) };
    let (digits, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    match digits.parse() {
        Ok(count) if tail.is_empty() || tail.starts_with(" for database: ") => (reason, Some(count)),
        _ => (text, None),
    }
}

fn conflict(text: &str) -> Option<Cause<'_>> {
    let rest = text.strip_prefix("field type conflict: input field \"")?;
    let (names, types) = rest.rsplit_once("\" is type ")?;
    let (field, measurement) = names.split_once("\" on measurement \"")?;
    let (sent, _) = types.split_once(", already exists as type ")?;
    Some(Cause::Conflict { field, measurement, sent, text })
}

fn invalid_name(text: &str) -> Option<Cause<'_>> {
    let tag = text.strip_prefix("invalid tag key: input tag \"");
    let rest = tag.or_else(|| text.strip_prefix("invalid field name: input field \""))?;
    let (names, _) = rest.rsplit_once("\" is invalid")?;
    let (key, measurement) = names.split_once("\" on measurement \"")?;
    Some(Cause::Name { is_tag: tag.is_some(), key, measurement, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Refusal<'_> {
        match refused(text) {
            Some(Words::Points(refusal)) => refusal,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn refusals_taken_apart() {
        for tail in ["", " for database: rec", " for database: rec for retention policy: autogen"] {
            let cause = Cause::Unparsable("unable to parse 'bad line': invalid field format");
            assert_eq!(
                of(&format!(
                    "partial write: unable to parse 'bad line': invalid field format dropped=0{tail}"
                )),
                Refusal { others: Others::Stored, dropped: Some(0), cause }
            );
            let text = "field type conflict: input field \"us\"a\" on measurement \"c p\" is type string, already exists as type float";
            let cause = Cause::Conflict { field: "us\"a", measurement: "c p", sent: "string", text };
            assert_eq!(
                of(&format!("partial write: {text} dropped=2{tail}")),
                Refusal { others: Others::StoredOrHidden, dropped: Some(2), cause }
            );
            let text = "invalid tag key: input tag \"time\" on measurement \"m\" is invalid";
            assert_eq!(
                of(&format!("partial write: {text} dropped=1{tail}")).cause,
                Cause::Name { is_tag: true, key: "time", measurement: "m", text }
            );
            assert_eq!(
                of(&format!("partial write: points beyond retention policy dropped=1{tail}")).cause,
                Cause::Other("points beyond retention policy")
            );
        }
        assert_eq!(of("field type conflict").cause, Cause::ConflictInBatch("field type conflict"));
        for other in
            ["database is required", "unexpected EOF", "invalid consistency level", "", "partial write"]
        {
            assert_eq!(refused(other), None, "{other}");
        }
    }

    #[test]
    fn what_looks_like_a_count_and_is_none() {
        for text in ["a dropped=x", "a dropped=", "a dropped=1x", "a dropped=99999999999999999999999"] {
            assert_eq!(reason_and_count(text), (text, None));
        }
        assert_eq!(
            reason_and_count("'m f=\" dropped=5 for database: x\"': y dropped=0"),
            ("'m f=\" dropped=5 for database: x\"': y", Some(0))
        );
    }

    #[test]
    fn a_field_that_was_left_out_is_no_refusal_of_its_point() {
        let text = "partial write: invalid field name: input field \"time\" on measurement \"t\" is invalid. Field \"time\" has been stripped from point. dropped";
        assert_eq!(refused(&format!("{text}=0 for database: rec")), Some(Words::Stored));
        assert_eq!(of(&format!("{text}=2")).dropped, Some(2));
    }
}
