//! What a response says, whichever format it is written in: statements, series and their ends.

use core::mem;
use std::sync::Arc;

use super::options::Options;
use crate::decode::column::Column;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::foreign::{self, Instead};
use crate::decode::push::machine::{Event, Head, Message};

/// What the decoder is inside of; each is nested in the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two documents.
    Top,
    /// A text where a document was expected.
    Text,
    Root,
    Results,
    Result,
    SeriesList,
    Series,
    Values,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Results,
    Error,
    StatementId,
    Series,
    Messages,
    Partial,
    Name,
    Tags,
    Columns,
    Values,
    Other,
}

/// The value of a key that is neither an array of the frame nor passed over.
pub(super) enum Said {
    Error(Box<str>),
    StatementId(u64),
    Messages(Vec<Message>),
    Partial(bool),
    Name(Box<str>),
    Tags(Vec<(Box<str>, Box<str>)>),
    Columns(Arc<[Column]>),
}

/// The rows of one series that influxd puts together at once for an answer in one document.
const PIECE: u64 = 10_000;

#[derive(Debug)]
pub(super) struct Response {
    pub(super) options: Options,
    pub(super) place: Place,
    /// Bytes that were decoded and dropped.
    pub(super) dropped: u64,
    pub(super) head: Head,
    /// The first byte of a document is there, but not enough of it to enter it.
    pub(super) begun: bool,
    statement: Option<u64>,
    result_error: Option<Box<str>>,
    result_partial: bool,
    series: Series,
    /// The bytes of the columns that were read last: the other series of a statement have the same.
    shape: (Vec<u8>, Arc<[Column]>),
    root_error: Option<Box<str>>,
    root_known: bool,
    documents: u64,
    /// One of them has results.
    answered: bool,
    text: Vec<u8>,
    /// The text stands behind documents.
    follows: bool,
    /// The last series said that it goes on.
    series_open: bool,
    /// A series of the result was cut by the server's limit of rows.
    cut: Option<Arc<Columns>>,
    /// The last document said that its statement or series goes on.
    open: bool,
}

#[derive(Debug, Default)]
struct Series {
    name: Option<Box<str>>,
    tags: Vec<(Box<str>, Box<str>)>,
    columns: Option<Arc<[Column]>>,
    partial: bool,
    started: bool,
}

impl Response {
    pub(super) fn new(options: Options) -> Self {
        Response {
            options,
            place: Place::Top,
            dropped: 0,
            head: Head::default(),
            begun: false,
            statement: None,
            result_error: None,
            result_partial: false,
            series: Series::default(),
            shape: Default::default(),
            root_error: None,
            root_known: false,
            documents: 0,
            answered: false,
            text: Vec::new(),
            follows: false,
            series_open: false,
            cut: None,
            open: false,
        }
    }

    pub(super) fn begin_document(&mut self) {
        self.root_error = None;
        self.root_known = false;
        self.begun = false;
        self.place = Place::Root;
    }

    pub(super) fn begin_result(&mut self) {
        (self.statement, self.result_error, self.result_partial) = (None, None, false);
        self.series_open = false;
        self.place = Place::Result;
    }

    pub(super) fn begin_series(&mut self) {
        self.series = Series::default();
        self.place = Place::Series;
    }

    pub(super) fn key_of(&mut self, name: &[u8]) -> Key {
        let key = match (self.place, name) {
            (Place::Root, b"results") => Key::Results,
            // 2.x writes its errors as {"code":..,"message":..}
            (Place::Root, b"error" | b"message") | (Place::Result, b"error") => Key::Error,
            (Place::Result, b"statement_id") => Key::StatementId,
            (Place::Result, b"series") => Key::Series,
            (Place::Result, b"messages") => Key::Messages,
            (Place::Result | Place::Series, b"partial") => Key::Partial,
            (Place::Series, b"name") => Key::Name,
            (Place::Series, b"tags") => Key::Tags,
            (Place::Series, b"columns") => Key::Columns,
            (Place::Series, b"values") => Key::Values,
            _ => Key::Other,
        };
        self.root_known |= matches!(key, Key::Results | Key::Error);
        self.answered |= key == Key::Results;
        key
    }

