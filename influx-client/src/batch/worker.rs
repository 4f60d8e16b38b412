//! Sends the batches of a target, one after the other, until each of their points is settled.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::batch::accumulate::Lines;
use crate::batch::chance::chance;
use crate::batch::doubt::{Doubt, Judged};
use crate::batch::durable::Durable;
use crate::batch::event::{BatchEvent, DropReason};
use crate::batch::lane::Outcome as Settled;
use crate::batch::pace::Patience;
use crate::batch::port::Port;
use crate::batch::settings::RequestFault;
use crate::batch::shared::Shared;
use crate::batch::step::{Step, step, whole};
use crate::config::times::SameTime;
use crate::error::delivery::Rejected;
use crate::error::{Error, Result};
use crate::write::body::Body;
use crate::write::rules::overwriting;
use crate::write::send::{Outcome, post};

/// Sends batches until the writer is closed and nothing is left.
pub(super) async fn run(shared: Arc<Shared>, durable: Option<Arc<Durable>>, port: Arc<Port>) {
    while let Some(number) = port.next().await {
        let span = tracing::debug_span!("influx_batch", target = %port.target, batch = number);
        let batch = Batch {
            shared: &shared,
            durable: durable.as_deref(),
            port: &port,
            number,
            patience: Patience::default(),
            sifted: Sifted::default(),
            doubt: Doubt::default(),
            ahead: None,
            rested: false,
        };
        batch.deliver().instrument(span).await;
    }
}

/// A batch on its way.
struct Batch<'a> {
    shared: &'a Shared,
    durable: Option<&'a Durable>,
    port: &'a Port,
    number: u64,
    /// With the part that is tried now.
    patience: Patience,
    sifted: Sifted,
    doubt: Doubt,
    /// The answer to the next part, where it is known already.
    ahead: Option<Result<Outcome>>,
    /// It has waited, and goes now.
    rested: bool,
}

/// What was refused of the part that is tried now.
#[derive(Default)]
struct Sifted {
    refused: Vec<(Vec<Rejected>, Error)>,
    /// The others, which go again; `None`: nothing is refused yet.
    rest: Option<Body>,
}

