//! Values for the `$names` of a query, which travel beside its text and never in it.

use std::borrow::Cow;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use influx_core::{Name, Timestamp};

use crate::error::problem::nanos;
use crate::error::{Error, Result};
use crate::query::duration::FluxDuration;

/// A value for a name in a query, which InfluxQL writes as `$name` and Flux as `name`: a text, number or boolean, or a [`Regex`] or
/// [`Duration`]; in InfluxQL an [`Identifier`]; in Flux a [`FluxDuration`], an array (`Vec`, slice), or a [record](Bind::record). Times
/// have [`bind_time`](crate::Query::bind_time), and [`Bind::at`] within arrays and records.
///
/// A text is always a text, never a name or a part of the query, whatever it holds. There is no null: InfluxQL has none, and none of
/// Flux can be compared with anything.
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

/// What each language writes in its own way.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Int(i64),
    Uint(u64),
    Float(f64),
    Bool(bool),
    /// Nanoseconds since 1970.
    Time(i64),
    Identifier(String),
    Regex(String),
    Duration(Duration),
    FluxDuration(FluxDuration),
    Array(Vec<Value>),
    Record(Vec<(String, Value)>),
}

/// The name of a measurement, field or tag, to be bound where InfluxQL has a name. Flux names columns by texts: `r[column]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier(pub String);

/// A regular expression in Go's syntax without slashes around it, to be bound after `=~` and `!~`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Regex(pub String);

/// What [`Query::bind`](crate::Query::bind) takes: all that becomes a [`Bind`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound by `.bind(..)`",
    label = "neither a text, nor a number, a boolean, an `Identifier`, a `Regex`, a `Duration` or an array of them",
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

    /// An instant, for arrays and records; alone it is bound by [`bind_time`](crate::Query::bind_time).
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use influx_client::Bind;
    /// let instants = vec![Bind::at(SystemTime::now())?, Bind::at(SystemTime::UNIX_EPOCH)?];
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A time that is missing, or outside of what 64 bits of nanoseconds can tell.
    pub fn at(time: impl Timestamp) -> Result<Bind> {
        nanos(time, "the time to bind").map(Bind::time)
    }

    /// A record of Flux, by the names of its members: `limits.least` in the text is the member `least` of what is bound as `limits`.
    ///
    /// ```
    /// use influx_client::Bind;
    /// let limits = Bind::record([("least", Bind::from(0.5)), ("host", "a".into())]);
    /// ```
    pub fn record<K: Into<String>>(members: impl IntoIterator<Item = (K, Bind)>) -> Bind {
        Bind(Value::Record(members.into_iter().map(|(key, Bind(value))| (key.into(), value)).collect()))
    }
}

/// The names, without `$`, and what is bound to them: each can stand behind a `$`, and is there once.
pub(super) fn named(binds: &[(String, Bind)]) -> Result<Vec<(&str, &Value)>> {
    let mut named: Vec<(&str, &Value)> = Vec::with_capacity(binds.len());
    for (name, Bind(value)) in binds {
        let name = name.strip_prefix('$').unwrap_or(name);
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(Error::config(format!(
                "{name:?} is not a parameter's name: use letters, digits and _"
            )));
        }
        if named.iter().any(|(other, _)| *other == name) {
            return Err(Error::config(format!("${name} is bound twice: bind it once")));
        }
        named.push((name, value));
    }
    Ok(named)
}

fn count(count: usize) -> Value {
    i64::try_from(count).map_or(Value::Uint(count as u64), Value::Int)
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

// Flux tells integers from unsigned ones, and counts in integers: only a `u64` is unsigned
from_integers! {
    i8 => Int as i64, i16 => Int as i64, i32 => Int as i64, i64 => Int as i64, isize => Int as i64,
    u8 => Int as i64, u16 => Int as i64, u32 => Int as i64, u64 => Uint as u64
}

from_numbers! {
    bool => |v| Value::Bool(v),
    usize => |v| count(v),
    NonZero<usize> => |v| count(v.get()),
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
    Identifier => |v| Value::Identifier(v.0),
    Regex => |v| Value::Regex(v.0),
    Duration => |v| Value::Duration(v),
    FluxDuration => |v| Value::FluxDuration(v),
}

/// An array of Flux.
impl<T: Into<Bind>> From<Vec<T>> for Bind {
    fn from(values: Vec<T>) -> Bind {
        values.into_iter().collect()
    }
}

/// An array of Flux.
impl<T: Into<Bind>, const N: usize> From<[T; N]> for Bind {
    fn from(values: [T; N]) -> Bind {
        values.into_iter().collect()
    }
}

/// An array of Flux.
impl<T: Into<Bind> + Clone> From<&[T]> for Bind {
    fn from(values: &[T]) -> Bind {
        values.iter().cloned().collect()
    }
}

/// An array of Flux.
impl<T: Into<Bind>> FromIterator<T> for Bind {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Bind {
        let values = values.into_iter().map(|value| {
            let Bind(value) = value.into();
            value
        });
        Bind(Value::Array(values.collect()))
    }
}
