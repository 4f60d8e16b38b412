//! The points of one target, from being given to being settled. No I/O.

#[cfg(feature = "spool")]
pub(super) mod disk;
#[cfg(not(feature = "spool"))]
#[path = "lane/no_disk.rs"]
mod disk;
#[cfg(not(feature = "spool"))]
mod not_spooled;
mod spares;
#[cfg(feature = "spool")]
mod spooled;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use influx_core::{EncodeError, LineProtocol};
use tokio::time::Instant;

use crate::batch::accumulate::{Accumulator, Lines, Pushed};
use crate::batch::chance::chance;
use crate::batch::event::Stats;
use crate::batch::pace::after;
use disk::Disk;
use spares::Spares;

/// How long a point waits for others at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    pub(super) age: Duration,
    /// A random part of this is added, so that many writers do not send at once.
    pub(super) jitter: Duration,
}

impl Wait {
    fn due(self) -> Instant {
        let jitter = self.jitter.min(Duration::from_secs(u64::MAX / 4)).mul_f64(chance());
        after(Instant::now(), self.age.saturating_add(jitter))
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
    spares: Spares,
    closed: Option<Closed>,
    /// Nobody sends any more: what is not settled will not be.
    dead: bool,
    /// What of it is on disk, if it has a spool.
    disk: Option<Disk>,
}

/// What became of an offered point.
#[derive(Debug, PartialEq)]
pub(super) enum Offered {
    /// It is in; whether somebody should look after it, and the number behind it.
    Taken { wake: bool, end: u64 },
    /// There is no room for it now.
    Full,
    /// No more points are taken.
    Closed,
}

/// What became of points that were offered together.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// How many are in.
    pub(super) count: usize,
    /// Whether somebody should look after them.
    pub(super) wake: bool,
    /// The number behind the last one that is in.
    pub(super) end: u64,
    /// What the next one was told.
    pub(super) refused: Option<Offered>,
}

impl Taken {
    /// What became of the next one.
    #[inline]
    pub(super) fn add(&mut self, offered: Offered) {
        match offered {
            Offered::Taken { wake, end } => {
                (self.count, self.end) = (self.count + 1, end);
                self.wake |= wake;
            }
            refused => self.refused = Some(refused),
        }
    }
}

/// Why no more points are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Closed {
    /// The caller closed it.
    Asked,
    /// The runtime of its tasks has ended.
    RuntimeEnded,
}

