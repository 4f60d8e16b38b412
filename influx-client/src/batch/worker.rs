//! Sends the batches of a target, one after the other, until each of their points is settled.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::accumulate::Lines;
use super::chance::chance;
use super::event::{BatchEvent, DropReason};
use super::lane::Outcome;
use super::port::Port;
use super::shared::Shared;
use super::verdict::{Verdict, verdict};
use crate::delivery::Rejected;
use crate::error::Error;
use crate::write::{LinesBody, post};

/// Sends batches until the writer is closed and nothing is left.
pub(super) async fn run(shared: Arc<Shared>, port: Arc<Port>) {
    while let Some(batch) = port.next().await {
        let span = tracing::debug_span!("influx_batch", target = %port.target, batch);
        deliver(&shared, &port, batch).instrument(span).await;
    }
}

/// How often the part that is tried now has failed, and since when.
#[derive(Default)]
struct Failures {
    count: u32,
    since: Option<Instant>,
}

/// What was refused of the part that is tried now.
#[derive(Default)]
struct Sifted {
    refused: Vec<(Vec<Rejected>, Error)>,
    /// The others, which go again; `None`: nothing is refused yet.
    rest: Option<LinesBody>,
}

impl Sifted {
    fn refuse(&mut self, rejected: Vec<Rejected>, error: Error) {
        self.refused.push((rejected, error));
    }

    fn leave_out(&mut self, part: &Lines) {
        self.rest = part.body().map(|body| body.without(&indices(&self.refused)));
    }
}

async fn deliver(shared: &Shared, port: &Port, batch: u64) {
    let mut failures = Failures::default();
    let mut sifted = Sifted::default();
    loop {
        let part = {
            let mut lane = port.lane();
            let Some(part) = lane.part(batch).cloned() else { break };
            lane.count_request();
            part
        };
        let started = Instant::now();
        let rest = sifted.rest.as_ref();
        let (bytes, lines) = rest.map_or((&part.bytes, part.points), |rest| (rest.bytes(), rest.lines()));
        let span = tracing::debug_span!("influx_write", points = lines, bytes = bytes.len());
        let send = post(&shared.session, &port.to, bytes.clone(), shared.settings.request_timeout);
        let outcome = send.instrument(span).await;
        let verdict = verdict(&outcome, lines, || rest.cloned().or_else(|| part.body()));
        let error = outcome.err();
        match (verdict, error) {
            (Verdict::Written, _) | (_, None) => settle(shared, port, batch, part, &sifted.refused),
            (Verdict::Reject(rejected), Some(error)) => {
                sifted.refuse(rejected, error);
                settle(shared, port, batch, part, &sifted.refused);
            }
            (Verdict::Sift(rejected), Some(error)) => {
                sifted.refuse(rejected, error);
                sifted.leave_out(&part);
                failures = Failures::default();
                continue;
            }
            (Verdict::RejectAll(rejected), Some(error)) => {
                sifted.refuse(rejected, error);
                refuse(shared, port, batch, &part, &sifted.refused);
            }
            (Verdict::Split, Some(error)) => {
                // each half finds again what is refused of it
                if !port.lane().split(batch) {
                    refuse(shared, port, batch, &part, &[(Vec::new(), error)]);
                }
            }
            (Verdict::Retry(asked), Some(error)) => {
                failures.count += 1;
                let since = *failures.since.get_or_insert(started);
                let delay = shared.settings.retry.delay(failures.count, since.elapsed(), asked, chance());
                if let Some(delay) = delay {
                    port.lane().count_retry();
                    shared.tell(&BatchEvent::Retry {
                        target: &port.target,
                        failures: failures.count,
                        delay,
                        error: &error,
                        lines: bytes,
                    });
                    drop(part);
                    let mut closing = shared.closing.subscribe();
                    // what waits when the writer is closed is tried once more at once
                    drop(timeout(delay, closing.changed()).await);
                    continue;
                }
                give_up(shared, port, batch, &part, &sifted.refused, &error);
            }
        }
        (failures, sifted) = (Failures::default(), Sifted::default());
    }
}

/// The server answered for all lines; some it may have refused.
fn settle(shared: &Shared, port: &Port, batch: u64, part: Lines, refused: &[(Vec<Rejected>, Error)]) {
    let rejected: usize = refused.iter().map(|(rejected, _)| rejected.len()).sum();
    let points = part.points - rejected.min(part.points);
    tell_refused(shared, port, &part, refused);
    if points > 0 {
        let lines = others(&part, refused);
        shared.tell(&BatchEvent::Written { target: &port.target, points, lines: &lines });
    }
    // its memory can be used again when nobody else has it
    drop(part);
    port.lane().settle(batch, Outcome::Settled { rejected });
    shared.acknowledge(port);
    port.tell_settled();
}

/// The server refused all lines.
fn refuse(shared: &Shared, port: &Port, batch: u64, part: &Lines, refused: &[(Vec<Rejected>, Error)]) {
    tell_refused(shared, port, part, refused);
    port.lane().settle(batch, Outcome::Settled { rejected: part.points });
    shared.acknowledge(port);
    port.tell_settled();
}

fn tell_refused(shared: &Shared, port: &Port, part: &Lines, refused: &[(Vec<Rejected>, Error)]) {
    for (rejected, error) in refused {
        // without a word about which: all
        let all = rejected.is_empty() || rejected.len() == part.points;
        let lines = if all { part.bytes.clone() } else { lines_of(part, rejected) };
        shared.keep(rejected);
        shared.tell(&BatchEvent::Rejected { target: &port.target, rejected, error, lines: &lines });
    }
}

/// The retry policy gave up, of what was not refused before.
fn give_up(
    shared: &Shared,
    port: &Port,
    batch: u64,
    part: &Lines,
    refused: &[(Vec<Rejected>, Error)],
    error: &Error,
) {
    tell_refused(shared, port, part, refused);
    let why = DropReason::RetriesExhausted;
    let reason = format!("{why}: {error}");
    let rejected: usize = refused.iter().map(|(rejected, _)| rejected.len()).sum();
    if let Some(body) = part.body() {
        let line = |line| std::str::from_utf8(line).ok();
        let body = body.without(&indices(refused));
        let lines = body.iter().map(|(index, text)| Rejected::new(Some(index), line(text), &reason));
        shared.keep(&lines.collect::<Vec<_>>());
    }
    let (points, lines) = (part.points - rejected.min(part.points), others(part, refused));
    port.lane().settle(batch, Outcome::Dropped { rejected });
    shared.acknowledge(port);
    port.tell_settled();
    shared.tell(&BatchEvent::Dropped { target: &port.target, why, points, lines: &lines });
}

fn indices(refused: &[(Vec<Rejected>, Error)]) -> Vec<usize> {
    refused.iter().flat_map(|(rejected, _)| rejected).filter_map(Rejected::index).collect()
}

/// The lines that were not refused.
fn others(part: &Lines, refused: &[(Vec<Rejected>, Error)]) -> Bytes {
    let body = if refused.is_empty() { None } else { part.body() };
    body.map_or_else(|| part.bytes.clone(), |body| body.without(&indices(refused)).bytes().clone())
}

/// The refused lines, whole.
fn lines_of(part: &Lines, rejected: &[Rejected]) -> Bytes {
    let mut lines = BytesMut::new();
    if let Some(body) = part.body() {
        let refused = |index| rejected.iter().any(|one| one.index() == Some(index));
        for (_, line) in body.iter().filter(|(index, _)| refused(*index)) {
            lines.extend_from_slice(line);
            lines.extend_from_slice(b"\n");
        }
    }
    lines.freeze()
}
