//! What a batch writer tells: events, counts, and what it hands back.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use influx_core::Precision;

use crate::error::Error;
use crate::error::delivery::Rejected;
use crate::message;

/// Where points go: all of a batch go to one target.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BatchTarget {
    /// The database; the bucket of 2.x.
    pub database: String,
    /// The retention policy, if it is not the database's default.
    pub retention_policy: Option<String>,
    /// The unit of the timestamps.
    pub precision: Precision,
}

/// `database` or `database.retention_policy`, made presentable: one line, cut where it is long.
impl fmt::Display for BatchTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&message::name(&self.database))?;
        self.retention_policy.iter().try_for_each(|policy| write!(f, ".{}", message::name(policy)))
    }
}

/// What happened to points of a batch writer, as it happens: what the function of
/// [`on_event`](crate::batch::BatchWriterBuilder::on_event) gets.
#[non_exhaustive]
pub enum BatchEvent<'e> {
    /// The spool held something of an earlier writer. Told once, by [`build`](crate::batch::BatchWriterBuilder::build).
    Recovered {
        /// The spool's folder.
        folder: &'e Path,
        /// Points that are sent now, before all that is given.
        points: u64,
        /// Points that could not be read: of records that are damaged, or that a crash cut off before their write returned.
        damaged_points: u64,
        /// Bytes that are no records: the end of what a crash cut off, or damage.
        damaged_bytes: u64,
    },
    /// The server answered with success.
    Written {
        /// Where.
        target: &'e BatchTarget,
        /// How many points.
        points: usize,
        /// Their lines.
        lines: &'e Bytes,
        /// How many of these points replaced a value of another one of them, by having its series and time: times that meet by a
        /// coarse precision, or updates. 0 where [`SameTime::Overwrite`](crate::SameTime::Overwrite) is chosen: they are not looked
        /// for then.
        overwritten: usize,
        /// What the server remarked: that a node of a cluster gets the points later, that it left a field called `time` out.
        remark: Option<&'e str>,
    },
    /// A request failed and will be sent again: no answer came, or one that is not the database's own word about points.
    Retry {
        /// Where.
        target: &'e BatchTarget,
        /// How many requests with these lines failed, this one included.
        failures: u32,
        /// How long it waits before the next one.
        delay: Duration,
        /// Why it failed.
        error: &'e Error,
        /// The lines.
        lines: &'e Bytes,
    },
    /// The server refused points for good.
    Rejected {
        /// Where.
        target: &'e BatchTarget,
        /// Which points, counted from 0 in the order in which the target was given them, and why.
        rejected: &'e [Rejected],
        /// The server's answer.
        error: &'e Error,
        /// The refused lines, whole.
        lines: &'e Bytes,
    },
    /// Points were dropped, as the settings or a deadline ask for.
    Dropped {
        /// Where they were to go.
        target: &'e BatchTarget,
        /// Why.
        why: DropReason,
        /// How many points.
        points: usize,
        /// Their lines.
        lines: &'e Bytes,
    },
}

/// Lines are cut: a batch has a mebibyte of them.
impl fmt::Debug for BatchEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchEvent::Recovered { folder, points, damaged_points, damaged_bytes } => f
                .debug_struct("Recovered")
                .field("folder", folder)
                .field("points", points)
                .field("damaged_points", damaged_points)
                .field("damaged_bytes", damaged_bytes)
                .finish(),
            BatchEvent::Written { target, points, lines, overwritten, remark } => f
                .debug_struct("Written")
                .field("target", target)
                .field("points", points)
                .field("lines", &Cut(lines))
                .field("overwritten", overwritten)
                .field("remark", &remark.map(message::line))
                .finish(),
            BatchEvent::Retry { target, failures, delay, error, lines } => f
                .debug_struct("Retry")
                .field("target", target)
                .field("failures", failures)
                .field("delay", delay)
                .field("error", &error.to_string())
                .field("lines", &Cut(lines))
                .finish(),
            BatchEvent::Rejected { target, rejected, error, lines } => f
                .debug_struct("Rejected")
                .field("target", target)
                .field("rejected", &rejected.len())
                .field("error", &error.to_string())
                .field("lines", &Cut(lines))
                .finish(),
            BatchEvent::Dropped { target, why, points, lines } => f
                .debug_struct("Dropped")
                .field("target", target)
                .field("why", why)
                .field("points", points)
                .field("lines", &Cut(lines))
                .finish(),
        }
    }
}

