//! The texts of refused writes.

/// A refused write in the server's words, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal<'a> {
    /// The server says that it stored the rest.
    pub(crate) partial: bool,
    /// Points that the storage dropped; lines that could not be parsed are not counted.
    pub(crate) dropped: Option<u64>,
    pub(crate) cause: Cause<'a>,
}

/// Why lines were refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cause<'a> {
    /// `unable to parse 'line': reason`, several joined by LF; the whole text, as lines may hold anything.
    Unparsable(&'a str),
    /// A field was written with another type before.
    Conflict { field: &'a str, measurement: &'a str, sent: &'a str, text: &'a str },
    /// Two lines of the request write one field with two types.
    ConflictInBatch(&'a str),
    /// A reserved or invalid tag or field name.
    Name { is_tag: bool, key: &'a str, measurement: &'a str, text: &'a str },
    /// Anything else that concerns points, such as `points beyond retention policy`.
    Other(&'a str),
}

/// Whether a status 400 is about the request and not about its lines: sent in halves it would be refused again.
pub(crate) fn concerns_request(message: &str) -> bool {
    const REQUEST: [&str; 4] =
        ["database is required", "invalid consistency level", "unexpected EOF", "gzip: invalid header"];
    REQUEST.contains(&message.trim_end())
}

/// Takes the message of a status 400 apart; `None` when it is not about single points.
pub(crate) fn refusal(message: &str) -> Option<Refusal<'_>> {
    let message = message.trim_end();
    let (partial, text) = match message.strip_prefix("partial write: ") {
        Some(rest) => (true, rest),
        None => (false, message),
    };
    let (text, dropped) = match text.rsplit_once(" dropped=") {
        Some((before, count)) if partial => match count.parse() {
            Ok(count) => (before, Some(count)),
            Err(_) => (text, None),
        },
        _ => (text, None),
    };
    let cause = if text.starts_with(UNABLE) {
        Cause::Unparsable(text)
    } else if let Some(conflict) = conflict(text) {
        conflict
    } else if text == "field type conflict" {
        Cause::ConflictInBatch(text)
    } else if let Some(name) = invalid_name(text) {
        name
    } else if partial {
        Cause::Other(text)
    } else {
        return None;
    };
    Some(Refusal { partial, dropped, cause })
}

/// What stands before each line that could not be parsed.
pub(crate) const UNABLE: &str = "unable to parse '";

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

    #[test]
    fn refusals_taken_apart() {
        let of = |text| refusal(text).unwrap();
        assert_eq!(
            of("partial write: unable to parse 'bad line': invalid field format dropped=0"),
            Refusal {
                partial: true,
                dropped: Some(0),
                cause: Cause::Unparsable("unable to parse 'bad line': invalid field format")
            }
        );
        let text = "field type conflict: input field \"us\"a\" on measurement \"c p\" is type string, already exists as type float";
        let message = format!("partial write: {text} dropped=2");
        assert_eq!(
            of(&message),
            Refusal {
                partial: true,
                dropped: Some(2),
                cause: Cause::Conflict { field: "us\"a", measurement: "c p", sent: "string", text }
            }
        );
        assert_eq!(
            of("field type conflict"),
            Refusal { partial: false, dropped: None, cause: Cause::ConflictInBatch("field type conflict") }
        );
        assert_eq!(
            of("partial write: points beyond retention policy dropped=1").cause,
            Cause::Other("points beyond retention policy")
        );
        let text = "invalid tag key: input tag \"time\" on measurement \"m\" is invalid";
        let message = format!("partial write: {text} dropped=1");
        assert_eq!(of(&message).cause, Cause::Name { is_tag: true, key: "time", measurement: "m", text });
        for other in ["database is required", "unexpected EOF", "invalid consistency level", ""] {
            assert_eq!(refusal(other), None, "{other}");
        }
    }
}
