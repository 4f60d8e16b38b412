//! The points of one target, from being given to being settled. No I/O.

#[cfg(feature = "spool")]
mod journal;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use influx_core::{EncodeError, LineProtocol};
use tokio::time::Instant;

use super::accumulate::{Accumulator, Lines, Pushed};
use super::chance::chance;
use super::event::Stats;

/// Most buffers that are kept for batches to come.
const SPARES: usize = 2;

/// How long a point waits for others at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    pub(super) age: Duration,
    /// A random part of this is added, so that many writers do not send at once.
    pub(super) jitter: Duration,
}

impl Wait {
    fn due(self) -> Instant {
        Instant::now() + self.age + self.jitter.mul_f64(chance())
    }
}

/// What a target's points are doing.
#[derive(Debug)]
pub(super) struct Lane {
    accumulator: Accumulator,
    /// Full batches that wait, oldest first.
    queue: VecDeque<(u64, Lines)>,
    /// Batches on their way: the parts that are not settled yet.
    in_flight: BTreeMap<u64, VecDeque<Lines>>,
    next_batch: u64,
    max_bytes: usize,
    wait: Wait,
    stats: Stats,
    spares: Vec<Vec<u8>>,
    closed: bool,
    /// Points of an earlier process come first.
    held: bool,
    /// The records on disk that are not acknowledged: their ids, and the number behind their last point.
    #[cfg(feature = "spool")]
    records: VecDeque<(u64, u64)>,
    /// The number behind the last point that is on disk.
    #[cfg(feature = "spool")]
    durable: u64,
}

/// What became of an offered point.
#[derive(Debug, PartialEq)]
pub(super) enum Offered {
    /// It is in; whether somebody should look after it, and the number behind it.
    Taken { wake: bool, end: u64 },
    /// There is no room for it now.
    Full,
    /// The writer is closed.
    Closed,
}

/// What became of a part of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    /// The server answered with success; of some lines it may have refused that many for good.
    Settled {
        rejected: usize,
    },
    Dropped,
}

impl Lane {
    pub(super) fn new(accumulator: Accumulator, max_bytes: usize, wait: Wait) -> Self {
        Lane {
            accumulator,
            queue: VecDeque::new(),
            in_flight: BTreeMap::new(),
            next_batch: 0,
            max_bytes,
            wait,
            stats: Stats::default(),
            spares: Vec::new(),
            closed: false,
            held: false,
            #[cfg(feature = "spool")]
            records: VecDeque::new(),
            #[cfg(feature = "spool")]
            durable: 0,
        }
    }

    #[inline]
    pub(super) fn offer<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<Offered, EncodeError> {
        if let Some(refused) = self.refuses() {
            return Ok(refused);
        }
        let (spares, wait) = (&mut self.spares, self.wait);
        let pushed = self.accumulator.push(point, || wait.due(), || spares.pop().unwrap_or_default())?;
        Ok(self.taken(pushed))
    }

    /// As [`offer`](Self::offer), of a line with its line feed.
    pub(super) fn offer_line(&mut self, line: &[u8]) -> Offered {
        if let Some(refused) = self.refuses() {
            return refused;
        }
        let (spares, wait) = (&mut self.spares, self.wait);
        let pushed = self.accumulator.push_line(line, || wait.due(), || spares.pop().unwrap_or_default());
        self.taken(pushed)
    }

    #[inline]
    fn refuses(&self) -> Option<Offered> {
        if self.closed {
            return Some(Offered::Closed);
        }
        (self.held || self.stats.pending_bytes >= self.max_bytes as u64).then_some(Offered::Full)
    }

    #[inline]
    fn taken(&mut self, pushed: Pushed) -> Offered {
        self.stats.given += 1;
        self.stats.pending += 1;
        self.stats.pending_bytes += pushed.bytes as u64;
        let wake = pushed.opened || pushed.full.is_some();
        if let Some(full) = pushed.full {
            self.enqueue(full);
        }
        Offered::Taken { wake, end: self.accumulator.next_point() }
    }

    /// Whether a point would be taken, or refused for good.
    pub(super) fn has_room(&self) -> bool {
        self.refuses() != Some(Offered::Full)
    }

