//! A lane with a spool: which of its lines are on disk, and which are there alone.
//!
//! Lines are copied for the disk as they are taken. When memory is full they go *aside*: to disk alone, behind those in
//! memory, and with them all that come later, so that the order stays. Their records are *parked* until there is room in memory.

use std::collections::VecDeque;

use influx_core::{EncodeError, LineProtocol};
use tokio::time::Instant;

use super::disk::{Debt, Disk, Load, Parked};
use super::{Lane, Offered};
use crate::batch::accumulate::{Owed, Pushed};
use crate::write::lines::line_ends;

impl Lane {
    /// From now on lines go to disk, too.
    pub(in super::super) fn spool(&mut self) {
        self.accumulator.owed = Some(Owed::default());
        self.disk = Some(Disk {
            aside: Owed::default(),
            in_transit: 0,
            end: 0,
            records: VecDeque::new(),
            parked: VecDeque::new(),
            durable: 0,
            gone: 0,
            no_room: false,
            most_owed: self.accumulator.batch_bytes(),
        });
    }

    /// Whether points have to wait until the disk has others; `None` without a disk.
    #[inline]
    pub(super) fn owes_too_much(&self) -> Option<bool> {
        let disk = self.disk.as_ref()?;
        let owed = disk.aside.bytes.len() + self.accumulator.owed.as_ref().map_or(0, |owed| owed.bytes.len());
        Some(owed >= if disk.no_room { 1 } else { disk.most_owed })
    }

