//! Opens a spool: what is in the folder, and what is damaged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::spool::entry::Entry;
use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::record;
use crate::spool::record::Place;
use crate::spool::scan::{Found, Scan};
use crate::spool::segment;
use crate::spool::segment::Segment;
use crate::spool::settings::{Fsync, SpoolFull, SpoolSettings};
use crate::spool::waiting::{Descriptor, Pending, RecordId};
use crate::spool::wal::Spool;

/// What `open` found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Recovered {
    /// The records that wait, in order; small neighbours of one target are one run.
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

/// What the segments say. They are read from the newest to the oldest: an acknowledgement stands behind its record, and of
/// two copies the later one counts. So a segment's records become runs as soon as it is read, and only its own are kept
/// one by one until then.
#[derive(Default)]
struct Findings {
    entries: BTreeMap<u64, Entry>,
    lost: BTreeMap<u64, Lost>,
    acknowledged: Ranges,
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
    pub(crate) fn open(
        fs: F,
        settings: &SpoolSettings,
        when_full: SpoolFull,
    ) -> Result<(Self, Recovered), SpoolError> {
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
        for (number, len) in files.into_iter().rev() {
            findings.read(&fs, number, len)?;
            segments.push_front(open_segment(&fs, number, len, settings.fsync)?);
        }
        let used = segments.iter().map(|segment: &Segment<_>| segment.len).sum();
        let mut spool = Spool {
            fs,
            _lock,
            settings,
            when_full,
            next_segment: segments.back().map_or(1, |newest: &Segment<_>| newest.number + 1),
            segments,
            live: BTreeMap::new(),
            damaged: BTreeSet::new(),
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

    fn take_over(&mut self, findings: Findings) -> Recovered {
        for (id, entry) in findings.entries {
            self.enter(id, entry);
        }
        let lost = findings.lost.into_iter().filter(|(id, _)| !is_within(&self.live, *id));
        Recovered {
            lost: lost.map(|(_, lost)| lost).collect(),
            records: self.records().collect(),
            damaged_bytes: findings.damaged_bytes,
            damaged_places: findings.damaged_places,
        }
    }
}

impl Findings {
    fn read<F: SpoolFs>(&mut self, fs: &F, number: u64, len: u64) -> Result<(), SpoolError> {
        let name = segment::name(number);
        let path = || fs.folder().join(&name);
        let (mut records, mut lost) = (Vec::new(), Vec::new());
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
                    let place = Place { segment: number, offset };
                    records
                        .push((header.id, Entry::single(place, target, header.points, header.lines_len())));
                }
                Some(Found::Acknowledgement { header, body }) => {
                    self.highest = self.highest.max(header.id);
                    record::ranges(body).for_each(|(first, last)| self.acknowledged.insert(first, last));
                }
                Some(Found::Lost(header)) => {
                    self.highest = self.highest.max(header.id);
                    if header.kind == record::Kind::Data {
                        let (id, points) = (RecordId(header.id), header.points);
                        lost.push(Lost { id, points, bytes: u64::from(header.lines_len()) });
                    }
                }
            }
        }
        self.damaged_bytes += scan.damage.bytes;
        self.damaged_places += scan.damage.places;
        lost.retain(|lost| !self.acknowledged.contain(lost.id.0));
        self.lost.extend(lost.into_iter().map(|lost| (lost.id.0, lost)));
        self.enter(records);
        Ok(())
    }

    /// Takes in the records of one segment, as runs where they are neighbours.
    fn enter(&mut self, mut records: Vec<(u64, Entry)>) {
        records.retain(|(id, _)| !self.acknowledged.contain(*id) && !is_within(&self.entries, *id));
        records.sort_by_key(|(id, _)| *id);
        // of the same record twice, the later one
        records.dedup_by(|later, earlier| {
            later.0 == earlier.0 && {
                std::mem::swap(later, earlier);
                true
            }
        });
        let mut run: Option<(u64, Entry)> = None;
        for (id, entry) in records {
            if !run.as_mut().is_some_and(|(first, run)| run.join(*first, id, &entry)) {
                self.entries.extend(run.replace((id, entry)));
            }
        }
        self.entries.extend(run);
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

/// Whether a record is in one of the entries.
fn is_within(entries: &BTreeMap<u64, Entry>, id: u64) -> bool {
    entries.range(..=id).next_back().is_some_and(|(first, entry)| entry.last(*first) >= id)
}

/// Ids in ranges, by the first of each, that neither overlap nor touch.
#[derive(Default)]
struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    fn insert(&mut self, mut first: u64, mut last: u64) {
        if first > last {
            return;
        }
        let touches = |range: &(&u64, &u64), first: u64| range.1.saturating_add(1) >= first;
        while let Some((begin, end)) =
            self.0.range(..=last.saturating_add(1)).next_back().filter(|range| touches(range, first))
        {
            let (begin, end) = (*begin, *end);
            self.0.remove(&begin);
            (first, last) = (first.min(begin), last.max(end));
        }
        self.0.insert(first, last);
    }

    fn contain(&self, id: u64) -> bool {
        self.0.range(..=id).next_back().is_some_and(|(_, last)| *last >= id)
    }
}
