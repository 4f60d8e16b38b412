//! Drives a spool through a script, beside what must come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use super::super::{Fsync, Pending, RecordId, Recovered, Spool, SpoolError, SpoolFull, SpoolSettings};
use super::disk::{Crash, Disk};
use super::machine::MemFs;

/// One call. Records are meant by their place among all that were appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Append { target: u8, lines: usize },
    AppendUnsynced { target: u8, lines: usize },
    Sync,
    Acknowledge(Vec<usize>),
    Read(usize),
    Reopen,
}

/// What became of a record.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) target: Vec<u8>,
    pub(super) points: u32,
    pub(super) lines: Vec<u8>,
    pub(super) id: Option<RecordId>,
    /// A good sync came after it.
    pub(super) durable: bool,
    gone: Gone,
    /// A sync failed before a restart: the kernel may have given it up, and claims success since.
    doubtful: bool,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} {} {:?}",
            self.id.map(|id| id.0),
            if self.durable { "durable" } else { "" },
            self.gone
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Gone {
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
    fsync: Fsync,
    pub(super) spool: Option<Spool<MemFs>>,
    pub(super) known: Vec<Known>,
    now: Instant,
    /// A sync failed, and no good one came after it.
    in_doubt: bool,
    /// For messages.
    pub(super) context: String,
}

