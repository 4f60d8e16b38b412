//! What comes out of an InfluxQL response of any format, and that it does so however the bytes are split.

use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use influx_core::decode::influxql::{Format, Options};
use influx_core::decode::{Decoder, Message};
use influx_core::{AnyRow, Columns, DecodeError, Precision, ValueRef};

/// One thing that comes out of a response, its cells as `C`.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<C> {
    Row(Rc<Header>, Vec<C>),
    Server { statement: Option<u64>, message: String },
    Truncated,
    Other(String),
}

/// What a row's series says.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    pub statement: Option<u64>,
    pub name: Option<String>,
    pub tags: Vec<(String, String)>,
    pub columns: Vec<String>,
}

/// A message of the server: the statement that it is about, its level and its text.
pub type Note = (Option<u64>, String, String);

/// All that comes out of a response.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<C> {
    pub events: Vec<Event<C>>,
    pub notes: Vec<Note>,
}

/// How the response was asked for, as the first byte of an input says.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub format: Format,
    pub chunked: bool,
    pub epoch: Option<Precision>,
}

impl Asked {
    pub fn new(format: Format, flags: u8) -> Asked {
        let epoch = match flags >> 2 & 7 {
            1 => Some(Precision::Ns),
            2 => Some(Precision::Us),
            3 => Some(Precision::Ms),
            4 => Some(Precision::S),
            _ => None,
        };
        Asked { format, chunked: flags & 1 == 1, epoch }
    }

    pub fn options(self) -> Options {
        Options::new().format(self.format).chunked(self.chunked).epoch(self.epoch)
    }
}

fn header(columns: &Columns) -> Header {
    Header {
        statement: columns.statement_id(),
        name: columns.name().map(Into::into),
        tags: columns.tags().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        columns: columns.columns().iter().map(|column| column.name.to_string()).collect(),
    }
}

fn failure<C>(error: &DecodeError) -> Event<C> {
    if error.is_truncated() {
        Event::Truncated
    } else if let Some(message) = error.server_message() {
        Event::Server { statement: error.statement_id(), message: message.into() }
    } else {
        Event::Other(error.to_string())
    }
}

fn note(message: &Message) -> Note {
    (message.statement_id, message.level.to_string(), message.text.to_string())
}

/// What the decoder makes of a response that arrives in these pieces, its cells shown by `cell`.
///
/// # Panics
/// If more comes out than went in.
pub fn decode<C>(pieces: &[&[u8]], options: Options, cell: fn(ValueRef<'_>) -> C) -> Decoded<C> {
    let mut decoder = Decoder::new(options);
    let mut events = Vec::new();
    let mut last: Option<(Arc<Columns>, Rc<Header>)> = None;
    let mut event = |row: Result<AnyRow<'_>, DecodeError>| match row {
        Ok(row) => {
            let columns = row.columns();
            let (_, header) = match last.take_if(|(known, _)| Arc::ptr_eq(known, columns)) {
                Some(known) => last.insert(known),
                None => last.insert((Arc::clone(columns), Rc::new(header(columns)))),
            };
            Event::Row(Rc::clone(header), row.values().iter().copied().map(cell).collect())
        }
        Err(error) => failure(&error),
    };
    // every row and error takes at least one byte, and the end is one event
    let mut most = 1;
    for piece in pieces {
        most += piece.len();
        decoder.push(*piece);
        events.extend(decoder.rows().take(most + 1).map(&mut event));
        assert!(events.len() <= most, "an endless loop");
    }
    decoder.finish();
    events.extend(decoder.rows().take(most + 1).map(&mut event));
    assert!(events.len() <= most, "an endless loop at the end");
    assert!(decoder.rows::<AnyRow<'_>>().next().is_none(), "something behind the end");
    Decoded { events, notes: decoder.messages().iter().map(note).collect() }
}

/// The body in pieces of 1 to 16 bytes, and in two.
pub fn splits(body: &[u8], seed: u8) -> [Vec<&[u8]>; 2] {
    let at = body.len() * usize::from(seed) / 256;
    [small_pieces(body, seed), vec![&body[..at], &body[at..]]]
}

fn small_pieces(mut body: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut random = u32::from(seed) | 0x100;
    let mut pieces = Vec::new();
    while !body.is_empty() {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (piece, rest) = body.split_at(((random >> 28) as usize + 1).min(body.len()));
        pieces.push(piece);
        body = rest;
    }
    pieces
}

/// Malformed or without an end: which of the two shows, and its words, may depend on the pieces.
fn comparable<C>(events: &[Event<C>]) -> Vec<Option<&Event<C>>> {
    let known = |event| (!matches!(event, &Event::Other(_) | &Event::Truncated)).then_some(event);
    events.iter().map(known).collect()
}

/// What comes out of a body, which is the same for all of these ways to split it.
///
/// # Panics
/// If it is not.
pub fn decode_split<C: Debug + PartialEq>(
    body: &[u8],
    splits: &[Vec<&[u8]>],
    options: Options,
    cell: fn(ValueRef<'_>) -> C,
) -> Decoded<C> {
    let whole = decode(&[body], options, cell);
    for pieces in splits {
        let split = decode(pieces, options, cell);
        let sizes = || pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>();
        assert_eq!(comparable(&split.events), comparable(&whole.events), "in pieces of {:?}", sizes());
        assert_eq!(split.notes, whole.notes, "in pieces of {:?}", sizes());
    }
    whole
}
