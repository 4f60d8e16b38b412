//! The log itself: what is appended, read and acknowledged, and the index of what waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::spool::entry::Entry;
use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::record;
use crate::spool::segment::Segment;
use crate::spool::settings::{Checked, Fsync, SpoolFull};
use crate::spool::waiting::{Append, Descriptor, DropReason, Dropped, Pending, Record, RecordId};

/// An open spool; see the documentation of [`crate::spool`].
#[derive(Debug)]
pub(crate) struct Spool<F: SpoolFs> {
    pub(super) fs: F,
    pub(super) _lock: F::Lock,
    pub(super) settings: Checked,
    pub(super) when_full: SpoolFull,
    /// Oldest first; only the last takes records.
    pub(super) segments: VecDeque<Segment<F::File>>,
    pub(super) next_segment: u64,
    /// The records and runs that wait, by their first id.
    pub(super) live: BTreeMap<u64, Entry>,
    /// Damaged records within runs that wait.
    pub(super) damaged: BTreeSet<u64>,
    pub(super) next_id: u64,
    pub(super) pending: Pending,
    /// Bytes of all segments.
    pub(super) used: u64,
    /// Bytes of the records that wait.
    pub(super) live_bytes: u64,
    pub(super) dropped: Vec<Dropped>,
    /// Acknowledged ranges that are not in the log yet.
    pub(super) unwritten: Vec<(u64, u64)>,
    /// Acknowledged ranges that are in the log and not synced.
    pub(super) unsynced: Vec<(u64, u64)>,
    /// A file was removed since the folder was synced.
    pub(super) removed: bool,
    /// A file was created or removed since the folder was synced.
    pub(super) folder_changed: bool,
    /// When the first record was appended that is not synced.
    pub(super) dirty_since: Option<Instant>,
    pub(super) targets: BTreeSet<Arc<[u8]>>,
    pub(super) buffer: Vec<u8>,
}

impl<F: SpoolFs> Spool<F> {
    /// Adds a record. With [`Fsync::Always`] it is durable when this returns. An error leaves it out: its points are not
    /// pending, though a crash right after an error of the sync can bring them back.
    ///
    /// The id is that of the run it joined: the one that was asked for, if that is the newest record or run, goes to the
    /// same target, and stays small. Otherwise it is an id of its own, and the next record may join this one.
    pub(crate) fn append(&mut self, append: Append<'_>, now: Instant) -> Result<RecordId, SpoolError> {
        // it joins no run before it is durable, so that it can be left out alone
        let id = self.append_unsynced(Append { join: None, ..append }, now)?;
        if self.settings.fsync == Fsync::Always
            && let Err(error) = self.sync()
        {
            // the caller keeps the lines
            self.retire(&[id]);
            return Err(error);
        }
        Ok(self.join(append.join, id))
    }

    /// Adds a record that the next good [`sync`](Spool::sync) makes durable: several appends share one.
    pub(crate) fn append_unsynced(
        &mut self,
        append: Append<'_>,
        now: Instant,
    ) -> Result<RecordId, SpoolError> {
        let Append { target, points, lines, join, behind } = append;
        if u16::try_from(target.len()).is_err() {
            return Err(SpoolError::TargetTooLong { bytes: target.len() });
        }
        let Some(len) = record::data_len(target, lines) else {
            return Err(SpoolError::TooLarge { bytes: lines.len() as u64, max: self.largest_record() });
        };
        let id = self.next_id;
        if id > record::MAX_ID {
            return Err(self.exhausted());
        }
        self.make_room(len, behind)?;
        let place = self.write_data(target, &[(id, points, lines)])?;
        self.next_id += 1;
        let target = self.intern(target);
        self.enter(id, Entry::single(place, target, points, lines.len() as u32));
        if self.settings.fsync != Fsync::Never {
            self.dirty_since.get_or_insert(now);
        }
        Ok(self.join(join, RecordId(id)))
    }

    /// When [`sync`](Spool::sync) is to be called so that the settings are kept; `None`: not until the next append.
    pub(crate) fn sync_due(&self) -> Option<Instant> {
        let since = self.dirty_since?;
        match self.settings.fsync {
            Fsync::Always => Some(since),
            Fsync::Interval(interval) => since.checked_add(interval),
            Fsync::Never => None,
        }
    }

    /// Takes out records and whole runs that the server has taken, or that are given up, in any order. What is not there is
    /// passed over.
    ///
    /// They do not wait any more even if this fails; then the acknowledgement may not be on disk yet, and is written with
    /// the next, or space could not be won back yet.
    pub(crate) fn acknowledge(&mut self, ids: &[RecordId]) -> Result<(), SpoolError> {
        self.retire(ids);
        let written = self.write_acknowledgements();
        let tidied = self.tidy();
        written.and(tidied)
    }

