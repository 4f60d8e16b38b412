//! Where in a MessagePack response the decoder stands: everything but the rows themselves. It can stop after any byte and go on.

mod header;

use super::Options;
use super::engine;
use super::response::{Event, Key, Place, Response, Said};
use crate::decode::error::DecodeError;
use crate::decode::json::{Stop, blank};
use crate::decode::msgpack::{Scan, Token, token};
use crate::decode::msgpack_row;
use crate::decode::plan::Plan;
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;

#[derive(Debug)]
pub(super) struct Msgpack {
    response: Response,
    position: usize,
    /// How many items each place still has, from the document inwards.
    left: [u32; 6],
    /// The key whose value comes next.
    key: Option<Key>,
    /// The document is an empty map.
    empty: bool,
    /// The value at the position is not complete yet, or is passed over.
    scan: Option<Scan>,
    passing_over: bool,
    /// Where `values` are that came before `columns`.
    deferred: Option<usize>,
    /// Where to go on once these values were read.
    resume: Option<usize>,
}

impl Msgpack {
    pub(super) fn new(options: Options) -> Self {
        Msgpack {
            response: Response::new(options),
            position: 0,
            left: [0; 6],
            key: None,
            empty: false,
            scan: None,
            passing_over: false,
            deferred: None,
            resume: None,
        }
    }

