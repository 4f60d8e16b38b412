//! Bound values as InfluxQL of `/query` takes them: the JSON of `params`.

use std::fmt::Write;

use influx_core::rfc3339::to_exact_text;

use crate::error::{Error, Result};
use crate::query::bind::{Bind, Value, named};
use crate::query::statement::only_between_quotes;

/// The `params` of a query.
pub(super) fn params(binds: &[(String, Bind)]) -> Result<String> {
    let mut json = String::from("{");
    for (at, (name, value)) in named(binds)?.into_iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(json, "{comma}{}:{}", text(name), of_value(name, value)?);
    }
    json.push('}');
    Ok(json)
}

/// A parameter that the query has between quotes only is none there: the server would compare with its name, and find nothing.
pub(super) fn unquoted(query: &str, binds: &[(String, Bind)]) -> Result<()> {
    for (name, _) in named(binds)? {
        if only_between_quotes(query, name) {
            return Err(Error::config(format!(
                "${name} stands between quotes in the query, where it is a text or a name of its own: write ${name} without them"
            )));
        }
    }
    Ok(())
}

/// A value as the server's JSON parser reads it: numbers with a point are floats, others integers, and exponents are unknown
/// to it.
fn of_value(name: &str, value: &Value) -> Result<String> {
    Ok(match value {
        Value::Text(value) => text(value),
        Value::Int(int) => int.to_string(),
        Value::Uint(int) if i64::try_from(*int).is_ok() => int.to_string(),
        Value::Uint(int) => {
            return Err(Error::config(format!(
                "the value {int} of ${name} is above 9223372036854775807, the largest integer of InfluxQL: bind a float"
            )));
        }
        Value::Float(float) if float.is_finite() => {
            let text = float.to_string();
            if text.contains('.') { text } else { text + ".0" }
        }
        Value::Float(float) => {
            return Err(Error::config(format!(
                "the value {float} of ${name} is not a number that InfluxQL has"
            )));
        }
        Value::Bool(bool) => bool.to_string(),
        // 3.x refuses an integer where a time is wanted
        Value::Time(nanos) => text(&to_exact_text(*nanos)),
        Value::Identifier(name) => object("identifier", name),
        Value::Regex(pattern) => object("regex", pattern),
        Value::Array(_) | Value::Record(_) => {
            return Err(Error::config(format!(
                "${name} is an array or a record, and InfluxQL has none: bind each value, or a Regex of them"
            )));
        }
        Value::FluxDuration(_) => {
            return Err(Error::config(format!(
                "${name} is a duration of Flux, which InfluxQL does not have: bind a std::time::Duration"
            )));
        }
        Value::Duration(duration) => object("duration", &format!("{}ns", duration.as_nanos())),
    })
}

/// A text that is no text literal: the key says what it is.
fn object(kind: &str, value: &str) -> String {
    format!("{{{}:{}}}", text(kind), text(value))
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::num::NonZero;
    use std::sync::Arc;
    use std::time::Duration;

    use influx_core::Name;

    use super::*;
    use crate::query::bind::{Identifier, Regex};

    fn json(value: impl Into<Bind>) -> String {
        params(&[("x".into(), value.into())]).unwrap()
    }

    #[test]
    fn every_kind() {
        assert_eq!(json("a\"\\\n\r'"), r#"{"x":"a\"\\\n\r'"}"#);
        assert_eq!(json(1), r#"{"x":1}"#);
        assert_eq!(json(i64::MIN), r#"{"x":-9223372036854775808}"#);
        assert_eq!(json(u64::from(u32::MAX)), r#"{"x":4294967295}"#);
        assert_eq!(json(usize::MAX / 2), r#"{"x":9223372036854775807}"#);
        assert_eq!(json(isize::MIN), r#"{"x":-9223372036854775808}"#);
        assert_eq!(json(NonZero::new(5_u16).unwrap()), r#"{"x":5}"#);
        let lent: Vec<_> = [2_u8, 3].iter().map(json).collect();
        assert_eq!(lent, [r#"{"x":2}"#, r#"{"x":3}"#]);
        for text in [json('é'), json(Cow::Borrowed("é")), json(Box::<str>::from("é"))] {
            assert_eq!(text, r#"{"x":"é"}"#);
        }
        let shared: Arc<str> = "é".into();
        assert_eq!([json(&shared), json(shared)], [r#"{"x":"é"}"#; 2]);
        assert_eq!(json(Name::new("BUY", "BUY")), r#"{"x":"BUY"}"#);
        assert_eq!(json(Bind::time(0)), r#"{"x":"1970-01-01T00:00:00.000000000Z"}"#);
        assert_eq!(json(1.0), r#"{"x":1.0}"#);
        assert_eq!(json(-0.0), r#"{"x":-0.0}"#);
        assert_eq!(json(0.1_f32), r#"{"x":0.1}"#);
        assert_eq!(json(true), r#"{"x":true}"#);
        assert_eq!(json(Identifier("us\"age".into())), r#"{"x":{"identifier":"us\"age"}}"#);
        assert_eq!(json(Regex("a|b".into())), r#"{"x":{"regex":"a|b"}}"#);
        assert_eq!(json(Duration::from_millis(1500)), r#"{"x":{"duration":"1500000000ns"}}"#);
    }

    #[test]
    fn floats_never_have_exponents() {
        for float in [1e300, -1e-300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e21, 123_456_789.125] {
            let text = json(float);
            assert!(!text.contains(['e', 'E']) && text.contains('.'), "{text}");
            let back: f64 = text.trim_start_matches("{\"x\":").trim_end_matches('}').parse().unwrap();
            assert_eq!(back.to_bits(), float.to_bits());
        }
    }

    #[test]
    fn what_cannot_be_bound() {
        for value in [Bind::from(f64::NAN), f64::INFINITY.into(), u64::MAX.into(), usize::MAX.into()] {
            assert!(params(&[("x".into(), value)]).unwrap_err().is_config());
        }
        for name in ["", "$", "a b", "a\"b"] {
            assert!(params(&[(name.into(), 1.into())]).unwrap_err().is_config(), "{name}");
        }
        let twice = [("a".to_owned(), Bind::from(1)), ("$a".to_owned(), 2.into())];
        assert_eq!(params(&twice).unwrap_err().to_string(), "$a is bound twice: bind it once");
        assert_eq!(params(&[]).unwrap(), "{}");
    }

    #[test]
    fn parameters_between_quotes() {
        let bound = |query| unquoted(query, &[("host".to_owned(), "a".into()), ("$n".to_owned(), 1.into())]);
        for query in
            ["host = '$host'", "host = \"$host\" AND n = $n", "$host AND n = '$n'", "$hosts = '$host'"]
        {
            let error = bound(query).unwrap_err();
            assert!(error.is_config() && error.to_string().contains(" stands between quotes"), "{error}");
        }
        for query in [
            "host = $host",
            "host = '$host' AND x = $host",
            "x = '$hosts'",
            "x = 'of $host'",
            "'a'=$n AND x='b'",
            "'$é",
            "",
        ] {
            bound(query).unwrap();
        }
    }
}
