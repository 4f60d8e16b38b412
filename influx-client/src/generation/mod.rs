//! What differs between the server generations: paths and parameters, the shapes of error answers, what their words mean for
//! points, and what is tried again.

pub(crate) mod document;
pub(crate) mod retry;
pub(crate) mod tsdb;
pub(crate) mod v1;
mod v2;
mod v3;
pub(crate) mod words;

use document::{Answered, Document};
use words::{Cause, Others, Refusal, Words};

/// The database's own words about a write, if it says any that are known. The shape of the document says whose they are:
/// a 2.x answers in its own shape on the endpoints of 1.x, too.
pub(crate) fn words(answered: &Answered) -> Option<Words<'_>> {
    match &answered.document {
        Document::Blank => None,
        Document::Error { data: Some(data), text } => v3::line_words(text, data),
        Document::Error { text, data: None } => v1::words::words(text).or_else(|| v3::words(text)),
        Document::Code { code, text, line } => v2::words(code, text, *line),
        // its end may be missing, and the ends of lines are: it tells what happened, and not to which lines
        Document::Header(text) => match v1::words::words(text)? {
            Words::Points(_) => {
                let cause = Cause::Other(text);
                Some(Words::Points(Refusal { others: Others::Unknown, dropped: None, cause }))
            }
            other => Some(other),
        },
        // most errors of 3.x are plain text
        Document::Other(text) if answered.is_signed() || v3::is_plain_text(text) => v3::words(text),
        Document::Other(_) => None,
    }
}
