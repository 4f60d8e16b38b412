//! Responses in the MessagePack of 1.x and 2.x.

mod header;

use super::notation::{Fault, Next, Notation, OTHER_MSGPACK, Opened, Pairs, Scan};
use super::response::Place;
use crate::decode::msgpack::{self, Token, token};
use crate::decode::plan::Plan;
use crate::decode::push::machine::Message;
use crate::decode::scratch::Arena;
use crate::decode::stop::Stop;
use crate::decode::value_ref::ValueRef;

#[derive(Debug, Default)]
pub(super) struct Msgpack {
    /// How many items each place still has, from the document inwards.
    left: [u32; 6],
    /// The value of a key comes next.
    at_value: bool,
    /// The document is an empty map.
    empty: bool,
}

impl Scan for msgpack::Scan {
    fn resume(&mut self, b: &[u8]) -> Option<usize> {
        self.resume(b)
    }

    fn forget(&mut self, there: usize) -> usize {
        self.forget(there)
    }
}

fn depth(place: Place) -> usize {
    match place {
        Place::Top | Place::Text | Place::Root => 0,
        Place::Results => 1,
        Place::Result => 2,
        Place::SeriesList => 3,
        Place::Series => 4,
        Place::Values => 5,
    }
}

/// What a complete value has to say, or why not.
fn said<T>(read: Result<T, Stop>) -> Result<T, &'static str> {
    read.map_err(|stop| match stop {
        Stop::Bad(_, what) => what,
        Stop::More => "a value ends too early",
    })
}

impl Notation for Msgpack {
    type Scan = msgpack::Scan;

    const SHORT_ROW: usize = 0;

    fn document(&mut self, b: &[u8], at: &mut usize) -> Result<Opened, Fault> {
        match token(b, *at) {
            Ok((Token::Map(pairs), end)) => {
                *at = end;
                self.empty = pairs == 0;
                self.left[0] = pairs;
                self.at_value = false;
                return Ok(Opened::Yes);
            }
            // a map of many pairs, of which not all bytes are there
            Err(Stop::More) if matches!(b.get(*at), Some(0xde | 0xdf)) => return Ok(Opened::More),
            _ => {}
        }
        // a text, which is the server's, or bytes that nobody could read in a message
        match b.get(*at) {
            Some(0x90..=0x9f | 0xdc | 0xdd) => Err((*at, OTHER_MSGPACK)),
            Some(b' '..=b'~') => Ok(Opened::No),
            _ => Err((*at, "a map was expected")),
        }
    }

    fn next(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<Next, Fault> {
        Ok(match place {
            _ if self.left[depth(place)] == 0 => Next::End,
            _ if *at >= b.len() => Next::More,
            Place::Results | Place::SeriesList | Place::Values => Next::Item,
            _ if self.at_value => Next::Value,
            _ => Next::Key,
        })
    }

    fn item(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<bool, Fault> {
        match token(b, *at) {
            Ok((Token::Map(pairs), end)) => {
                *at = end;
                self.left[depth(place)] -= 1;
                self.left[depth(place) + 1] = pairs;
                self.at_value = false;
                Ok(true)
            }
            Ok(_) => Err((*at, "a map was expected")),
            Err(Stop::More) => Ok(false),
            Err(Stop::Bad(at, what)) => Err((at, what)),
        }
    }

    fn list(&mut self, place: Place, b: &[u8], at: &mut usize) -> Result<Opened, Fault> {
        let (opened, end) = match token(b, *at) {
            Ok((Token::Array(items), end)) => {
                self.left[depth(place)] = items;
                (Opened::Yes, end)
            }
            Ok((Token::Nil, end)) => (Opened::No, end),
            Ok(_) => return Err((*at, "an array was expected")),
            Err(Stop::More) => return Ok(Opened::More),
            Err(Stop::Bad(at, what)) => return Err((at, what)),
        };
        *at = end;
        Ok(opened)
    }

    fn entered(&mut self, _: Place) {}

    fn key<R>(&mut self, raw: &[u8], with: impl FnOnce(&[u8]) -> R) -> Result<R, &'static str> {
        match token(raw, 0) {
            Ok((Token::Str(name), _)) => {
                self.at_value = true;
                Ok(with(name))
            }
            _ => Err("a key was expected"),
        }
    }

    fn begins_value(_: u8) -> bool {
        true
    }

    fn value_done(&mut self, place: Place) {
        self.at_value = false;
        let left = &mut self.left[depth(place)];
        *left = left.saturating_sub(1);
    }

    fn close(&mut self, _: &mut usize) {}

    fn is_empty(&self) -> bool {
        self.empty
    }

    fn string(raw: &[u8]) -> Result<Box<str>, &'static str> {
        said(header::string(raw))
    }

    fn integer(raw: &[u8]) -> Result<u64, &'static str> {
        said(header::integer(raw))
    }

    fn boolean(raw: &[u8]) -> Result<bool, &'static str> {
        said(header::boolean(raw))
    }

    fn strings(raw: &[u8]) -> Result<Vec<Box<str>>, &'static str> {
        said(header::strings(raw))
    }

    fn tags(raw: &[u8]) -> Result<Pairs, &'static str> {
        said(header::tags(raw))
    }

    fn messages(raw: &[u8]) -> Result<Vec<Message>, &'static str> {
        said(header::messages(raw))
    }

    #[inline(always)]
    fn row_at(&self, b: &[u8], at: usize) -> Option<usize> {
        (self.left[5] > 0 && at < b.len()).then_some(at)
    }

    #[inline(always)]
    fn row_behind(b: &[u8], at: usize) -> Option<usize> {
        (at < b.len()).then_some(at)
    }

    fn rows_end(b: &[u8]) -> usize {
        b.len()
    }

    #[inline(always)]
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop> {
        msgpack::row::row(b, at, plan, cells, arena)
    }

    #[inline(always)]
    fn rows_left(&self) -> usize {
        self.left[5] as usize
    }

    fn rows_done(&mut self, rows: usize) {
        self.left[5] -= rows as u32;
    }

    fn rows_again(&mut self, rows: usize) {
        self.left[5] += rows as u32;
    }

    fn shown(found: &[u8]) -> String {
        format!("the bytes {:02x?}", &found[..found.len().min(16)])
    }
}
