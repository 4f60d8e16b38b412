//! Where in a JSON response the decoder stands: everything but the rows themselves. It can stop after any byte and go on.

mod header;

use super::Options;
use super::engine;
use super::response::{Event, Key, Place, Response, Said};
use crate::decode::error::DecodeError;
use crate::decode::json::{Scan, Stop, blank};
use crate::decode::json_row;
use crate::decode::plan::Plan;
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use crate::shown::quoted_bytes;

/// A row that is longer is looked through once, however many pieces it comes in.
const SHORT_ROW: usize = 1_024;

/// What may come next in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    FirstOrEnd,
    Next,
    Colon,
    Value,
    CommaOrEnd,
}

#[derive(Debug)]
pub(super) struct Json {
    response: Response,
    position: usize,
    expect: Expect,
    key: Key,
    /// The value at the position is not complete yet, or is passed over.
    scan: Option<Scan>,
    passing_over: bool,
    /// Where `values` are that came before `columns`.
    deferred: Option<usize>,
    /// Where to go on once these values were read.
    resume: Option<usize>,
}

impl Json {
    pub(super) fn new(options: Options) -> Self {
        Json {
            response: Response::new(options),
            position: 0,
            expect: Expect::FirstOrEnd,
            key: Key::Other,
            scan: None,
            passing_over: false,
            deferred: None,
            resume: None,
        }
    }

    /// Whether the value at the position is complete; gives its length.
    fn whole(&mut self, b: &[u8]) -> Option<usize> {
        let length = self.scan.get_or_insert_default().resume(&b[self.position..]);
        if length.is_some() {
            self.scan = None;
        }
        length
    }

    /// Drops what was seen of a value that is passed over, unless it is kept to be read later.
    fn pass_over(&mut self) {
        if self.deferred.is_none()
            && let Some(scan) = &mut self.scan
        {
            self.position += scan.forget();
        }
    }

    fn at_top(&mut self, byte: u8) -> Option<Event> {
        if byte == b'{' {
            self.position += 1;
            self.response.begin_document();
            self.expect = Expect::FirstOrEnd;
        } else {
            self.response.place = Place::Text;
        }
        None
    }

    fn closing(&self) -> u8 {
        match self.response.place {
            Place::Results | Place::SeriesList | Place::Values => b']',
            _ => b'}',
        }
    }

    /// A key of an object or an item of an array.
    fn item(&mut self, byte: u8, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match (self.response.place, byte) {
            (Place::Values, b'[') if self.scan.is_some() && self.whole(b).is_none() => {
                return Ok(Some(Event::More));
            }
            (Place::Values, b'[') => return Ok(Some(Event::Row)),
            (Place::Results, b'{') => self.response.begin_result(),
            (Place::SeriesList, b'{') => self.response.begin_series(),
            (Place::Root | Place::Result | Place::Series, b'"') => {
                let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
                self.key = self.read_key(&b[self.position..self.position + length], b)?;
                self.position += length;
                self.expect = Expect::Colon;
                return Ok(None);
            }
            (Place::Values, _) => return Err(self.malformed(self.position, "a row was expected", b)),
            (Place::Results | Place::SeriesList, _) => {
                return Err(self.malformed(self.position, "an object was expected", b));
            }
            _ => return Err(self.malformed(self.position, "a key was expected", b)),
        }
        self.position += 1;
        self.expect = Expect::FirstOrEnd;
        Ok(None)
    }

    /// The key that a complete string is.
    fn read_key(&mut self, raw: &[u8], b: &[u8]) -> Result<Key, DecodeError> {
        if memchr::memchr(b'\\', raw).is_none() {
            return Ok(self.response.key_of(&raw[1..raw.len() - 1]));
        }
        match header::string(raw) {
            Ok(name) => Ok(self.response.key_of(name.as_bytes())),
            Err(what) => Err(self.malformed(self.position, what, b)),
        }
    }

    fn enter(&mut self, place: Place) -> Result<Option<Event>, DecodeError> {
        self.position += 1;
        (self.response.place, self.expect) = (place, Expect::FirstOrEnd);
        Ok(None)
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
        let said = self.said(raw).and_then(|said| said.map_or(Ok(()), |said| self.response.say(said)));
        said.map_err(|what| self.malformed(self.position, what, b))?;
        self.position += length;
        self.expect = Expect::CommaOrEnd;
        Ok(None)
    }

