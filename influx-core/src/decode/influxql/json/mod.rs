//! Responses in JSON.

mod header;

use super::notation::{Fault, Next, Notation, Opened, Pairs, Scan};
use super::response::Place;
use crate::decode::cells;
use crate::decode::json::{self, blank};
use crate::decode::plan::Plan;
use crate::decode::push::machine::Message;
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;
use crate::shown::quoted_bytes;

/// What may come next in a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Expect {
    #[default]
    FirstOrEnd,
    Next,
    Colon,
    Value,
    CommaOrEnd,
}

#[derive(Debug, Default)]
pub(super) struct Json {
    expect: Expect,
}

impl Scan for json::Scan {
    fn resume(&mut self, b: &[u8]) -> Option<usize> {
        self.resume(b)
    }

    fn forget(&mut self, _: usize) -> usize {
        self.forget()
    }
}

/// What a list is opened and closed by, or an object.
fn brackets(place: Place) -> (u8, u8) {
    match place {
        Place::Results | Place::SeriesList | Place::Values => (b'[', b']'),
        _ => (b'{', b'}'),
    }
}

impl Json {
    /// A key of an object or an item of a list.
    fn first(&self, place: Place, byte: u8, at: usize) -> Result<Next, Fault> {
        match (place, byte) {
            (Place::Values, b'[') | (Place::Results | Place::SeriesList, b'{') => Ok(Next::Item),
            (Place::Root | Place::Result | Place::Series, b'"') => Ok(Next::Key),
            (Place::Values, _) => Err((at, "a row was expected")),
            (Place::Results | Place::SeriesList, _) => Err((at, "an object was expected")),
            _ => Err((at, "a key was expected")),
        }
    }
}

impl Notation for Json {
    type Scan = json::Scan;

    const SHORT_ROW: usize = 1_024;

    fn document(&mut self, b: &[u8], at: &mut usize) -> Result<Opened, Fault> {
        if b.get(*at) != Some(&b'{') {
            return Ok(Opened::No);
        }
        *at += 1;
        self.expect = Expect::FirstOrEnd;
        Ok(Opened::Yes)
    }

    fn next(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<Next, Fault> {
        loop {
            *at = blank(b, *at);
            let Some(&byte) = b.get(*at) else { return Ok(Next::More) };
            match self.expect {
                Expect::CommaOrEnd if byte == b',' => {
                    *at += 1;
                    self.expect = Expect::Next;
                }
                Expect::FirstOrEnd | Expect::CommaOrEnd if byte == brackets(place).1 => return Ok(Next::End),
                Expect::CommaOrEnd => return Err((*at, "a comma was expected")),
                Expect::FirstOrEnd | Expect::Next => {
                    let next = self.first(place, byte, *at)?;
                    if place == Place::Values {
                        self.expect = Expect::Next;
                    }
                    return Ok(next);
                }
                Expect::Colon if byte == b':' => {
                    *at += 1;
                    self.expect = Expect::Value;
                }
                Expect::Colon => return Err((*at, "a colon was expected")),
                Expect::Value => return Ok(Next::Value),
            }
        }
    }

    fn item(&mut self, _: Place, _: &[u8], at: &mut usize) -> Result<bool, Fault> {
        *at += 1;
        self.expect = Expect::FirstOrEnd;
        Ok(true)
    }

    fn list(&mut self, _: Place, b: &[u8], at: &mut usize) -> Result<Opened, Fault> {
        match b.get(*at) {
            Some(b'[') => {
                *at += 1;
                Ok(Opened::Yes)
            }
            Some(b'n') => match b.get(*at..*at + 4) {
                Some(b"null") => {
                    *at += 4;
                    Ok(Opened::No)
                }
                None if b"null".starts_with(&b[*at..]) => Ok(Opened::More),
                _ => Err((*at, "an array was expected")),
            },
            _ => Err((*at, "an array was expected")),
        }
    }

    fn entered(&mut self, _: Place) {
        self.expect = Expect::FirstOrEnd;
    }

    fn key<R>(&mut self, raw: &[u8], with: impl FnOnce(&[u8]) -> R) -> Result<R, &'static str> {
        self.expect = Expect::Colon;
        match memchr::memchr(b'\\', raw) {
            None => Ok(with(&raw[1..raw.len() - 1])),
            Some(_) => header::string(raw).map(|name| with(name.as_bytes())),
        }
    }

    fn begins_value(byte: u8) -> bool {
        !matches!(byte, b',' | b']' | b'}' | b':')
    }

    fn value_done(&mut self, _: Place) {
        self.expect = Expect::CommaOrEnd;
    }

    fn close(&mut self, at: &mut usize) {
        *at += 1;
        self.expect = Expect::CommaOrEnd;
    }

    fn is_empty(&self) -> bool {
        self.expect == Expect::FirstOrEnd
    }

    fn string(raw: &[u8]) -> Result<Box<str>, &'static str> {
        header::string(raw)
    }

    fn integer(raw: &[u8]) -> Result<u64, &'static str> {
        header::integer(raw)
    }

    fn boolean(raw: &[u8]) -> Result<bool, &'static str> {
        header::boolean(raw)
    }

    fn strings(raw: &[u8]) -> Result<Vec<Box<str>>, &'static str> {
        header::columns(raw)
    }

    fn tags(raw: &[u8]) -> Result<Pairs, &'static str> {
        header::tags(raw)
    }

    fn messages(raw: &[u8]) -> Result<Vec<Message>, &'static str> {
        header::messages(raw)
    }

    /// Only where nothing but a comma stands before the row.
    #[inline(always)]
    fn row_at(&self, b: &[u8], at: usize) -> Option<usize> {
        let rest = b.get(at..)?;
        if self.expect == Expect::CommaOrEnd {
            return rest.starts_with(b",[").then_some(at + 1);
        }
        (self.expect == Expect::Next && rest.starts_with(b"[")).then_some(at)
    }

    #[inline(always)]
    fn row_behind(b: &[u8], at: usize) -> Option<usize> {
        (b.get(at..at + 2)? == b",[").then_some(at + 1)
    }

    fn rows_end(b: &[u8]) -> usize {
        memchr::memrchr(b']', b).unwrap_or(0)
    }

    #[inline(always)]
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop> {
        cells::row::<json::row::Json>(b, at + 1, plan, cells, arena)
    }

    #[inline(always)]
    fn rows_left(&self) -> usize {
        usize::MAX
    }

    fn rows_done(&mut self, _: usize) {
        self.expect = Expect::CommaOrEnd;
    }

    fn rows_again(&mut self, _: usize) {
        self.expect = Expect::Next;
    }

    fn shown(found: &[u8]) -> String {
        quoted_bytes(found, 96)
    }
}
