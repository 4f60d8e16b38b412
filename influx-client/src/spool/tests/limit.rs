//! The size limit, and space that comes back.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use bytes::Bytes;
use proptest::prelude::*;

use super::disk::Crash;
use super::drive::{contents, opened, settings};
use super::machine::{Fault, MemFs};
use super::model::{any_full, any_policy};
use crate::spool::error::SpoolError;
use crate::spool::settings::{Fsync, SpoolFull, SpoolSettings};
use crate::spool::waiting::{Append, DropReason, RecordId};
use crate::spool::wal::Spool;

const MAX: u64 = 4096;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The files stay below the limit whatever is done, and each record is acknowledged, waits, or was dropped in order.
    #[test]
    fn the_limit_holds(
        steps in prop::collection::vec((0..1000usize, any::<[bool; 3]>(), 0..20usize), 1..150),
        longest in prop::sample::select(vec![250usize, 1000]),
        fsync in any_policy(),
        when_full in any_full(),
    ) {
        let fs = MemFs::default();
        let settings = settings(fsync).max_bytes(MAX);
        let (mut spool, _) = Spool::open(fs.clone(), &settings, when_full).unwrap();
        let mut waiting: VecDeque<RecordId> = VecDeque::new();
        for (len, [joins, behind, acknowledge], which) in steps {
            let len = len % longest;
            let join = waiting.back().copied().filter(|_| joins);
            match spool.append(Append { join, behind, ..Append::new(b"t", 1, &vec![b'x'; len]) }, Instant::now()) {
                Ok(_) if behind && when_full == SpoolFull::Refuse && fs.bytes() > MAX - MAX / 8 - 300 => {
                    panic!("no room is left to others")
                }
                Ok(id) if waiting.back() == Some(&id) => prop_assert_eq!(join, Some(id)),
                Ok(id) => waiting.push_back(id),
                Err(SpoolError::Full { used, max, .. }) => {
                    prop_assert_eq!(when_full, SpoolFull::Refuse);
                    let margin = if behind { MAX / 8 } else { 0 };
                    prop_assert_eq!((used, max), (fs.bytes(), MAX - margin));
                    let live: u64 = spool.records().map(|record| record.bytes + 33 * u64::from(record.records)).sum();
                    let acknowledging = 48 * (spool.records().count() as u64 + 1);
                    let held = 2 * live + 3 * 300 + acknowledging + len as u64 + 33;
                    prop_assert!(longest > 250 || held >= max, "full with {live} bytes that wait");
                }
                Err(error) => panic!("{error}"),
            }
            for dropped in spool.take_dropped() {
                prop_assert_eq!(dropped.reason, DropReason::Full);
                let bytes = dropped.lines.map(|lines| lines.len() as u64);
                prop_assert_eq!(bytes, Some(dropped.record.bytes));
                prop_assert_eq!(Some(dropped.record.id), waiting.pop_front(), "the oldest first");
            }
            if acknowledge && !waiting.is_empty() {
                let id = waiting.remove(which % waiting.len()).unwrap();
                spool.acknowledge(&[id]).unwrap();
            }
            prop_assert!(fs.peak() <= MAX, "{} bytes", fs.peak());
            let found: Vec<RecordId> = spool.records().map(|record| record.id).collect();
            prop_assert_eq!(&found, waiting.make_contiguous());
        }
    }
}

#[test]
fn a_target_that_is_down_does_not_fill_the_spool() {
    for fsync in [Fsync::Always, Fsync::Never] {
        let fs = MemFs::default();
        let (mut spool, _) = opened(fs.clone(), &settings(fsync).max_bytes(MAX)).unwrap();
        let mut down = Vec::new();
        for round in 0..500 {
            if round % 50 == 0 {
                down.push(spool.append(Append::new(b"down", 1, &[b'd'; 20]), Instant::now()).unwrap());
            }
            let id = spool.append(Append::new(b"up", 1, &[b'u'; 150]), Instant::now()).unwrap();
            spool.acknowledge(&[id]).unwrap();
        }
        assert_eq!(spool.records().map(|record| record.id).collect::<Vec<_>>(), down);
        assert!(down.iter().all(|id| spool.read(*id).unwrap().lines == [b'd'; 20][..]));
    }
}

