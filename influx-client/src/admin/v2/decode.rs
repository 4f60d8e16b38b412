//! From the JSON of an answer to types: members that nobody asked for are passed over.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use influx_core::rfc3339;
use serde_json::{Map, Value};

use crate::admin::v2::id::Id;
use crate::error::{Error, Kind};

/// A type that a piece of JSON becomes.
pub(super) trait Decode: Sized {
    fn decode(value: Value) -> Result<Self, Unfit>;

    /// What a member is that is missing or null; `None`: there must be one.
    fn missing() -> Option<Self> {
        None
    }
}

/// What does not fit. It says nothing of the values: they may be secret.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unfit {
    place: String,
    expected: &'static str,
    found: &'static str,
}

impl Unfit {
    pub(super) fn new(expected: &'static str, found: &Value) -> Unfit {
        let found = match found {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Unfit { place: String::new(), expected, found }
    }

    fn within(mut self, place: &str) -> Unfit {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place = format!("{place}{dot}{}", self.place);
        self
    }

    pub(super) fn error(self) -> Error {
        let Unfit { place, expected, found } = self;
        let at = if place.is_empty() { String::new() } else { format!(" at `{place}`") };
        let text =
            format!("the answer has {found}{at} where {expected} was expected: is that an InfluxDB 2.x?");
        Error::new(Kind::Decode, text)
    }
}

/// The members of an object.
pub(super) fn object(value: Value) -> Result<Map<String, Value>, Unfit> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(Unfit::new("an object", &other)),
    }
}

/// One of the members.
pub(super) fn member<T: Decode>(map: &mut Map<String, Value>, key: &str) -> Result<T, Unfit> {
    match map.remove(key).filter(|value| !value.is_null()) {
        Some(value) => T::decode(value).map_err(|unfit| unfit.within(key)),
        None => match T::missing() {
            Some(value) => Ok(value),
            None => Err(Unfit::new("a value", &Value::Null).within(key)),
        },
    }
}

impl Decode for Value {
    fn decode(value: Value) -> Result<Self, Unfit> {
        Ok(value)
    }
}

impl Decode for String {
    fn decode(value: Value) -> Result<Self, Unfit> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(Unfit::new("a text", &other)),
        }
    }
}

impl Decode for Id {
    fn decode(value: Value) -> Result<Self, Unfit> {
        String::decode(value).map(Id::from)
    }
}

impl Decode for bool {
    fn decode(value: Value) -> Result<Self, Unfit> {
        value.as_bool().ok_or_else(|| Unfit::new("a boolean", &value))
    }
}

/// Seconds.
impl Decode for Duration {
    fn decode(value: Value) -> Result<Self, Unfit> {
        value.as_u64().map(Duration::from_secs).ok_or_else(|| Unfit::new("a number of seconds", &value))
    }
}

impl Decode for SystemTime {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let time = value.as_str().and_then(rfc3339::parse_nanos).and_then(instant);
        time.ok_or_else(|| Unfit::new("a time of the years 1677 to 2262", &value))
    }
}

fn instant(nanos: i64) -> Option<SystemTime> {
    let span = Duration::from_nanos(nanos.unsigned_abs());
    if nanos < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(span)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(span)
    }
}

/// Missing, null, or the text and the time that stand for nothing.
impl<T: Decode> Decode for Option<T> {
    fn decode(value: Value) -> Result<Self, Unfit> {
        match value.as_str() {
            Some("" | "0001-01-01T00:00:00Z") => Ok(None),
            _ => T::decode(value).map(Some),
        }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

/// Missing and null are empty.
impl<T: Decode> Decode for Vec<T> {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let Value::Array(values) = value else { return Err(Unfit::new("a list", &value)) };
        let one = |(at, value)| T::decode(value).map_err(|unfit: Unfit| unfit.within(&format!("[{at}]")));
        values.into_iter().enumerate().map(one).collect()
    }

    fn missing() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let one = |(key, value): (String, Value)| match T::decode(value) {
            Ok(value) => Ok((key, value)),
            Err(unfit) => Err(unfit.within(&key)),
        };
        object(value)?.into_iter().map(one).collect()
    }

    fn missing() -> Option<Self> {
        Some(BTreeMap::new())
    }
}

/// A struct of what an answer has, each member with its name there.
macro_rules! shape {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty = $key:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        impl $crate::admin::v2::decode::Decode for $name {
            fn decode(value: serde_json::Value) -> Result<Self, $crate::admin::v2::decode::Unfit> {
                let mut map = $crate::admin::v2::decode::object(value)?;
                Ok($name { $($field: $crate::admin::v2::decode::member(&mut map, $key)?,)* })
            }
        }
    };
}
pub(super) use shape;

/// An enum of texts, and of one that this version of the client does not know.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// Another one, in the server's word.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $text,)*
                    $name::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => $name::$variant,)*
                    other => $name::Other(other.to_owned()),
                }
            }
        }

        impl $crate::admin::v2::decode::Decode for $name {
            fn decode(value: serde_json::Value) -> Result<Self, $crate::admin::v2::decode::Unfit> {
                <String as $crate::admin::v2::decode::Decode>::decode(value).map(|text| $name::from(&*text))
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    // the macros make public types
    #![allow(unreachable_pub)]

    use serde_json::json;

    use super::*;

    shape! {
        /// One.
        One {
            /// A text.
            text: String = "text",
            /// Maybe a time.
            at: Option<SystemTime> = "createdAt",
            /// Some.
            spans: Vec<Duration> = "spans",
            /// More.
            below: Vec<Two> = "below",
        }
    }

    shape! {
        /// Another.
        Two {
            /// A word.
            state: State = "state",
        }
    }

    words! {
        /// How it is.
        State {
            /// On.
            On = "on",
        }
    }

    #[test]
    fn what_is_unknown_and_what_is_missing() {
        let one = One::decode(json!({"text": "", "more": [1], "at": 1})).unwrap();
        assert_eq!(one, One { text: String::new(), at: None, spans: Vec::new(), below: Vec::new() });
        let full = json!({"text": "a", "createdAt": "1970-01-01T00:00:00.000000005Z", "spans": [3], "below": [{"state": "on"}, {"state": "off"}]});
        let one = One::decode(full).unwrap();
        assert_eq!(one.at, Some(SystemTime::UNIX_EPOCH + Duration::from_nanos(5)));
        assert_eq!(one.spans, [Duration::from_secs(3)]);
        assert_eq!((&one.below[0].state, one.below[1].state.as_str()), (&State::On, "off"));
        for time in [json!(null), json!(""), json!("0001-01-01T00:00:00Z")] {
            assert_eq!(One::decode(json!({"text": "a", "createdAt": time})).unwrap().at, None);
        }
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_shown() {
        for (value, says) in [
            (json!([]), "a list where an object"),
            (json!({}), "nothing at `text` where a value"),
            (json!({"text": 7}), "a number at `text` where a text"),
            (json!({"text": "s", "createdAt": "secret"}), "a text at `createdAt` where a time"),
            (json!({"text": "s", "createdAt": "1600-01-01T00:00:00Z"}), "a text at `createdAt` where a time"),
            (json!({"text": "s", "spans": [1, -1]}), "a number at `spans[1]` where a number of seconds"),
            (
                json!({"text": "s", "below": [{"state": "on"}, {"state": {"secret": 1}}]}),
                "an object at `below[1].state` where a text",
            ),
        ] {
            let error = One::decode(value).unwrap_err().error();
            assert!(error.is_decode() && error.to_string().contains(says), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
