//! What an answer means for the lines that were sent. No I/O.

use std::time::Duration;

use crate::delivery::Rejected;
use crate::error::Error;
use crate::generation::v1::{self, Cause};
use crate::write::{LinesBody, is_total, rejected};

/// What becomes of the lines of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// All are stored.
    Written,
    /// Not delivered now; the server may ask for a wait.
    Retry(Option<Duration>),
    /// Some of them are at fault, or all are too many: each half goes alone.
    Split,
    /// These are refused for good; the others are stored.
    Reject(Vec<Rejected>),
    /// These are refused for good; of the others the server said nothing: they go again.
    Sift(Vec<Rejected>),
    /// All are refused for good.
    RejectAll(Vec<Rejected>),
}

/// The verdict on lines that got this answer. `body` finds where the lines end, which is needed only for refusals.
pub(super) fn verdict(
    outcome: &Result<(), Error>,
    lines: usize,
    body: impl FnOnce() -> Option<LinesBody>,
) -> Verdict {
    let Err(error) = outcome else { return Verdict::Written };
    if error.is_retryable() {
        return Verdict::Retry(error.retry_after());
    }
    let alone = lines <= 1;
    let message = error.server_message().unwrap_or_default();
    match error.status() {
        Some(413) if !alone => Verdict::Split,
        Some(400 | 422) if v1::concerns_request(message) => all(error, body()),
        Some(400 | 422) => match (v1::refusal(message), body()) {
            (Some(refusal), Some(body)) => {
                let named = rejected(&refusal, &body);
                let total = is_total(&refusal, &body, &named);
                let sure = named.iter().all(|one| one.is_certain() && one.index().is_some());
                // of unparsable lines the server speaks only when the storage took all others; of what the storage
                // refused it tells one reason, and hides that there may be others, and unparsable lines
                let speaks_of_all = matches!(refusal.cause, Cause::Unparsable(_));
                match (total, sure) {
                    (_, true) if named.len() == lines => Verdict::RejectAll(named),
                    (_, true) if !speaks_of_all => Verdict::Sift(named),
                    (false, true) => Verdict::Reject(named),
                    _ if alone => Verdict::RejectAll(whole(error, &body)),
                    // the server says that all are refused for one reason
                    (true, _) if refusal.dropped.is_some_and(|dropped| dropped >= lines as u64) => {
                        Verdict::RejectAll(whole(error, &body))
                    }
                    _ => Verdict::Split,
                }
            }
            (_, body) if alone => all(error, body),
            _ => Verdict::Split,
        },
        _ => all(error, body()),
    }
}

fn all(error: &Error, body: Option<LinesBody>) -> Verdict {
    Verdict::RejectAll(body.map(|body| whole(error, &body)).unwrap_or_default())
}

/// Every line, refused for the error's reason.
fn whole(error: &Error, body: &LinesBody) -> Vec<Rejected> {
    let reason = error.server_message().map_or_else(|| error.to_string(), str::to_owned);
    body.iter()
        .map(|(index, line)| Rejected::new(Some(index), std::str::from_utf8(line).ok(), &reason))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::write::line_ends;

    fn body(text: &str) -> LinesBody {
        LinesBody::new(text.to_owned(), line_ends(text.as_bytes()).unwrap(), 10)
    }

    fn of(status: u16, message: &str, text: &str) -> Verdict {
        let body = body(text);
        let outcome = Err(Error::status_answer(status, message.to_owned()));
        verdict(&outcome, body.lines(), || Some(body.clone()))
    }

    /// The indices of the refused lines, and whether all are refused.
    fn refused(verdict: Verdict) -> (Vec<usize>, bool) {
        match verdict {
            Verdict::Reject(list) => (list.iter().filter_map(Rejected::index).collect(), false),
            Verdict::RejectAll(list) => (list.iter().filter_map(Rejected::index).collect(), true),
            other => panic!("{other:?}"),
        }
    }

    const TWO: &str = "a f=1 1\nb f=2 2\n";

    #[test]
    fn answers_by_status() {
        assert_eq!(verdict(&Ok(()), 2, || None), Verdict::Written);
        for status in [408, 429, 502, 503, 504] {
            assert_eq!(of(status, "", TWO), Verdict::Retry(None), "{status}");
        }
        assert_eq!(of(500, "timeout", TWO), Verdict::Retry(None));
        assert_eq!(of(413, "", TWO), Verdict::Split);
        assert_eq!(refused(of(413, "", "a f=1 1\n")), (vec![10], true));
        for (status, text) in [
            (401, "authorization failed"),
            (403, "not authorized"),
            (404, "database not found: \"x\""),
            (500, "retention policy not found: x"),
            (400, "database is required"),
        ] {
            assert_eq!(refused(of(status, text, TWO)), (vec![10, 11], true), "{status}");
        }
        for kind in [Kind::Connect, Kind::Connection, Kind::Timeout, Kind::ConnectTimeout] {
            assert_eq!(verdict(&Err(Error::new(kind, "gone")), 2, || None), Verdict::Retry(None));
        }
    }

    #[test]
    fn named_lines_are_refused_and_the_others_stored() {
        let message = "partial write: unable to parse 'b f=2 2': why dropped=0";
        assert_eq!(refused(of(400, message, TWO)), (vec![11], false));
        let both = "unable to parse 'a f=1 1': x\nunable to parse 'b f=2 2': y";
        assert_eq!(refused(of(400, both, TWO)), (vec![10, 11], true));
        let conflict = "partial write: field type conflict: input field \"f\" on measurement \"b\" is type float, already exists as type string dropped=1";
        let Verdict::Sift(named) = of(400, conflict, TWO) else { panic!("the other may be refused, too") };
        assert_eq!(named.iter().map(Rejected::index).collect::<Vec<_>>(), [Some(11)]);
        assert_eq!(refused(of(400, conflict, "b f=2 2\n")), (vec![10], true));
    }

    #[test]
    fn lines_that_are_not_named_are_searched() {
        let late = "partial write: points beyond retention policy dropped=1";
        assert_eq!(of(400, late, TWO), Verdict::Split);
        assert_eq!(refused(of(400, late, "a f=1 1\n")), (vec![10], true));
        let all = "partial write: points beyond retention policy dropped=2";
        assert_eq!(refused(of(400, all, TWO)), (vec![10, 11], true));
        assert_eq!(of(400, "field type conflict", TWO), Verdict::Split);
        assert_eq!(of(400, "something that nobody knows", TWO), Verdict::Split);
        assert_eq!(refused(of(400, "something that nobody knows", "a f=1 1\n")), (vec![10], true));
        // more lines fit than were dropped
        let conflict = "partial write: field type conflict: input field \"f\" on measurement \"a\" is type float, already exists as type string dropped=1";
        assert_eq!(of(400, conflict, "a f=1 1\na f=2 2\n"), Verdict::Split);
    }
}
