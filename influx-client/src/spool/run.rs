//! Runs: records of one target that lie one behind the other, and that the index keeps as one.

use std::ops::Range;

use bytes::Bytes;

use crate::spool::entry::Entry;
use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::record;
use crate::spool::record::{HEADER, Kind, Place, Step};
use crate::spool::segment;
use crate::spool::settings::Fsync;
use crate::spool::waiting::{Descriptor, DropReason, Dropped, RecordId};
use crate::spool::wal::Spool;

/// The records of an entry as they were read.
pub(super) struct Run {
    pub(super) bytes: Vec<u8>,
    pub(super) parts: Vec<Part>,
    /// Some of it was found damaged just now.
    pub(super) damaged: Option<SpoolError>,
}

impl Run {
    /// The lines of all its records.
    pub(super) fn into_lines(self) -> Bytes {
        let Run { mut bytes, parts, .. } = self;
        if let [only] = &parts[..] {
            return Bytes::from(bytes).slice(only.lines.clone());
        }
        let mut end = 0;
        for part in parts {
            let len = part.lines.len();
            bytes.copy_within(part.lines, end);
            end += len;
        }
        bytes.truncate(end);
        bytes.into()
    }
}

/// One record of a run.
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) points: u32,
    /// Its lines among the run's bytes.
    pub(super) lines: Range<usize>,
}

impl<F: SpoolFs> Spool<F> {
    /// Lets the newest record join a run, if it can; says where it is now.
    pub(super) fn join(&mut self, run: Option<RecordId>, newest: RecordId) -> RecordId {
        let Some(run) = run.filter(|run| *run < newest) else { return newest };
        let Some(entry) = self.live.remove(&newest.0) else { return newest };
        if self.live.get_mut(&run.0).is_some_and(|before| before.join(run.0, newest.0, &entry)) {
            return run;
        }
        self.live.insert(newest.0, entry);
        newest
    }

    /// Reads what waits under an id. What is damaged is dropped; if nothing is left, that is an error.
    pub(super) fn read_run(&mut self, id: u64) -> Result<Run, SpoolError> {
        let entry = self.live.get(&id).ok_or(SpoolError::Unknown { id: RecordId(id) })?;
        let name = segment::name(entry.segment);
        let mut bytes = vec![0; entry.len() as usize];
        let read = self.fs.read_at(&name, entry.offset, &mut bytes);
        let read = read.map_err(|source| self.io("read", &name, source))?;
        bytes.truncate(read);
        let parts = self.parts(id, &bytes);
        let points = self.drop_missing(id, &parts);
        let file = || self.fs.folder().join(name);
        let damaged = points.map(|points| SpoolError::Damaged { file: file(), id: RecordId(id), points });
        match damaged {
            Some(damaged) if parts.is_empty() => Err(damaged),
            damaged => Ok(Run { bytes, parts, damaged }),
        }
    }

    /// The records of an entry that are whole.
    fn parts(&self, id: u64, bytes: &[u8]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let Some(entry) = self.live.get(&id) else { return parts };
        let mut at = 0;
        loop {
            let place = Place { segment: entry.segment, offset: entry.offset + at as u64 };
            at += match record::step(place, &bytes[at..], (bytes.len() - at) as u64) {
                Step::Record(header) => {
                    let len = header.record_len() as usize;
                    let lines = at + HEADER + usize::from(header.target_len)..at + len;
                    let known = header.kind == Kind::Data
                        && (id..=entry.last(id)).contains(&header.id)
                        && bytes[at + HEADER..lines.start] == *entry.target
                        && parts.last().is_none_or(|part| part.id < header.id)
                        && !self.damaged.contains(&header.id);
                    if known {
                        parts.push(Part { id: header.id, points: header.points, lines });
                    }
                    len
                }
                Step::Damaged(len, _) => len,
                Step::Newer(_) => HEADER,
                Step::End | Step::More(_) => return parts,
            };
        }
    }

    /// Drops the records of an entry that are not among those that were read; says how many points they had.
    fn drop_missing(&mut self, id: u64, parts: &[Part]) -> Option<u32> {
        let mut entry = self.live.get(&id)?.clone();
        let (all, len) = (entry.describe(id), entry.len());
        entry.records = parts.len() as u16;
        entry.points = parts.iter().map(|part| part.points).fold(0, u32::saturating_add);
        entry.bytes = parts.iter().map(|part| part.lines.len() as u32).sum();
        let left = entry.describe(id);
        if left == all {
            return None;
        }
        if parts.is_empty() {
            self.drop_record(id, DropReason::Damaged, None);
            return Some(all.points);
        }
        entry.holes = 0;
        entry.holes = len.saturating_sub(entry.len()) as u16;
        let last = entry.last(id);
        self.enter(id, entry);
        for missing in id..=last {
            if parts.binary_search_by_key(&missing, |part| part.id).is_err() {
                // a later process would tell of it again
                self.note_acknowledged(missing, missing);
                self.damaged.insert(missing);
            }
        }
        let lost = Descriptor {
            records: all.records.saturating_sub(left.records),
            points: all.points.saturating_sub(left.points),
            bytes: all.bytes.saturating_sub(left.bytes),
            ..all
        };
        let points = lost.points;
        self.dropped.push(Dropped { record: lost, reason: DropReason::Damaged, lines: None });
        Some(points)
    }

    /// Copies an entry to the log's end under its old ids. What is damaged is left out, and is an error then.
    pub(super) fn copy(&mut self, id: u64) -> Result<(), SpoolError> {
        let run = self.read_run(id)?;
        let Some(entry) = self.live.get(&id).cloned() else { return Ok(()) };
        let records: Vec<_> =
            run.parts.iter().map(|part| (part.id, part.points, &run.bytes[part.lines.clone()])).collect();
        let Place { segment, offset } = self.write_data(&entry.target, &records)?;
        let unsynced = self.settings.fsync != Fsync::Never;
        if let Some(old) = self.segment(entry.segment) {
            old.copied |= unsynced;
        }
        self.enter(id, Entry { segment, offset, holes: 0, ..entry });
        run.damaged.map_or(Ok(()), Err)
    }
}
