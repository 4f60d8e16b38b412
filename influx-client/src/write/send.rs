//! Bodies to the server, one after the other: halved when too large, refusals collected, everything else stops.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::delivery::{Delivery, Rejected};
use crate::error::{Error, Kind, Result};
use crate::generation::v1;
use crate::http::{Method, Request};
use crate::session::Session;
use crate::write::body::Body;
use crate::write::gzip::gzip;
use crate::write::{Written, refusal};

/// Where bodies go, and how.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) gzip: bool,
}

/// One call of `write`, while its bodies are sent.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    session: &'a Session,
    target: Target,
    written: Written,
    refused: Option<Refused>,
}

/// The first refusal, and what all of them rejected.
#[derive(Debug)]
struct Refused {
    error: Error,
    rejected: Vec<Rejected>,
    dropped: Option<u64>,
    /// A refused body is stored in part.
    partial: bool,
}

/// One request with these lines.
pub(crate) async fn post(
    session: &Session,
    target: &Target,
    lines: Bytes,
    timeout: Option<Duration>,
) -> Result<()> {
    let mut request = Request::new(Method::Post, "/write");
    request.params.clone_from(&target.params);
    request.content_type = Some("text/plain; charset=utf-8");
    request.gzipped = target.gzip;
    request.body = if target.gzip { gzip(lines).await? } else { lines };
    request.timeout = timeout;
    let response = session.http.send(request).await?;
    if response.is_success() { Ok(()) } else { Err(response.into_error().await) }
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
            let Err(error) = self.post(&body).await else {
                self.written.points += body.lines() as u64;
                self.written.bytes += body.bytes().len() as u64;
                continue;
            };
            match (error.status(), body.halves()) {
                (Some(413), Some((left, right))) => {
                    todo.push_front(right);
                    todo.push_front(left);
                }
                (Some(413), None) => self.too_long(error, &body),
                _ => self.refused_or_stop(error, &body)?,
            }
        }
        Ok(())
    }

    /// What has become of the call.
    pub(crate) fn finish(self) -> Result<Written> {
        let Some(refused) = self.refused else { return Ok(self.written) };
        let delivery =
            if refused.partial || self.written.points > 0 { Delivery::Partial } else { Delivery::Rejected };
        Err(refused
            .error
            .with_rejected(refused.rejected, refused.dropped)
            .delivered(delivery)
            .with_points_written(self.written.points))
    }

    /// The error of a call whose next points cannot be encoded.
    pub(crate) fn stop_at(self, error: Error) -> Error {
        let points = self.written.points;
        let partial = self.refused.as_ref().map(|refused| refused.partial);
        let delivery = match partial {
            _ if points > 0 || partial == Some(true) => Delivery::Partial,
            Some(_) => Delivery::Rejected,
            None => Delivery::NotSent,
        };
        let before = self.finish().err().map(|error| (error.rejected().to_vec(), error.dropped()));
        let (mut rejected, dropped) = before.unwrap_or_default();
        rejected.extend_from_slice(error.rejected());
        error.with_rejected(rejected, dropped).delivered(delivery).with_points_written(points)
    }

    async fn post(&mut self, body: &Body) -> Result<()> {
        self.written.requests += 1;
        post(self.session, &self.target, body.bytes().clone(), None).await
    }

    /// A single line that the server finds too large.
    fn too_long(&mut self, error: Error, body: &Body) {
        let line = body.iter().next().map(|(_, line)| String::from_utf8_lossy(line).into_owned());
        let reason = format!("the line alone is too large for the server ({} bytes)", body.bytes().len());
        let rejected = vec![Rejected::new(Some(body.indices().start), line.as_deref(), &reason)];
        self.refuse(error, rejected, None, false);
    }

    fn refused_or_stop(&mut self, error: Error, body: &Body) -> Result<()> {
        let message = error.server_message().unwrap_or_default();
        match v1::refusal(message).filter(|_| error.status() == Some(400)) {
            Some(refusal) => {
                let rejected = refusal::rejected(&refusal, body);
                let partial = !refusal::is_total(&refusal, body, &rejected);
                let dropped = refusal.dropped;
                self.refuse(error, rejected, dropped, partial);
                Ok(())
            }
            None => Err(self.stopped(error)),
        }
    }

    fn refuse(&mut self, error: Error, rejected: Vec<Rejected>, dropped: Option<u64>, partial: bool) {
        let known = self.refused.get_or_insert_with(|| Refused {
            error,
            rejected: Vec::new(),
            dropped: None,
            partial: false,
        });
        known.rejected.extend(rejected);
        known.dropped = match (known.dropped, dropped) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        known.partial |= partial;
    }

    /// An error that ends the call, with what is known about the bodies before it.
    fn stopped(&mut self, error: Error) -> Error {
        let stored = self.written.points > 0 || self.refused.as_ref().is_some_and(|refused| refused.partial);
        let delivery = match error.kind() {
            Kind::Timeout | Kind::Connection | Kind::Incomplete => Delivery::Unknown,
            // The server may have stored some of the points before it failed.
            Kind::Status if error.status().is_some_and(|status| status >= 500) && error.is_retryable() => {
                Delivery::Unknown
            }
            _ if stored => Delivery::Partial,
            Kind::Status => Delivery::Rejected,
            _ if self.refused.is_some() => Delivery::Rejected,
            _ => Delivery::NotSent,
        };
        let (rejected, dropped) = match self.refused.take() {
            Some(refused) => (refused.rejected, refused.dropped),
            None => (Vec::new(), None),
        };
        error.with_rejected(rejected, dropped).delivered(delivery).with_points_written(self.written.points)
    }
}
