//! What comes out of a MessagePack response, as rmpv reads it.

use std::rc::Rc;

use influx_core::{Precision, ValueRef};
use rmpv::Value;
use rmpv::decode::read_value_with_max_depth;

use crate::json::utc_nanos;
use crate::response::{Asked, Decoded, Event, Header, Note};

/// A value, floats by their bits.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(u64),
    Str(String),
    Time(i64),
}

/// A value of the decoder.
///
/// # Panics
/// If it is none that MessagePack has.
pub fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Bool(v) => Cell::Bool(v),
        ValueRef::I64(v) => Cell::I64(v),
        ValueRef::U64(v) => {
            assert!(i64::try_from(v).is_err(), "{v} is an integer with a sign");
            Cell::U64(v)
        }
        ValueRef::F64(v) => Cell::F64(v.to_bits()),
        ValueRef::Str(text) => Cell::Str(text.into()),
        ValueRef::Time(nanos) => Cell::Time(nanos),
        other => panic!("unexpected value {other:?}"),
    }
}

/// As the decoder shows a value of the column of times that stands first.
pub fn as_time(value: Cell, epoch: Option<Precision>) -> Cell {
    match value {
        Cell::Str(text) => utc_nanos(&text).map_or(Cell::Str(text), Cell::Time),
        Cell::I64(units) => {
            let nanos = epoch.and_then(|unit| units.checked_mul(unit.nanos()));
            nanos.map_or(Cell::I64(units), Cell::Time)
        }
        other => other,
    }
}

/// What follows the events that are sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Nothing,
    /// A document without its end.
    Cut,
    /// What no answer has: an error that is final.
    Malformed,
    /// Something else than a document: at least one error.
    Text,
    /// Nothing can be said of it.
    Unknown,
}

/// What must come out of a body.
#[derive(Debug, PartialEq)]
pub struct Expected {
    pub sure: Decoded<Cell>,
    pub rest: Rest,
}

impl Expected {
    /// # Panics
    /// If something else came out.
    pub fn check(&self, decoded: &Decoded<Cell>) {
        let Decoded { events, notes } = &self.sure;
        if self.rest == Rest::Nothing {
            assert_eq!(decoded, &self.sure);
            return;
        }
        assert!(decoded.notes.starts_with(notes), "{:?} begin with {notes:?}", decoded.notes);
        assert!(decoded.events.starts_with(events), "{:#?}\nbegin with\n{events:#?}", decoded.events);
        let last = decoded.events[events.len()..].last();
        match self.rest {
            Rest::Cut | Rest::Malformed => {
                assert!(
                    matches!(last, Some(Event::Truncated | Event::Other(_))),
                    "no error at the end: {last:?}"
                );
            }
            Rest::Text => assert!(last.is_some(), "a text passed for a complete answer"),
            Rest::Nothing | Rest::Unknown => {}
        }
    }
}

/// What comes out of a body as rmpv reads it.
pub fn reference(body: &[u8], asked: Asked) -> Expected {
    let mut reader = Reader {
        chunked: asked.chunked,
        epoch: asked.epoch,
        odd_times: has_odd_times(body),
        ..Reader::default()
    };
    // rmpv takes a byte that MessagePack does not use for nil
    let rest = if body.contains(&0xc1) { Rest::Unknown } else { reader.body(body) };
    if rest == Rest::Nothing && (reader.documents == 0 || (asked.chunked && reader.open)) {
        reader.events.push(Event::Truncated);
    }
    Expected { sure: Decoded { events: reader.events, notes: reader.notes }, rest }
}

/// Whether there may be times in an extension with a longer length than needed, which servers don't write and rmpv doesn't tell.
fn has_odd_times(body: &[u8]) -> bool {
    let long = [&b"\xc8\x00\x0c\x05"[..], b"\xc9\x00\x00\x00\x0c\x05"];
    long.iter().any(|long| body.windows(long.len()).any(|bytes| bytes == *long))
}

#[derive(Default)]
struct Reader {
    chunked: bool,
    /// A document had results.
    answered: bool,
    epoch: Option<Precision>,
    odd_times: bool,
    events: Vec<Event<Cell>>,
    notes: Vec<Note>,
    open: bool,
    documents: u64,
}

/// The value of a known key and its place among the map's pairs.
type Member<'v> = Option<(usize, &'v Value)>;