#[test]
fn a_record_that_does_not_fit_beside_itself_is_not_moved() {
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings(Fsync::Always).max_bytes(MAX)).unwrap();
    let large = spool.append(Append::new(b"t", 1, &[b'x'; 1400]), Instant::now()).unwrap();
    for _ in 0..100 {
        let Ok(id) = spool.append(Append::new(b"t", 1, &[b'y'; 40]), Instant::now()) else { break };
        spool.acknowledge(&[id]).unwrap();
    }
    assert!(fs.peak() <= MAX, "{}", fs.peak());
    spool.acknowledge(&[large]).unwrap();
    spool.append(Append::new(b"t", 1, &[b'y'; 1400]), Instant::now()).unwrap();
}

/// A sync that failed after records were moved keeps their old segment; the next one frees it, and is tried when full.
#[test]
fn what_a_failed_move_holds_is_freed_before_the_spool_is_full() {
    let settings = settings(Fsync::Interval(Duration::from_secs(1))).max_bytes(MAX);
    let mut held = 0;
    for at in 20..150 {
        let fs = MemFs::default().with_faults([(at, Fault::Error(ErrorKind::Other))]);
        let (mut spool, _) = opened(fs, &settings).unwrap();
        spool.append(Append::new(b"t", 1, b"stays"), Instant::now()).unwrap();
        let mut failed = false;
        while !failed && spool.next_id < 30 {
            let Ok(id) = spool.append(Append::new(b"t", 1, &[b'x'; 100]), Instant::now()) else { break };
            failed = spool.acknowledge(&[id]).is_err();
        }
        held += usize::from(spool.segments.iter().any(|segment| segment.copied));
        while spool.append(Append::new(b"t", 1, &[b'x'; 100]), Instant::now()).is_ok() {}
        assert!(!spool.segments.iter().any(|segment| segment.copied), "{at}");
    }
    assert!(held > 0);
}

#[test]
fn all_space_comes_back() {
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings(Fsync::Always).max_bytes(MAX)).unwrap();
    for round in 0..20 {
        let mut ids = Vec::new();
        while let Ok(id) = spool.append(Append::new(b"t", 1, &[b'x'; 100]), Instant::now()) {
            ids.push(id);
        }
        assert!(ids.len() >= 20, "{} in round {round}", ids.len());
        ids.reverse();
        spool.acknowledge(&ids).unwrap();
        assert_eq!(spool.pending(), Default::default());
        assert!(fs.disk().files().len() == 1, "only the newest is left");
    }
}

#[test]
fn many_acknowledgements_of_neighbours_are_one_range() {
    let fs = MemFs::default();
    let settings = SpoolSettings::new("memory").max_bytes(1 << 20);
    let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
    let ids: Vec<RecordId> = (0..1000)
        .map(|_| spool.append_unsynced(Append::new(b"t", 1, b"x"), Instant::now()).unwrap())
        .collect();
    let before = fs.bytes();
    spool.acknowledge(&ids[1..999]).unwrap();
    assert_eq!(fs.bytes() - before, 48);
}