impl Drive {
    pub(super) fn new(fs: MemFs, fsync: Fsync, settings: SpoolSettings) -> Self {
        Drive {
            fs,
            settings: settings.fsync(fsync),
            fsync,
            spool: None,
            known: Vec::new(),
            now: Instant::now(),
            in_doubt: false,
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
        self.spool = None;
        let opened = Spool::open(self.fs.clone(), &self.settings);
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
        let (mut spool, again) = Spool::open(MemFs::new(disk), &self.roomy()).unwrap();
        assert_eq!(recovered.records, again.records);
        let found: BTreeMap<usize, RecordId> =
            again.records.iter().map(|record| (self.recognise(&mut spool, record.id), record.id)).collect();
        for (place, known) in self.known.iter_mut().enumerate() {
            match found.get(&place) {
                Some(id) => {
                    assert!(known.gone <= Gone::Maybe, "{place} came back");
                    (known.id, known.gone) = (Some(*id), Gone::No);
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
            Op::Append { target, lines } => self.append(*target, *lines, true),
            Op::AppendUnsynced { target, lines } => self.append(*target, *lines, false),
            Op::Sync => {
                let outcome = spool.sync();
                if outcome.is_ok() && self.fsync != Fsync::Never {
                    self.synced();
                }
                outcome
            }
            Op::Acknowledge(places) => {
                let places: Vec<usize> =
                    places.iter().copied().filter(|place| *place < self.known.len()).collect();
                let ids: Vec<RecordId> = places.iter().filter_map(|place| self.known[*place].id).collect();
                let outcome = spool.acknowledge(&ids);
                let gone = if outcome.is_ok() { Gone::Done } else { Gone::Maybe };
                for place in places {
                    self.known[place].gone = self.known[place].gone.max(gone);
                }
                outcome
            }
            Op::Read(place) => match self.known.get(*place).and_then(|known| known.id) {
                Some(id) => spool.read(id).map(drop),
                None => Ok(()),
            },
            Op::Reopen => self.open().map(drop),
        };
        self.note_dropped();
        self.note_failed_sync(outcome.as_ref().err());
        outcome
    }

    fn append(&mut self, target: u8, lines: usize, sync: bool) -> Result<(), SpoolError> {
        let Some(spool) = &mut self.spool else { return Ok(()) };
        let place = self.known.len();
        // each record's bytes are its own
        let lines = format!("r{place} {}", "x".repeat(lines)).into_bytes();
        let target = vec![b'a' + target; usize::from(target)];
        let points = place as u32 % 7;
        let outcome = match sync {
            true => spool.append(&target, points, &lines, self.now),
            false => spool.append_unsynced(&target, points, &lines, self.now),
        };
        let id = outcome.as_ref().ok().copied();
        self.known.push(Known { target, points, lines, id, durable: false, gone: Gone::No, doubtful: false });
        if id.is_some() && sync && self.fsync == Fsync::Always {
            self.synced();
        }
        outcome.map(drop)
    }

    fn note_dropped(&mut self) {
        let Some(spool) = &mut self.spool else { return };
        for dropped in spool.take_dropped() {
            let is_it = |known: &&mut Known| known.id == Some(dropped.record.id);
            let known = self.known.iter_mut().find(is_it).expect("only what was appended is dropped");
            assert_eq!(known.gone, Gone::No, "{dropped:?} had left before");
            assert_eq!(
                (known.points, &known.target[..], known.lines.len() as u64),
                (dropped.record.points, &*dropped.record.target, dropped.record.bytes)
            );
            known.gone = Gone::Maybe;
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
        let expected: Vec<_> =
            self.waiting().map(|known| (known.id, known.points, known.lines.len() as u64)).collect();
        let found: Vec<_> =
            spool.records().map(|record| (Some(record.id), record.points, record.bytes)).collect();
        assert_eq!(found, expected);
        let pending = Pending {
            records: expected.len() as u64,
            points: expected.iter().map(|known| u64::from(known.1)).sum(),
            bytes: expected.iter().map(|known| known.2).sum(),
        };
        assert_eq!(spool.pending(), pending);
        assert_eq!(spool.disk_bytes(), spool_bytes(&self.fs.disk()));
    }

    /// Two crashes with the same one leave the same files, of which the same is known.
    pub(super) fn fingerprint(&self, crash: Crash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (crash == Crash::Process, self.fs.disk().after(crash).files()).hash(&mut hasher);
        for known in &self.known {
            (known.id, known.durable, known.gone).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// What a crash leaves keeps the promises, and the spool goes on from there.
    pub(super) fn check_after(&self, crash: Crash) {
        let fs = MemFs::new(self.fs.disk().after(crash));
        let (mut spool, recovered) = Spool::open(fs.clone(), &self.roomy()).unwrap();
        let found: Vec<usize> =
            recovered.records.iter().map(|record| self.recognise(&mut spool, record.id)).collect();
        let context =
            || format!("{crash:?}, {:?}, {}: found {found:?} of {:?}", self.fsync, self.context, self.known);
        assert!(found.is_sorted_by(|a, b| a < b), "in order and once: {}", context());
        let found_set: BTreeSet<usize> = found.iter().copied().collect();
        for (place, known) in self.known.iter().enumerate() {
            let taken = if crash == Crash::Process { known.id.is_some() } else { known.durable };
            if taken && known.gone == Gone::No {
                assert!(found_set.contains(&place), "{place} is lost: {}", context());
            }
            let left =
                if crash == Crash::Process { known.gone >= Gone::Done } else { known.gone == Gone::Durable };
            assert!(!(left && found_set.contains(&place)), "{place} came back: {}", context());
        }
        // what nobody was told of is no loss
        for lost in &recovered.lost {
            let promised =
                |known: &Known| known.id == Some(lost.id) && known.durable && known.gone == Gone::No;
            assert!(!self.known.iter().any(promised), "{lost:?}: {}", context());
        }
        self.goes_on(&fs, spool, &found);
    }

    /// The settings with room for more.
    fn roomy(&self) -> SpoolSettings {
        self.settings.clone().max_bytes(1 << 20)
    }

    /// Appends, acknowledges, and loses power: all is there.
    fn goes_on(&self, fs: &MemFs, mut spool: Spool<MemFs>, found: &[usize]) {
        let mut expected: Vec<Vec<u8>> = found.iter().map(|place| self.known[*place].lines.clone()).collect();
        let mut ids: Vec<RecordId> = spool.records().map(|record| record.id).collect();
        for lines in [&b"after 1"[..], b"after 2"] {
            let id = spool.append(b"t", 1, lines, self.now).unwrap();
            assert!(ids.last() < Some(&id), "ids grow");
            ids.push(id);
            expected.push(lines.to_vec());
        }
        spool.acknowledge(&ids[..1]).unwrap();
        expected.remove(0);
        spool.sync().unwrap();
        drop(spool);
        let crash = if self.fsync == Fsync::Never { Crash::Process } else { Crash::Nothing };
        let (mut spool, recovered) = Spool::open(MemFs::new(fs.disk().after(crash)), &self.roomy()).unwrap();
        let lines: Vec<Vec<u8>> =
            recovered.records.iter().map(|record| spool.read(record.id).unwrap().lines.to_vec()).collect();
        assert_eq!(lines, expected, "{crash:?}");
        assert_eq!(recovered.lost, [], "told once");
    }

    /// Which appended record this is, by its bytes.
    fn recognise(&self, spool: &mut Spool<MemFs>, id: RecordId) -> usize {
        let record = spool.read(id).unwrap();
        let same = |known: &Known| {
            (&known.lines[..], &known.target[..], known.points)
                == (&record.lines[..], &record.target[..], record.points)
        };
        let place = self.known.iter().position(same);
        place.unwrap_or_else(|| panic!("nobody appended {record:?}"))
    }
}

fn spool_bytes(disk: &Disk) -> u64 {
    disk.files().values().map(|bytes| bytes.len() as u64).sum()
}

/// Records by their lines, for tests that need no script.
pub(super) fn contents(spool: &mut Spool<MemFs>) -> BTreeMap<RecordId, Vec<u8>> {
    let ids: Vec<RecordId> = spool.records().map(|record| record.id).collect();
    ids.into_iter().map(|id| (id, spool.read(id).unwrap().lines.to_vec())).collect()
}

pub(super) fn drops_oldest(fsync: Fsync) -> SpoolSettings {
    settings(fsync).max_bytes(1500).when_full(SpoolFull::DropOldest)
}