    fn depth(&self) -> usize {
        match self.response.place {
            Place::Top | Place::Text | Place::Root => 0,
            Place::Results => 1,
            Place::Result => 2,
            Place::SeriesList => 3,
            Place::Series => 4,
            Place::Values => 5,
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

    fn at_top(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match token(b, self.position) {
            Ok((Token::Map(pairs), end)) => {
                self.position = end;
                self.response.begin_document();
                self.empty = pairs == 0;
                self.left[0] = pairs;
            }
            // a map of many pairs, of which not all bytes are there
            Err(Stop::More) if matches!(b.get(self.position), Some(0xde | 0xdf)) => {
                self.response.begun = true;
                return Ok(Some(Event::More));
            }
            _ => return self.no_map(b),
        }
        Ok(None)
    }

    /// What is there instead of a document: a text, which is the server's, or bytes that nobody could read in a message.
    #[cold]
    fn no_map(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match b.get(self.position) {
            Some(0x90..=0x9f | 0xdc | 0xdd) => Err(self.response.other_msgpack()),
            Some(b' '..=b'~') => {
                self.response.place = Place::Text;
                Ok(None)
            }
            _ => Err(self.malformed(self.position, "a map was expected", b)),
        }
    }

    /// How many items the map or array at the position has, by `count`; they come next. `None`: more bytes are needed.
    fn open<T>(
        &mut self,
        b: &[u8],
        what: &'static str,
        count: impl FnOnce(Token<'_>) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        match token(b, self.position) {
            Ok((token, end)) => match count(token) {
                Some(items) => {
                    self.position = end;
                    Ok(Some(items))
                }
                None => Err(self.malformed(self.position, what, b)),
            },
            Err(Stop::More) => Ok(None),
            Err(Stop::Bad(at, why)) => Err(self.malformed(at, why, b)),
        }
    }

    /// An item of the place that the machine is in.
    fn item(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let depth = self.depth();
        match self.response.place {
            Place::Values => {
                let missing = self.scan.is_some() && self.whole(b).is_none();
                Ok(Some(if missing { Event::More } else { Event::Row }))
            }
            Place::Results | Place::SeriesList => {
                let pairs = |token: Token<'_>| if let Token::Map(pairs) = token { Some(pairs) } else { None };
                let Some(pairs) = self.open(b, "a map was expected", pairs)? else {
                    return Ok(Some(Event::More));
                };
                self.left[depth] -= 1;
                match self.response.place {
                    Place::Results => self.response.begin_result(),
                    _ => self.response.begin_series(),
                }
                self.left[depth + 1] = pairs;
                Ok(None)
            }
            _ => match self.key {
                None => self.read_key(b),
                Some(key) => self.value(key, b),
            },
        }
    }

    fn read_key(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if self.whole(b).is_none() {
            return Ok(Some(Event::More));
        }
        match token(b, self.position) {
            Ok((Token::Str(name), end)) => {
                self.key = Some(self.response.key_of(name));
                self.position = end;
                Ok(None)
            }
            _ => Err(self.malformed(self.position, "a key was expected", b)),
        }
    }

    /// The value of a key.
    fn value(&mut self, key: Key, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match key {
            Key::Results | Key::Series => self.list(key, b),
            Key::Values if self.deferred.is_some() => {
                Err(self.malformed(self.position, "a series has values twice", b))
            }
            Key::Values if !self.response.knows_columns() => {
                self.deferred = Some(self.position);
                self.passing_over = true;
                self.pair_done();
                Ok(None)
            }
            Key::Values => self.list(key, b),
            Key::Other => {
                self.passing_over = true;
                self.pair_done();
                Ok(None)
            }
            _ => {
                let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
                let said = self.said(key, &b[self.position..self.position + length]);
                let said = said.map_err(|stop| match stop {
                    Stop::Bad(_, what) => what,
                    Stop::More => "a value ends too early",
                });
                let said = said.and_then(|said| said.map_or(Ok(()), |said| self.response.say(said)));
                said.map_err(|what| self.malformed(self.position, what, b))?;
                self.position += length;
                self.pair_done();
                Ok(None)
            }
        }
    }

    fn pair_done(&mut self) {
        self.key = None;
        let depth = self.depth();
        self.left[depth] = self.left[depth].saturating_sub(1);
    }

    /// The array of a key begins; nil counts as none.
    fn list(&mut self, key: Key, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let items = |token: Token<'_>| match token {
            Token::Array(items) => Some(Some(items)),
            Token::Nil => Some(None),
            _ => None,
        };
        let Some(items) = self.open(b, "an array was expected", items)? else { return Ok(Some(Event::More)) };
        // values that were deferred are no pair of the series any more
        if self.resume.is_none() {
            self.pair_done();
        }
        let Some(items) = items else {
            self.position = self.resume.take().unwrap_or(self.position);
            return Ok(None);
        };
        let (place, event) = match key {
            Key::Results => (Place::Results, None),
            Key::Series => (Place::SeriesList, None),
            _ => (Place::Values, Some(self.response.begin_values())),
        };
        self.response.place = place;
        let depth = self.depth();
        self.left[depth] = items;
        Ok(event)
    }

    fn said(&mut self, key: Key, raw: &[u8]) -> Result<Option<Said>, Stop> {
        Ok(Some(match key {
            Key::Error => Said::Error(header::string(raw)?),
            Key::StatementId => Said::StatementId(header::integer(raw)?),
            Key::Partial => Said::Partial(header::boolean(raw)?),
            Key::Name => Said::Name(header::string(raw)?),
            Key::Columns => Said::Columns(self.response.columns_of(raw, header::strings)?),
            Key::Tags => Said::Tags(header::tags(raw)?),
            Key::Messages => Said::Messages(header::messages(raw)?),
            Key::Results | Key::Series | Key::Values | Key::Other => return Ok(None),
        }))
    }

    /// The place that the machine is in has no more items.
    fn close(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match self.response.place {
            Place::Values => {
                self.position = self.resume.take().unwrap_or(self.position);
                self.response.place = Place::Series;
                Ok(None)
            }
            Place::Series => match self.deferred.take() {
                Some(values) => self.go_back(values, b),
                None => Ok(self.response.end_series()),
            },
            Place::SeriesList => {
                self.response.place = Place::Result;
                Ok(None)
            }
            Place::Result => Ok(self.response.end_result()),
            Place::Results => {
                self.response.place = Place::Root;
                Ok(None)
            }
            _ => {
                self.response.end_document(self.empty).map_err(|what| self.malformed(self.position, what, b))
            }
        }
    }

    /// The series is over and its columns are known: its values, which came first, can be read.
    fn go_back(&mut self, values: usize, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if !self.response.knows_columns() {
            return Err(self.malformed(values, "a series has values but no columns", b));
        }
        self.resume = Some(self.position);
        self.position = values;
        self.list(Key::Values, b)
    }

    #[cold]
    fn malformed(&self, at: usize, what: &'static str, b: &[u8]) -> DecodeError {
        let found = b.get(at..).unwrap_or_default();
        let found = &found[..found.len().min(16)];
        self.response.malformed(at, what, &format!("the bytes {found:02x?}"))
    }
}

impl engine::Machine for Msgpack {
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
        let at_row = self.response.place == Place::Values && self.left[5] > 0 && !self.passing_over;
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
                        if self.deferred.is_none()
                            && let Some(scan) = &mut self.scan
                        {
                            self.position += scan.forget(b.len() - self.position);
                        }
                        return Ok(Event::More);
                    }
                }
            }
            if self.response.place == Place::Text {
                let (taken, event) = self.response.take_text(&b[self.position..]);
                self.position += taken;
                return Ok(event);
            }
            let event = if self.response.place == Place::Top {
                // behind a text
                self.position = blank(b, self.position);
                if self.position >= b.len() {
                    return Ok(Event::More);
                }
                self.at_top(b)?
            } else if self.left[self.depth()] == 0 {
                self.close(b)?
            } else {
                self.item(b)?
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    #[inline(always)]
    fn next_row(&self, b: &[u8]) -> Option<usize> {
        let there = self.response.place == Place::Values
            && self.left[5] > 0
            && self.scan.is_none()
            && self.position < b.len();
        there.then_some(self.position)
    }

    #[inline(always)]
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop> {
        msgpack_row::row(b, at, plan, cells, arena)
    }

    #[inline(always)]
    fn row_done(&mut self, end: usize) {
        self.position = end;
        self.response.row += 1;
        self.left[5] -= 1;
    }

    fn row_stopped(&mut self, at: usize, stop: Stop, b: &[u8]) -> Option<DecodeError> {
        self.position = at;
        match stop {
            Stop::Bad(at, what) => Some(self.malformed(at, what, b)),
            // what was seen is remembered: a row that comes in many pieces is looked through once
            Stop::More if self.whole(b).is_none() => None,
            Stop::More => Some(self.malformed(self.position, "a row ends too early", b)),
        }
    }
}
