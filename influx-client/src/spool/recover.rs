//! Opens a spool: what is in the folder, and what is damaged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::record;
use super::scan::{Found, Scan};
use super::segment::{self, Segment};
use super::{Descriptor, Entry, Fsync, Pending, RecordId, Spool, SpoolError, SpoolFs, SpoolSettings};

/// What `open` found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Recovered {
    /// The records that wait, in order.
    pub(crate) records: Vec<Descriptor>,
    /// The records that were not acknowledged, and of which only the header is whole: damaged ones, and those that a crash
    /// cut off, which nobody was told to be durable. They are told once.
    pub(crate) lost: Vec<Lost>,
    /// Bytes that are no records: the end of what a crash cut off, or damage. They count each time until their file goes.
    pub(crate) damaged_bytes: u64,
    /// In how many places they are.
    pub(crate) damaged_places: u64,
}

/// A record that is damaged beyond reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) id: RecordId,
    pub(crate) points: u32,
    /// Bytes of the lines.
    pub(crate) bytes: u64,
}

/// What all segments say.
#[derive(Default)]
struct Findings {
    entries: BTreeMap<u64, Entry>,
    lost: BTreeMap<u64, Lost>,
    acknowledged: Vec<(u64, u64)>,
    highest: u64,
    damaged_bytes: u64,
    damaged_places: u64,
    targets: BTreeSet<std::sync::Arc<[u8]>>,
}

impl<F: SpoolFs> Spool<F> {
    /// Opens the spool of a folder and reads what waits there.
    ///
    /// # Errors
    ///
    /// Settings that make no sense; another writer has the folder; a file cannot be read or synced, or is of a later
    /// release. Nothing is lost by that: once the cause is gone, the folder opens with all that is in it.
    pub(crate) fn open(fs: F, settings: &SpoolSettings) -> Result<(Self, Recovered), SpoolError> {
        let settings = settings.check()?;
        let failed = |doing, source| SpoolError::Io { doing, path: fs.folder().to_owned(), source };
        let lock = fs.lock().map_err(|source| failed("lock", source))?;
        let _lock = lock.ok_or_else(|| SpoolError::Locked { folder: fs.folder().to_owned() })?;
        let files = fs.list().map_err(|source| failed("list", source))?;
        let mut files: Vec<(u64, u64)> =
            files.into_iter().filter_map(|(name, len)| Some((segment::number(&name)?, len))).collect();
        files.sort_unstable();
        let mut findings = Findings::default();
        let mut segments = VecDeque::new();
        for (number, len) in files {
            findings.read(&fs, number, len)?;
            segments.push_back(open_segment(&fs, number, len, settings.fsync)?);
        }
        let used = segments.iter().map(|segment: &Segment<_>| segment.len).sum();
        let mut spool = Spool {
            fs,
            _lock,
            settings,
            next_segment: segments.back().map_or(1, |newest: &Segment<_>| newest.number + 1),
            segments,
            live: BTreeMap::new(),
            next_id: findings.highest + 1,
            pending: Pending::default(),
            used,
            live_bytes: 0,
            dropped: Vec::new(),
            unwritten: Vec::new(),
            unsynced: Vec::new(),
            removed: true,
            // the one before may have changed it
            folder_changed: true,
            dirty_since: None,
            targets: std::mem::take(&mut findings.targets),
            buffer: Vec::new(),
        };
        let recovered = spool.take_over(findings);
        spool.sync()?;
        // they are told now, and not again
        spool.unwritten.extend(recovered.lost.iter().map(|lost| (lost.id.0, lost.id.0)));
        // What fails here is tried again with the next acknowledgement: a disk that is full must not keep the spool from
        // being emptied.
        drop(spool.write_acknowledgements());
        drop(spool.remove_drained());
        Ok((spool, recovered))
    }

    fn take_over(&mut self, mut findings: Findings) -> Recovered {
        for (first, last) in merged(findings.acknowledged) {
            remove_range(&mut findings.entries, first, last);
            remove_range(&mut findings.lost, first, last);
        }
        for (id, entry) in findings.entries {
            findings.lost.remove(&id);
            self.enter(id, entry);
        }
        Recovered {
            records: self.records().collect(),
            lost: findings.lost.into_values().collect(),
            damaged_bytes: findings.damaged_bytes,
            damaged_places: findings.damaged_places,
        }
    }
}

impl Findings {
    fn read<F: SpoolFs>(&mut self, fs: &F, number: u64, len: u64) -> Result<(), SpoolError> {
        let name = segment::name(number);
        let path = || fs.folder().join(&name);
        let mut scan = Scan::new(number, len, |offset, buffer: &mut [u8]| fs.read_at(&name, offset, buffer));
        loop {
            let found =
                scan.next().map_err(|source| SpoolError::Io { doing: "read", path: path(), source })?;
            match found {
                None => break,
                Some(Found::Newer(version)) => return Err(SpoolError::Newer { file: path(), version }),
                Some(Found::Data { offset, header, target }) => {
                    self.highest = self.highest.max(header.id);
                    if !self.targets.contains(target) {
                        self.targets.insert(target.into());
                    }
                    let Some(target) = self.targets.get(target).cloned() else { continue };
                    let (points, bytes) = (header.points, header.lines_len());
                    self.entries.insert(header.id, Entry { segment: number, offset, points, bytes, target });
                }
                Some(Found::Acknowledgement { header, body }) => {
                    self.highest = self.highest.max(header.id);
                    self.acknowledged.extend(record::ranges(body));
                }
                Some(Found::Lost(header)) => {
                    self.highest = self.highest.max(header.id);
                    if header.kind == record::Kind::Data {
                        let (id, points) = (RecordId(header.id), header.points);
                        self.lost.insert(header.id, Lost { id, points, bytes: header.lines_len() });
                    }
                }
            }
        }
        self.damaged_bytes += scan.damage.bytes;
        self.damaged_places += scan.damage.places;
        Ok(())
    }
}

/// A segment as it was found. It is synced with the first sync, as its writer may not have come to that.
fn open_segment<F: SpoolFs>(
    fs: &F,
    number: u64,
    len: u64,
    fsync: Fsync,
) -> Result<Segment<F::File>, SpoolError> {
    let name = segment::name(number);
    let file = match fsync {
        Fsync::Never => None,
        _ => Some(fs.open(&name).map_err(|source| SpoolError::Io {
            doing: "open",
            path: fs.folder().join(&name),
            source,
        })?),
    };
    Ok(Segment::recovered(number, len, file))
}

/// Ranges in order that do not overlap.
fn merged(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

fn remove_range<V>(map: &mut BTreeMap<u64, V>, first: u64, last: u64) {
    let ids: Vec<u64> = map.range(first..=last).map(|(id, _)| *id).collect();
    for id in ids {
        map.remove(&id);
    }
}
