//! Bodies to the server, one after the other: halved when too large, refusals collected, everything else stops.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::config::session::Session;
use crate::error::delivery::{Delivery, Rejected};
use crate::error::{Error, Kind, Result};
use crate::generation::Route;
use crate::generation::document::Answered;
use crate::generation::words::Others;
use crate::http::answer::TEXT_LIMIT;
use crate::http::request::{Method, Request};
use crate::message;
use crate::message::secrets::Secrets;
use crate::write::body::Body;
use crate::write::gzip::gzip;
use crate::write::verdict;
use crate::write::verdict::{Refused, Verdict};
use crate::write::written::Written;

/// Where bodies go, and how.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) route: Route,
    pub(crate) gzip: bool,
}

/// The answer to a body, and what it means.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    answered: Answered,
    /// How many were sent to come to know it.
    pub(crate) requests: u64,
    secrets: Arc<Secrets>,
}

impl Outcome {
    pub(crate) fn error(&self) -> Error {
        verdict::error(&self.answered, &self.verdict).without(&self.secrets)
    }
}

/// Sends `count` lines and judges the answer. A compressed body that was not read goes once more without compression.
///
/// # Errors
///
/// Those of the transport: no answer came.
pub(crate) async fn post(
    session: &Session,
    target: &Target,
    lines: &Bytes,
    count: usize,
    body: impl Fn() -> Body,
    timeout: Option<Duration>,
) -> Result<Outcome> {
    let compressed = target.gzip && !session.is_plain();
    let mut requests = 1;
    let mut answered = exchange(session, target, lines.clone(), compressed, timeout).await?;
    let mut verdict = verdict::verdict(&answered, compressed, count, &body);
    if verdict == Verdict::Plain {
        requests += 1;
        answered = exchange(session, target, lines.clone(), false, timeout).await?;
        verdict = verdict::verdict(&answered, false, count, &body);
        if matches!(verdict, Verdict::Stored(_) | Verdict::Refused(_)) {
            session.go_plain();
        }
    }
    let secrets = Arc::clone(session.http.secrets());
    Ok(Outcome { verdict: verdict.without(&secrets), answered, requests, secrets })
}

/// One request with these lines.
async fn exchange(
    session: &Session,
    target: &Target,
    lines: Bytes,
    compressed: bool,
    timeout: Option<Duration>,
) -> Result<Answered> {
    // a refusal may quote every line, with each quote escaped
    let limit = 2 * lines.len() + TEXT_LIMIT;
    let mut request = Request::new(Method::Post, target.route.path);
    request.params.clone_from(&target.route.params);
    request.content_type = Some("text/plain; charset=utf-8");
    request.gzipped = compressed;
    request.body = if compressed { gzip(lines).await? } else { lines };
    request.timeout = timeout;
    Ok(session.http.send(request).await?.answer(limit).await.into())
}

/// One call of `write`, while its bodies are sent.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    session: &'a Session,
    target: Target,
    written: Written,
    refused: Option<AllRefused>,
}

/// The first refusal, and what all of them rejected.
#[derive(Debug)]
struct AllRefused {
    error: Error,
    rejected: Vec<Rejected>,
    dropped: Option<u64>,
    delivery: Delivery,
}

impl<'a> Sending<'a> {
    pub(crate) fn new(session: &'a Session, target: Target) -> Self {
        Sending { session, target, written: Written::default(), refused: None }
    }