    fn enqueue(&mut self, lines: Lines) {
        self.queue.push_back((self.next_batch, lines));
        self.next_batch += 1;
    }

    /// Makes a batch of what there is, so that it leaves now; gives the number that all batches so far are below.
    pub(super) fn seal(&mut self) -> u64 {
        let spares = &mut self.spares;
        if let Some(lines) = self.accumulator.seal(|| spares.pop().unwrap_or_default()) {
            self.enqueue(lines);
        }
        self.next_batch
    }

    /// The next batch that is to leave: full, old enough, or sealed. It is on its way then.
    pub(super) fn take(&mut self, now: Instant) -> Option<u64> {
        if self.queue.is_empty() && self.due().is_some_and(|due| due <= now) {
            self.seal();
        }
        let (number, lines) = self.queue.pop_front()?;
        self.in_flight.insert(number, VecDeque::from([lines]));
        Some(number)
    }

    /// When points that wait have waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.accumulator.due()
    }

    /// The next part of a batch on its way; `None` when all of it is settled.
    pub(super) fn part(&self, batch: u64) -> Option<&Lines> {
        self.in_flight.get(&batch)?.front()
    }

    /// The next part of a batch goes in halves.
    pub(super) fn split(&mut self, batch: u64) -> bool {
        let Some(parts) = self.in_flight.get_mut(&batch) else { return false };
        let Some((left, right)) = parts.front().and_then(Lines::halves) else { return false };
        parts.pop_front();
        parts.push_front(right);
        parts.push_front(left);
        true
    }

    /// The next part of a batch is done with. It is ignored when the part was handed back meanwhile.
    pub(super) fn settle(&mut self, batch: u64, outcome: Outcome) {
        let Some(parts) = self.in_flight.get_mut(&batch) else { return };
        let Some(part) = parts.pop_front() else { return };
        if parts.is_empty() {
            self.in_flight.remove(&batch);
        }
        let points = part.points as u64;
        self.stats.pending -= points;
        self.stats.pending_bytes -= part.bytes.len() as u64;
        match outcome {
            Outcome::Settled { rejected } => {
                let rejected = (rejected as u64).min(points);
                self.stats.rejected += rejected;
                self.stats.written += points - rejected;
            }
            Outcome::Dropped => self.stats.dropped += points,
        }
        if self.spares.len() < SPARES
            && let Ok(memory) = part.bytes.try_into_mut()
        {
            self.spares.push(memory.into());
        }
    }

    /// Gives up the oldest batch that waits.
    pub(super) fn drop_oldest(&mut self) -> Option<Lines> {
        if self.queue.is_empty() {
            self.seal();
        }
        let (_, lines) = self.queue.pop_front()?;
        self.stats.pending -= lines.points as u64;
        self.stats.pending_bytes -= lines.bytes.len() as u64;
        self.stats.dropped += lines.points as u64;
        Some(lines)
    }

    /// Gives up everything, oldest first.
    pub(super) fn hand_back(&mut self) -> Vec<Lines> {
        self.closed = true;
        self.seal();
        let on_their_way = std::mem::take(&mut self.in_flight).into_values().flatten();
        let lines: Vec<Lines> = on_their_way.chain(self.queue.drain(..).map(|(_, lines)| lines)).collect();
        match self.accumulator.journal {
            Some(_) => self.stats.spooled += self.stats.pending,
            None => self.stats.dropped += self.stats.pending,
        }
        (self.stats.pending, self.stats.pending_bytes) = (0, 0);
        lines
    }

    pub(super) fn is_journaled(&self) -> bool {
        self.accumulator.journal.is_some()
    }

    /// Takes no more points.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether all batches below that number are settled.
    pub(super) fn settled_below(&self, number: u64) -> bool {
        let on_its_way = self.in_flight.first_key_value().map(|(first, _)| *first);
        let waiting = self.queue.front().map(|(first, _)| *first);
        [on_its_way, waiting].into_iter().flatten().all(|first| first >= number)
    }

    pub(super) fn count_request(&mut self) {
        self.stats.requests += 1;
    }

    pub(super) fn count_retry(&mut self) {
        self.stats.retries += 1;
    }

    pub(super) fn stats(&self) -> Stats {
        self.stats
    }
}

#[cfg(test)]
mod tests;
