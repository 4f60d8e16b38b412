//! What comes out of a JSON response, as serde_json reads it.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;
use std::time::SystemTime;

use influx_core::{Precision, ValueRef};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::response::{Asked, Event, Header};

/// A value of the decoder.
///
/// # Panics
/// If it is none that JSON has, or a float that is not the nearest to its text.
pub fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(v) => Value::Bool(v),
        ValueRef::Number(text) => {
            exact_float(value, text);
            Value::Number(
                serde_json::from_str(text).unwrap_or_else(|error| panic!("{text:?} as a number: {error}")),
            )
        }
        ValueRef::Str(text) => Value::String(text.into()),
        ValueRef::Time(_) => Value::String(value.to_string()),
        other => panic!("unexpected value {other:?}"),
    }
}

/// Floats are the nearest to their text.
fn exact_float(value: ValueRef<'_>, text: &str) {
    let expected = text.parse::<f64>().ok().filter(|v| v.is_finite()).map(f64::to_bits);
    assert_eq!(value.get::<f64>().ok().map(f64::to_bits), expected, "{text}");
}

/// The events as serde_json reads the body. `None` where there is nothing to compare: a body that is not JSON documents, or not in
/// the form that servers write.
pub fn reference(body: &[u8], asked: Asked) -> Option<Vec<Event<Value>>> {
    let (mut events, mut open, mut documents) = (Vec::new(), false, 0);
    for unique in serde_json::Deserializer::from_slice(body).into_iter::<UniqueKeys>() {
        unique.ok()?;
        documents += 1;
    }
    // a document follows upon another in chunks alone
    if documents > 1 && !asked.chunked {
        return None;
    }
    for document in serde_json::Deserializer::from_slice(body).into_iter::<Map<String, Value>>() {
        open = document_events(&document.ok()?, asked, open, &mut events)?;
    }
    if asked.chunked && open {
        events.push(Event::Truncated);
    }
    (documents > 0).then_some(events)
}

/// Adds a document's events; whether the response goes on behind it.
fn document_events(
    document: &Map<String, Value>,
    asked: Asked,
    mut open: bool,
    events: &mut Vec<Event<Value>>,
) -> Option<bool> {
    if document.keys().any(|key| !matches!(key.as_str(), "results" | "error")) || document.is_empty() {
        return None;
    }
    // an error that comes before the results comes out before them
    if document.contains_key("error") && document.keys().next_back().is_some_and(|key| key != "error") {
        return None;
    }
    for result in list(document.get("results"))? {
        open = result_events(result.as_object()?, asked, events)?;
    }
    if let Some(message) = optional(document.get("error"), Value::as_str)? {
        open = false;
        events.push(Event::Server { statement: None, message: message.into() });
    }
    Some(open)
}

fn result_events(result: &Map<String, Value>, asked: Asked, events: &mut Vec<Event<Value>>) -> Option<bool> {
    const ORDER: [&str; 4] = ["statement_id", "series", "partial", "error"];
    in_order(result, &ORDER)?;
    let statement = optional(result.get("statement_id"), Value::as_u64)?;
    let mut open = optional(result.get("partial"), Value::as_bool)?.unwrap_or(false);
    let series = list(result.get("series"))?;
    let mut cut = false;
    for (number, one) in series.iter().enumerate() {
        let one = one.as_object()?;
        let partial = series_events(one, statement, asked.epoch, events)?;
        open |= partial && number + 1 == series.len();
        cut |= partial && one.contains_key("columns");
    }
    match optional(result.get("error"), Value::as_str)? {
        Some(message) => {
            open = false;
            events.push(Event::Server { statement, message: message.into() });
        }
        // the limit of rows, which chunks don't have
        None if cut && !asked.chunked => events.push(Event::Truncated),
        None => {}
    }
    Some(open)
}

fn series_events(
    series: &Map<String, Value>,
    statement: Option<u64>,
    epoch: Option<Precision>,
    events: &mut Vec<Event<Value>>,
) -> Option<bool> {
    const ORDER: [&str; 5] = ["name", "tags", "columns", "values", "partial"];
    in_order(series, &ORDER)?;
    // rows of nobody knows what are an error
    if series.contains_key("values") && !series.contains_key("columns") {
        return None;
    }
    let columns = list(series.get("columns"))?;
    let mut tags = Vec::new();
    for (key, value) in optional(series.get("tags"), Value::as_object)?.into_iter().flatten() {
        tags.push((key.clone(), value.as_str()?.to_owned()));
    }
    let header = Header {
        statement,
        name: optional(series.get("name"), Value::as_str)?.map(Into::into),
        tags,
        columns: columns.iter().map(|name| name.as_str().map(Into::into)).collect::<Option<_>>()?,
    };
    let header = Rc::new(header);
    for row in list(series.get("values"))? {
        let cells = row.as_array()?;
        if cells.len() != columns.len() || cells.iter().any(|cell| cell.is_array() || cell.is_object()) {
            return None;
        }
        let mut cells = cells.clone();
        if let (Some("time"), Some(first)) = (columns.first().and_then(Value::as_str), cells.first_mut()) {
            as_time(first, epoch);
        }
        events.push(Event::Row(Rc::clone(&header), cells));
    }
    optional(series.get("partial"), Value::as_bool).map(|partial| partial.unwrap_or(false))
}

/// A value of the column of times as the decoder shows it.
fn as_time(value: &mut Value, epoch: Option<Precision>) {
    match value {
        Value::String(text) => {
            if let Some(nanos) = utc_nanos(text) {
                *text = ValueRef::Time(nanos).to_string();
            }
        }
        Value::Number(number) => {
            let units = number.to_string().parse::<i64>().ok();
            let nanos = epoch.zip(units).and_then(|(unit, units)| units.checked_mul(unit.nanos()));
            if let Some(nanos) = nanos {
                *value = Value::String(ValueRef::Time(nanos).to_string());
            }
        }
        _ => {}
    }
}

/// The nanoseconds of a time in UTC; its reading has a fuzz target of its own.
pub fn utc_nanos(text: &str) -> Option<i64> {
    let utc = text.ends_with(['Z', 'z']) || text.ends_with("+00:00") || text.ends_with("-00:00");
    let time = ValueRef::Str(text).get::<SystemTime>().ok().filter(|_| utc)?;
    let nanos = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_nanos().cast_signed(),
        Err(before) => -before.duration().as_nanos().cast_signed(),
    };
    i64::try_from(nanos).ok()
}

/// The keys are these, in the order in which servers write them.
fn in_order(object: &Map<String, Value>, order: &[&str]) -> Option<()> {
    let mut rest = order.iter();
    object.keys().all(|key| rest.any(|known| known == key)).then_some(())
}

/// A list that may be missing.
fn list(value: Option<&Value>) -> Option<&[Value]> {
    value.map_or(Some(&[]), |value| value.as_array().map(Vec::as_slice))
}

/// A value that may be missing; `None` when it is of another kind.
fn optional<'v, T>(value: Option<&'v Value>, read: impl Fn(&'v Value) -> Option<T>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| read(value).map(Some))
}

/// Any JSON in which no object has a key twice.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueKeys)
    }
}

impl<'de> Visitor<'de> for UniqueKeys {
    type Value = UniqueKeys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<UniqueKeys>()?.is_some() {}
        Ok(self)
    }

    // exact numbers come here, too: they are maps to serde
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut keys = HashSet::new();
        while let Some((key, _)) = members.next_entry::<String, UniqueKeys>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a duplicate key"));
            }
        }
        Ok(self)
    }
}