/// Single points as they come: memory is taken for runs, not for records.
#[test]
fn many_small_records_take_few_entries() {
    let settings = SpoolSettings::new("memory").max_bytes(64 << 20);
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
    let mut run = None;
    for n in 0..100_000u32 {
        let lines = format!("trades,instrument=AAPL price={n},size=10i {n}\n");
        let append = Append { join: run, ..Append::new(b"market", 1, lines.as_bytes()) };
        run = Some(spool.append_unsynced(append, Instant::now()).unwrap());
    }
    spool.sync().unwrap();
    let pending = spool.pending();
    assert_eq!((pending.records, pending.points), (100_000, 100_000));
    let check = |spool: &mut Spool<MemFs>| {
        assert!(spool.live.len() < 300, "{} entries", spool.live.len());
        assert_eq!(spool.pending(), pending);
        let runs: Vec<RecordId> = spool.records().map(|run| run.id).collect();
        let lines = runs.iter().map(|run| spool.read(*run).unwrap().lines);
        let lines = lines.collect::<Vec<_>>().concat();
        assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 100_000);
        assert!(lines.ends_with(b"price=99999,size=10i 99999\n"));
    };
    check(&mut spool);
    drop(spool);
    check(&mut opened(fs, &settings).unwrap().0);
    assert!(std::mem::size_of::<crate::spool::entry::Entry>() <= 48);
}

#[test]
fn what_never_fits_is_told_so() {
    let (mut spool, _) = opened(MemFs::default(), &settings(Fsync::Always).max_bytes(MAX)).unwrap();
    let largest = spool.largest_record() as usize - 32;
    let error = spool.append(Append::new(b"t", 1, &vec![b'x'; largest]), Instant::now()).unwrap_err();
    assert!(matches!(error, SpoolError::TooLarge { .. }), "{error}");
    assert!(matches!(
        spool.append(Append::new(&vec![b't'; 1 << 16], 1, b"x"), Instant::now()),
        Err(SpoolError::TargetTooLong { bytes: 65536 })
    ));
    let id = spool.append(Append::new(b"t", 1, &vec![b'x'; largest - 1]), Instant::now()).unwrap();
    assert_eq!(spool.read(id).unwrap().lines.len(), largest - 1);
}

#[test]
fn a_sync_is_due_when_the_policy_says_so() {
    let now = Instant::now();
    let second = Duration::from_secs(1);
    for (fsync, due) in
        [(Fsync::Always, Some(now)), (Fsync::Interval(second), Some(now + second)), (Fsync::Never, None)]
    {
        let (mut spool, _) = opened(MemFs::default(), &settings(fsync)).unwrap();
        assert_eq!(spool.sync_due(), None);
        spool.append_unsynced(Append::new(b"t", 1, b"x"), now).unwrap();
        spool.append_unsynced(Append::new(b"t", 1, b"x"), now + second).unwrap();
        assert_eq!(spool.sync_due(), due, "{fsync:?}");
        spool.sync().unwrap();
        assert_eq!(spool.sync_due(), None);
    }
}