    /// Reads a record or a run that waits.
    ///
    /// Of a run this is what is not damaged, with its points; the rest is among the dropped ones. If nothing is left, that
    /// is an error.
    pub(crate) fn read(&mut self, id: RecordId) -> Result<Record, SpoolError> {
        let run = self.read_run(id.0)?;
        let entry = self.live.get(&id.0).ok_or(SpoolError::Unknown { id })?;
        let (points, target) = (entry.points, Arc::clone(&entry.target));
        Ok(Record { id, points, target, lines: run.into_lines() })
    }

    /// What waits.
    #[cfg(test)]
    pub(crate) fn pending(&self) -> Pending {
        self.pending
    }

    /// The records and runs that wait, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = Descriptor> + '_ {
        self.live.iter().map(|(id, entry)| entry.describe(*id))
    }

    /// Bytes of the spool's files.
    #[cfg(test)]
    pub(crate) fn disk_bytes(&self) -> u64 {
        self.used
    }

    /// What left without being acknowledged since the last call, so that they can be counted and reported.
    pub(crate) fn take_dropped(&mut self) -> Vec<Dropped> {
        std::mem::take(&mut self.dropped)
    }

    /// Begins to count an entry as waiting; it may replace its older copy.
    pub(super) fn enter(&mut self, id: u64, entry: Entry) {
        self.leave(id);
        self.pending.records += u64::from(entry.records);
        self.pending.points += u64::from(entry.points);
        self.pending.bytes += u64::from(entry.bytes);
        self.live_bytes += entry.len();
        if let Some(segment) = self.segment(entry.segment) {
            segment.live += entry.len();
        }
        self.live.insert(id, entry);
    }

    /// Ends to count an entry as waiting.
    pub(super) fn leave(&mut self, id: u64) -> Option<Entry> {
        let entry = self.live.remove(&id)?;
        self.pending.records -= u64::from(entry.records);
        self.pending.points -= u64::from(entry.points);
        self.pending.bytes -= u64::from(entry.bytes);
        self.live_bytes -= entry.len();
        if let Some(segment) = self.segment(entry.segment) {
            segment.live -= entry.len();
        }
        if !self.damaged.is_empty() {
            self.damaged.retain(|one| !(id..=entry.last(id)).contains(one));
        }
        Some(entry)
    }

    /// Takes entries out and notes them for the next acknowledgement.
    pub(super) fn retire(&mut self, ids: &[RecordId]) {
        let leaving = ids.iter().filter_map(|RecordId(id)| Some((*id, self.leave(*id)?.last(*id))));
        let mut ranges: Vec<(u64, u64)> = leaving.collect();
        ranges.sort_unstable();
        for (first, last) in ranges {
            self.note_acknowledged(first, last);
        }
        if self.live.is_empty() {
            self.targets.clear();
        }
    }

    /// Notes a range for the next acknowledgement; ranges with nothing waiting between become one.
    pub(super) fn note_acknowledged(&mut self, first: u64, last: u64) {
        let before = self.live.range(..first).next_back().map_or(0, |(id, entry)| entry.last(*id));
        match self.unwritten.last_mut() {
            Some((_, end)) if *end < first && (before <= *end || *end + 1 == first) => *end = last,
            _ => self.unwritten.push((first, last)),
        }
    }

    /// Notes all ids that do not wait for the next acknowledgement.
    pub(super) fn note_all_acknowledged(&mut self) {
        let waiting = self.live.iter().map(|(id, entry)| (*id, entry.last(*id)));
        let mut next = 0;
        let mut ranges: Vec<(u64, u64)> = self.damaged.iter().map(|id| (*id, *id)).collect();
        for (first, last) in waiting.chain([(self.next_id, self.next_id)]) {
            if next < first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        self.unwritten = ranges;
    }

    /// Takes an entry out that is not acknowledged, and keeps it for [`take_dropped`](Spool::take_dropped).
    pub(super) fn drop_record(&mut self, id: u64, reason: DropReason, lines: Option<Bytes>) {
        let record = self.live.get(&id).map(|entry| entry.describe(id));
        self.retire(&[RecordId(id)]);
        self.dropped.extend(record.map(|record| Dropped { record, reason, lines }));
    }

    pub(super) fn segment(&mut self, number: u64) -> Option<&mut Segment<F::File>> {
        let at = self.segments.binary_search_by_key(&number, |segment| segment.number).ok()?;
        self.segments.get_mut(at)
    }

    /// One copy of each target for all records.
    pub(super) fn intern(&mut self, target: &[u8]) -> Arc<[u8]> {
        if let Some(known) = self.targets.get(target) {
            return Arc::clone(known);
        }
        let target: Arc<[u8]> = target.into();
        self.targets.insert(Arc::clone(&target));
        target
    }

    pub(super) fn exhausted(&self) -> SpoolError {
        SpoolError::Exhausted { folder: self.fs.folder().to_owned() }
    }

    pub(super) fn io(&self, doing: &'static str, name: &str, source: io::Error) -> SpoolError {
        SpoolError::Io { doing, path: self.fs.folder().join(name), source }
    }
}
