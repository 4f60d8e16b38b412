//! Values for the `$names` of a query, which travel beside its text and never in it.

use std::borrow::Cow;
use std::fmt::Write;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use influx_core::Name;
use influx_core::rfc3339::to_exact_text;

use crate::error::{Error, Result};

/// A value for a `$name` in a query: a text, number or boolean, or an [`Identifier`], [`Regex`] or [`Duration`]. Times have
/// [`bind_time`](crate::Query::bind_time).
///
/// A text is always a text, never a name or a part of the query, whatever it holds. There is no null: InfluxQL has none.
///
/// ```
/// use influx_client::{Bind, Identifier};
/// let text: Bind = "x' OR 1=1".into();
/// let name: Bind = Identifier("usage".into()).into();
/// let number: Bind = 0.5.into();
/// # let _ = (text, name, number);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Bind(Value);

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Int(i64),
    Uint(u64),
    Float(f64),
    Bool(bool),
    /// Nanoseconds since 1970.
    Time(i64),
    /// A key that says what the text is, and the text.
    Object(&'static str, String),
}

/// The name of a measurement, field or tag, to be bound where a query has a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier(pub String);

/// A regular expression in Go's syntax without slashes around it, to be bound after `=~` and `!~`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Regex(pub String);

/// What [`Query::bind`](crate::Query::bind) takes: all that becomes a [`Bind`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound by `.bind(..)`",
    label = "neither a text, nor a number, a boolean, an `Identifier`, a `Regex` or a `Duration`",
    note = "a time is bound by `.bind_time(name, time)`, to be compared with `time`",
    note = "of an `Option`, bind what is in it, and leave the condition out of the text where it is `None`: InfluxQL has no null",
    note = "an enum with `#[derive(TagValue)]` is bound as `side.wire()`, with `use influx_client::TagValue`; other types as a text: `.to_string()`"
)]
pub trait BindValue {
    #[doc(hidden)]
    fn into_bind(self) -> Bind;
}

// the message is about the trait above, not about `From`
#[diagnostic::do_not_recommend]
impl<T: Into<Bind>> BindValue for T {
    fn into_bind(self) -> Bind {
        self.into()
    }
}

impl Bind {
    /// An instant in nanoseconds since 1970.
    pub(crate) fn time(nanos: i64) -> Bind {
        Bind(Value::Time(nanos))
    }

    /// The value as the server's JSON parser reads it: numbers with a point are floats, others integers, and exponents
    /// are unknown to it.
    fn to_json(&self, name: &str) -> Result<String> {
        Ok(match &self.0 {
            Value::Text(text) => json_text(text),
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
            // an integer is refused by 3.x
            Value::Time(nanos) => json_text(&to_exact_text(*nanos)),
            Value::Object(kind, text) => format!("{{{}:{}}}", json_text(kind), json_text(text)),
        })
    }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The `params` of a query.
pub(crate) fn params(binds: &[(String, Bind)]) -> Result<String> {
    let mut json = String::from("{");
    for (at, (name, value)) in binds.iter().enumerate() {
        let name = name.strip_prefix('$').unwrap_or(name);
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(Error::config(format!(
                "{name:?} is not a parameter's name: use letters, digits and _"
            )));
        }
        if binds[..at].iter().any(|(other, _)| other.strip_prefix('$').unwrap_or(other) == name) {
            return Err(Error::config(format!("${name} is bound twice: bind it once")));
        }
        let comma = if at == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(json, "{comma}{}:{}", json_text(name), value.to_json(name)?);
    }
    json.push('}');
    Ok(json)
}

macro_rules! from {
    ($($ty:ty => |$value:ident| $make:expr),* $(,)?) => {$(
        impl From<$ty> for Bind {
            fn from($value: $ty) -> Bind {
                Bind($make)
            }
        }
    )*};
}

/// Numbers, of which a reference is as good.
macro_rules! from_numbers {
    ($($ty:ty => |$value:ident| $make:expr),* $(,)?) => {
        from! { $($ty => |$value| $make,)* }
        $(
            impl From<&$ty> for Bind {
                fn from(value: &$ty) -> Bind {
                    Bind::from(*value)
                }
            }
        )*
    };
}

// every `as` here widens
macro_rules! from_integers {
    ($($ty:ty => $value:ident as $wide:ty),*) => {
        from_numbers! { $(
            $ty => |v| Value::$value(v as $wide),
            NonZero<$ty> => |v| Value::$value(v.get() as $wide),
        )* }
    };
}

from_integers! {
    i8 => Int as i64, i16 => Int as i64, i32 => Int as i64, i64 => Int as i64, isize => Int as i64,
    u8 => Uint as u64, u16 => Uint as u64, u32 => Uint as u64, u64 => Uint as u64, usize => Uint as u64
}

from_numbers! {
    bool => |v| Value::Bool(v),
    // Through the shortest text, so that 0.1_f32 compares equal to a stored 0.1.
    f32 => |v| Value::Float(v.to_string().parse().unwrap_or_else(|_| v.into())),
    f64 => |v| Value::Float(v),
}

from! {
    &str => |v| Value::Text(v.to_owned()),
    &String => |v| Value::Text(v.clone()),
    String => |v| Value::Text(v),
    Box<str> => |v| Value::Text(v.into()),
    Arc<str> => |v| Value::Text((&*v).into()),
    &Arc<str> => |v| Value::Text((&**v).into()),
    Cow<'_, str> => |v| Value::Text(v.into_owned()),
    char => |v| Value::Text(v.into()),
    Name => |v| Value::Text(v.as_str().to_owned()),
    Identifier => |v| Value::Object("identifier", v.0),
    Regex => |v| Value::Object("regex", v.0),
    Duration => |v| Value::Object("duration", format!("{}ns", v.as_nanos())),
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