#[test]
fn settings_that_make_no_sense() {
    let settings = SpoolSettings::new("folder");
    for (settings, message) in [
        (SpoolSettings::new(""), "the spool's folder is empty: name one"),
        (settings.clone().max_bytes(10), "the spool's max_bytes is 10: give at least 1024"),
        (
            settings.clone().max_bytes(4000).segment_bytes(1001),
            "the spool's segment_bytes is 1001: give at least 1 and at most a quarter of max_bytes, which is 4000",
        ),
        (
            settings.fsync(Fsync::Interval(Duration::ZERO)),
            "the spool's fsync interval is zero: use Fsync::Always",
        ),
    ] {
        let error = opened(MemFs::default(), &settings).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

/// A target that is down takes no more of the spool than the margin allows, and the others go on.
#[test]
fn a_target_that_is_down_leaves_room_for_the_others() {
    for fsync in [Fsync::Always, Fsync::Never] {
        let fs = MemFs::default();
        let (mut spool, _) = opened(fs.clone(), &settings(fsync).max_bytes(MAX)).unwrap();
        let mut down = Vec::new();
        let mut refused = 0;
        for _ in 0..500 {
            let append = Append { behind: true, ..Append::new(b"down", 1, &[b'd'; 20]) };
            match spool.append(append, Instant::now()) {
                Ok(id) => down.push(id),
                Err(error) => {
                    assert!(matches!(error, SpoolError::Full { max: 3584, .. }), "{error}");
                    refused += 1;
                }
            }
            let id = spool.append(Append::new(b"up", 1, &[b'u'; 150]), Instant::now()).unwrap();
            spool.acknowledge(&[id]).unwrap();
        }
        assert!(refused > 400 && down.len() > 10, "{refused}, {}", down.len());
        assert!(fs.peak() <= MAX, "{}", fs.peak());
        assert_eq!(spool.records().map(|record| record.id).collect::<Vec<_>>(), down);
        assert!(down.iter().all(|id| spool.read(*id).unwrap().lines == [b'd'; 20][..]));
    }
}

/// What has to go is handed back, without what is damaged in it.
#[test]
fn what_is_dropped_carries_its_lines() {
    let fs = MemFs::default();
    let settings = settings(Fsync::Always).max_bytes(1200);
    let (mut spool, _) = Spool::open(fs.clone(), &settings, SpoolFull::DropOldest).unwrap();
    let first = spool.append(Append::new(b"t", 1, b"first\n"), Instant::now()).unwrap();
    for (points, lines) in [(2, b"second\n"), (4, b"thirdX\n")] {
        let append = Append { join: Some(first), ..Append::new(b"t", points, lines) };
        assert_eq!(spool.append(append, Instant::now()).unwrap(), first);
    }
    fs.rot("00000000000000000001.spool", 39 + 35);
    let mut dropped = Vec::new();
    while dropped.is_empty() {
        spool.append(Append::new(b"other", 1, &[b'x'; 100]), Instant::now()).unwrap();
        dropped = spool.take_dropped();
    }
    let told: Vec<_> = dropped
        .into_iter()
        .map(|one| (one.record.id, one.record.records, one.record.points, one.reason, one.lines))
        .take(2)
        .collect();
    let left = Bytes::from_static(b"first\nthirdX\n");
    let expected = [(first, 1, 2, DropReason::Damaged, None), (first, 2, 5, DropReason::Full, Some(left))];
    assert_eq!(told, expected);
}

/// Also when it was there first: what is sent between its records and the limit makes room again.
#[test]
fn a_target_that_filled_the_spool_leaves_room_for_the_others() {
    const MAX: u64 = 32 << 10;
    for (fsync, len) in [(Fsync::Always, 20), (Fsync::Always, 200), (Fsync::Never, 900)] {
        let fs = MemFs::default();
        let settings = settings(fsync).max_bytes(MAX).segment_bytes(1 << 10);
        let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
        let lines = vec![b'd'; len];
        let (mut down, mut join) = (Vec::new(), None);
        while let Ok(run) =
            spool.append(Append { join, behind: true, ..Append::new(b"down", 1, &lines) }, Instant::now())
        {
            down.push(RecordId(spool.next_id - 1));
            join = Some(run);
        }
        let filled = spool.live_bytes;
        assert!(filled > MAX / 2, "{filled}");
        for n in 0..300 {
            let id = spool.append(Append::new(b"up", 1, &[b'u'; 150]), Instant::now()).unwrap();
            spool.acknowledge(&[id]).unwrap();
            if n % 50 == 0 {
                let crash = if fsync == Fsync::Always { Crash::Removals } else { Crash::Process };
                let (mut spool, _) = opened(MemFs::new(fs.disk().after(crash)), &settings).unwrap();
                let found = contents(&mut spool);
                assert!(down.iter().all(|id| found[id] == lines));
            }
        }
        assert!(fs.peak() <= MAX, "{}", fs.peak());
        drop(spool);
        let (mut spool, _) = opened(MemFs::new(fs.disk().after(Crash::Process)), &settings).unwrap();
        assert_eq!(contents(&mut spool), down.into_iter().map(|id| (id, lines.clone())).collect());
    }
}
