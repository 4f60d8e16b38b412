//! Drives a spool through a script, beside what must come of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use super::disk::Crash;
use super::machine::MemFs;
use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::recover::Recovered;
use crate::spool::run::Part;
use crate::spool::segment::Segment;
use crate::spool::settings::{Fsync, SpoolFull, SpoolSettings};
use crate::spool::waiting::{Append, Descriptor, DropReason, Pending, RecordId};
use crate::spool::wal::Spool;

/// One call. Records are meant by their place among all that were appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Append { target: u8, lines: usize, join: Join },
    AppendUnsynced { target: u8, lines: usize, join: Join },
    Sync,
    Acknowledge(Vec<usize>),
    Read(usize),
    Reopen,
}

/// What an appended record is to join: the one that was appended last, or so many before it.
pub(super) type Join = Option<usize>;

/// What became of a record.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) target: Vec<u8>,
    pub(super) points: u32,
    pub(super) lines: Vec<u8>,
    pub(super) id: Option<RecordId>,
    /// The run that it is in, by which it is called.
    pub(super) run: Option<RecordId>,
    /// A good sync came after it.
    pub(super) durable: bool,
    pub(super) gone: Gone,
    /// A sync failed before a restart: the kernel may have given it up, and claims success since.
    doubtful: bool,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} {} {:?}",
            self.id.map(|id| (id.0, self.run.map(|run| run.0))),
            if self.durable { "durable" } else { "" },
            self.gone
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Gone {
    No,
    /// Asked for, and maybe not on disk.
    Maybe,
    /// The call succeeded.
    Done,
    /// A good sync came after it.
    Durable,
}

pub(super) fn settings(fsync: Fsync) -> SpoolSettings {
    SpoolSettings::new("memory").fsync(fsync).max_bytes(4096).segment_bytes(300)
}

pub(super) const POLICIES: [Fsync; 3] =
    [Fsync::Always, Fsync::Interval(Duration::from_millis(100)), Fsync::Never];

/// A spool, and what is known of it.
pub(super) struct Drive {
    pub(super) fs: MemFs,
    settings: SpoolSettings,
    when_full: SpoolFull,
    pub(super) fsync: Fsync,
    pub(super) spool: Option<Spool<MemFs>>,
    pub(super) known: Vec<Known>,
    pub(super) now: Instant,
    /// A sync failed, and no good one came after it.
    in_doubt: bool,
    /// So many were dropped without their lines.
    pub(super) unread: usize,
    /// For messages.
    pub(super) context: String,
}

impl Drive {
    /// A spool that is large, or small if it drops the oldest.
    pub(super) fn new(fs: MemFs, fsync: Fsync, when_full: SpoolFull) -> Self {
        let settings = settings(fsync);
        Drive {
            fs,
            settings: if when_full == SpoolFull::Refuse { settings } else { settings.max_bytes(1500) },
            when_full,
            fsync,
            spool: None,
            known: Vec::new(),
            now: Instant::now(),
            in_doubt: false,
            unread: 0,
            context: String::new(),
        }
    }

    /// Runs until the machine goes off; says whether it stayed on.
    pub(super) fn run(&mut self, script: &[Op]) -> bool {
        if self.open().is_err() && self.fs.crashed() {
            return false;
        }
        script.iter().all(|op| {
            drop(self.step(op));
            !self.fs.crashed()
        })
    }

    pub(super) fn open(&mut self) -> Result<Recovered, SpoolError> {
        self.note_given_up();
        self.spool = None;
        let opened = Spool::open(self.fs.clone(), &self.settings, self.when_full);
        self.note_failed_sync(opened.as_ref().err());
        let (spool, recovered) = opened?;
        self.spool = Some(spool);
        self.adopt(&recovered);
        for known in self.known.iter_mut().filter(|_| self.in_doubt) {
            known.doubtful |= !known.durable || known.gone < Gone::Durable;
        }
        if self.fsync != Fsync::Never {
            self.synced();
        }
        Ok(recovered)
    }