    fn said(&mut self, raw: &[u8]) -> Result<Option<Said>, &'static str> {
        Ok(Some(match self.key {
            Key::Error => Said::Error(header::string(raw)?),
            Key::StatementId => Said::StatementId(header::integer(raw)?),
            Key::Messages => Said::Messages(header::messages(raw)?),
            Key::Partial => Said::Partial(header::boolean(raw)?),
            Key::Name => Said::Name(header::string(raw)?),
            Key::Tags => Said::Tags(header::tags(raw)?),
            Key::Columns => Said::Columns(self.response.columns_of(raw, header::columns)?),
            Key::Results | Key::Series | Key::Values | Key::Other => return Ok(None),
        }))
    }

    /// `values` begin: the header is complete, or must be waited for.
    fn values(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if self.deferred.is_some() {
            return Err(self.malformed(self.position, "a series has values twice", b));
        }
        if !self.response.knows_columns() {
            self.deferred = Some(self.position);
            self.passing_over = true;
            self.expect = Expect::CommaOrEnd;
            return Ok(None);
        }
        let event = self.response.begin_values();
        self.enter(Place::Values)?;
        Ok(Some(event))
    }

    /// The object or array at the position ends.
    fn close(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let event = match self.response.place {
            Place::Values => {
                self.position = self.resume.take().unwrap_or(self.position + 1);
                (self.response.place, self.expect) = (Place::Series, Expect::CommaOrEnd);
                return Ok(None);
            }
            Place::Series => match self.deferred.take() {
                Some(values) => return self.go_back(values, b),
                None => self.response.end_series(),
            },
            Place::SeriesList => {
                self.response.place = Place::Result;
                None
            }
            Place::Result => self.response.end_result(),
            Place::Results => {
                self.response.place = Place::Root;
                None
            }
            _ => {
                let ended = self.response.end_document(self.expect == Expect::FirstOrEnd);
                ended.map_err(|what| self.malformed(self.position, what, b))?
            }
        };
        self.position += 1;
        self.expect = Expect::CommaOrEnd;
        Ok(event)
    }

    /// The series is over and its columns are known: its values, which came first, can be read.
    fn go_back(&mut self, values: usize, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if !self.response.knows_columns() {
            return Err(self.malformed(values, "a series has values but no columns", b));
        }
        self.resume = Some(self.position);
        self.position = values;
        (self.key, self.expect) = (Key::Values, Expect::Value);
        Ok(None)
    }

    #[cold]
    fn malformed(&self, at: usize, what: &'static str, b: &[u8]) -> DecodeError {
        self.response.malformed(at, what, &quoted_bytes(b.get(at..).unwrap_or_default(), 96))
    }
}

impl engine::Machine for Json {
    fn response(&self) -> &Response {
        &self.response
    }

    fn response_mut(&mut self) -> &mut Response {
        &mut self.response
    }

    #[inline(always)]
    fn position(&self) -> usize {
        self.position
    }

    fn consumed(&self) -> usize {
        self.deferred.unwrap_or(self.position).min(self.position)
    }

    fn shift(&mut self, bytes: usize) {
        self.position -= bytes;
        self.response.dropped += bytes as u64;
        for place in [&mut self.deferred, &mut self.resume].into_iter().flatten() {
            *place -= bytes;
        }
    }

    fn row_is_whole(&mut self, b: &[u8]) -> Option<bool> {
        let at_row = self.response.place == Place::Values
            && self.expect == Expect::Next
            && !self.passing_over
            && b.get(self.position) == Some(&b'[');
        at_row.then(|| self.whole(b).is_some())
    }

    fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError> {
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
            if self.response.place == Place::Text {
                let (taken, event) = self.response.take_text(&b[self.position..]);
                self.position += taken;
                return Ok(event);
            }
            self.position = blank(b, self.position);
            let Some(&byte) = b.get(self.position) else { return Ok(Event::More) };
            let event = match self.expect {
                _ if self.response.place == Place::Top => self.at_top(byte),
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

    /// Only where nothing but a comma stands before the row; other places are for [`step`](engine::Machine::step).
    #[inline(always)]
    fn next_row(&self, b: &[u8]) -> Option<usize> {
        if self.response.place != Place::Values {
            return None;
        }
        let rest = b.get(self.position..)?;
        if self.expect == Expect::CommaOrEnd {
            return rest.starts_with(b",[").then_some(self.position + 1);
        }
        (self.expect == Expect::Next && self.scan.is_none() && rest.starts_with(b"["))
            .then_some(self.position)
    }

    #[inline(always)]
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop> {
        json_row::row(b, at, plan, cells, arena)
    }

    #[inline(always)]
    fn row_done(&mut self, end: usize) {
        self.position = end;
        self.response.row += 1;
        self.expect = Expect::CommaOrEnd;
    }

    fn row_stopped(&mut self, at: usize, stop: Stop, b: &[u8]) -> Option<DecodeError> {
        (self.position, self.expect) = (at, Expect::Next);
        match stop {
            Stop::Bad(at, what) => Some(self.malformed(at, what, b)),
            // read again from its start when more is there: cheaper than to remember how far it reaches
            Stop::More if b.len() - self.position < SHORT_ROW => None,
            Stop::More if self.whole(b).is_none() => None,
            Stop::More => Some(self.malformed(self.position, "a row ends too early", b)),
        }
    }
}