    /// Whether the last write to disk found no room, and nothing left the disk since.
    pub(in super::super) fn finds_no_room_on_disk(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.no_room)
    }

    /// Whether a write to disk may succeed, or is not needed for the points below that number.
    pub(in super::super) fn may_use_disk(&self, end: u64) -> bool {
        self.closed().is_some() || self.disk.as_ref().is_none_or(|disk| !disk.no_room) || self.is_kept(end)
    }

    #[inline]
    pub(super) fn goes_aside(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.is_behind() || self.is_full())
    }

    pub(super) fn offer_aside<P: LineProtocol + ?Sized>(
        &mut self,
        point: &P,
    ) -> Result<Offered, EncodeError> {
        let next = self.end();
        let Some(disk) = &mut self.disk else { return Ok(Offered::Full) };
        let bytes = self.accumulator.aside(point, &mut disk.aside)?;
        disk.end = next + 1;
        self.count_given(1, bytes);
        Ok(Offered::Taken { wake: false, end: next + 1 })
    }

    pub(super) fn offer_line_aside(&mut self, line: &[u8]) -> Offered {
        let next = self.end();
        let Some(disk) = &mut self.disk else { return Offered::Full };
        disk.aside.add(line);
        disk.end = next + 1;
        self.count_given(1, line.len());
        Offered::Taken { wake: false, end: next + 1 }
    }

    /// A record of an earlier process comes before all that will be given.
    pub(in super::super) fn park(&mut self, id: u64, points: u64) {
        let next = self.end();
        let Some(disk) = &mut self.disk else { return };
        disk.end = next + points;
        disk.durable = disk.end;
        disk.parked.push_back(Parked { id, points, end: disk.end });
        self.stats.given += points;
        self.stats.pending += points;
        self.stats.on_disk += points;
    }

    /// Whether nothing can be lost any more of the points below that number: they are on disk, or settled.
    pub(in super::super) fn is_kept(&self, end: u64) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.durable >= end) || self.settled_below(end)
    }

    /// The next lines that are to go to disk.
    pub(in super::super) fn take_debt(&mut self) -> Option<Debt> {
        let (first, end) = (self.first_in_memory(), self.accumulator.next_point());
        let (disk, copies) = (self.disk.as_mut()?, self.accumulator.owed.as_mut()?);
        if copies.points > 0 && first < end {
            let before = end - u64::from(copies.points);
            let join = disk.records.back().filter(|(_, end)| *end == before).map(|(id, _)| *id);
            return Some(Debt { owed: std::mem::take(copies), join, aside: false, end });
        }
        // those in memory were settled before they were on disk
        copies.clear();
        if disk.aside.points == 0 {
            return None;
        }
        disk.in_transit = disk.aside.points.into();
        let before = disk.end - disk.in_transit;
        let join = disk.parked.back().filter(|last| last.end == before).map(|last| last.id);
        Some(Debt { owed: std::mem::take(&mut disk.aside), join, aside: true, end: disk.end })
    }

    /// They are on disk, in this record.
    pub(in super::super) fn recorded(&mut self, debt: Debt, record: u64) {
        let Some(disk) = &mut self.disk else { return };
        (disk.durable, disk.no_room) = (debt.end, false);
        let Debt { mut owed, aside, end, .. } = debt;
        if aside {
            let (points, bytes) = (u64::from(owed.points), owed.bytes.len() as u64);
            disk.in_transit = 0;
            match disk.parked.back_mut().filter(|last| last.id == record) {
                Some(last) => (last.points, last.end) = (last.points + points, end),
                None => disk.parked.push_back(Parked { id: record, points, end }),
            }
            self.stats.pending_bytes -= bytes;
            self.stats.on_disk += points;
        } else {
            match disk.records.back_mut().filter(|(id, _)| *id == record) {
                Some(last) => last.1 = end,
                None => disk.records.push_back((record, end)),
            }
        }
        // the memory serves again
        owed.clear();
        let place = if aside { Some(&mut disk.aside) } else { self.accumulator.owed.as_mut() };
        if let Some(place) = place.filter(|place| place.bytes.capacity() == 0) {
            *place = owed;
        }
    }

    /// They could not be written: they go with the next.
    pub(in super::super) fn restore(&mut self, debt: Debt, no_room: bool) {
        let Some(disk) = &mut self.disk else { return };
        disk.no_room |= no_room;
        let place = if debt.aside {
            disk.in_transit = 0;
            Some(&mut disk.aside)
        } else {
            self.accumulator.owed.as_mut()
        };
        if let Some(place) = place {
            let newer = std::mem::replace(place, debt.owed);
            place.bytes.extend_from_slice(&newer.bytes);
            place.points += newer.points;
        }
    }

    /// Something left the disk: there may be room again.
    pub(in super::super) fn try_disk_again(&mut self) -> bool {
        self.disk.as_mut().is_some_and(|disk| std::mem::take(&mut disk.no_room))
    }

    /// What is to come into memory now, if there is room.
    pub(in super::super) fn next_load(&self) -> Option<Load> {
        let disk = self.disk.as_ref()?;
        let batches = self.stats.pending_bytes - disk.aside.bytes.len() as u64;
        if disk.in_transit > 0 || batches >= self.max_bytes as u64 / 2 {
            return None;
        }
        let parked = disk.parked.front().map(|parked| Load::Record(parked.id));
        parked.or((disk.aside.points > 0).then_some(Load::Aside))
    }

    /// The lines of the first parked record come into memory. Those that are not among them are lost; gives their number.
    pub(in super::super) fn load<'l>(&mut self, id: u64, lines: impl Iterator<Item = &'l [u8]>) -> u64 {
        let Some(disk) = &mut self.disk else { return 0 };
        let Some(parked) = disk.parked.front().copied().filter(|parked| parked.id == id) else { return 0 };
        disk.parked.pop_front();
        self.catch_up_to(parked.end - parked.points);
        let owed = self.accumulator.owed.take();
        let mut loaded = 0;
        for line in lines {
            self.push_loaded(line);
            self.stats.pending_bytes += line.len() as u64;
            loaded += 1;
        }
        self.accumulator.owed = owed;
        let end = self.accumulator.next_point();
        if let Some(disk) = &mut self.disk {
            disk.records.push_back((id, end));
        }
        let lost = parked.points.saturating_sub(loaded);
        self.stats.on_disk -= parked.points;
        self.count_lost(lost);
        lost
    }

    /// The lines that are aside come into memory.
    pub(in super::super) fn load_aside(&mut self) {
        let Some(disk) = &mut self.disk else { return };
        let aside = std::mem::take(&mut disk.aside);
        let end = disk.end;
        self.catch_up_to(end - u64::from(aside.points));
        let mut start = 0;
        for end in line_ends(&aside.bytes) {
            self.push_loaded(&aside.bytes[start..end]);
            start = end;
        }
        self.seal_if_closed();
    }

    /// Points of a record left the disk and are not delivered; gives how many are lost by that, as they were there alone.
    /// A part of a record is missed when the record is loaded.
    pub(in super::super) fn lose(&mut self, id: u64, points: u64) -> u64 {
        let Some(disk) = &mut self.disk else { return 0 };
        if let Some((_, end)) = disk.records.iter().find(|(record, _)| *record == id) {
            disk.gone = disk.gone.max(*end);
        }
        let all_of = |parked: &Parked| parked.id == id && parked.points <= points;
        let Some(at) = disk.parked.iter().position(all_of) else { return 0 };
        let points = disk.parked.remove(at).map_or(0, |parked| parked.points);
        self.stats.on_disk -= points;
        self.count_lost(points);
        points
    }

    /// The records of which every point is settled; they are named once.
    pub(in super::super) fn acknowledged(&mut self) -> Vec<u64> {
        let first = self.first_in_memory();
        let all = first == self.accumulator.next_point();
        if let Some(copies) = self.accumulator.owed.as_mut().filter(|_| all) {
            // nobody needs them any more
            copies.clear();
        }
        let Some(disk) = &mut self.disk else { return Vec::new() };
        let settled = disk.records.iter().take_while(|(_, end)| *end <= first).count();
        disk.records.drain(..settled).map(|(record, _)| record).collect()
    }

    /// Adds a line that was given before. It has waited long enough.
    fn push_loaded(&mut self, line: &[u8]) {
        let spares = &mut self.spares;
        let Pushed { full, .. } = self.accumulator.push_line(line, Instant::now, || spares.take());
        if let Some(full) = full {
            self.enqueue(full);
        }
    }

    fn count_lost(&mut self, points: u64) {
        self.stats.pending -= points;
        self.stats.dropped += points;
        if let Some(disk) = &self.disk
            && !disk.is_behind()
        {
            self.catch_up_to(disk.end);
        }
        self.seal_if_closed();
    }

    /// The points before that number are in memory already, or lost.
    fn catch_up_to(&mut self, number: u64) {
        if self.accumulator.next_point() < number {
            self.seal();
            self.accumulator.skip_to(number);
        }
    }

    fn seal_if_closed(&mut self) {
        if self.closed().is_some() {
            self.seal();
        }
    }
}

#[cfg(test)]
mod tests;
