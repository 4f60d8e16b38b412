//! Rows through serde without collecting them: the cheapest way to use a deserializer. The order of the columns is known, and texts
//! borrow where they can.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::answer::{Load, Visit};

/// A whole answer whose times are `T`.
pub(super) fn answer<'v, V, T>(to: &'v mut V) -> Outer<'v, V, T> {
    Outer { to, depth: 0, time: PhantomData }
}

/// The maps and lists around the series: the document, `results`, a statement, `series`.
pub(super) struct Outer<'v, V, T> {
    to: &'v mut V,
    depth: u8,
    time: PhantomData<T>,
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> DeserializeSeed<'de> for Outer<'_, V, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.depth.is_multiple_of(2) { from.deserialize_map(self) } else { from.deserialize_seq(self) }
    }
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> Visitor<'de> for Outer<'_, V, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "results" | "series" => {
                    map.next_value_seed(Outer {
                        to: self.to,
                        depth: self.depth + 1,
                        time: PhantomData::<T>,
                    })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while if self.depth == 3 {
            list.next_element_seed(Series { to: self.to, time: PhantomData::<T> })?.is_some()
        } else {
            list.next_element_seed(Outer { to: self.to, depth: self.depth + 1, time: PhantomData::<T> })?
                .is_some()
        } {}
        Ok(())
    }
}

struct Series<'v, V, T> {
    to: &'v mut V,
    time: PhantomData<T>,
}

#[derive(Deserialize)]
struct Tags<'a> {
    #[serde(borrow)]
    host: Cow<'a, str>,
    #[serde(borrow)]
    rack: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> DeserializeSeed<'de> for Series<'_, V, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> Visitor<'de> for Series<'_, V, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a series")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut tags: Option<Tags<'de>> = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "tags" => tags = Some(map.next_value()?),
                "values" => {
                    let tags = tags.as_ref().ok_or_else(|| A::Error::missing_field("tags"))?;
                    map.next_value_seed(Values { to: self.to, tags, time: PhantomData::<T> })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Values<'v, 't, 'de, V, T> {
    to: &'v mut V,
    tags: &'t Tags<'de>,
    time: PhantomData<T>,
}

/// Columns in the order of the answer: a list is read into it.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Row<'a, T> {
    time: T,
    load1: f64,
    #[serde(borrow)]
    status: Cow<'a, str>,
    temp_c: f64,
    throttled: bool,
    uptime: i64,
    usage_idle: f64,
    usage_system: f64,
    usage_user: f64,
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> DeserializeSeed<'de> for Values<'_, '_, 'de, V, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, V: Visit, T: Deserialize<'de> + Into<i64>> Visitor<'de> for Values<'_, '_, 'de, V, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element::<Row<'de, T>>()? {
            self.to.visit(&Load {
                time: row.time.into(),
                host: &self.tags.host,
                rack: &self.tags.rack,
                region: &self.tags.region,
                load1: row.load1,
                status: &row.status,
                temp_c: row.temp_c,
                throttled: row.throttled,
                uptime: row.uptime,
                usage_idle: row.usage_idle,
                usage_system: row.usage_system,
                usage_user: row.usage_user,
            });
        }
        Ok(())
    }
}
