//! What of a lane is on disk, and what is there alone.

use std::collections::VecDeque;

use crate::batch::accumulate::{Lines, Owed};

/// What of a lane is on disk, or is to be.
#[derive(Debug)]
pub(in super::super) struct Disk {
    /// Lines that are on their way to disk alone.
    pub(super) aside: Owed,
    /// How many that were aside are being written.
    pub(super) in_transit: u64,
    /// The number behind the last point that went aside or was parked.
    pub(super) end: u64,
    /// The records whose points are in memory and not all settled: their ids, and the number behind their last point.
    pub(super) records: VecDeque<(u64, u64)>,
    /// The records whose points are on disk alone.
    pub(super) parked: VecDeque<Parked>,
    /// The number behind the last point that is on disk.
    pub(super) durable: u64,
    /// The number behind the last point in memory whose record left the disk before it was delivered.
    pub(super) gone: u64,
    /// The last write found no room on disk, and nothing left it since.
    pub(super) no_room: bool,
    /// How many bytes may be on their way to disk.
    pub(super) most_owed: usize,
}

/// A record whose points are on disk alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parked {
    pub(super) id: u64,
    pub(super) points: u64,
    /// The number behind its last point.
    pub(super) end: u64,
}

/// Lines to be written to disk.
#[derive(Debug)]
pub(in super::super) struct Debt {
    pub(in super::super) owed: Owed,
    /// The record before it, which may be made longer.
    pub(in super::super) join: Option<u64>,
    /// They are not in memory, too.
    pub(in super::super) aside: bool,
    pub(super) end: u64,
}

/// What comes into memory next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Load {
    Record(u64),
    /// The lines that are aside; none are parked before them.
    Aside,
}

impl Disk {
    pub(super) fn is_behind(&self) -> bool {
        !self.parked.is_empty() || self.aside.points > 0 || self.in_transit > 0
    }

    /// The number of the next point that is given, if points are on disk alone.
    pub(super) fn end(&self) -> Option<u64> {
        self.is_behind().then_some(self.end)
    }

    /// The number of the first point that is on disk alone.
    pub(super) fn first(&self) -> Option<u64> {
        let aside = self.end - u64::from(self.aside.points) - self.in_transit;
        self.is_behind().then(|| self.parked.front().map_or(aside, |parked| parked.end - parked.points))
    }

    /// Takes out the lines that are on disk, and adds those that are aside: what is left would be lost.
    pub(super) fn keep_what_it_lacks(&mut self, lines: &mut Vec<Lines>) {
        let (gone, durable) = (self.gone, self.durable.max(self.gone));
        let lacking = |lines: &Lines| [lines.between(0, gone), lines.between(durable, u64::MAX)];
        *lines = lines.iter().flat_map(lacking).flatten().collect();
        let aside = std::mem::take(&mut self.aside);
        if aside.points > 0 {
            let (points, first) = (aside.points as usize, self.end - u64::from(aside.points));
            lines.push(Lines { bytes: aside.bytes.into(), points, first });
        }
        (self.in_transit, self.end) = (0, 0);
        self.parked.clear();
        self.records.clear();
    }
}
