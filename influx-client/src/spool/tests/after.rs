//! What a crash leaves keeps the promises.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

use super::disk::{Crash, Disk};
use super::drive::{Drive, Gone, Known, opened};
use super::machine::MemFs;
use crate::spool::settings::Fsync;
use crate::spool::waiting::{Append, RecordId};
use crate::spool::wal::Spool;

impl Drive {
    /// As [`check_after`](Drive::check_after), if that was not checked yet: crashes that leave the same files, of which the
    /// same is known, are one.
    pub(super) fn check_after_once(&self, crash: Crash, checked: &mut HashSet<u64>) {
        let disk = self.fs.disk().after(crash);
        let mut hasher = DefaultHasher::new();
        (crash == Crash::Process, &disk).hash(&mut hasher);
        for known in &self.known {
            (known.id, known.run, known.durable, known.gone).hash(&mut hasher);
        }
        if checked.insert(hasher.finish()) {
            self.check_on(disk, crash);
        }
    }

    /// What a crash leaves keeps the promises, and the spool goes on from there.
    pub(super) fn check_after(&self, crash: Crash) {
        let disk = self.fs.disk().after(crash);
        self.check_on(disk, crash);
    }

    fn check_on(&self, disk: Disk, crash: Crash) {
        let fs = MemFs::new(disk);
        let (mut spool, recovered) = opened(fs.clone(), &self.roomy()).unwrap();
        let found = recovered.records.iter().flat_map(|record| self.recognise(&mut spool, record.id));
        let found: Vec<usize> = found.map(|(place, _)| place).collect();
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

    /// Appends, acknowledges, and loses power: all is there.
    fn goes_on(&self, fs: &MemFs, mut spool: Spool<MemFs>, found: &[usize]) {
        let mut expected: Vec<&[u8]> = found.iter().map(|place| &self.known[*place].lines[..]).collect();
        let mut ids: Vec<RecordId> = spool.records().map(|record| record.id).collect();
        for lines in [&b"after 1\n"[..], b"after 2\n"] {
            let id = spool.append(Append::new(b"t", 1, lines), self.now).unwrap();
            assert!(ids.last() < Some(&id), "ids grow");
            ids.push(id);
            expected.push(lines);
        }
        let oldest = spool.records().next().unwrap();
        spool.acknowledge(&ids[..1]).unwrap();
        expected.drain(..oldest.records as usize);
        spool.sync().unwrap();
        drop(spool);
        let crash = if self.fsync == Fsync::Never { Crash::Process } else { Crash::Nothing };
        let (mut spool, recovered) = opened(MemFs::new(fs.disk().after(crash)), &self.roomy()).unwrap();
        let lines: Vec<Bytes> =
            recovered.records.iter().map(|record| spool.read(record.id).unwrap().lines).collect();
        assert_eq!(lines.concat(), expected.concat(), "{crash:?}");
        assert_eq!(recovered.lost, [], "told once");
    }
}
