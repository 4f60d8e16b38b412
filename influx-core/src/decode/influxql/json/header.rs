//! The small parts of a response: what stands between two `values` arrays. Each is read from its complete text.

use crate::decode::json::{self, Scan, blank};
use crate::decode::push::machine::Message;
use crate::decode::stop::Stop;

/// A reader over one complete JSON value.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

type Parsed<T> = Result<T, &'static str>;

impl<'t> Reader<'t> {
    fn new(text: &'t [u8]) -> Self {
        Reader { text, at: 0 }
    }

    fn peek(&mut self) -> Option<u8> {
        self.at = blank(self.text, self.at);
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The raw text of the next value.
    fn raw(&mut self) -> Parsed<&'t [u8]> {
        self.peek();
        let rest = &self.text[self.at..];
        // a plain value may end with the text
        let length = Scan::default().resume(rest).unwrap_or(rest.len());
        self.at += length;
        if length == 0 { Err("a value was expected") } else { Ok(&rest[..length]) }
    }

    /// Calls `each` at every item between the brackets; null counts as empty.
    fn list(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        if self.peek() == Some(b'n') {
            return if self.raw()? == b"null" { Ok(()) } else { Err("a value was expected") };
        }
        if !self.take(open) {
            return Err("a bracket was expected");
        }
        if self.take(close) {
            return Ok(());
        }
        loop {
            each(self)?;
            if self.take(close) {
                return Ok(());
            }
            if !self.take(b',') {
                return Err("a comma was expected");
            }
        }
    }

    fn string(&mut self) -> Parsed<Box<str>> {
        string(self.raw()?)
    }

    fn key(&mut self) -> Parsed<Box<str>> {
        let key = self.string()?;
        if self.take(b':') { Ok(key) } else { Err("a colon was expected") }
    }
}

/// A string; null is the empty one.
pub(super) fn string(raw: &[u8]) -> Parsed<Box<str>> {
    if raw == b"null" {
        return Ok("".into());
    }
    if raw.first() != Some(&b'"') {
        return Err("a string was expected");
    }
    const NOT_UTF8: &str = "a string is not UTF-8";
    let end = match json::string_end(raw, 0) {
        Ok((end, false)) => return str::from_utf8(&raw[1..end]).map(Into::into).map_err(|_| NOT_UTF8),
        Ok((end, true)) => end,
        Err(Stop::More | Stop::Bad(..)) => return Err("a string has no end"),
    };
    let mut text = vec![0; end];
    let length = json::unescape(&raw[1..end], &mut text).map_err(|(_, what)| what)?;
    text.truncate(length);
    String::from_utf8(text).map(Into::into).map_err(|_| NOT_UTF8)
}

pub(super) fn boolean(raw: &[u8]) -> Parsed<bool> {
    match raw {
        b"true" => Ok(true),
        b"false" | b"null" => Ok(false),
        _ => Err("true or false was expected"),
    }
}

pub(super) fn integer(raw: &[u8]) -> Parsed<u64> {
    str::from_utf8(raw).ok().and_then(|text| text.parse().ok()).ok_or("a number was expected")
}

pub(super) fn columns(raw: &[u8]) -> Parsed<Vec<Box<str>>> {
    let mut columns = Vec::new();
    Reader::new(raw).list(b'[', b']', |reader| {
        columns.push(reader.string()?);
        Ok(())
    })?;
    Ok(columns)
}

pub(super) fn tags(raw: &[u8]) -> Parsed<Vec<(Box<str>, Box<str>)>> {
    let mut tags = Vec::new();
    Reader::new(raw).list(b'{', b'}', |reader| {
        tags.push((reader.key()?, reader.string()?));
        Ok(())
    })?;
    Ok(tags)
}

pub(super) fn messages(raw: &[u8]) -> Parsed<Vec<Message>> {
    let mut messages = Vec::new();
    Reader::new(raw).list(b'[', b']', |reader| {
        let mut message = Message::default();
        reader.list(b'{', b'}', |reader| {
            match &*reader.key()? {
                "level" => message.level = reader.string()?,
                "text" => message.text = reader.string()?,
                _ => drop(reader.raw()?),
            }
            Ok(())
        })?;
        messages.push(message);
        Ok(())
    })?;
    Ok(messages)
}
