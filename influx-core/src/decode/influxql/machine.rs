//! Where in a response the decoder stands: everything but the rows themselves. It can stop after any byte and go on.

mod ends;
mod rows;
mod state;

use std::sync::Arc;

use super::{Message, Options, header};
use crate::decode::json::{Scan, blank};
use crate::{Column, Columns, DecodeError};
use state::{Expect, Key, Place, ResultState, SeriesState};

/// What comes next.
pub(super) enum Event {
    /// A series' rows begin; its header is [`Machine::columns`].
    Series,
    /// A row begins at [`Machine::position`].
    Row,
    /// More bytes are needed.
    More,
    /// The server reported an error; decoding can go on.
    Error(DecodeError),
}

#[derive(Debug)]
pub(super) struct Machine {
    options: Options,
    position: usize,
    /// Bytes that were decoded and dropped.
    dropped: u64,
    place: Place,
    expect: Expect,
    key: Key,
    /// The value at the position is not complete yet, or is passed over.
    scan: Option<Scan>,
    passing_over: bool,
    result: ResultState,
    series: SeriesState,
    root_error: Option<Box<str>>,
    root_known: bool,
    text: Vec<u8>,
    messages: Vec<Message>,
    columns: Arc<Columns>,
    row: u64,
    documents: u64,
    /// The last series said that it goes on.
    series_open: bool,
    /// The last document said that its statement or series goes on.
    open: bool,
}

