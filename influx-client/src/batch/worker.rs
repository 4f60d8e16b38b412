//! Sends the batches of a target, one after the other, until each of their points is settled.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout};

use super::accumulate::Lines;
use super::chance::chance;
use super::event::{BatchEvent, DropReason};
use super::lane::Outcome;
use super::port::Port;
use super::shared::Shared;
use super::verdict::{Verdict, verdict};
use crate::delivery::Rejected;
use crate::error::Error;
use crate::write::post;

/// Sends batches until the writer is closed and nothing is left.
pub(super) async fn run(shared: Arc<Shared>, port: Arc<Port>) {
    while let Some(batch) = port.next().await {
        deliver(&shared, &port, batch).await;
    }
}

/// How often the part that is tried now has failed, and since when.
#[derive(Default)]
struct Failures {
    count: u32,
    since: Option<Instant>,
}

async fn deliver(shared: &Shared, port: &Port, batch: u64) {
    let mut failures = Failures::default();
    loop {
        let part = {
            let mut lane = port.lane();
            let Some(part) = lane.part(batch).cloned() else { break };
            lane.count_request();
            part
        };
        let started = Instant::now();
        let outcome =
            post(&shared.session, &port.to, part.bytes.clone(), shared.settings.request_timeout).await;
        let verdict = verdict(&outcome, part.points, || part.body());
        let error = outcome.err();
        match (verdict, error) {
            (Verdict::Written, _) | (_, None) => settle(shared, port, batch, part, &[], None),
            (Verdict::Reject(rejected), Some(error)) => {
                settle(shared, port, batch, part, &rejected, Some(&error));
            }
            (Verdict::RejectAll(rejected), Some(error)) => {
                refuse(shared, port, batch, &part, &rejected, &error);
            }
            (Verdict::Split, Some(error)) => {
                if !port.lane().split(batch) {
                    refuse(shared, port, batch, &part, &[], &error);
                }
            }
            (Verdict::Retry(asked), Some(error)) => {
                failures.count += 1;
                let since = *failures.since.get_or_insert(started);
                let delay = shared.settings.retry.delay(failures.count, since.elapsed(), asked, chance());
                let Some(delay) = delay else {
                    give_up(shared, port, batch, &part, &error);
                    failures = Failures::default();
                    continue;
                };
                port.lane().count_retry();
                shared.tell(&BatchEvent::Retry {
                    target: &port.target,
                    failures: failures.count,
                    delay,
                    error: &error,
                    lines: &part.bytes,
                });
                drop(part);
                let mut closing = shared.closing.subscribe();
                // what waits when the writer is closed is tried once more at once
                drop(timeout(delay, closing.changed()).await);
                continue;
            }
        }
        failures = Failures::default();
    }
}

/// The server answered for all lines; some it may have refused.
fn settle(
    shared: &Shared,
    port: &Port,
    batch: u64,
    part: Lines,
    rejected: &[Rejected],
    error: Option<&Error>,
) {
    let points = part.points - rejected.len().min(part.points);
    if let Some(error) = error {
        let lines = lines_of(&part, rejected);
        shared.keep(rejected);
        shared.tell(&BatchEvent::Rejected { target: &port.target, rejected, error, lines: &lines });
    }
    let bytes = part.bytes.len();
    // its memory can be used again when nobody else has it
    drop(part);
    port.lane().settle(batch, Outcome::Settled { rejected: rejected.len() });
    shared.acknowledge(port);
    port.tell_settled();
    if points > 0 {
        shared.tell(&BatchEvent::Written { target: &port.target, points, bytes });
    }
}

fn refuse(shared: &Shared, port: &Port, batch: u64, part: &Lines, rejected: &[Rejected], error: &Error) {
    shared.keep(rejected);
    shared.tell(&BatchEvent::Rejected { target: &port.target, rejected, error, lines: &part.bytes });
    port.lane().settle(batch, Outcome::Settled { rejected: part.points });
    shared.acknowledge(port);
    port.tell_settled();
}

fn give_up(shared: &Shared, port: &Port, batch: u64, part: &Lines, error: &Error) {
    let why = DropReason::RetriesExhausted;
    let reason = format!("{why}: {error}");
    if let Some(body) = part.body() {
        let line = |line| std::str::from_utf8(line).ok();
        let lines = body.iter().map(|(index, text)| Rejected::new(Some(index), line(text), &reason));
        shared.keep(&lines.collect::<Vec<_>>());
    }
    port.lane().settle(batch, Outcome::Dropped);
    shared.acknowledge(port);
    port.tell_settled();
    shared.tell(&BatchEvent::Dropped { target: &port.target, why, points: part.points, lines: &part.bytes });
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