    /// After an error, what was refused or acknowledged can be there again; nothing else may change.
    fn adopt(&mut self, recovered: &Recovered) {
        let disk = self.fs.disk().after(Crash::Process);
        let (mut spool, again) = opened(MemFs::new(disk), &self.roomy()).unwrap();
        assert_eq!(recovered.records, again.records);
        let found: BTreeMap<usize, (RecordId, RecordId)> =
            again.records.iter().flat_map(|record| self.recognise(&mut spool, record.id)).collect();
        for (place, known) in self.known.iter_mut().enumerate() {
            match found.get(&place) {
                Some((id, run)) => {
                    assert!(known.gone <= Gone::Maybe, "{place} came back");
                    (known.id, known.run, known.gone) = (Some(*id), Some(*run), Gone::No);
                }
                None => assert!(known.id.is_none() || known.gone != Gone::No, "{place} is lost"),
            }
        }
    }

    pub(super) fn step(&mut self, op: &Op) -> Result<(), SpoolError> {
        if self.spool.is_none() {
            self.open()?;
        }
        let Some(spool) = &mut self.spool else { return Ok(()) };
        let outcome = match op {
            Op::Append { target, lines, join } => self.append(*target, *lines, *join, true),
            Op::AppendUnsynced { target, lines, join } => self.append(*target, *lines, *join, false),
            Op::Sync => {
                let outcome = spool.sync();
                if outcome.is_ok() && self.fsync != Fsync::Never {
                    self.synced();
                }
                outcome
            }
            Op::Acknowledge(places) => {
                let runs = places.iter().filter_map(|place| self.known.get(*place)?.run);
                let runs: Vec<RecordId> = runs.collect();
                let outcome = spool.acknowledge(&runs);
                let gone = if outcome.is_ok() { Gone::Done } else { Gone::Maybe };
                for known in
                    self.known.iter_mut().filter(|known| known.run.is_some_and(|run| runs.contains(&run)))
                {
                    known.gone = known.gone.max(gone);
                }
                outcome
            }
            Op::Read(place) => match self.known.get(*place).and_then(|known| known.run) {
                Some(run) => spool.read(run).map(|record| {
                    let waits = |known: &&Known| known.run == Some(run) && known.gone == Gone::No;
                    let lines: Vec<&[u8]> =
                        self.known.iter().filter(waits).map(|known| &known.lines[..]).collect();
                    assert_eq!(record.lines, lines.concat());
                }),
                None => Ok(()),
            },
            Op::Reopen => self.open().map(drop),
        };
        self.note_dropped();
        self.note_failed_sync(outcome.as_ref().err());
        outcome
    }

    fn append(&mut self, target: u8, lines: usize, join: Join, sync: bool) -> Result<(), SpoolError> {
        let Some(spool) = &mut self.spool else { return Ok(()) };
        let place = self.known.len();
        // each record's bytes are its own
        let lines = format!("r{place} {}\n", "x".repeat(lines)).into_bytes();
        let target = vec![b'a' + target; usize::from(target)];
        let points = place as u32 % 7;
        let asked = join.and_then(|back| self.known.iter().rev().nth(back)).and_then(|known| known.run);
        let behind = target.len() == 3;
        let append = Append { join: asked, behind, ..Append::new(&target, points, &lines) };
        let outcome = match sync {
            true => spool.append(append, self.now),
            false => spool.append_unsynced(append, self.now),
        };
        let run = outcome.as_ref().ok().copied();
        let id = run.map(|_| RecordId(spool.next_id - 1));
        if run != id {
            assert_eq!(run, asked);
            let newest = self.known.iter().rfind(|known| known.id.is_some()).unwrap();
            assert_eq!((newest.run, newest.gone, &newest.target), (run, Gone::No, &target), "{place} joined");
        }
        let (durable, gone, doubtful) = (false, Gone::No, false);
        self.known.push(Known { target, points, lines, id, run, durable, gone, doubtful });
        if id.is_some() && sync && self.fsync == Fsync::Always {
            self.synced();
        }
        outcome.map(drop)
    }

    fn note_dropped(&mut self) {
        let Some(spool) = &mut self.spool else { return };
        for dropped in spool.take_dropped() {
            let run = Some(dropped.record.id);
            let (mut left, mut lines) = (Pending::default(), Vec::new());
            for known in self.known.iter_mut().filter(|known| known.run == run && known.gone == Gone::No) {
                assert_eq!(known.target, *dropped.record.target);
                left.records += 1;
                left.points += u64::from(known.points);
                left.bytes += known.lines.len() as u64;
                lines.extend_from_slice(&known.lines);
                known.gone = Gone::Maybe;
            }
            let Descriptor { records, points, bytes, .. } = dropped.record;
            let told = Pending { records: records.into(), points: points.into(), bytes };
            assert_eq!(left, told, "what waited is dropped: {dropped:?}");
            assert_eq!(dropped.reason, DropReason::Full);
            assert!(dropped.lines.as_ref().is_none_or(|given| *given == lines), "{dropped:?}");
            self.unread += usize::from(dropped.lines.is_none());
        }
    }

