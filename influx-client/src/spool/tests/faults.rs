//! Errors of the file system at any operation.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::crash;
use super::disk::Crash;
use super::drive::{self, Drive, Op, opened};
use super::machine::{Fault, MemFs};
use super::model::{any_full, any_op, any_policy};
use crate::spool::error::SpoolError;
use crate::spool::settings::{Fsync, SpoolFull};
use crate::spool::waiting::{Append, DropReason};

const FAULTS: [Fault; 4] = [
    Fault::Error(ErrorKind::StorageFull),
    Fault::Partly(ErrorKind::StorageFull),
    Fault::Error(ErrorKind::Other),
    Fault::Short,
];

fn check(
    script: &[Op],
    fsync: Fsync,
    faults: &[(usize, Fault)],
    when_full: SpoolFull,
    seed: u64,
    checked: &mut HashSet<u64>,
) {
    let fs = MemFs::default().with_faults(faults.iter().copied());
    let mut drive = Drive::new(fs, fsync, when_full);
    drive.context = format!("{faults:?}");
    let (first, mut soon) = (faults.iter().map(|fault| fault.0).min().unwrap_or(0), 4);
    for op in script {
        drop(drive.step(op));
        if let Some(spool) = &drive.spool {
            // neither a record nor a point is forgotten or counted twice
            let (pending, waiting) = (spool.pending(), drive.waiting());
            let (records, points) = waiting
                .fold((0, 0), |(records, points), known| (records + 1, points + u64::from(known.points)));
            assert_eq!((pending.records, pending.points), (records, points));
        }
        // and soon after the error
        if fsync != Fsync::Never && drive.fs.operations() > first && soon > 0 {
            soon -= 1;
            drive.check_after_once(Crash::Removals, checked);
        }
    }
    drive.check_after_once(Crash::Process, checked);
    if fsync != Fsync::Never {
        for crash in [Crash::Nothing, Crash::Names, Crash::Bytes, Crash::Torn(seed)] {
            drive.check_after_once(crash, checked);
        }
    }
    // the disk is well again: all that waits becomes durable
    drive.fs.without_faults();
    if drive.spool.is_none() {
        drive.open().unwrap();
    }
    if drive.step(&Op::Sync).is_err() {
        panic!("the spool stays out of order");
    }
    drive.check_after_once(Crash::Process, checked);
    if fsync != Fsync::Never {
        drive.check_after_once(Crash::Nothing, checked);
        drive.check_after_once(Crash::Torn(seed), checked);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_error_anywhere_loses_nothing(
        script in prop::collection::vec(any_op(), 1..40),
        fsync in any_policy(),
        faults in prop::collection::vec((0..150usize, prop::sample::select(FAULTS.to_vec())), 1..8),
        when_full in any_full(),
        seed in any::<u64>(),
    ) {
        check(&script, fsync, &faults, when_full, seed, &mut HashSet::new());
    }
}

fn each_single_error(script: &[Op], when_full: SpoolFull) {
    for fsync in drive::POLICIES {
        let mut well = Drive::new(MemFs::default(), fsync, when_full);
        well.run(script);
        // most of what a fault leaves another one has left
        let mut checked = HashSet::new();
        for at in 0..well.fs.operations() {
            for fault in FAULTS {
                check(script, fsync, &[(at, fault)], when_full, at as u64, &mut checked);
                // and the attempt to clean up fails, too
                if fault == FAULTS[1] {
                    check(
                        script,
                        fsync,
                        &[(at, fault), (at + 1, fault)],
                        SpoolFull::Refuse,
                        at as u64,
                        &mut checked,
                    );
                }
            }
        }
    }
}

#[test]
fn each_single_error_loses_nothing() {
    let script: Vec<Op> = (0..12)
        .flat_map(|place| {
            [
                Op::AppendUnsynced { target: 1, lines: 70, join: None },
                Op::Append { target: 2, lines: 40, join: None },
                Op::Acknowledge(vec![place, 2 * place]),
            ]
        })
        .chain([Op::Reopen, Op::Append { target: 0, lines: 0, join: None }])
        .collect();
    each_single_error(&script, SpoolFull::Refuse);
}

#[test]
fn each_single_error_loses_nothing_while_records_are_moved() {
    each_single_error(&crash::one_stays(), SpoolFull::Refuse);
    each_single_error(&crash::a_run_stays(), SpoolFull::Refuse);
}

#[test]
fn each_single_error_loses_nothing_while_segments_go_from_between_others() {
    each_single_error(&crash::some_stay_in_front(), SpoolFull::DropOldest);
}

/// Acknowledgements are in a segment whose name could not be synced, when the oldest was to go: they are written anew.
#[test]
fn acknowledgements_survive_a_folder_that_is_synced_late() {
    let append = |target, lines| Op::Append { target, lines, join: None };
    let mut script = vec![append(0, 0), Op::Reopen, append(0, 0), Op::Reopen];
    script.extend([append(0, 200), append(0, 0), append(0, 0), append(0, 32), append(0, 56), append(3, 8)]);
    script.extend([Op::Sync, append(0, 10), Op::Acknowledge(vec![2]), append(0, 200)]);
    let fsync = Fsync::Interval(Duration::from_millis(100));
    for at in 30..60 {
        check(&script, fsync, &[(at, FAULTS[0])], SpoolFull::DropOldest, 0, &mut HashSet::new());
    }
}

/// Records are saved from a sync that failed while segments go from between others: what was acknowledged anew stays.
#[test]
fn segments_go_from_between_others_after_a_failed_sync() {
    let append = |target, lines| Op::Append { target, lines, join: None };
    let unsynced = |lines, join| Op::AppendUnsynced { target: 0, lines, join };
    let mut script = vec![append(1, 22), append(0, 50), unsynced(12, Some(0)), unsynced(26, Some(0))];
    script.extend([unsynced(10, None), Op::Acknowledge(vec![0]), append(0, 27), append(2, 58)]);
    script.extend([Op::Acknowledge(vec![1]), unsynced(0, None), Op::Acknowledge(vec![4]), append(0, 0)]);
    script.extend([append(0, 0), Op::Reopen, Op::Acknowledge(vec![9, 7]), Op::Reopen, append(0, 0)]);
    script.extend([unsynced(340, None), Op::Sync, append(1, 40)]);
    for at in 40..80 {
        check(&script, Fsync::Always, &[(at, FAULTS[0])], SpoolFull::DropOldest, 0, &mut HashSet::new());
    }
}

#[test]
fn an_acknowledgement_without_room_does_not_keep_records_from_being_saved() {
    let settings = drive::settings(Fsync::Always);
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
    let first = spool.append(Append::new(b"t", 1, b"first"), Instant::now()).unwrap();
    let second = spool.append_unsynced(Append::new(b"t", 1, b"second"), Instant::now()).unwrap();
    let fs = fs.full();
    assert!(spool.acknowledge(&[first]).is_err());
    assert!(spool.sync().is_err(), "the acknowledgement is not durable");
    let (mut spool, _) = opened(MemFs::new(fs.disk().after(Crash::Nothing)), &settings).unwrap();
    assert_eq!(drive::contents(&mut spool).into_keys().collect::<Vec<_>>(), [first, second]);
}

#[test]
fn a_full_disk_does_not_keep_the_spool_from_being_emptied() {
    let settings = drive::settings(Fsync::Always);
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
    let ids: Vec<_> =
        (0..9u32).map(|n| spool.append(Append::new(b"t", n, &[b'x'; 90]), Instant::now()).unwrap()).collect();
    drop(spool);
    let name = crate::spool::segment::name(1);
    fs.rot(&name, 60);
    let before = fs.disk().files().len();
    // each operation that would take space
    let fs = fs.full();
    let (mut spool, recovered) = opened(fs.clone(), &settings).unwrap();
    assert_eq!(recovered.lost.iter().map(|lost| lost.id).collect::<Vec<_>>(), ids[..1]);
    assert!(spool.append(Append::new(b"t", 1, b"more"), Instant::now()).is_err());
    for record in recovered.records {
        assert_eq!(spool.read(record.id).unwrap().lines, vec![b'x'; 90 * record.records as usize]);
        assert!(spool.acknowledge(&[record.id]).is_err());
    }
    assert_eq!(spool.pending(), Default::default());
    assert!(before > 3 && fs.disk().files().len() == 1, "space came back");
}

/// The older part of the run is durable, the newer one is in doubt: the run stays one.
#[test]
fn a_run_that_a_failed_sync_left_in_doubt_is_written_again() {
    let settings = drive::settings(Fsync::Always);
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
    let first = spool.append(Append::new(b"t", 1, b"first\n"), Instant::now()).unwrap();
    let join = |points, lines| Append { join: Some(first), ..Append::new(b"t", points, lines) };
    assert_eq!(spool.append_unsynced(join(2, b"second\n"), Instant::now()).unwrap(), first);
    let sync = fs.operations() + 1;
    let fs = fs.with_faults([(sync, Fault::Error(ErrorKind::Other))]);
    spool.append(join(4, b"third\n"), Instant::now()).unwrap_err();
    assert_eq!(spool.pending().points, 3, "the caller keeps the third");
    assert_eq!(spool.read(first).unwrap().lines, "first\nsecond\n");
    let fourth = spool.append(join(8, b"fourth\n"), Instant::now()).unwrap();
    assert_ne!(fourth, first, "another lies between them");
    let (mut spool, recovered) = opened(MemFs::new(fs.disk().after(Crash::Nothing)), &settings).unwrap();
    let records = recovered.records.iter().map(|record| (record.id, record.records, record.points));
    assert_eq!(records.collect::<Vec<_>>(), [(first, 2, 3), (fourth, 1, 8)]);
    assert_eq!(spool.read(first).unwrap().lines, "first\nsecond\n");
}

/// The records that are moved are only in the old segment for sure until the new one is synced.
#[test]
fn a_segment_stays_until_what_was_moved_from_it_is_synced() {
    let settings = drive::settings(Fsync::Interval(std::time::Duration::from_secs(1)));
    let moves = |fault: Option<usize>| {
        let fs = MemFs::default().with_faults(fault.map(|at| (at, Fault::Error(ErrorKind::Other))));
        let (mut spool, _) = opened(fs.clone(), &settings).unwrap();
        spool.append(Append::new(b"t", 1, b"stays"), Instant::now()).unwrap();
        spool.sync().unwrap();
        let (mut operations, mut failed) = (Vec::new(), false);
        for _ in 0..20 {
            let id = spool.append(Append::new(b"t", 1, &[b'x'; 100]), Instant::now()).unwrap();
            let before = fs.operations();
            failed |= spool.acknowledge(&[id]).is_err();
            operations.extend(before..fs.operations());
            let disk = fs.disk().after(Crash::Removals);
            let (mut after, _) = opened(MemFs::new(disk), &settings).unwrap();
            let lines = drive::contents(&mut after);
            assert!(lines.values().any(|lines| lines == b"stays"), "{fault:?}: {lines:?}");
        }
        (operations, failed)
    };
    let (operations, _) = moves(None);
    let failures = operations.iter().filter(|at| moves(Some(**at)).1).count();
    assert!(failures > 20, "{failures} of {operations:?}");
}

#[test]
fn what_a_failed_sync_left_in_doubt_is_written_again() {
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &drive::settings(Fsync::Always)).unwrap();
    let first = spool.append_unsynced(Append::new(b"t", 3, b"first"), Instant::now()).unwrap();
    let faults = (fs.operations()..).take(1).map(|at| (at, Fault::Error(ErrorKind::Other)));
    let fs = fs.with_faults(faults);
    let error = spool.sync().unwrap_err();
    assert_eq!(error.to_string(), "cannot sync memory/00000000000000000001.spool");
    assert!(spool.sync_due().is_some());
    spool.sync().unwrap();
    assert_eq!(spool.sync_due(), None);
    drop(spool);
    let (mut spool, recovered) =
        opened(MemFs::new(fs.disk().after(Crash::Nothing)), &drive::settings(Fsync::Always)).unwrap();
    assert_eq!(recovered.records.iter().map(|record| record.id).collect::<Vec<_>>(), [first]);
    assert_eq!(&spool.read(first).unwrap().lines[..], b"first");
}

#[test]
fn a_record_that_rots_while_the_spool_is_open_is_dropped_and_told() {
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &drive::settings(Fsync::Always)).unwrap();
    let ids: Vec<_> =
        (0..3u32).map(|n| spool.append(Append::new(b"t", n, b"lines"), Instant::now()).unwrap()).collect();
    fs.rot("00000000000000000001.spool", 38 + 35);
    assert!(matches!(spool.read(ids[1]), Err(SpoolError::Damaged { id, points: 1, .. }) if id == ids[1]));
    assert!(matches!(spool.read(ids[1]), Err(SpoolError::Unknown { .. })));
    let dropped = spool.take_dropped();
    assert_eq!(dropped.len(), 1);
    assert_eq!((dropped[0].record.id, dropped[0].reason), (ids[1], DropReason::Damaged));
    assert_eq!((dropped[0].record.points, &dropped[0].lines), (1, &None));
    assert_eq!(spool.pending().records, 2);
    assert_eq!(&spool.read(ids[2]).unwrap().lines[..], b"lines");
}
