//! What the decoder tests share: the decoder's events, and the same events as serde_json reads them.
#![allow(dead_code, reason = "each test file uses its part")]

use influx_core::decode::Decoder;
use influx_core::decode::influxql::Options;
use influx_core::{AnyRow, Columns, DecodeError, ValueRef};
use serde_json::Value;

/// One thing that comes out of a response.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    Row {
        statement: Option<u64>,
        name: Option<String>,
        tags: Vec<(String, String)>,
        columns: Vec<String>,
        cells: Vec<Value>,
    },
    Server {
        statement: Option<u64>,
        message: String,
    },
    Truncated,
    Other(String),
}

pub(crate) fn options(chunked: bool) -> Options {
    Options::new().chunked(chunked)
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(v) => Value::Bool(v),
        ValueRef::Number(text) => Value::Number(serde_json::from_str(text).expect("a JSON number")),
        ValueRef::Str(text) => Value::String(text.into()),
        // as the server writes it
        ValueRef::Time(_) => Value::String(value.to_string()),
        other => panic!("unexpected value {other:?}"),
    }
}

fn row_event(columns: &Columns, cells: impl Iterator<Item = Value>) -> Event {
    let mut tags: Vec<_> = columns.tags().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    tags.sort();
    Event::Row {
        statement: columns.statement_id(),
        name: columns.name().map(Into::into),
        tags,
        columns: columns.columns().iter().map(|column| column.name.to_string()).collect(),
        cells: cells.collect(),
    }
}

fn error_event(error: &DecodeError) -> Event {
    if error.is_truncated() {
        Event::Truncated
    } else if let Some(message) = error.server_message() {
        Event::Server { statement: error.statement_id(), message: message.into() }
    } else {
        Event::Other(error.to_string())
    }
}

/// What the decoder makes of a response that arrives in these frames. `for_each` and `next` take turns: each has its own loop.
pub(crate) fn decode<'p>(frames: impl IntoIterator<Item = &'p [u8]>, options: Options) -> Vec<Event> {
    let mut decoder = Decoder::new(options);
    let mut events = Vec::new();
    for (at, frame) in frames.into_iter().enumerate() {
        decoder.push(frame);
        let rows = decoder.rows().map(event);
        if at % 2 == 0 { rows.for_each(|event| events.push(event)) } else { events.extend(rows) }
    }
    decoder.finish();
    decoder.rows().map(event).for_each(|event| events.push(event));
    events
}

/// The same when only some rows are read of each frame, and the others later.
pub(crate) fn decode_breaking(body: &[u8], size: usize, nth: usize, options: Options) -> Vec<Event> {
    let mut decoder = Decoder::new(options);
    let mut events = Vec::new();
    for frame in body.chunks(size) {
        decoder.push(frame);
        events.extend(decoder.rows().take(nth).map(event));
    }
    decoder.finish();
    loop {
        let before = events.len();
        events.extend(decoder.rows().take(nth).map(event));
        if events.len() == before {
            return events;
        }
    }
}

fn event(row: Result<AnyRow<'_>, DecodeError>) -> Event {
    match row {
        Ok(row) => row_event(row.columns(), row.values().iter().copied().map(value)),
        Err(error) => error_event(&error),
    }
}

pub(crate) fn decode_whole(body: &[u8], options: Options) -> Vec<Event> {
    decode([body], options)
}

/// The events as serde_json reads the body, and whether the last document says that more follows.
pub(crate) fn reference(body: &[u8], chunked: bool) -> (Vec<Event>, bool) {
    let (mut events, mut open) = (Vec::new(), false);
    if let Some(rest) = body.strip_prefix(b"json: error") {
        let end = rest.iter().position(|&b| b == b'\n').filter(|_| chunked).unwrap_or(rest.len());
        let message = format!("json: error{}", String::from_utf8_lossy(&rest[..end]).trim_end());
        events.push(Event::Server { statement: None, message });
        let (more, open) = reference(&rest[end..], chunked);
        return (events.into_iter().chain(more).collect(), open);
    }
    for document in serde_json::Deserializer::from_slice(body).into_iter::<Value>() {
        open = document_events(&document.expect("valid JSON"), chunked, open, &mut events);
    }
    (events, open)
}

fn document_events(document: &Value, chunked: bool, mut open: bool, events: &mut Vec<Event>) -> bool {
    for result in list(&document["results"]) {
        let statement = result["statement_id"].as_u64();
        open = result["partial"] == true;
        for series in list(&result["series"]) {
            let last = std::ptr::eq(series, list(&result["series"]).last().expect("not empty"));
            open |= last && series["partial"] == true;
            let header = Event::Row {
                statement,
                name: series["name"].as_str().map(Into::into),
                tags: series["tags"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(k, v)| (k.clone(), text(v)))
                    .collect(),
                columns: list(&series["columns"]).iter().map(text).collect(),
                cells: vec![],
            };
            for row in list(&series["values"]) {
                let mut event = header.clone();
                let Event::Row { cells, .. } = &mut event else { unreachable!() };
                *cells = list(row).to_vec();
                events.push(event);
            }
        }
        // a mark in one document is the limit of rows, unless the series may be complete
        let is_cut = |series: &Value| series["partial"] == true && list(&series["values"]).len() <= 10_000;
        if let Some(message) = result["error"].as_str() {
            open = false;
            events.push(Event::Server { statement, message: message.into() });
        } else if !chunked && list(&result["series"]).iter().any(is_cut) {
            events.push(Event::Truncated);
        }
    }
    if let Some(message) = document["error"].as_str() {
        open = false;
        events.push(Event::Server { statement: None, message: message.into() });
    }
    open
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").into()
}
