//! What an answer means for the points that were sent: the one place that decides it. No I/O.
//!
//! A status alone decides nothing about points. They are stored when the answer is success without a document, and refused when the
//! database itself says so, in words that are known to be about points. All else leaves them waiting.

use std::sync::Arc;

use crate::error::Error;
use crate::error::delivery::{Delivery, Rejected};
use crate::generation;
use crate::generation::document::{Answered, Document, NOT_INFLUXDB};
use crate::generation::words::{Cause, Others, Refusal, Words};
use crate::message::secrets::Secrets;
use crate::write::body::Body;
use crate::write::refusal::rejected;

/// What became of the lines of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// All are stored; perhaps with a remark of the server's.
    Stored(Option<Arc<str>>),
    /// The database refused lines.
    Refused(Refused),
    /// Together they are too large: each half goes alone.
    TooLarge,
    /// Not read in this packing: once more without compression.
    Plain,
    /// Not taken now; nothing is stored.
    Wait,
    /// The request is at fault and not its lines; what that says about the points.
    Request(Delivery),
    /// The database refused the request in words that nobody knows: perhaps for some of its lines.
    Suspect,
    /// Nothing is known about them.
    Unknown,
}

/// Lines that the database refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refused {
    /// Which, as far as it told.
    pub(crate) named: Vec<Rejected>,
    /// How many the storage dropped, as it counts.
    pub(crate) dropped: Option<u64>,
    /// What became of the lines that are not named.
    pub(crate) others: Others,
    /// How many points were sent.
    pub(crate) points: usize,
}

impl Refused {
    /// Whether each named line is one of those that were sent, and was refused.
    pub(crate) fn is_sure(&self) -> bool {
        !self.named.is_empty() && self.named.iter().all(|one| one.is_certain() && one.index().is_some())
    }

    /// Whether every line is refused.
    pub(crate) fn is_total(&self) -> bool {
        let points = self.points as u64;
        self.dropped.is_some_and(|dropped| dropped >= points)
            || (self.is_sure() && self.named.len() as u64 >= points)
    }

    /// What is known about the points together.
    pub(crate) fn delivery(&self) -> Delivery {
        match self.others {
            _ if self.is_total() => Delivery::Rejected,
            Others::Stored | Others::StoredOrHidden => Delivery::Partial,
            Others::NotStored => Delivery::Rejected,
            Others::Unknown => Delivery::Unknown,
        }
    }
}

impl Verdict {
    /// What is known about the points of a request that was not stored as a whole.
    pub(crate) fn delivery(&self) -> Delivery {
        match self {
            Verdict::Refused(refused) => refused.delivery(),
            Verdict::Request(delivery) => *delivery,
            Verdict::TooLarge | Verdict::Wait => Delivery::Rejected,
            Verdict::Stored(_) | Verdict::Plain | Verdict::Suspect | Verdict::Unknown => Delivery::Unknown,
        }
    }

    /// The same without these secrets in the server's words.
    pub(crate) fn without(self, secrets: &Secrets) -> Verdict {
        match self {
            Verdict::Refused(mut refused) => {
                refused.named = Rejected::all_without(refused.named, secrets);
                Verdict::Refused(refused)
            }
            Verdict::Stored(Some(remark)) => Verdict::Stored(Some(secrets.taken_out(&remark).into())),
            other => other,
        }
    }

    /// Whether the same request may be taken later without anybody's doing.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self, Verdict::Wait | Verdict::Unknown)
    }
}

/// The verdict on a request with `lines` lines. `body` finds where they end, which is needed for refusals alone.
pub(crate) fn verdict(
    answered: &Answered,
    compressed: bool,
    lines: usize,
    body: impl FnOnce() -> Body,
) -> Verdict {
    let Answered { answer, document } = answered;
    let words = generation::words(answered);
    let told = words.is_some();
    match (answer.status, words) {
        (200..=299 | 400 | 422, Some(Words::Points(refusal))) => {
            refused(&refusal, answer.is_success(), compressed, &body())
        }
        (200..=299 | 400 | 422 | 500, Some(Words::Stored)) => Verdict::Stored(Some(document.text().into())),
        (200..=299, None) if answer.is_blank() => Verdict::Stored(None),
        (200..=299, _) => Verdict::Unknown,
        // a proxy says it before the database sees anything
        (300..=399, _) => Verdict::Request(Delivery::Rejected),
        (413, _) | (400 | 500, Some(Words::TooLarge)) => too_large(answered.is_signed() || told, lines, body),
        (400..=599, Some(Words::Packing)) | (415, _) if compressed => Verdict::Plain,
        (400, None) if compressed => Verdict::Plain,
        // 2.x says so of a body that it could not unpack, too
        (400..=599, Some(Words::Packing)) if matches!(document, Document::Code { code, .. } if code == "internal error") => {
            Verdict::Unknown
        }
        (400..=599, Some(Words::Request | Words::Packing)) => Verdict::Request(Delivery::Rejected),
        (400 | 422, _) if told || answered.is_own() => Verdict::Suspect,
        // a page or a text of something before the database, or of no database at all
        (400 | 422, _) => Verdict::Request(Delivery::Unknown),
        (425 | 429, _) => Verdict::Wait,
        (401..=407 | 410 | 411 | 414..=417 | 421 | 426 | 431 | 451 | 501 | 505, _) => {
            Verdict::Request(Delivery::Rejected)
        }
        _ => Verdict::Unknown,
    }
}

fn refused(refusal: &Refusal<'_>, success: bool, compressed: bool, body: &Body) -> Verdict {
    let (named, points) = (rejected(refusal, body), body.points());
    // lines that nobody sent
    let strangers = matches!(refusal.cause, Cause::Unparsable(_) | Cause::Numbered(_))
        && named.iter().all(|one| one.index().is_none());
    // the server read the packed bytes as text
    if compressed && strangers && matches!(refusal.cause, Cause::Unparsable(_)) {
        return Verdict::Plain;
    }
    // or more than were sent: the answer is that to another request
    if strangers || refusal.dropped.is_some_and(|dropped| dropped > points as u64) {
        return if success { Verdict::Unknown } else { Verdict::Suspect };
    }
    Verdict::Refused(Refused { named, dropped: refusal.dropped, others: refusal.others, points })
}

fn too_large(own: bool, lines: usize, body: impl FnOnce() -> Body) -> Verdict {
    /// No line of this length is too long for anything on the way that works.
    const SHORT: usize = 1 << 10;

    if lines > 1 {
        return Verdict::TooLarge;
    }
    let body = body();
    if !own && body.bytes().len() <= SHORT {
        return Verdict::Request(Delivery::Rejected);
    }
    let reason: Arc<str> =
        format!("the line alone is too large for the server ({} bytes)", body.bytes().len()).into();
    let named = body.iter().map(|(index, line)| Rejected::new(Some(index), Some(line), Arc::clone(&reason)));
    let named = named.collect();
    Verdict::Refused(Refused { named, dropped: None, others: Others::NotStored, points: lines })
}

/// The error of a request that got this answer and verdict.
pub(crate) fn error(answered: &Answered, verdict: &Verdict) -> Error {
    let error = answered.error().delivered(verdict.delivery()).retryable(verdict.is_retryable());
    match verdict {
        Verdict::Unknown if answered.answer.is_success() => error.because(NOT_INFLUXDB),
        Verdict::Request(Delivery::Unknown) => error
            .because("not an answer of InfluxDB: does the URL lead there, with http or https as it wants?"),
        Verdict::Suspect => error.because("refused for a reason that is not known to be about points"),
        _ => error,
    }
}

#[cfg(test)]
mod tests;