impl Machine {
    pub(super) fn new(options: Options) -> Self {
        Machine {
            options,
            position: 0,
            dropped: 0,
            place: Place::Top,
            expect: Expect::FirstOrEnd,
            key: Key::Other,
            scan: None,
            passing_over: false,
            result: ResultState::default(),
            series: SeriesState::default(),
            root_error: None,
            root_known: false,
            text: Vec::new(),
            messages: Vec::new(),
            columns: Arc::default(),
            row: 0,
            documents: 0,
            series_open: false,
            open: false,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    pub(super) fn row_number(&self) -> u64 {
        self.row
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many bytes at the front are needed no more.
    pub(super) fn consumed(&self) -> usize {
        self.series.deferred.unwrap_or(self.position).min(self.position)
    }

    /// That many bytes at the front were dropped.
    pub(super) fn shift(&mut self, bytes: usize) {
        self.position -= bytes;
        self.dropped += bytes as u64;
        for place in [&mut self.series.deferred, &mut self.series.resume].into_iter().flatten() {
            *place -= bytes;
        }
    }

    /// Whether the value at the position is complete; gives its length.
    pub(super) fn whole(&mut self, b: &[u8]) -> Option<usize> {
        let length = self.scan.get_or_insert_default().resume(&b[self.position..]);
        if length.is_some() {
            self.scan = None;
        }
        length
    }

    /// Goes on to the next event. An error is final: nothing can be read behind it.
    pub(super) fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError> {
        loop {
            if self.passing_over {
                match self.whole(b) {
                    Some(length) => {
                        self.position += length;
                        self.passing_over = false;
                    }
                    None => {
                        self.pass_over();
                        return Ok(Event::More);
                    }
                }
            }
            if self.place == Place::Text {
                return Ok(self.take_text(b));
            }
            self.position = blank(b, self.position);
            let Some(&byte) = b.get(self.position) else { return Ok(Event::More) };
            let event = match self.expect {
                _ if self.place == Place::Top => self.at_top(byte),
                Expect::CommaOrEnd if byte == b',' => {
                    self.position += 1;
                    self.expect = Expect::Next;
                    None
                }
                Expect::FirstOrEnd | Expect::CommaOrEnd if byte == self.closing() => self.close(b)?,
                Expect::CommaOrEnd => return Err(self.malformed(self.position, "a comma was expected", b)),
                Expect::FirstOrEnd | Expect::Next => self.item(byte, b)?,
                Expect::Colon if byte == b':' => {
                    self.position += 1;
                    self.expect = Expect::Value;
                    None
                }
                Expect::Colon => return Err(self.malformed(self.position, "a colon was expected", b)),
                Expect::Value => self.value(byte, b)?,
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    /// Drops what was seen of a value that is passed over, unless it is kept to be read later.
    fn pass_over(&mut self) {
        if self.series.deferred.is_none()
            && let Some(scan) = &mut self.scan
        {
            self.position += scan.forget();
        }
    }

    fn at_top(&mut self, byte: u8) -> Option<Event> {
        if byte == b'{' {
            self.position += 1;
            self.root_error = None;
            self.root_known = false;
            (self.place, self.expect) = (Place::Root, Expect::FirstOrEnd);
        } else {
            self.place = Place::Text;
        }
        None
    }

    fn closing(&self) -> u8 {
        match self.place {
            Place::Results | Place::SeriesList | Place::Values => b']',
            _ => b'}',
        }
    }

    /// A key of an object or an item of an array.
    fn item(&mut self, byte: u8, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match (self.place, byte) {
            (Place::Values, b'[') if self.scan.is_some() && self.whole(b).is_none() => Ok(Some(Event::More)),
            (Place::Values, b'[') => Ok(Some(Event::Row)),
            (Place::Results, b'{') => {
                self.result = ResultState::default();
                self.series_open = false;
                self.enter(Place::Result)
            }
            (Place::SeriesList, b'{') => {
                self.series = SeriesState::default();
                self.enter(Place::Series)
            }
            (Place::Root | Place::Result | Place::Series, b'"') => {
                let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
                self.key = self.key_of(&b[self.position + 1..self.position + length - 1]);
                self.position += length;
                self.expect = Expect::Colon;
                Ok(None)
            }
            (Place::Values, _) => Err(self.malformed(self.position, "a row was expected", b)),
            (Place::Results | Place::SeriesList, _) => {
                Err(self.malformed(self.position, "an object was expected", b))
            }
            _ => Err(self.malformed(self.position, "a key was expected", b)),
        }
    }

    fn enter(&mut self, place: Place) -> Result<Option<Event>, DecodeError> {
        self.position += 1;
        (self.place, self.expect) = (place, Expect::FirstOrEnd);
        Ok(None)
    }

    fn key_of(&mut self, name: &[u8]) -> Key {
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
        key
    }

    /// The value of a key.
    fn value(&mut self, byte: u8, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let opened = byte == b'[';
        match self.key {
            Key::Results if opened => return self.enter(Place::Results),
            Key::Series if opened => return self.enter(Place::SeriesList),
            Key::Values if opened => return self.values(b),
            Key::Results | Key::Series | Key::Values if byte != b'n' => {
                return Err(self.malformed(self.position, "an array was expected", b));
            }
            Key::Results | Key::Series | Key::Values | Key::Other => {
                if matches!(byte, b',' | b']' | b'}' | b':') {
                    return Err(self.malformed(self.position, "a value was expected", b));
                }
                self.passing_over = true;
                self.expect = Expect::CommaOrEnd;
                return Ok(None);
            }
            _ => {}
        }
        let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
        let raw = &b[self.position..self.position + length];
        self.assign(raw).map_err(|what| self.malformed(self.position, what, b))?;
        self.position += length;
        self.expect = Expect::CommaOrEnd;
        Ok(None)
    }

    fn assign(&mut self, raw: &[u8]) -> Result<(), &'static str> {
        match self.key {
            Key::Error if self.place == Place::Root => self.root_error = Some(header::string(raw)?),
            Key::Error => self.result.error = Some(header::string(raw)?),
            Key::StatementId => self.result.id = Some(header::integer(raw)?),
            Key::Messages => header::messages(raw, self.result.id, &mut self.messages)?,
            Key::Partial if self.place == Place::Series => self.series.partial = header::boolean(raw)?,
            Key::Partial => self.result.partial = header::boolean(raw)?,
            Key::Name | Key::Tags | Key::Columns if self.series.started => {
                return Err("the name, tags or columns of a series come after its values");
            }
            Key::Name => self.series.name = Some(header::string(raw)?),
            Key::Tags => self.series.tags = header::tags(raw)?,
            Key::Columns => self.series.columns = Some(header::columns(raw)?),
            Key::Results | Key::Series | Key::Values | Key::Other => {}
        }
        Ok(())
    }

    /// `values` begin: the header is complete, or must be waited for.
    fn values(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let Some(columns) = &self.series.columns else {
            if self.series.deferred.is_some() {
                return Err(self.malformed(self.position, "a series has values twice", b));
            }
            self.series.deferred = Some(self.position);
            self.passing_over = true;
            self.expect = Expect::CommaOrEnd;
            return Ok(None);
        };
        let mut header = Columns::new(columns.iter().map(|name| Column::new(&**name)))
            .with_statement(self.result.id)
            .with_epoch(self.options.epoch);
        if let Some(name) = &self.series.name {
            header = header.with_name(&**name);
        }
        for (key, value) in &self.series.tags {
            header = header.with_tag(&**key, &**value);
        }
        // a chunked answer repeats the header of a series that goes on
        let goes_on =
            self.series.started || (self.open && self.columns.partial() && self.columns.same_series(&header));
        if !goes_on {
            self.row = 0;
        }
        self.columns = Arc::new(header);
        self.series.started = true;
        self.enter(Place::Values)?;
        Ok(Some(Event::Series))
    }

    /// The object or array at the position ends.
    fn close(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let mut event = None;
        let parent = match self.place {
            Place::Values => {
                self.position = self.series.resume.take().unwrap_or(self.position + 1);
                (self.place, self.expect) = (Place::Series, Expect::CommaOrEnd);
                return Ok(None);
            }
            Place::Series => {
                if let Some(values) = self.series.deferred.take() {
                    return self.go_back(values, b);
                }
                self.series_open = self.series.partial;
                if self.series.partial && self.series.started {
                    self.columns.set_partial();
                }
                Place::SeriesList
            }
            Place::SeriesList => Place::Result,
            Place::Result => {
                let error = self.result.error.take();
                self.open = error.is_none() && (self.result.partial || self.series_open);
                event =
                    error.map(|text| Event::Error(DecodeError::server(text).in_statement(self.result.id)));
                Place::Results
            }
            Place::Results => Place::Root,
            _ => {
                // `{}` is an answer of nothing; an object of other keys is no answer
                if !self.root_known && self.expect != Expect::FirstOrEnd {
                    return Err(self.malformed(
                        self.position,
                        "an object with neither `results` nor `error`",
                        b,
                    ));
                }
                self.documents += 1;
                if let Some(text) = self.root_error.take() {
                    self.open = false;
                    event = Some(Event::Error(DecodeError::server(text)));
                }
                Place::Top
            }
        };
        self.position += 1;
        (self.place, self.expect) = (parent, Expect::CommaOrEnd);
        Ok(event)
    }

    /// The series is over and its columns are known: its values, which came first, can be read.
    fn go_back(&mut self, values: usize, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if self.series.columns.is_none() {
            return Err(self.malformed(values, "a series has values but no columns", b));
        }
        self.series.resume = Some(self.position);
        self.position = values;
        (self.key, self.expect) = (Key::Values, Expect::Value);
        Ok(None)
    }
}
