//! What comes out of annotated CSV, as a naive reader finds it.

#[path = "../../influx-core/tests/decode_csv/reference.rs"]
mod naive;

use influx_core::decode::WholeSeries;
use influx_core::decode::annotated_csv::Options;
use influx_core::{OwnedRow, ValueRef};

use naive::{Cell, Event, float};

/// What comes out of a body, each table, row and error of the server as a line.
#[derive(Debug, PartialEq)]
pub struct Lines {
    pub events: Vec<String>,
    /// How many errors there are besides. What they say of malformed bytes may depend on the pieces.
    pub failures: usize,
    pub last: Option<bool>,
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Bool(v) => Cell::Bool(v),
        ValueRef::I64(v) => Cell::I64(v),
        ValueRef::U64(v) => Cell::U64(v),
        ValueRef::F64(v) => float(v),
        ValueRef::Str(v) => Cell::Str(v.into()),
        ValueRef::Time(v) => Cell::Time(v),
        other => panic!("unexpected value {other:?}"),
    }
}

/// What the decoder makes of a body that arrives in these pieces.
///
/// # Panics
/// If more comes out than went in.
pub fn lines(pieces: &[&[u8]], options: Options) -> Lines {
    let mut tables = WholeSeries::<OwnedRow, &[u8]>::new(options);
    let most = pieces.iter().map(|piece| piece.len()).sum::<usize>() + 2;
    pieces.iter().for_each(|piece| tables.push(piece));
    tables.finish();
    let (mut events, mut failures, mut last, mut count) = (Vec::new(), 0, None, 0);
    while let Some(table) = tables.next_series() {
        count += 1;
        assert!(count <= most, "more tables and errors than bytes");
        match table {
            Ok(table) => {
                let header = &table.columns;
                let event = Event::Table {
                    result: header.result().expect("a result").into(),
                    number: header.table().expect("a number"),
                    names: header.names().map(Into::into).collect(),
                    key: header.group_key().map(|(name, value)| (name.into(), cell(value))).collect(),
                };
                events.push(format!("{event:?}"));
                let row = |row: &OwnedRow| {
                    Event::Row(row.values().iter().map(|value| cell(value.value())).collect())
                };
                events.extend(table.rows.iter().map(|owned| format!("{:?}", row(owned))));
            }
            Err(error) => match error.server_message() {
                Some(message) => {
                    let reference = error.server_reference().unwrap_or_default().into();
                    events.push(format!("{:?}", Event::Server { message: message.into(), reference }));
                }
                None => {
                    failures += 1;
                    last = Some(error.is_truncated());
                }
            },
        }
    }
    Lines { events, failures, last: last.filter(|_| failures == 1) }
}

/// What the naive reader finds; `None` if it is not what servers or other makers write.
pub fn reference(body: &[u8]) -> Option<Vec<String>> {
    let text = str::from_utf8(body).ok()?;
    if !text.starts_with(['#', ',', '"', '\r', '\n']) {
        return None;
    }
    let events = naive::events(&naive::records(text)?)?;
    Some(events.iter().map(|event| format!("{event:?}")).collect())
}