    pub(super) fn say(&mut self, said: Said) -> Result<(), &'static str> {
        match said {
            Said::Error(text) if self.place == Place::Root => self.root_error = Some(text),
            Said::Error(text) => self.result_error = Some(text),
            Said::StatementId(id) => self.statement = Some(id),
            Said::Messages(messages) => {
                let statement_id = self.statement;
                self.head
                    .messages
                    .extend(messages.into_iter().map(|message| Message { statement_id, ..message }));
            }
            Said::Partial(partial) if self.place == Place::Series => self.series.partial = partial,
            Said::Partial(partial) => self.result_partial = partial,
            Said::Name(_) | Said::Tags(_) | Said::Columns(_) if self.series.started => {
                return Err("the name, tags or columns of a series come after its values");
            }
            Said::Name(name) => self.series.name = Some(name),
            Said::Tags(tags) => self.series.tags = tags,
            Said::Columns(columns) => self.series.columns = Some(columns),
        }
        Ok(())
    }

    pub(super) fn knows_columns(&self) -> bool {
        self.series.columns.is_some() || self.series.started
    }

    /// The columns that these bytes are, by `read` if they are not those of the series before.
    pub(super) fn columns_of<E>(
        &mut self,
        raw: &[u8],
        read: impl FnOnce(&[u8]) -> Result<Vec<Box<str>>, E>,
    ) -> Result<Arc<[Column]>, E> {
        let (known, columns) = &mut self.shape;
        if known != raw {
            *columns = read(raw)?.into_iter().map(Column::new).collect();
            known.clear();
            known.extend_from_slice(raw);
        }
        Ok(Arc::clone(columns))
    }

    /// The values of the series begin: its header is complete.
    pub(super) fn begin_values(&mut self) -> Event {
        self.make_header();
        self.place = Place::Values;
        Event::Series
    }

    fn make_header(&mut self) {
        // values that come in two arrays are of one header
        if self.series.started {
            return;
        }
        let Series { name, tags, columns, .. } = &mut self.series;
        let columns = columns.take().unwrap_or_default();
        let header = Columns::of_series(name.take(), mem::take(tags), columns)
            .with_statement(self.statement)
            .with_epoch(self.options.epoch);
        // a chunked answer repeats the header of a series that goes on
        let goes_on = self.open && self.head.columns.partial() && self.head.columns.same_series(&header);
        if !goes_on {
            self.head.row = 0;
        }
        self.head.columns = Arc::new(header);
        self.series.started = true;
    }

    /// The series is over. One without values is known by its header alone.
    pub(super) fn end_series(&mut self) -> Option<Event> {
        self.place = Place::SeriesList;
        self.series_open = self.series.partial;
        let empty = !self.series.started && self.series.columns.is_some();
        if empty {
            self.make_header();
        }
        if self.series.partial && (self.series.started || empty) {
            self.head.columns.set_partial();
            self.mark_cut();
        }
        empty.then_some(Event::Series)
    }

    /// A mark in one document: within influxd's first piece it means that rows were left out. Behind that it stands on series that are
    /// complete, too, and can only be handed on.
    fn mark_cut(&mut self) {
        if self.options.chunked {
            return;
        }
        if self.head.row <= PIECE {
            self.cut = Some(Arc::clone(&self.head.columns));
            return;
        }
        let text = format!(
            "the series {} is marked as partial: either it is complete or the server's limit of rows cut it, which only chunks can tell",
            self.head.columns
        );
        let (level, statement_id) = ("warning".into(), self.statement);
        self.head.messages.push(Message { level, text: text.into(), statement_id });
    }

    pub(super) fn end_result(&mut self) -> Option<Event> {
        self.place = Place::Results;
        self.head.statements = self.head.statements.max(self.statement.unwrap_or(0).saturating_add(1));
        let error = self.result_error.take();
        self.open = error.is_none() && (self.result_partial || self.series_open);
        let cut = self.cut.take();
        match (error, cut) {
            (Some(text), _) => Some(Event::Error(DecodeError::server(text).in_statement(self.statement))),
            (None, Some(series)) => Some(Event::Error(DecodeError::row_limit().in_series(&series))),
            (None, None) => None,
        }
    }

    /// `{}` is an answer of nothing; a document of other keys is no answer.
    pub(super) fn end_document(&mut self, empty: bool) -> Result<Option<Event>, &'static str> {
        if !self.root_known && !empty {
            return Err("an object with neither `results` nor `error`");
        }
        self.place = Place::Top;
        self.documents += 1;
        Ok(self.root_error.take().map(|text| {
            self.open = false;
            Event::Error(DecodeError::server(text))
        }))
    }

    /// A text instead of a document: one line of a chunked answer, or all that is left. Gives how much of it was taken.
    pub(super) fn take_text(&mut self, rest: &[u8]) -> (usize, Event) {
        let end = if self.options.chunked { memchr::memchr(b'\n', rest) } else { None };
        let text = &rest[..end.unwrap_or(rest.len())];
        let kept = text.len().min(foreign::KEPT.saturating_sub(self.text.len()));
        self.text.extend_from_slice(&text[..kept]);
        (text.len(), if end.is_some() { Event::Error(self.text_error()) } else { Event::More })
    }

    fn text_error(&mut self) -> DecodeError {
        self.place = Place::Top;
        self.documents += 1;
        self.open = false;
        let follows = mem::take(&mut self.follows);
        foreign::error_of(&mem::take(&mut self.text), Instead::OfDocument { follows })
    }

    /// Whether another document may follow: only one chunk upon another, or upon an error, which 2.x says twice.
    pub(super) fn may_go_on(&self) -> bool {
        !self.answered || self.options.chunked
    }

    /// Something that is no chunk begins.
    pub(super) fn begin_text(&mut self) {
        self.follows = self.documents > 0;
        self.place = Place::Text;
    }

    /// The bytes are all there, up to `position`, and no event is left: whether the response is complete.
    pub(super) fn at_end(&mut self, position: usize) -> Option<DecodeError> {
        match self.place {
            Place::Text => Some(self.text_error()),
            Place::Top if self.begun => Some(self.cut(position)),
            Place::Top if self.documents == 0 && !self.options.may_be_empty => {
                Some(DecodeError::truncated("the body is empty"))
            }
            Place::Top if self.options.chunked && self.open => {
                let what = "the last chunk says that more follows";
                Some(DecodeError::truncated(what).in_statement(self.statement))
            }
            Place::Top => None,
            _ => Some(self.cut(position)),
        }
    }

    #[cold]
    fn cut(&self, position: usize) -> DecodeError {
        let end = self.dropped + position as u64;
        self.locate(DecodeError::truncated(format!("the body ends inside of a document (byte {end})")))
    }

    /// The error of records that are arrays, not maps: 3.x writes them so, times as texts and whole floats as integers.
    #[cold]
    pub(super) fn other_msgpack(&self) -> DecodeError {
        DecodeError::foreign(
            "this server's msgpack is not that of InfluxDB 1.x: use Format::Json; instead of a Point, whose values need types, \
             read a struct, whose fields tell them",
        )
    }

    /// The error of malformed bytes, as far as the place is known.
    #[cold]
    pub(super) fn malformed(&self, at: usize, what: &'static str, found: &str) -> DecodeError {
        self.locate(DecodeError::syntax(self.dropped + at as u64, format!("{what}, found {found}")))
    }

    fn locate(&self, error: DecodeError) -> DecodeError {
        match self.place {
            Place::Top | Place::Text | Place::Root | Place::Results => error,
            Place::Values => error.in_series(&self.head.columns).in_row(self.head.row + 1),
            _ => error.in_statement(self.statement),
        }
    }
}
