//! What a batch does next, after the answer to its lines. No I/O.

use std::sync::Arc;

use crate::error::Error;
use crate::error::delivery::Rejected;
use crate::generation::words::Others;
use crate::write::body::Body;
use crate::write::send::Outcome;
use crate::write::verdict::{Refused, Verdict};

/// What becomes of the lines of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// All are stored.
    Written(Option<Arc<str>>),
    /// These are refused for good; the others are stored.
    Reject(Vec<Rejected>),
    /// These are refused for good; of the others the server said nothing: they go again.
    Sift(Vec<Rejected>),
    /// All are refused for good.
    RejectAll(Vec<Rejected>),
    /// Some of them are at fault, or all are too many: each half goes alone.
    Split,
    /// Refused in words that nobody knows: the lines or the request are at fault.
    Doubt,
    /// Not delivered now.
    Wait {
        /// The same request will be refused until somebody changes something.
        request: bool,
    },
}

/// The step after `lines` lines got this answer. `body` finds where the lines end, which is needed only for refusals.
pub(super) fn step(outcome: &Result<Outcome, Error>, lines: usize, body: impl FnOnce() -> Body) -> Step {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        // no answer came; what the settings make impossible is the request's fault
        Err(error) => return Step::Wait { request: error.is_config() },
    };
    match &outcome.verdict {
        Verdict::Stored(remark) => Step::Written(remark.clone()),
        Verdict::Refused(refused) => refusal(refused, lines, || whole(&outcome.error(), &body())),
        Verdict::TooLarge => Step::Split,
        Verdict::Suspect => Step::Doubt,
        Verdict::Request(_) => Step::Wait { request: true },
        Verdict::Plain | Verdict::Wait | Verdict::Unknown => Step::Wait { request: false },
    }
}

fn refusal(refused: &Refused, lines: usize, whole: impl FnOnce() -> Vec<Rejected>) -> Step {
    let named = || refused.named.clone();
    match refused.others {
        _ if refused.is_sure() && refused.named.len() >= lines => Step::RejectAll(named()),
        Others::Stored if refused.is_sure() => Step::Reject(named()),
        _ if refused.is_sure() => Step::Sift(named()),
        _ if lines <= 1 || refused.is_total() => Step::RejectAll(whole()),
        _ => Step::Split,
    }
}

/// Every line, refused for the error's reason.
pub(super) fn whole(error: &Error, body: &Body) -> Vec<Rejected> {
    let reason: Arc<str> = match error.server_message() {
        Some(message) => message.into(),
        None => error.to_string().into(),
    };
    let lines = body.iter();
    lines.map(|(index, line)| Rejected::new(Some(index), Some(line), Arc::clone(&reason))).collect()
}
