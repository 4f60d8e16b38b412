//! The small parts of a response: what stands between two `values` arrays. Each is read from its complete bytes.

use crate::decode::msgpack::{Scan, Token, token};
use crate::decode::push::machine::Message;
use crate::decode::stop::Stop;

pub(super) fn integer(raw: &[u8]) -> Result<u64, Stop> {
    const NUMBER: Stop = Stop::Bad(0, "a number was expected");
    match token(raw, 0)?.0 {
        Token::Int(id) => u64::try_from(id).map_err(|_| NUMBER),
        Token::Uint(id) => Ok(id),
        _ => Err(NUMBER),
    }
}

pub(super) fn boolean(raw: &[u8]) -> Result<bool, Stop> {
    match token(raw, 0)?.0 {
        Token::Bool(value) => Ok(value),
        Token::Nil => Ok(false),
        _ => Err(Stop::Bad(0, "true or false was expected")),
    }
}

pub(super) fn string(raw: &[u8]) -> Result<Box<str>, Stop> {
    text(raw, &mut 0)
}

pub(super) fn tags(raw: &[u8]) -> Result<Pairs, Stop> {
    let mut at = 0;
    let items = map(raw, &mut at, "a map was expected")?;
    (0..items).map(|_| Ok((text(raw, &mut at)?, text(raw, &mut at)?))).collect()
}

/// A string at `raw[at]`; nil is the empty one.
fn text(raw: &[u8], at: &mut usize) -> Result<Box<str>, Stop> {
    let (token, end) = token(raw, *at)?;
    let text = match token {
        Token::Str(text) => text,
        Token::Nil => b"",
        _ => return Err(Stop::Bad(*at, "a string was expected")),
    };
    *at = end;
    str::from_utf8(text).map(Into::into).map_err(|_| Stop::Bad(*at, "a string is not UTF-8"))
}

pub(super) fn strings(raw: &[u8]) -> Result<Vec<Box<str>>, Stop> {
    let (items, mut at) = match token(raw, 0)? {
        (Token::Array(items), end) => (items, end),
        (Token::Nil, end) => (0, end),
        _ => return Err(Stop::Bad(0, "an array was expected")),
    };
    (0..items).map(|_| text(raw, &mut at)).collect()
}

type Pairs = Vec<(Box<str>, Box<str>)>;

/// How many pairs the map at `raw[at]` has; nil counts as empty.
fn map(raw: &[u8], at: &mut usize, what: &'static str) -> Result<u32, Stop> {
    let (items, end) = match token(raw, *at)? {
        (Token::Map(items), end) => (items, end),
        (Token::Nil, end) => (0, end),
        _ => return Err(Stop::Bad(*at, what)),
    };
    *at = end;
    Ok(items)
}

pub(super) fn messages(raw: &[u8]) -> Result<Vec<Message>, Stop> {
    let (items, mut at) = match token(raw, 0)? {
        (Token::Array(items), end) => (items, end),
        (Token::Nil, end) => (0, end),
        _ => return Err(Stop::Bad(0, "an array was expected")),
    };
    let mut messages = Vec::new();
    for _ in 0..items {
        messages.push(message(raw, &mut at)?);
    }
    Ok(messages)
}

/// A message; other keys than these two are passed over.
fn message(raw: &[u8], at: &mut usize) -> Result<Message, Stop> {
    let mut message = Message::default();
    for _ in 0..map(raw, at, "a message was expected")? {
        match &*text(raw, at)? {
            "level" => message.level = text(raw, at)?,
            "text" => message.text = text(raw, at)?,
            _ => *at += Scan::default().resume(&raw[*at..]).ok_or(Stop::More)?,
        }
    }
    Ok(message)
}