impl Batch<'_> {
    async fn deliver(mut self) {
        while let Some(part) = self.part() {
            self.patience.begins(Instant::now());
            let ahead = self.ahead.take();
            if ahead.is_none() && !self.rested {
                self.leave_alone().await;
            }
            self.rested = false;
            let started = Instant::now();
            let (bytes, lines) = self.to_send(&part);
            let outcome = match ahead {
                Some(known) => known,
                None => self.post(&bytes, lines, || self.body(&part)).await,
            };
            match step(&outcome, lines, || self.body(&part)) {
                Step::Wait { request } => {
                    let error = error(outcome);
                    self.failed(part, &bytes, started, error, request).await;
                }
                Step::Doubt => self.doubted(part, &bytes, started, outcome).await,
                taken => {
                    // the memory of what is settled serves again, if nobody has it
                    drop(bytes);
                    self.taken(part, taken, outcome);
                }
            }
        }
    }

    /// The part that is next; `None` when all of the batch is settled.
    fn part(&self) -> Option<Lines> {
        self.port.lane().part(self.number).cloned()
    }

    fn to_send(&self, part: &Lines) -> (Bytes, usize) {
        match &self.sifted.rest {
            Some(rest) => (rest.bytes().clone(), rest.lines()),
            None => (part.bytes.clone(), part.points),
        }
    }

    fn body(&self, part: &Lines) -> Body {
        self.sifted.rest.clone().unwrap_or_else(|| part.body())
    }

    async fn post(&self, bytes: &Bytes, lines: usize, body: impl Fn() -> Body) -> Result<Outcome> {
        let span = tracing::debug_span!("influx_write", points = lines, bytes = bytes.len());
        let limit = self.shared.settings.request_timeout;
        let send = post(&self.shared.session, &self.port.to, bytes, lines, body, limit);
        self.port.lane().count_requests(1);
        let outcome = send.instrument(span).await;
        if let Ok(outcome) = &outcome {
            self.port.lane().count_requests(outcome.requests - 1);
        }
        outcome
    }

    /// Waits as long as the target is left alone since an earlier batch failed, or as this one has the time.
    async fn leave_alone(&mut self) {
        let now = Instant::now();
        let wait = self.port.pace().wait(now);
        if !wait.is_zero() {
            let wait = self.patience.has(&self.shared.settings.retry, now, wait).unwrap_or_default();
            self.pause(wait).await;
        }
    }

    /// What waits when the writer is closed is tried once more at once.
    async fn pause(&mut self, wait: Duration) {
        let mut closing = self.shared.closing.subscribe();
        drop(timeout(wait, closing.changed()).await);
        self.rested = true;
    }

    /// The server took the lines, or refused some of them for good.
    fn taken(&mut self, part: Lines, step: Step, outcome: Result<Outcome>) {
        self.port.pace().answered();
        match step {
            Step::Written(remark) => {
                self.doubt.passed();
                self.settle(part, remark.as_deref());
            }
            Step::Reject(rejected) => {
                self.doubt.passed();
                self.sifted.refused.push((rejected, error(outcome)));
                self.settle(part, None);
            }
            Step::RejectAll(rejected) => {
                self.sifted.refused.push((rejected, error(outcome)));
                self.refuse(&part);
            }
            Step::Sift(rejected) => {
                self.sifted.refused.push((rejected, error(outcome)));
                self.sifted.rest = Some(part.body().without(&self.sifted.indices()));
                self.patience = Patience::default();
                return;
            }
            // each half finds again what is refused of it
            Step::Split | Step::Doubt | Step::Wait { .. } => {
                if !self.port.lane().split(self.number) {
                    let error = error(outcome);
                    self.sifted.refused = vec![(whole(&error, &part.body()), error)];
                    self.refuse(&part);
                }
            }
        }
        self.next_part();
    }

    fn next_part(&mut self) {
        (self.patience, self.sifted) = (Patience::default(), Sifted::default());
    }

    /// Refused in words that nobody knows.
    async fn doubted(&mut self, part: Lines, bytes: &Bytes, started: Instant, outcome: Result<Outcome>) {
        let (_, lines) = self.to_send(&part);
        let behind = self.port.lane().part_behind(self.number).cloned();
        let judged = match (self.doubt.refused(lines, behind.is_none()), behind) {
            (Judged::TryBehind, Some(behind)) => {
                let next = self.post(&behind.bytes, behind.points, || behind.body()).await;
                match step(&next, behind.points, || behind.body()) {
                    // no answer to the question
                    Step::Wait { request } => {
                        self.failed(part, bytes, started, error(next), request).await;
                        return;
                    }
                    Step::Doubt => {
                        let judged = self.doubt.behind(true, behind.points);
                        self.ahead = (judged == Judged::Reject).then_some(next);
                        judged
                    }
                    _ => {
                        self.ahead = Some(next);
                        self.doubt.behind(false, behind.points)
                    }
                }
            }
            (judged, _) => judged,
        };
        match judged {
            Judged::Split => self.taken(part, Step::Split, outcome),
            Judged::Reject | Judged::TryBehind => self.confirm(part, bytes, started).await,
            Judged::Wait => self.failed(part, bytes, started, error(outcome), true).await,
        }
    }

    /// A line that seems to be at fault goes once more: what was wrong may have ended just now. It is refused when it is refused again.
    async fn confirm(&mut self, part: Lines, bytes: &Bytes, started: Instant) {
        let (_, lines) = self.to_send(&part);
        let again = self.post(bytes, lines, || self.body(&part)).await;
        let taken = match step(&again, lines, || self.body(&part)) {
            Step::Doubt => {
                let words = again.as_ref().map(Outcome::error);
                let rejected = words.map_or_else(|_| Vec::new(), |words| whole(&words, &self.body(&part)));
                return self.taken(part, Step::RejectAll(rejected), again);
            }
            taken => taken,
        };
        // what is behind it goes again, to stay behind it
        self.ahead = None;
        match taken {
            Step::Wait { request } => self.failed(part, bytes, started, error(again), request).await,
            taken => self.taken(part, taken, again),
        }
    }

    /// Not delivered: waits, or gives up.
    async fn failed(&mut self, part: Lines, bytes: &Bytes, started: Instant, error: Error, request: bool) {
        let (policy, now) = (&self.shared.settings.retry, Instant::now());
        let wait = self.port.pace().failed(policy, started, now, error.retry_after(), chance());
        if request && self.shared.settings.request_fault == RequestFault::Drop {
            return self.drop_part(&part, DropReason::RequestRefused, &error);
        }
        self.patience.failed();
        let Some(delay) = self.patience.has(policy, now, wait) else {
            return self.drop_part(&part, DropReason::RetriesExhausted, &error);
        };
        self.port.lane().count_retry();
        self.shared.teller.tell(&BatchEvent::Retry {
            target: &self.port.target,
            failures: self.patience.failures(),
            delay,
            error: &error,
            lines: bytes,
        });
        drop(part);
        self.pause(delay).await;
    }

    /// The server answered for all lines; some it may have refused.
    fn settle(&self, part: Lines, remark: Option<&str>) {
        let (shared, port) = (self.shared, self.port);
        let rejected = self.sifted.count();
        let points = part.points - rejected.min(part.points);
        self.tell_refused(&part);
        if points > 0 {
            let lines = self.sifted.others(&part);
            let overwritten = match shared.writes.same_time {
                SameTime::Refuse => overwriting(&lines),
                SameTime::Overwrite => 0,
            };
            let target = &port.target;
            shared.teller.tell(&BatchEvent::Written { target, points, lines: &lines, overwritten, remark });
        }
        // its memory can be used again when nobody else has it
        drop(part);
        self.done(Settled::Settled { rejected });
    }

    /// The server refused all lines.
    fn refuse(&self, part: &Lines) {
        self.tell_refused(part);
        self.done(Settled::Settled { rejected: part.points });
    }

    /// Given up, of what was not refused before.
    fn drop_part(&mut self, part: &Lines, why: DropReason, error: &Error) {
        let (shared, port) = (self.shared, self.port);
        self.tell_refused(part);
        let reason: Arc<str> = format!("{why}: {error}").into();
        let body = part.body().without(&self.sifted.indices());
        let lines = body.iter();
        shared
            .teller
            .keep(lines.map(|(index, line)| Rejected::new(Some(index), Some(line), Arc::clone(&reason))));
        let rejected = self.sifted.count();
        let (points, lines) = (part.points - rejected.min(part.points), self.sifted.others(part));
        self.done(Settled::Dropped { rejected });
        shared.teller.tell(&BatchEvent::Dropped { target: &port.target, why, points, lines: &lines });
        self.next_part();
    }

    fn done(&self, settled: Settled) {
        self.port.lane().settle(self.number, settled);
        if let Some(durable) = self.durable {
            durable.acknowledge(self.shared, self.port);
        }
        self.port.tell_settled();
    }

    fn tell_refused(&self, part: &Lines) {
        let (shared, target) = (self.shared, &self.port.target);
        for (rejected, error) in &self.sifted.refused {
            // without a word about which: all
            let all = rejected.is_empty() || rejected.len() == part.points;
            let lines = if all { part.bytes.clone() } else { lines_of(part, rejected) };
            shared.teller.keep(rejected.iter().cloned());
            shared.teller.tell(&BatchEvent::Rejected { target, rejected, error, lines: &lines });
        }
    }
}

impl Sifted {
    fn count(&self) -> usize {
        self.refused.iter().map(|(rejected, _)| rejected.len()).sum()
    }

    fn indices(&self) -> Vec<usize> {
        self.refused.iter().flat_map(|(rejected, _)| rejected).filter_map(Rejected::index).collect()
    }

    /// The lines that were not refused.
    fn others(&self, part: &Lines) -> Bytes {
        match self.refused.is_empty() {
            true => part.bytes.clone(),
            false => part.body().without(&self.indices()).bytes().clone(),
        }
    }
}

/// The error of an answer that is not success.
fn error(outcome: Result<Outcome>) -> Error {
    match outcome {
        Ok(outcome) => outcome.error(),
        Err(error) => error,
    }
}

/// The refused lines, whole.
fn lines_of(part: &Lines, rejected: &[Rejected]) -> Bytes {
    let mut lines = BytesMut::new();
    let refused = |index| rejected.iter().any(|one| one.index() == Some(index));
    for (_, line) in part.body().iter().filter(|(index, _)| refused(*index)) {
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\n");
    }
    lines.freeze()
}
