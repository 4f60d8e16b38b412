//! InfluxDB 1.x: parameters, spellings, and the texts of refused writes.

use influx_core::Precision;

use crate::config::WriteConfig;
use crate::error::{Error, Result};

/// The unit that lines are written in. 1.6 takes `us` for nanoseconds and 2.x takes `u` for them, so microseconds are
/// never sent.
pub(crate) fn wire_precision(precision: Precision) -> Precision {
    match precision {
        Precision::Us => Precision::Ns,
        other => other,
    }
}

/// The parameters of `/write`.
pub(crate) fn write_params(config: &WriteConfig) -> Result<Vec<(&'static str, String)>> {
    let Some(database) = &config.database else {
        return Err(Error::config(
            "no database is named: give one to the client (Client::v1(url).database(\"..\")) or to the write (.database(\"..\"))",
        ));
    };
    let mut params = vec![("db", database.clone())];
    if let Some(policy) = &config.retention_policy {
        params.push(("rp", policy.clone()));
    }
    params.push(("precision", wire_precision(config.precision).as_str().to_owned()));
    if let Some(consistency) = config.consistency {
        params.push(("consistency", consistency.as_str().to_owned()));
    }
    Ok(params)
}

/// The `epoch` of a query. The server knows microseconds as `u`; `us` would mean nanoseconds to it.
pub(crate) fn epoch(precision: Precision) -> &'static str {
    match precision {
        Precision::Us => "u",
        other => other.as_str(),
    }
}

/// A name between double quotes, as InfluxQL wants it. Fails for what no quoted name can hold.
pub(crate) fn quote_identifier(name: &str) -> Result<String> {
    if name.is_empty() {
        return Err(Error::config("a name in a statement is empty: give one"));
    }
    if let Some(bad) = name.chars().find(|c| c.is_control() && *c != '\n') {
        return Err(Error::config(format!(
            "the name {name:?} holds {bad:?}, which InfluxQL cannot express: use another"
        )));
    }
    let escaped = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    Ok(format!("\"{escaped}\""))
}

/// A `v` in front of a version is left out: `v2.7.12` is `2.7.12`.
pub(crate) fn plain_version(version: &str) -> &str {
    match version.strip_prefix('v') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => version,
    }
}

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

    #[test]
    fn identifiers_cannot_be_broken_out_of() {
        assert_eq!(quote_identifier("a").unwrap(), "\"a\"");
        assert_eq!(quote_identifier("a\"; DROP DATABASE \"b").unwrap(), "\"a\\\"; DROP DATABASE \\\"b\"");
        assert_eq!(quote_identifier("a\\\"b").unwrap(), "\"a\\\\\\\"b\"");
        assert_eq!(quote_identifier("a\nb").unwrap(), "\"a\\nb\"");
        assert!(quote_identifier("a\rb").unwrap_err().is_config());
        assert!(quote_identifier("").unwrap_err().is_config());
    }

    #[test]
    fn versions_and_units() {
        assert_eq!(plain_version("v2.7.12"), "2.7.12");
        assert_eq!(plain_version("1.6.7~rc0"), "1.6.7~rc0");
        assert_eq!(plain_version("vanilla"), "vanilla");
        assert_eq!(wire_precision(Precision::Us), Precision::Ns);
        assert_eq!(wire_precision(Precision::S), Precision::S);
        assert_eq!(
            [Precision::Ns, Precision::Us, Precision::Ms, Precision::S].map(epoch),
            ["ns", "u", "ms", "s"]
        );
    }
}
