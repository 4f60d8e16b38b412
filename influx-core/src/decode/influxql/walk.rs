//! Where in a response the decoder stands: everything but the rows themselves, whichever notation it is in. It can stop after any
//! byte and go on.

use super::notation::{Fault, Next, Notation, OTHER_MSGPACK, Opened, Scan};
use super::options::Options;
use super::response::{Key, Place, Response, Said};
use crate::decode::ahead::{AHEAD, Ahead};
use crate::decode::error::DecodeError;
use crate::decode::json::blank;
use crate::decode::plan::Plan;
use crate::decode::push::machine::{Event, Found, Head, Machine};
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;

#[derive(Debug)]
pub(super) struct Walk<N: Notation> {
    response: Response,
    notation: N,
    position: usize,
    key: Key,
    /// The value at the position is not complete yet, or is passed over.
    scan: Option<N::Scan>,
    passing_over: bool,
    /// Where `values` are that came before `columns`.
    deferred: Option<usize>,
    /// Where to go on once these values were read.
    resume: Option<usize>,
    /// The last thing that was read is a row.
    behind_row: bool,
    /// Where the rows begin that were read at once.
    starts: [usize; AHEAD],
}

impl<N: Notation> Walk<N> {
    pub(super) fn new(options: Options) -> Self {
        Walk {
            response: Response::new(options),
            notation: N::default(),
            position: 0,
            key: Key::Other,
            scan: None,
            passing_over: false,
            deferred: None,
            resume: None,
            behind_row: false,
            starts: [0; AHEAD],
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

    /// Goes behind the value that is passed over; false if more bytes are needed. What was seen of it is dropped, unless it is
    /// kept to be read later.
    fn pass_over(&mut self, b: &[u8]) -> bool {
        if let Some(length) = self.whole(b) {
            self.position += length;
            self.passing_over = false;
            return true;
        }
        if self.deferred.is_none()
            && let Some(scan) = &mut self.scan
        {
            self.position += scan.forget(b.len() - self.position);
        }
        false
    }

    fn at_top(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        self.position = blank(b, self.position);
        if self.position >= b.len() {
            return Ok(Some(Event::More));
        }
        if !self.response.may_go_on() {
            self.response.begin_text();
            return Ok(None);
        }
        match self.notation.document(b, &mut self.position) {
            Ok(Opened::Yes) => self.response.begin_document(),
            Ok(Opened::No) => self.response.begin_text(),
            Ok(Opened::More) => {
                self.response.begun = true;
                return Ok(Some(Event::More));
            }
            Err((_, OTHER_MSGPACK)) => return Err(self.response.other_msgpack()),
            Err(fault) => return Err(self.malformed(fault, b)),
        }
        Ok(None)
    }

    /// An item of the list that the walk is in.
    fn item(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let place = self.response.place;
        if place == Place::Values {
            let missing = self.scan.is_some() && self.whole(b).is_none();
            return Ok(Some(if missing { Event::More } else { Event::Row }));
        }
        match self.notation.item(place, b, &mut self.position) {
            Ok(true) if place == Place::Results => self.response.begin_result(),
            Ok(true) => self.response.begin_series(),
            Ok(false) => return Ok(Some(Event::More)),
            Err(fault) => return Err(self.malformed(fault, b)),
        }
        Ok(None)
    }

    fn read_key(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
        let raw = &b[self.position..self.position + length];
        match self.notation.key(raw, |name| self.response.key_of(name)) {
            Ok(key) => self.key = key,
            Err(what) => return Err(self.malformed((self.position, what), b)),
        }
        self.position += length;
        Ok(None)
    }

    /// The value of a key.
    fn value(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        match self.key {
            Key::Results => self.list(Place::Results, b),
            Key::Series => self.list(Place::SeriesList, b),
            Key::Values if self.deferred.is_some() => {
                Err(self.malformed((self.position, "a series has values twice"), b))
            }
            Key::Values if self.response.knows_columns() => self.list(Place::Values, b),
            Key::Values | Key::Other if !b.get(self.position).is_none_or(|&byte| N::begins_value(byte)) => {
                Err(self.malformed((self.position, "a value was expected"), b))
            }
            Key::Values | Key::Other => {
                if self.key == Key::Values {
                    self.deferred = Some(self.position);
                }
                self.passing_over = true;
                self.notation.value_done(self.response.place);
                Ok(None)
            }
            _ => {
                let Some(length) = self.whole(b) else { return Ok(Some(Event::More)) };
                let said = self.said(&b[self.position..self.position + length]);
                let said = said.and_then(|said| said.map_or(Ok(()), |said| self.response.say(said)));
                said.map_err(|what| self.malformed((self.position, what), b))?;
                self.position += length;
                self.notation.value_done(self.response.place);
                Ok(None)
            }
        }
    }

    fn said(&mut self, raw: &[u8]) -> Result<Option<Said>, &'static str> {
        Ok(Some(match self.key {
            Key::Error => Said::Error(N::string(raw)?),
            Key::StatementId => Said::StatementId(N::integer(raw)?),
            Key::Messages => Said::Messages(N::messages(raw)?),
            Key::Partial => Said::Partial(N::boolean(raw)?),
            Key::Name => Said::Name(N::string(raw)?),
            Key::Tags => Said::Tags(N::tags(raw)?),
            Key::Columns => Said::Columns(self.response.columns_of(raw, N::strings)?),
            Key::Results | Key::Series | Key::Values | Key::Other => return Ok(None),
        }))
    }

    /// The list that a value is begins.
    fn list(&mut self, list: Place, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let place = self.response.place;
        let opened = self.notation.list(list, b, &mut self.position);
        let opened = opened.map_err(|fault| self.malformed(fault, b))?;
        if matches!(opened, Opened::More) {
            return Ok(Some(Event::More));
        }
        // values that were deferred are no part of the series any more
        if self.resume.is_none() {
            self.notation.value_done(place);
        }
        if matches!(opened, Opened::No) {
            self.position = self.resume.take().unwrap_or(self.position);
            return Ok(None);
        }
        self.notation.entered(list);
        if list == Place::Values {
            return Ok(Some(self.response.begin_values()));
        }
        self.response.place = list;
        Ok(None)
    }

    /// The object or list that the walk is in ends.
    fn close(&mut self, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        let event = match self.response.place {
            Place::Values => {
                self.notation.close(&mut self.position);
                self.position = self.resume.take().unwrap_or(self.position);
                self.response.place = Place::Series;
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
                let ended = self.response.end_document(self.notation.is_empty());
                ended.map_err(|what| self.malformed((self.position, what), b))?
            }
        };
        self.notation.close(&mut self.position);
        Ok(event)
    }

    /// The series is over and its columns are known: its values, which came first, can be read.
    fn go_back(&mut self, values: usize, b: &[u8]) -> Result<Option<Event>, DecodeError> {
        if !self.response.knows_columns() {
            return Err(self.malformed((values, "a series has values but no columns"), b));
        }
        self.resume = Some(self.position);
        self.position = values;
        self.list(Place::Values, b)
    }

    fn rows_done(&mut self, rows: usize) -> Found {
        self.behind_row = true;
        self.notation.rows_done(rows);
        self.response.head.row += rows as u64;
        Found::Rows(rows)
    }

    /// The row at `at` is not complete, or could not be read for this reason.
    #[cold]
    #[inline(never)]
    fn row_stopped(&mut self, at: usize, stop: Option<Stop>, b: &[u8]) -> Found {
        self.position = at;
        self.behind_row = false;
        self.notation.rows_again(0);
        match stop {
            None => Found::More,
            Some(Stop::Bad(at, what)) => Found::Bad(self.malformed((at, what), b)),
            // read again from its start when more is there: cheaper than to remember how far it reaches
            Some(Stop::More) if b.len() - at < N::SHORT_ROW => Found::More,
            Some(Stop::More) if self.whole(b).is_none() => Found::More,
            Some(Stop::More) => Found::Bad(self.malformed((at, "a row ends too early"), b)),
        }
    }

    #[cold]
    fn malformed(&self, (at, what): Fault, b: &[u8]) -> DecodeError {
        self.response.malformed(at, what, &N::shown(b.get(at..).unwrap_or_default()))
    }
}

impl<N: Notation> Machine for Walk<N> {
    fn head(&self) -> &Head {
        &self.response.head
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

    fn rows_end(&self, b: &[u8]) -> usize {
        N::rows_end(b)
    }

    fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError> {
        self.behind_row = false;
        loop {
            if self.passing_over && !self.pass_over(b) {
                return Ok(Event::More);
            }
            let event = match self.response.place {
                Place::Text => {
                    let (taken, event) = self.response.take_text(&b[self.position..]);
                    self.position += taken;
                    Some(event)
                }
                Place::Top => self.at_top(b)?,
                place => match self.notation.next(place, b, &mut self.position) {
                    Ok(Next::Key) => self.read_key(b)?,
                    Ok(Next::Value) => self.value(b)?,
                    Ok(Next::Item) => self.item(b)?,
                    Ok(Next::End) => self.close(b)?,
                    Ok(Next::More) => Some(Event::More),
                    Err(fault) => return Err(self.malformed(fault, b)),
                },
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    /// Only where the row follows upon another one; other places are for [`step`](Machine::step).
    fn rows<'b>(
        &mut self,
        (b, rows_end): (&'b [u8], usize),
        plan: &Plan,
        ahead: &mut Ahead<'b>,
        arena: &mut Arena<'b>,
    ) -> Found {
        let left = self.notation.rows_left();
        let at = if left == 0 {
            None
        } else if self.behind_row {
            N::row_behind(b, self.position)
        } else if self.response.place == Place::Values && self.scan.is_none() {
            self.notation.row_at(b, self.position)
        } else {
            None
        };
        let Some(mut at) = at else { return Found::Other };
        let most = left.min(plan.rows_ahead());
        let mut rows = 0;
        let stop = loop {
            if at >= rows_end {
                break None;
            }
            match N::read_row(b, at, plan, plan.row(ahead, rows), arena) {
                Ok(end) => {
                    self.starts[rows] = at;
                    rows += 1;
                    self.position = end;
                    match N::row_behind(b, end) {
                        Some(next) if rows < most => at = next,
                        _ => return self.rows_done(rows),
                    }
                }
                Err(stop) => break Some(stop),
            }
        };
        // the rows before it come first
        if rows > 0 { self.rows_done(rows) } else { self.row_stopped(at, stop, b) }
    }

    fn rewind(&mut self, used: usize, rows: usize) {
        self.position = self.starts[used];
        self.behind_row = false;
        self.notation.rows_again(rows);
        self.response.head.row -= rows as u64;
    }

    fn at_end(&mut self) -> Option<DecodeError> {
        self.response.at_end(self.position)
    }
}