    /// Sends a body. A body whose points are refused does not stop the next one: how a call is cut into bodies must
    /// not decide which of its points are stored. All other errors do.
    pub(crate) async fn send(&mut self, body: Body) -> Result<()> {
        let mut todo = VecDeque::from([body]);
        while let Some(body) = todo.pop_front() {
            let outcome = post(self.session, &self.target, body.bytes(), body.lines(), || body.clone(), None);
            let outcome = match outcome.await {
                Ok(outcome) => outcome,
                Err(error) => {
                    self.written.requests += 1;
                    return Err(self.stopped(error));
                }
            };
            self.written.requests += outcome.requests;
            match (&outcome.verdict, body.halves()) {
                (Verdict::Stored(remark), _) => {
                    self.written.points += body.lines() as u64;
                    self.written.bytes += body.bytes().len() as u64;
                    if let Some(remark) = remark {
                        tracing::warn!(remark = %message::line(remark), "points written, with a remark of the server");
                        self.written.remark.get_or_insert_with(|| remark.clone());
                    }
                }
                (Verdict::TooLarge, Some((left, right))) => {
                    todo.push_front(right);
                    todo.push_front(left);
                }
                (Verdict::Refused(refused), _) => {
                    // refused as a whole for these lines: the others go without them
                    let again = refused.is_sure()
                        && !refused.is_total()
                        && matches!(refused.others, Others::NotStored | Others::Unknown);
                    if again {
                        let indices: Vec<usize> = refused.named.iter().filter_map(Rejected::index).collect();
                        todo.push_front(body.without(&indices));
                    }
                    self.refuse(outcome.error(), refused, again);
                }
                _ => return Err(self.stopped(outcome.error())),
            }
        }
        Ok(())
    }

    /// What has become of the call.
    pub(crate) fn finish(self) -> Result<Written> {
        let points = self.written.points;
        let Some(refused) = self.refused else { return Ok(self.written) };
        let delivery = if points > 0 { Delivery::Partial } else { refused.delivery };
        let error = refused.error.with_rejected(refused.rejected, refused.dropped);
        Err(error.delivered(delivery).with_points_written(points))
    }

    /// The error of a call whose next points cannot be encoded.
    pub(crate) fn stop_at(self, error: Error) -> Error {
        let points = self.written.points;
        let delivery = match &self.refused {
            _ if points > 0 => Delivery::Partial,
            Some(refused) => refused.delivery,
            None => Delivery::NotSent,
        };
        let before = self.finish().err().map(|error| (error.rejected().to_vec(), error.dropped()));
        let (mut rejected, dropped) = before.unwrap_or_default();
        rejected.extend_from_slice(error.rejected());
        error.with_rejected(rejected, dropped).delivered(delivery).with_points_written(points)
    }

    /// Keeps what was refused; `again`: the others are sent, and their own answers count.
    fn refuse(&mut self, error: Error, refused: &Refused, again: bool) {
        let delivery = if again { Delivery::Rejected } else { refused.delivery() };
        let known = self.refused.get_or_insert_with(|| AllRefused {
            error,
            rejected: Vec::new(),
            dropped: None,
            delivery,
        });
        known.rejected.extend_from_slice(&refused.named);
        known.dropped = match (known.dropped, refused.dropped) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        known.delivery = match (known.delivery, delivery) {
            (Delivery::Partial, _) | (_, Delivery::Partial) => Delivery::Partial,
            (Delivery::Unknown, _) | (_, Delivery::Unknown) => Delivery::Unknown,
            (known, _) => known,
        };
    }

    /// An error that ends the call, with what is known about the bodies before it.
    fn stopped(&mut self, error: Error) -> Error {
        let before = self.refused.take();
        let delivery = match (error.delivery(), error.kind()) {
            (Some(Delivery::Unknown), _) | (None, Kind::Timeout | Kind::Connection | Kind::Incomplete) => {
                Delivery::Unknown
            }
            _ if self.written.points > 0 => Delivery::Partial,
            (known, _) => match (known, before.as_ref().map(|before| before.delivery)) {
                (_, Some(Delivery::Partial | Delivery::Unknown)) => Delivery::Partial,
                (None | Some(Delivery::NotSent), None) => Delivery::NotSent,
                _ => Delivery::Rejected,
            },
        };
        let (rejected, dropped) = before.map(|before| (before.rejected, before.dropped)).unwrap_or_default();
        error.with_rejected(rejected, dropped).delivered(delivery).with_points_written(self.written.points)
    }
}