/// Lines as they are shown: how many bytes, and how they begin.
struct Cut<'a>(&'a Bytes);

impl fmt::Debug for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = String::from_utf8_lossy(&self.0[..self.0.len().min(256)]);
        write!(f, "{} bytes ({})", self.0.len(), message::name(&begin))
    }
}

/// Why points were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue, or the spool, was full and [`WhenFull::DropOldest`](crate::batch::WhenFull::DropOldest) was chosen.
    QueueFull,
    /// Their bytes changed on disk while they waited in the spool.
    Damaged,
    /// The retry policy gave up.
    RetriesExhausted,
    /// The server refused the request, not its points, and [`RequestFault::Drop`](crate::batch::RequestFault::Drop) was chosen.
    RequestRefused,
    /// [`close`](crate::batch::BatchWriter::close) reached its deadline.
    Deadline,
    /// The last handle was dropped without [`close`](crate::batch::BatchWriter::close).
    NotClosed,
    /// The Tokio runtime on which the writer was built has ended, or does not run.
    NoRuntime,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DropReason::QueueFull => "the queue was full",
            DropReason::Damaged => "the spool was damaged",
            DropReason::RetriesExhausted => "the retry policy gave up",
            DropReason::RequestRefused => "the server refused the request",
            DropReason::Deadline => "the deadline of close was reached",
            DropReason::NotClosed => "the writer was dropped without close",
            DropReason::NoRuntime => "the writer's Tokio runtime has ended, or does not run",
        })
    }
}

/// What became of the points that a writer was given. `given = written + rejected + dropped +
/// spooled + pending`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Points that were taken.
    pub given: u64,
    /// Points that the server answered with success.
    pub written: u64,
    /// Points that the server refused for good.
    pub rejected: u64,
    /// Points that were dropped, see [`DropReason`].
    pub dropped: u64,
    /// Points that were left on disk when the writer was closed; the next writer of the spool's folder sends them.
    pub spooled: u64,
    /// Points that wait or are on their way.
    pub pending: u64,
    /// Of these, the points that wait on disk alone, because there was no room in memory.
    pub on_disk: u64,
    /// Bytes of the lines that wait in memory or are on their way.
    pub pending_bytes: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Requests that failed and were, or will be, sent again.
    pub retries: u64,
}

impl Stats {
    pub(super) fn add(&mut self, other: &Stats) {
        self.given += other.given;
        self.written += other.written;
        self.rejected += other.rejected;
        self.dropped += other.dropped;
        self.spooled += other.spooled;
        self.pending += other.pending;
        self.on_disk += other.on_disk;
        self.pending_bytes += other.pending_bytes;
        self.requests += other.requests;
        self.retries += other.retries;
    }
}

/// What [`close`](crate::batch::BatchWriter::close) returns.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// What became of all points; none is pending.
    pub stats: Stats,
    /// The points that were refused or that the settings gave up, the first 1,000 of them, with their lines and reasons. Lines are
    /// whole up to 4 MiB together, and cut after 256 bytes beyond; events carry all of them whole.
    pub rejected: Vec<Rejected>,
    /// What was not delivered by the deadline and is not on disk: it is counted as dropped.
    pub unsent: Vec<Unsent>,
}

impl Report {
    /// Whether every point that was given is written.
    pub fn is_complete(&self) -> bool {
        self.stats.given == self.stats.written
    }
}

/// Lines that were not delivered, to be written elsewhere or later. A server may have stored them if it was about to answer.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Unsent {
    /// Where they were to go.
    pub target: BatchTarget,
    /// How many points.
    pub points: usize,
    /// The lines.
    pub lines: Bytes,
}

impl fmt::Debug for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsent")
            .field("target", &self.target)
            .field("points", &self.points)
            .field("lines", &Cut(&self.lines))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_lines_is_short() {
        let target = BatchTarget { database: "d".into(), retention_policy: None, precision: Precision::Ns };
        let lines = Bytes::from("m f=\"\u{1b}\u{202e}\" 1\n".repeat(10_000));
        let why = DropReason::Deadline;
        let shown = [
            format!("{:?}", BatchEvent::Dropped { target: &target, why, points: 1, lines: &lines }),
            format!("{:?}", Unsent { target, points: 10_000, lines }),
        ];
        for text in shown {
            assert!(text.len() < 1_000 && text.contains("bytes (m f="), "{text}");
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\n']), "{text}");
        }
    }
}
