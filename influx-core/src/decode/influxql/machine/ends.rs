//! Everything that is not as it should be: malformed bytes, a text instead of a document, an end too early.

use super::state::Place;
use super::{Event, Machine};
use crate::DecodeError;
use crate::decode::json::Stop;
use crate::decode_error::excerpt;

/// How much of a text that is no document is kept for the message.
const TEXT_KEPT: usize = 1_024;

/// A row that is longer is looked through once, however many pieces it comes in.
const SHORT_ROW: usize = 1_024;

impl Machine {
    /// The error of malformed bytes, as far as the place is known.
    #[cold]
    pub(in super::super) fn malformed(&self, at: usize, what: &'static str, b: &[u8]) -> DecodeError {
        let found = excerpt(b.get(at..).unwrap_or_default());
        self.locate(DecodeError::syntax(self.dropped + at as u64, format!("{what}, found {found}")))
    }

    fn locate(&self, error: DecodeError) -> DecodeError {
        match self.place {
            Place::Top | Place::Text | Place::Root | Place::Results => error,
            Place::Values => error.in_series(&self.columns).in_row(self.row + 1),
            _ => error.in_statement(self.result.id),
        }
    }

    /// A text instead of a document: one line of a chunked answer, or all that is left.
    pub(super) fn take_text(&mut self, b: &[u8]) -> Event {
        let rest = &b[self.position..];
        let end = if self.options.chunked { memchr::memchr(b'\n', rest) } else { None };
        let text = &rest[..end.unwrap_or(rest.len())];
        let kept = text.len().min(TEXT_KEPT.saturating_sub(self.text.len()));
        self.text.extend_from_slice(&text[..kept]);
        self.position += text.len();
        if end.is_some() { Event::Error(self.text_error()) } else { Event::More }
    }

    fn text_error(&mut self) -> DecodeError {
        self.place = Place::Top;
        self.documents += 1;
        self.open = false;
        let text = std::mem::take(&mut self.text);
        DecodeError::server(String::from_utf8_lossy(&text).trim())
    }

    /// The bytes are all there and no event is left: whether the response is complete.
    pub(in super::super) fn at_end(&mut self) -> Option<DecodeError> {
        match self.place {
            Place::Text => Some(self.text_error()),
            Place::Top if self.documents == 0 => Some(DecodeError::truncated("the body is empty")),
            Place::Top if self.options.chunked && self.open => {
                let what = "the last chunk says that more follows";
                Some(DecodeError::truncated(what).in_statement(self.result.id))
            }
            Place::Top => None,
            _ => {
                let end = self.dropped + self.position as u64;
                Some(self.locate(DecodeError::truncated(format!(
                    "the body ends inside of a document (byte {end})"
                ))))
            }
        }
    }

    /// The error of a row that could not be read; `None` if bytes are missing.
    pub(in super::super) fn row_stopped(&mut self, stop: Stop, b: &[u8]) -> Option<DecodeError> {
        match stop {
            Stop::Bad(at, what) => Some(self.malformed(at, what, b)),
            // read again from its start when more is there: cheaper than to remember how far it reaches
            Stop::More if b.len() - self.position < SHORT_ROW => None,
            Stop::More if self.whole(b).is_none() => None,
            Stop::More => Some(self.malformed(self.position, "a row ends too early", b)),
        }
    }
}