    /// A process ends: where it saw a sync fail, the next one finds what may never be on disk, also of records that were
    /// durable and have been moved.
    fn note_given_up(&mut self) {
        let Some(spool) = &self.spool else { return };
        for (id, entry) in &spool.live {
            let end = entry.offset + entry.len();
            let is_in = |segment: &&Segment<usize>| segment.number == entry.segment;
            if spool.segments.iter().find(is_in).is_some_and(|segment| segment.failed && end > segment.synced)
            {
                let run = Some(RecordId(*id));
                let moved = self.known.iter_mut().filter(|known| known.run == run);
                moved.for_each(|known| known.durable = false);
            }
        }
    }

    fn note_failed_sync(&mut self, error: Option<&SpoolError>) {
        self.in_doubt |= matches!(error, Some(SpoolError::Io { doing, .. }) if doing.starts_with("sync"));
    }

    fn synced(&mut self) {
        self.in_doubt = false;
        for known in self.known.iter_mut().filter(|known| !known.doubtful) {
            known.durable |= known.id.is_some();
            if known.gone == Gone::Done {
                known.gone = Gone::Durable;
            }
        }
    }

    /// The records that wait, as the naive model has them.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|known| known.id.is_some() && known.gone == Gone::No)
    }

    /// The spool and the naive model agree.
    pub(super) fn agree(&self) {
        let Some(spool) = &self.spool else { return };
        let mut expected: Vec<(Option<RecordId>, Pending)> = Vec::new();
        let mut pending = Pending::default();
        for known in self.waiting() {
            if expected.last().is_none_or(|(run, _)| *run != known.run) {
                expected.push((known.run, Pending::default()));
            }
            for sum in expected.last_mut().map(|(_, sum)| sum).into_iter().chain([&mut pending]) {
                sum.records += 1;
                sum.points += u64::from(known.points);
                sum.bytes += known.lines.len() as u64;
            }
        }
        let found: Vec<_> = spool
            .records()
            .map(|Descriptor { id, records, points, bytes, .. }| {
                (Some(id), Pending { records: records.into(), points: points.into(), bytes })
            })
            .collect();
        assert_eq!(found, expected);
        assert_eq!(spool.pending(), pending);
        assert_eq!(spool.disk_bytes(), self.fs.bytes());
    }

    /// The settings with room for more.
    pub(super) fn roomy(&self) -> SpoolSettings {
        self.settings.clone().max_bytes(1 << 20)
    }

    /// Which appended records these are, by their lines, with their own ids and the run's.
    pub(super) fn recognise(
        &self,
        spool: &mut Spool<MemFs>,
        run: RecordId,
    ) -> Vec<(usize, (RecordId, RecordId))> {
        let record = spool.read(run).unwrap();
        let lines = record.lines.split_inclusive(|byte| *byte == b'\n');
        let places: Vec<usize> = lines
            .map(|lines| {
                let same = |known: &Known| known.lines == lines && known.target == *record.target;
                self.known.iter().position(same).unwrap_or_else(|| panic!("nobody appended {record:?}"))
            })
            .collect();
        let points: u32 = places.iter().map(|place| self.known[*place].points).sum();
        assert_eq!(record.points, points, "{record:?}");
        places.into_iter().zip(run.0..).map(|(place, id)| (place, (RecordId(id), run))).collect()
    }
}

/// The lines of the records that wait, also of those in runs, for tests that need no script.
pub(super) fn contents<F: SpoolFs>(spool: &mut Spool<F>) -> BTreeMap<RecordId, Vec<u8>> {
    let runs: Vec<RecordId> = spool.records().map(|record| record.id).collect();
    let mut contents = BTreeMap::new();
    for id in runs {
        let run = spool.read_run(id.0).unwrap();
        let lines = |part: &Part| (RecordId(part.id), run.bytes[part.lines.clone()].to_vec());
        contents.extend(run.parts.iter().map(lines));
    }
    contents
}

/// Opens a spool that refuses what has no room.
pub(super) fn opened<F: SpoolFs>(
    fs: F,
    settings: &SpoolSettings,
) -> Result<(Spool<F>, Recovered), SpoolError> {
    Spool::open(fs, settings, SpoolFull::Refuse)
}