impl Reader {
    fn body(&mut self, mut body: &[u8]) -> Rest {
        loop {
            body = trimmed(body);
            match body.first() {
                None => return Rest::Nothing,
                // a document follows upon results in chunks alone
                Some(_) if self.answered && !self.chunked => return Rest::Text,
                Some(0x80..=0x8f | 0xde | 0xdf) => {}
                Some(_) => return Rest::Text,
            }
            let read = match read_value_with_max_depth(&mut body, 200) {
                Ok(Value::Map(pairs)) => self.document(&pairs),
                Ok(_) => Err(Rest::Unknown),
                Err(rmpv::decode::Error::DepthLimitExceeded) => Err(Rest::Unknown),
                Err(_) => Err(Rest::Cut),
            };
            if let Err(rest) = read {
                return rest;
            }
            self.documents += 1;
        }
    }

    fn document(&mut self, pairs: &[(Value, Value)]) -> Result<(), Rest> {
        let [results, error, message] = members(pairs, ["results", "error", "message"])?;
        let error = match (error, message) {
            (Some(_), Some(_)) => return Err(Rest::Unknown),
            (error, message) => error.or(message),
        };
        if results.is_none() && error.is_none() && !pairs.is_empty() {
            return Err(Rest::Malformed);
        }
        self.answered |= results.is_some();
        let error = error.map(|(_, text)| string(text)).transpose()?;
        for result in list(results)? {
            self.result(map(result)?)?;
        }
        if let Some(message) = error {
            self.open = false;
            self.events.push(Event::Server { statement: None, message });
        }
        Ok(())
    }

    fn result(&mut self, pairs: &[(Value, Value)]) -> Result<(), Rest> {
        let [id, series, messages, partial, error] =
            members(pairs, ["statement_id", "series", "messages", "partial", "error"])?;
        let number = id.map(|(_, id)| id.as_u64().ok_or(Rest::Malformed)).transpose()?;
        // the number is known to what comes behind it
        let statement = |place| number.filter(|_| id.is_some_and(|(at, _)| at < place));
        let error = error.map(|(_, text)| string(text)).transpose()?;
        let mut open = boolean(partial)?;
        let place_of = |member: Member<'_>| member.map_or(0, |(place, _)| place);
        let mut notes = Vec::new();
        for message in list(messages)? {
            notes.push(note(map_or_nil(message)?, statement(place_of(messages)))?);
        }
        let messages_first = place_of(messages) < place_of(series);
        if messages_first {
            self.notes.append(&mut notes);
        }
        let all = list(series)?;
        let mut cut = false;
        for (number, one) in all.iter().enumerate() {
            let pairs = map(one)?;
            let partial = self.series(pairs, statement(place_of(series)))?;
            open |= partial && number + 1 == all.len();
            let [columns] = members(pairs, ["columns"])?;
            cut |= partial && columns.is_some();
        }
        self.notes.append(&mut notes);
        self.open = open && error.is_none();
        match error {
            Some(message) => self.events.push(Event::Server { statement: number, message }),
            // the limit of rows, which chunks don't have
            None if cut && !self.chunked => self.events.push(Event::Truncated),
            None => {}
        }
        Ok(())
    }

    /// Adds the rows of a series; whether it goes on in the next document.
    fn series(&mut self, pairs: &[(Value, Value)], statement: Option<u64>) -> Result<bool, Rest> {
        let [name, tags, columns, values, partial] =
            members(pairs, ["name", "tags", "columns", "values", "partial"])?;
        let open = boolean(partial)?;
        let header = Header {
            statement,
            name: name.map(|(_, name)| string(name)).transpose()?,
            tags: texts(tags)?,
            columns: list(columns)?.iter().map(string).collect::<Result<_, _>>()?,
        };
        let Some((place, rows)) = values else { return Ok(open) };
        let Some((columns_place, _)) = columns else { return Err(Rest::Malformed) };
        let behind = |member: Member<'_>| member.is_some_and(|(at, _)| at > place);
        if rows.is_array() && columns_place < place && (behind(name) || behind(tags)) {
            return Err(Rest::Malformed);
        }
        let header = Rc::new(header);
        for row in list(values)? {
            let Value::Array(cells) = row else { return Err(Rest::Malformed) };
            if cells.len() != header.columns.len() {
                return Err(Rest::Malformed);
            }
            let mut cells: Vec<_> = cells.iter().map(|value| self.value(value)).collect::<Result<_, _>>()?;
            if header.columns.first().is_some_and(|name| name == "time") {
                cells[0] = as_time(cells[0].clone(), self.epoch);
            }
            self.events.push(Event::Row(Rc::clone(&header), cells));
        }
        Ok(open)
    }

