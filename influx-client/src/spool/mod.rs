//! The disk spool of the batch writer: a write-ahead log of what the server has not taken yet.
//!
//! # What it is
//!
//! - A record is a batch: the lines, their number, and the target they go to. It is there whole or not at all.
//! - Records of one target that lie one behind the other can be a run: one id, read and acknowledged as one. On disk each is
//!   a record of its own; damage costs the ones it hits.
//! - After a crash, everything that was durable and not acknowledged is there exactly once, in order, with its bytes. With
//!   [`Fsync::Always`] that is all that [`append`](Spool::append) took; otherwise all before the last good
//!   [`sync`](Spool::sync). A crash of the process alone loses nothing under any policy.
//! - What was acknowledged does not come back once a `sync` after it succeeded, or as long as only the process crashed. A
//!   loss of power before that can bring it back: then it is sent twice, which stores it once, as lines carry timestamps.
//! - Records leave in three ways, and the counts add up: acknowledged, waiting ([`pending`](Spool::pending)), dropped
//!   ([`take_dropped`](Spool::take_dropped)).
//! - Damage costs the records it hits. It is skipped, counted, and needs nobody's hand.
//!
//! # What it is not
//!
//! - Shared: one writer at a time has the folder.
//! - A cure for a disk that fails: an I/O error is an error of the call. The spool can be used on, and the next call tries
//!   anew. A file that cannot be *read* when the spool is opened fails `open`, as it may be readable later. And what a
//!   failed sync left in doubt is saved by the process that saw it fail: if that one ends before, the next cannot know
//!   that the operating system has given bytes up which it still shows. That includes records that were just moved.
//!
//! # Layout
//!
//! The folder holds `spool.lock` and segments, `00000000000000000001.spool` and so on, files of records (see `record`)
//! of which only the newest grows, at its end. Other files are left alone. Each process begins a new segment, so nothing is
//! ever written behind a torn end.
//!
//! - **Append** writes to the newest segment; over `segment_bytes` a new one is begun. A write that fails is cut off again;
//!   if that fails too, the segment takes no more.
//! - **Sync** syncs the segments and then the folder, as a file without a name is none. After a sync that failed, the
//!   operating system may claim success without having written: what was in doubt is read back and written to a new
//!   segment before the next `sync` succeeds.
//! - **Acknowledge** appends ranges of ids to the log; it is not synced for that. If it cannot be written it is kept and
//!   written with the next.
//! - **Removal**: the oldest segment is removed, once all its records are acknowledged, and never the newest. So an
//!   acknowledgement, which stands behind the record, is never removed before it (the folder is synced between two
//!   removals), and ids do not begin anew while an old acknowledgement could hit a new record.
//! - **Moving**: when more than half of the bytes are acknowledged, what still waits in the oldest segment is copied to the
//!   log's end under its old id, and the segment is removed after the next sync. So a target that is down holds no more
//!   room than about twice its records, and bytes are copied once for each that is appended.
//! - **Removal in between**: before the spool is full, segments without waiting records go from between others, too. They
//!   can hold acknowledgements of older records: all that does not wait is acknowledged once more, and synced, before.
//! - **Recovery** reads all segments, the newest first. A record is there if it is whole, stands where it was written, and
//!   no acknowledgement behind it names it; of two copies the later counts. Neighbours become runs of up to 64 KiB, so that
//!   the index stays small however small the records are. Then it syncs what it found.
//!
//! Calls block. There is no clock, and no thread: the caller passes times, and syncs when
//! [`sync_due`](Spool::sync_due) says so.

mod error;
mod fs;
mod log;
mod record;
mod recover;
mod room;
mod run;
mod scan;
mod segment;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

pub(crate) use error::SpoolError;
pub(crate) use fs::{RealFs, SpoolFs};
pub(crate) use recover::Recovered;
use run::Entry;
use segment::Segment;
use settings::Checked;
pub(crate) use settings::SpoolFull;
pub use settings::{Fsync, SpoolSettings};

/// Names a record, or a run by its first record, for the life of its folder; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordId(pub(crate) u64);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record or a run without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) id: RecordId,
    pub(crate) records: u32,
    pub(crate) points: u32,
    /// Bytes of the lines.
    pub(crate) bytes: u64,
    pub(crate) target: Arc<[u8]>,
}

