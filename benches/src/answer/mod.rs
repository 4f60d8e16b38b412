//! What the readers read: the answer of InfluxDB 1.x to a `SELECT * .. GROUP BY *`, that of 2.x to the same in Flux, and what they say.

mod csv;
mod json;
mod msgpack;
mod rows;
mod visit;

pub use rows::{Load, Loads, OwnedLoad};
pub use visit::{Compare, Sum, Visit};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `epoch=ns`.
    Json,
    /// `application/x-msgpack`, times of its own type.
    Msgpack,
    /// Annotated CSV.
    Csv,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Msgpack => "msgpack",
            Format::Csv => "csv",
        }
    }

    pub fn named(name: &str) -> Option<Format> {
        [Format::Json, Format::Msgpack, Format::Csv].into_iter().find(|format| format.name() == name)
    }
}

/// A complete answer in one document.
pub struct Answer {
    /// With zeros behind the end.
    padded: Vec<u8>,
    format: Format,
}

impl Answer {
    /// Bytes behind the end that may be read; only the limit does so.
    pub const PADDING: usize = 64;

    /// As InfluxDB 1.6.7 spells it, and 2.7.12.
    pub fn new(loads: &Loads, format: Format) -> Answer {
        let body = match format {
            Format::Json => json::answer(loads),
            Format::Msgpack => msgpack::answer(loads),
            Format::Csv => csv::answer(loads),
        };
        Answer::of(body, format)
    }

    pub fn of(body: Vec<u8>, format: Format) -> Answer {
        let mut padded = body;
        padded.resize(padded.len() + Answer::PADDING, 0);
        Answer { padded, format }
    }

    pub fn format(&self) -> Format {
        self.format
    }

    pub fn bytes(&self) -> &[u8] {
        &self.padded[..self.padded.len() - Answer::PADDING]
    }
}