/// What became of a part of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    /// The server answered with success; of some lines it may have refused that many for good.
    Settled { rejected: usize },
    /// Given up, but for those that were refused before.
    Dropped { rejected: usize },
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
            spares: Spares::default(),
            closed: None,
            dead: false,
            disk: None,
        }
    }

    #[inline]
    pub(super) fn offer<P: LineProtocol + ?Sized>(&mut self, point: &P) -> Result<Offered, EncodeError> {
        if let Some(refused) = self.refuses() {
            return Ok(refused);
        }
        if self.goes_aside() {
            return self.offer_aside(point);
        }
        let (spares, wait) = (&mut self.spares, self.wait);
        let pushed = self.accumulator.push(point, || wait.due(), || spares.take())?;
        Ok(self.taken(pushed))
    }

    /// As [`offer`](Self::offer), of a line with its line feed.
    pub(super) fn offer_line(&mut self, line: &[u8]) -> Offered {
        if let Some(refused) = self.refuses() {
            return refused;
        }
        if self.goes_aside() {
            return self.offer_line_aside(line);
        }
        let (spares, wait) = (&mut self.spares, self.wait);
        let pushed = self.accumulator.push_line(line, || wait.due(), || spares.take());
        self.taken(pushed)
    }

    /// Takes lines until one is refused; `ends` says where each of them ends.
    pub(super) fn offer_lines(&mut self, lines: &[u8], ends: &[usize]) -> Taken {
        let fit = self.closed.is_none()
            && self.disk.is_none()
            && self.stats.pending_bytes + (lines.len() as u64) < self.max_bytes as u64;
        if fit && self.accumulator.push_some(lines, ends.len()) {
            self.count_given(ends.len() as u64, lines.len());
            return Taken {
                count: ends.len(),
                wake: false,
                end: self.accumulator.next_point(),
                refused: None,
            };
        }
        let mut taken = Taken::default();
        let mut start = 0;
        for stop in ends {
            taken.add(self.offer_line(&lines[start..*stop]));
            if taken.refused.is_some() {
                break;
            }
            start = *stop;
        }
        taken
    }

    #[inline]
    fn refuses(&self) -> Option<Offered> {
        if self.closed.is_some() {
            return Some(Offered::Closed);
        }
        let full = self.owes_too_much().unwrap_or_else(|| self.is_full());
        full.then_some(Offered::Full)
    }

    /// Whether as many bytes wait in memory as may.
    #[inline]
    fn is_full(&self) -> bool {
        self.stats.pending_bytes >= self.max_bytes as u64
    }

    #[inline]
    fn taken(&mut self, pushed: Pushed) -> Offered {
        self.count_given(1, pushed.bytes);
        let wake = pushed.opened || pushed.full.is_some();
        if let Some(full) = pushed.full {
            self.enqueue(full);
        }
        Offered::Taken { wake, end: self.accumulator.next_point() }
    }

    #[inline]
    fn count_given(&mut self, points: u64, bytes: usize) {
        self.stats.given += points;
        self.stats.pending += points;
        self.stats.pending_bytes += bytes as u64;
    }

    /// Whether a point would be taken, or refused for good.
    pub(super) fn has_room(&self) -> bool {
        self.refuses() != Some(Offered::Full)
    }

    fn enqueue(&mut self, lines: Lines) {
        self.queue.push_back((self.next_batch, lines));
        self.next_batch += 1;
    }

    /// Makes a batch of what there is, so that it leaves now; gives the number that all points so far are below.
    pub(super) fn seal(&mut self) -> u64 {
        let spares = &mut self.spares;
        if let Some(lines) = self.accumulator.seal(|| spares.take()) {
            self.enqueue(lines);
        }
        self.end()
    }

    /// The number of the next point that is given.
    pub(super) fn end(&self) -> u64 {
        self.disk.as_ref().and_then(Disk::end).unwrap_or_else(|| self.accumulator.next_point())
    }

    /// The number of the first point in memory that is not settled; of the next to come when there is none.
    fn first_in_memory(&self) -> u64 {
        let on_their_way = self.in_flight.values().flatten().map(|part| part.first).min();
        let waiting = self.queue.front().map(|(_, lines)| lines.first);
        [on_their_way, waiting].into_iter().flatten().min().unwrap_or(self.accumulator.first())
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

    /// Whether full batches wait.
    pub(super) fn has_batches(&self) -> bool {
        !self.queue.is_empty()
    }

    /// When points that wait have waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.accumulator.due()
    }

    /// The next part of a batch on its way; `None` when all of it is settled.
    pub(super) fn part(&self, batch: u64) -> Option<&Lines> {
        self.in_flight.get(&batch)?.front()
    }

    /// The part after the next one.
    pub(super) fn part_behind(&self, batch: u64) -> Option<&Lines> {
        self.in_flight.get(&batch)?.get(1)
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
        let (rejected, others) = match outcome {
            Outcome::Settled { rejected } => (rejected, &mut self.stats.written),
            Outcome::Dropped { rejected } => (rejected, &mut self.stats.dropped),
        };
        let rejected = (rejected as u64).min(points);
        *others += points - rejected;
        self.stats.rejected += rejected;
        // what waits and what is kept are together no more than may wait
        let room = (self.max_bytes as u64).saturating_sub(self.stats.pending_bytes);
        self.spares.keep(part.bytes, room);
    }

    /// Whether more memory is kept than a writer needs that keeps up.
    pub(super) fn has_many_spares(&self) -> bool {
        self.spares.are_many()
    }

    /// No burst came for a while: its memory is given back.
    pub(super) fn release_spares(&mut self) {
        self.spares.release();
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

    /// Gives up everything; gives back what is not on disk, oldest first.
    pub(super) fn hand_back(&mut self) -> Vec<Lines> {
        self.close();
        self.seal();
        let on_their_way = std::mem::take(&mut self.in_flight).into_values().flatten();
        let mut lines: Vec<Lines> =
            on_their_way.chain(self.queue.drain(..).map(|(_, lines)| lines)).collect();
        if let Some(disk) = &mut self.disk {
            disk.keep_what_it_lacks(&mut lines);
        }
        let left: u64 = lines.iter().map(|lines| lines.points as u64).sum();
        self.stats.dropped += left;
        self.stats.spooled += self.stats.pending - left;
        (self.stats.pending, self.stats.pending_bytes, self.stats.on_disk) = (0, 0, 0);
        lines
    }

    /// Takes no more points.
    pub(super) fn close(&mut self) {
        self.closed.get_or_insert(Closed::Asked);
    }

    /// Nobody sends any more.
    pub(super) fn die(&mut self) {
        self.closed.get_or_insert(Closed::RuntimeEnded);
        self.dead = true;
    }

    /// Why no more points are taken, if so.
    pub(super) fn closed(&self) -> Option<Closed> {
        self.closed
    }

    /// Whether nobody sends any more.
    pub(super) fn is_dead(&self) -> bool {
        self.dead
    }

    /// Whether no more batches will come.
    pub(super) fn is_over(&self) -> bool {
        self.closed.is_some() && self.disk.as_ref().and_then(Disk::end).is_none()
    }

    /// Whether all points below that number are settled.
    pub(super) fn settled_below(&self, number: u64) -> bool {
        let first = self.first_in_memory();
        let none = first == self.accumulator.next_point();
        let first = if none { self.disk.as_ref().and_then(Disk::first).unwrap_or(first) } else { first };
        first >= number
    }

    pub(super) fn count_requests(&mut self, requests: u64) {
        self.stats.requests += requests;
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
