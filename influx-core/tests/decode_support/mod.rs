//! What the decoder tests share: the decoder's events, and the same events as serde_json reads them.
#![allow(dead_code, reason = "each test file uses its part")]

use std::ops::ControlFlow;

use influx_core::decode::influxql::{Decoder, Options};
use influx_core::{AnyRow, Columns, DecodeError, FromRow, Row, ValueRef};
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

/// What the decoder makes of a response that arrives in these pieces, pushed or fed: both ways agree.
pub(crate) fn decode<'p>(pieces: impl IntoIterator<Item = &'p [u8]>, options: Options) -> Vec<Event> {
    let pieces: Vec<_> = pieces.into_iter().collect();
    let (mut pushed, mut fed) = (Decoder::new(options), Decoder::new(options));
    let (mut events, mut feds) = (Vec::new(), Vec::new());
    for piece in pieces {
        pushed.push(piece);
        let flow = pushed.drain(AnyRow::plan, |row| collect(row, &mut events));
        assert!(
            flow.is_continue() && fed.feed(piece, AnyRow::plan, |row| collect(row, &mut feds)).is_continue()
        );
    }
    for (decoder, events) in [(&mut pushed, &mut events), (&mut fed, &mut feds)] {
        decoder.finish();
        assert!(decoder.drain(AnyRow::plan, |row| collect(row, events)).is_continue());
    }
    // the excerpt of malformed bytes shows what had arrived
    let same = |(a, b): (&Event, &Event)| a == b || matches!((a, b), (Event::Other(_), Event::Other(_)));
    assert!(events.len() == feds.len() && events.iter().zip(&feds).all(same), "{events:?}\n{feds:?}");
    events
}

/// The same when the function breaks off at every `nth` row.
pub(crate) fn decode_breaking(body: &[u8], size: usize, nth: usize, options: Options) -> Vec<Event> {
    let mut decoder = Decoder::new(options);
    let mut events = Vec::new();
    let mut broken = |row: Result<Row<'_, '_>, DecodeError>| {
        let flow = collect(row, &mut events);
        if events.len() % nth == 0 { ControlFlow::Break(()) } else { flow }
    };
    for piece in body.chunks(size) {
        let _ = decoder.feed(piece, AnyRow::plan, &mut broken);
    }
    decoder.finish();
    while decoder.drain(AnyRow::plan, &mut broken).is_break() {}
    events
}

fn collect(row: Result<Row<'_, '_>, DecodeError>, events: &mut Vec<Event>) -> ControlFlow<()> {
    events.push(match row.and_then(|row| AnyRow::from_row(&row)) {
        Ok(row) => row_event(row.columns(), row.values().iter().copied().map(value)),
        Err(error) => error_event(&error),
    });
    ControlFlow::Continue(())
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
        open = document_events(&document.expect("valid JSON"), open, &mut events);
    }
    (events, open)
}

fn document_events(document: &Value, mut open: bool, events: &mut Vec<Event>) -> bool {
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
        if let Some(message) = result["error"].as_str() {
            open = false;
            events.push(Event::Server { statement, message: message.into() });
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
