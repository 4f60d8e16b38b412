//! What the decoder makes of a document, in the events of the reference.

use influx_core::decode::annotated_csv::Options;
use influx_core::decode::{Decoder, WholeSeries};
use influx_core::{AnyRow, Columns, DecodeError, OwnedRow, SeriesRow, ValueRef};

use crate::reference::{Cell, Event, float};

/// A complete table: its columns, with the two of the format, and rows.
pub(crate) fn table(columns: &[(&str, &str, bool)], rows: &[&str]) -> String {
    let line = |first: &str, last: &dyn Fn(&(&str, &str, bool)) -> String| {
        let cells: Vec<_> = columns.iter().map(last).collect();
        if cells.is_empty() { format!("{first}\r\n") } else { format!("{first},{}\r\n", cells.join(",")) }
    };
    let mut text = line("#datatype,string,long", &|(_, datatype, _)| (*datatype).into());
    text += &line("#group,false,false", &|(_, _, group)| group.to_string());
    text += &line("#default,_result,", &|_| String::new());
    text += &line(",result,table", &|(name, ..)| (*name).into());
    for row in rows {
        text += &format!(",,{row}\r\n");
    }
    text + "\r\n"
}

pub(crate) fn cell(value: ValueRef<'_>) -> Cell {
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

/// What came out, and the errors that are none of the server's.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) events: Vec<Event>,
    pub(crate) failures: Vec<String>,
    pub(crate) truncated: bool,
}

impl Decoded {
    fn fail(&mut self, error: &DecodeError) {
        match error.server_message() {
            Some(message) => self.events.push(Event::Server {
                message: message.into(),
                reference: error.server_reference().unwrap_or_default().into(),
            }),
            None => {
                self.truncated |= error.is_truncated();
                self.failures.push(error.to_string());
            }
        }
    }
}

fn header(columns: &Columns) -> Event {
    Event::Table {
        result: columns.result().expect("a result").into(),
        number: columns.table().expect("a number"),
        names: columns.names().map(Into::into).collect(),
        key: columns.group_key().map(|(name, value)| (name.into(), cell(value))).collect(),
    }
}

/// Whole tables, those without rows too.
pub(crate) fn tables(pieces: &[&[u8]], options: Options) -> Decoded {
    let mut tables = WholeSeries::<OwnedRow, &[u8]>::new(options);
    pieces.iter().for_each(|piece| tables.push(piece));
    tables.finish();
    let mut decoded = Decoded::default();
    while let Some(table) = tables.next_series() {
        match table {
            Ok(table) => {
                decoded.events.push(header(&table.columns));
                let cells = |row: &OwnedRow| {
                    Event::Row(row.values().iter().map(|value| cell(value.value())).collect())
                };
                decoded.events.extend(table.rows.iter().map(cells));
            }
            Err(error) => decoded.fail(&error),
        }
    }
    decoded
}

/// Rows as they come, each behind the table that it is the first of.
pub(crate) fn rows(pieces: &[&[u8]], options: Options) -> Decoded {
    let mut decoder = Decoder::new(options);
    let (mut decoded, mut last) = (Decoded::default(), None);
    let mut take = |row: Result<SeriesRow<AnyRow<'_>>, DecodeError>| match row {
        Ok(SeriesRow { series, row, .. }) => {
            if last.as_ref().is_none_or(|last| !std::sync::Arc::ptr_eq(last, &series)) {
                decoded.events.push(header(&series));
                last = Some(series);
            }
            decoded.events.push(Event::Row(row.values().iter().copied().map(cell).collect()));
        }
        Err(error) => decoded.fail(&error),
    };
    for piece in pieces {
        decoder.push(*piece);
        decoder.rows().for_each(&mut take);
    }
    decoder.finish();
    decoder.rows().for_each(&mut take);
    assert!(decoder.rows::<AnyRow<'_>>().next().is_none(), "nothing is behind the end");
    decoded
}

/// The same without tables that have no rows.
pub(crate) fn with_rows(events: &[Event]) -> Vec<Event> {
    let is_empty = |at: usize| {
        matches!(events[at], Event::Table { .. }) && !matches!(events.get(at + 1), Some(Event::Row(_)))
    };
    (0..events.len()).filter(|&at| !is_empty(at)).map(|at| events[at].clone()).collect()
}

pub(crate) fn whole(body: &str) -> Decoded {
    tables(&[body.as_bytes()], Options::new())
}
