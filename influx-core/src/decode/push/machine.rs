//! What a format brings: the machine that knows where in an answer's bytes it stands.

use core::fmt;
use std::sync::Arc;

use crate::decode::ahead::Ahead;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::plan::Plan;
use crate::decode::scratch::Arena;

/// A message of the server that is no error: a warning about deprecated use, say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The number of the statement that it is about.
    pub statement_id: Option<u64>,
    /// `warning`, say.
    pub level: Box<str>,
    /// What the server has to say.
    pub text: Box<str>,
}

/// What a step leads to.
pub(crate) enum Event {
    /// A series' rows begin, or it ended without any; its header is [`Head::columns`].
    Series,
    /// A row begins at the position, and its first byte is there.
    Row,
    /// More bytes are needed.
    More,
    /// The server reported an error; decoding can go on.
    Error(DecodeError),
}

/// What became of the rows at the position.
pub(crate) enum Found {
    /// So many of them, at least one, are in the cells.
    Rows(usize),
    /// Something else may stand there: a step is needed.
    Other,
    /// More bytes are needed.
    More,
    /// It is malformed, which is final.
    Bad(DecodeError),
}

/// What is known of the answer so far.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// The header of the series that was begun last.
    pub(crate) columns: Arc<Columns>,
    /// Its rows so far.
    pub(crate) row: u64,
    /// What the server said beside rows and errors.
    pub(crate) messages: Vec<Message>,
    /// How many statements are answered, those without rows too.
    pub(crate) statements: u64,
}

/// Goes through an answer's bytes, which may end anywhere, and finds the rows: one for each format.
///
/// Places count from the start of the bytes that are there; bytes that are needed no more are dropped from their front.
pub(crate) trait Machine: fmt::Debug + Send + Sync {
    fn head(&self) -> &Head;

    /// How many bytes at the front are needed no more.
    fn consumed(&self) -> usize;

    /// That many bytes at the front were dropped.
    fn shift(&mut self, bytes: usize);

    /// Goes on to the next event. An error is final: nothing can be read behind it.
    fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError>;

    /// The place behind the last row that can be complete in these bytes: what begins behind it is not looked at.
    fn rows_end(&self, b: &[u8]) -> usize;

    /// Reads the rows at the position, if there are rows for sure, into the plan's cells. The bytes come with their
    /// [`rows_end`](Self::rows_end).
    fn rows<'b>(
        &mut self,
        b: (&'b [u8], usize),
        plan: &Plan,
        ahead: &mut Ahead<'b>,
        arena: &mut Arena<'b>,
    ) -> Found;

    /// Of the rows that were read at once so many were used and the others, `rows`, were not: goes back to where they begin.
    fn rewind(&mut self, used: usize, rows: usize);

    /// No bytes follow upon those that are there; whether a step may lead to something now that more bytes were needed for.
    fn end(&mut self) -> bool {
        false
    }

    /// The bytes are all there and no event is left: the error of an answer that is not complete.
    fn at_end(&mut self) -> Option<DecodeError>;
}

/// How an answer is written: which of the formats, and with which options. Made of a format's options.
///
/// ```
/// use influx_core::decode::{Decoder, Syntax, influxql};
/// let syntax = Syntax::from(influxql::Options::new().chunked(true));
/// let decoder = Decoder::<&[u8]>::new(syntax);
/// # let _ = decoder;
/// ```
#[derive(Debug)]
pub struct Syntax(pub(crate) Box<dyn Machine>);