/// What is to be added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Append<'a> {
    pub(crate) target: &'a [u8],
    pub(crate) points: u32,
    pub(crate) lines: &'a [u8],
    /// The newest record or run, for this one to join it; not one that is being sent, as it is acknowledged as a whole.
    pub(crate) join: Option<RecordId>,
    /// Its target is not keeping up: an eighth of the limit is left to the others, unless the oldest are dropped.
    pub(crate) behind: bool,
}

#[cfg(test)]
impl<'a> Append<'a> {
    pub(crate) fn new(target: &'a [u8], points: u32, lines: &'a [u8]) -> Self {
        Append { target, points, lines, join: None, behind: false }
    }
}

/// A record as it was appended, or a run: the lines of one behind those of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: RecordId,
    pub(crate) points: u32,
    pub(crate) target: Arc<[u8]>,
    pub(crate) lines: Bytes,
}

/// What left without being acknowledged: a record or a run, or the damaged part of a run under the run's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) record: Descriptor,
    pub(crate) reason: DropReason,
    /// The lines, unless they cannot be read.
    pub(crate) lines: Option<Bytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropReason {
    /// The spool was full.
    Full,
    /// Its bytes had changed on disk.
    Damaged,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pending {
    pub(crate) records: u64,
    pub(crate) points: u64,
    /// Bytes of the lines.
    pub(crate) bytes: u64,
}

/// An open spool; see the module's documentation.
#[derive(Debug)]
pub(crate) struct Spool<F: SpoolFs> {
    fs: F,
    _lock: F::Lock,
    settings: Checked,
    when_full: SpoolFull,
    /// Oldest first; only the last takes records.
    segments: VecDeque<Segment<F::File>>,
    next_segment: u64,
    /// The records and runs that wait, by their first id.
    live: BTreeMap<u64, Entry>,
    /// Damaged records within runs that wait.
    damaged: BTreeSet<u64>,
    next_id: u64,
    pending: Pending,
    /// Bytes of all segments.
    used: u64,
    /// Bytes of the records that wait.
    live_bytes: u64,
    dropped: Vec<Dropped>,
    /// Acknowledged ranges that are not in the log yet.
    unwritten: Vec<(u64, u64)>,
    /// Acknowledged ranges that are in the log and not synced.
    unsynced: Vec<(u64, u64)>,
    /// A file was removed since the folder was synced.
    removed: bool,
    /// A file was created or removed since the folder was synced.
    folder_changed: bool,
    /// When the first record was appended that is not synced.
    dirty_since: Option<Instant>,
    targets: BTreeSet<Arc<[u8]>>,
    buffer: Vec<u8>,
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
    fn enter(&mut self, id: u64, entry: Entry) {
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
    fn leave(&mut self, id: u64) -> Option<Entry> {
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
    fn retire(&mut self, ids: &[RecordId]) {
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
    fn note_acknowledged(&mut self, first: u64, last: u64) {
        let before = self.live.range(..first).next_back().map_or(0, |(id, entry)| entry.last(*id));
        match self.unwritten.last_mut() {
            Some((_, end)) if *end < first && (before <= *end || *end + 1 == first) => *end = last,
            _ => self.unwritten.push((first, last)),
        }
    }

    /// Notes all ids that do not wait for the next acknowledgement.
    fn note_all_acknowledged(&mut self) {
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
    fn drop_record(&mut self, id: u64, reason: DropReason, lines: Option<Bytes>) {
        let record = self.live.get(&id).map(|entry| entry.describe(id));
        self.retire(&[RecordId(id)]);
        self.dropped.extend(record.map(|record| Dropped { record, reason, lines }));
    }

    fn segment(&mut self, number: u64) -> Option<&mut Segment<F::File>> {
        let at = self.segments.binary_search_by_key(&number, |segment| segment.number).ok()?;
        self.segments.get_mut(at)
    }

    /// One copy of each target for all records.
    fn intern(&mut self, target: &[u8]) -> Arc<[u8]> {
        if let Some(known) = self.targets.get(target) {
            return Arc::clone(known);
        }
        let target: Arc<[u8]> = target.into();
        self.targets.insert(Arc::clone(&target));
        target
    }

    fn exhausted(&self) -> SpoolError {
        SpoolError::Exhausted { folder: self.fs.folder().to_owned() }
    }

    fn io(&self, doing: &'static str, name: &str, source: io::Error) -> SpoolError {
        SpoolError::Io { doing, path: self.fs.folder().join(name), source }
    }
}
