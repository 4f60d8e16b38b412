//! A lane whose lines also go to disk: which of them are there, and which need not stay.

use super::super::accumulate::Journal;
use super::{Lane, Offered};

impl Lane {
    /// From now on lines are copied for the disk; until [`release`](Self::release) none are taken but those of an earlier process.
    pub(in super::super) fn journal(&mut self, held: bool) {
        self.accumulator.journal = Some(Journal::default());
        self.held = held;
    }

    /// Takes points, now that those of an earlier process are in.
    pub(in super::super) fn release(&mut self) {
        self.held = false;
    }

    /// Whether there is room for points of an earlier process.
    pub(in super::super) fn has_room_to_replay(&self) -> bool {
        self.closed || self.stats.pending_bytes < self.max_bytes as u64
    }

    /// Takes the lines of a record on disk; whether somebody should look after them.
    pub(in super::super) fn replay<'l>(
        &mut self,
        record: u64,
        lines: impl Iterator<Item = &'l [u8]>,
    ) -> bool {
        let mut wake = false;
        let journal = self.accumulator.journal.take();
        for line in lines {
            let (spares, wait) = (&mut self.spares, self.wait);
            let pushed = self.accumulator.push_line(line, || wait.due(), || spares.pop().unwrap_or_default());
            wake |= matches!(self.taken(pushed), Offered::Taken { wake: true, .. });
        }
        self.accumulator.journal = journal;
        self.durable = self.accumulator.next_point();
        self.records.push_back((record, self.durable));
        wake
    }

    /// Whether all points below that number are on disk.
    pub(in super::super) fn is_durable(&self, end: u64) -> bool {
        self.durable >= end
    }

    /// The lines that are to go to disk, and the number behind their last point.
    pub(in super::super) fn take_journal(&mut self) -> Option<(Journal, u64)> {
        let journal = self.accumulator.journal.as_mut().filter(|journal| journal.points > 0)?;
        Some((std::mem::take(journal), self.accumulator.next_point()))
    }

    /// They are on disk.
    pub(in super::super) fn recorded(&mut self, record: u64, end: u64) {
        self.records.push_back((record, end));
        self.durable = end;
    }

    /// They could not be written: they go with the next.
    pub(in super::super) fn restore_journal(&mut self, failed: Journal) {
        if let Some(journal) = &mut self.accumulator.journal {
            let newer = std::mem::replace(journal, failed);
            journal.bytes.extend_from_slice(&newer.bytes);
            journal.points += newer.points;
        }
    }

    /// The records of which every point is settled; they are named once.
    pub(in super::super) fn acknowledged(&mut self) -> Vec<u64> {
        let on_their_way = self.in_flight.values().flatten().map(|part| part.first).min();
        let waiting = self.queue.front().map(|(_, lines)| lines.first);
        let first = [on_their_way, waiting].into_iter().flatten().min().unwrap_or(self.accumulator.first());
        let settled = self.records.iter().take_while(|(_, end)| *end <= first).count();
        self.records.drain(..settled).map(|(record, _)| record).collect()
    }
}