    fn value(&self, value: &Value) -> Result<Cell, Rest> {
        Ok(match value {
            Value::Nil => Cell::Null,
            Value::Boolean(v) => Cell::Bool(*v),
            Value::Integer(v) => match v.as_i64() {
                Some(v) => Cell::I64(v),
                None => Cell::U64(v.as_u64().ok_or(Rest::Unknown)?),
            },
            Value::F32(v) => Cell::F64(f64::from(*v).to_bits()),
            Value::F64(v) => Cell::F64(v.to_bits()),
            Value::String(_) => Cell::Str(string(value)?),
            Value::Ext(5, bytes) if bytes.len() == 12 => {
                if self.odd_times {
                    return Err(Rest::Unknown);
                }
                Cell::Time(time(bytes).ok_or(Rest::Malformed)?)
            }
            Value::Ext(..) | Value::Binary(_) | Value::Array(_) | Value::Map(_) => {
                return Err(Rest::Malformed);
            }
        })
    }
}

/// Big endian seconds of 64 bits and nanoseconds of 32.
fn time(bytes: &[u8]) -> Option<i64> {
    let (seconds, nanos) = bytes.split_first_chunk()?;
    let (seconds, nanos) = (i64::from_be_bytes(*seconds), i32::from_be_bytes(nanos.try_into().ok()?));
    i64::try_from(i128::from(seconds) * 1_000_000_000 + i128::from(nanos)).ok()
}

/// The known keys of a map.
fn members<'v, const N: usize>(
    pairs: &'v [(Value, Value)],
    known: [&str; N],
) -> Result<[Member<'v>; N], Rest> {
    let mut found = [None; N];
    for (place, (key, value)) in pairs.iter().enumerate() {
        let Value::String(key) = key else { return Err(Rest::Malformed) };
        let Some(which) = known.iter().position(|name| key.as_bytes() == name.as_bytes()) else { continue };
        if found[which].replace((place, value)).is_some() {
            return Err(Rest::Unknown);
        }
    }
    Ok(found)
}

/// An array that may be missing or nil.
fn list(member: Member<'_>) -> Result<&[Value], Rest> {
    match member {
        None | Some((_, Value::Nil)) => Ok(&[]),
        Some((_, Value::Array(items))) => Ok(items),
        Some(_) => Err(Rest::Malformed),
    }
}

fn map(value: &Value) -> Result<&[(Value, Value)], Rest> {
    if let Value::Map(pairs) = value { Ok(pairs) } else { Err(Rest::Malformed) }
}

fn map_or_nil(value: &Value) -> Result<&[(Value, Value)], Rest> {
    if value.is_nil() { Ok(&[]) } else { map(value) }
}

/// A text; servers don't write nil for one.
fn string(value: &Value) -> Result<String, Rest> {
    match value {
        Value::String(text) => text.as_str().map(Into::into).ok_or(Rest::Malformed),
        Value::Nil => Err(Rest::Unknown),
        _ => Err(Rest::Malformed),
    }
}

fn boolean(member: Member<'_>) -> Result<bool, Rest> {
    match member {
        None | Some((_, Value::Nil)) => Ok(false),
        Some((_, Value::Boolean(value))) => Ok(*value),
        Some(_) => Err(Rest::Malformed),
    }
}

fn texts(member: Member<'_>) -> Result<Vec<(String, String)>, Rest> {
    let Some((_, value)) = member else { return Ok(Vec::new()) };
    map_or_nil(value)?.iter().map(|(key, value)| Ok((string(key)?, string(value)?))).collect()
}

/// A message; the values of keys other than these two are passed over.
fn note(pairs: &[(Value, Value)], statement: Option<u64>) -> Result<Note, Rest> {
    pairs.iter().try_for_each(|(key, _)| string(key).map(drop))?;
    let [level, text] = members(pairs, ["level", "text"])?;
    let read = |member: Member<'_>| member.map_or(Ok(String::new()), |(_, value)| string(value));
    Ok((statement, read(level)?, read(text)?))
}

/// Without the white space that may stand between two documents.
fn trimmed(body: &[u8]) -> &[u8] {
    let start = body.iter().position(|byte| !b" \n\r\t".contains(byte)).unwrap_or(body.len());
    &body[start..]
}
