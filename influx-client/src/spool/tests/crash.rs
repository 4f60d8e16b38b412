//! A crash at every operation and every byte of a header, and some of a body.

use std::collections::HashSet;

use super::disk::{Crash, Disk};
use super::drive::{Drive, Op, POLICIES};
use super::machine::MemFs;
use crate::spool::settings::{Fsync, SpoolFull};

fn append(target: u8, lines: usize) -> Op {
    Op::Append { target, lines, join: None }
}

fn unsynced(target: u8, lines: usize) -> Op {
    Op::AppendUnsynced { target, lines, join: None }
}

/// The script with all records joining the ones before, as far as they can.
pub(super) fn joined(mut script: Vec<Op>) -> Vec<Op> {
    for op in &mut script {
        if let Op::Append { join, .. } | Op::AppendUnsynced { join, .. } = op {
            *join = Some(0);
        }
    }
    script
}

/// Appends over several segments, shared syncs, acknowledgements out of order, and a restart.
fn usual() -> Vec<Op> {
    vec![
        append(0, 3),
        unsynced(1, 40),
        unsynced(2, 0),
        Op::Sync,
        append(1, 90),
        Op::Acknowledge(vec![2, 0]),
        append(1, 60),
        Op::Sync,
        Op::Acknowledge(vec![3]),
        append(3, 150),
        Op::Acknowledge(vec![1]),
        Op::Reopen,
        append(1, 20),
        Op::Read(5),
        Op::Acknowledge(vec![4, 5]),
        append(1, 5),
        Op::Sync,
    ]
}

/// One record that stays, while others come and go: it is moved.
pub(super) fn one_stays() -> Vec<Op> {
    let mut script = vec![append(1, 10), Op::Sync];
    for place in 1..11 {
        script.push(append(2, 100));
        script.push(Op::Acknowledge(vec![place]));
    }
    script.push(Op::Sync);
    script.push(append(1, 1));
    script
}

/// Runs of several records, with others between them, of which one stays and is moved.
pub(super) fn a_run_stays() -> Vec<Op> {
    let mut script = vec![append(1, 10), unsynced(1, 20), append(1, 0)];
    for place in 1..6 {
        script.extend([append(2, 60), unsynced(2, 20), append(2, 1), append(3, 20)]);
        script.push(Op::Acknowledge(vec![4 * place - 1, 4 * place + 2]));
    }
    script.extend([Op::Reopen, append(2, 5), append(2, 5), Op::Sync]);
    joined(script)
}

/// Records that take half of a small spool and stay, one of them beside one that is sent, while others come and go behind.
pub(super) fn some_stay_in_front() -> Vec<Op> {
    let mut script = vec![append(2, 20), append(1, 150), append(1, 400), Op::Acknowledge(vec![0])];
    for place in 3..9 {
        script.extend([append(2, 90), Op::Acknowledge(vec![place])]);
    }
    script.extend([Op::Reopen, append(2, 90), Op::Acknowledge(vec![9]), append(2, 90), Op::Sync]);
    script
}

/// More than fits.
fn too_much() -> Vec<Op> {
    let mut script: Vec<Op> = (0..12).map(|_| append(1, 90)).collect();
    script.insert(7, Op::Acknowledge(vec![3, 5]));
    script.push(Op::Sync);
    script
}

fn crash_everywhere(script: &[Op], when_full: SpoolFull) {
    let mut crashes = 0;
    for fsync in POLICIES {
        // what was checked already: most crashes within a write leave the same
        let mut checked = HashSet::new();
        let mut steps = 0;
        loop {
            let fs = MemFs::new(Disk::default()).with_fuel(steps);
            let mut drive = Drive::new(fs, fsync, when_full);
            let survived = drive.run(script);
            let outcomes: &[Crash] = match fsync {
                // no promise, but no wrong records and no panic
                Fsync::Never => &[Crash::Process, Crash::Nothing],
                _ => &[Crash::Process, Crash::Nothing, Crash::Names, Crash::Removals, Crash::Bytes],
            };
            // any part of all changes is left: each byte of the last one adds little
            let torn = (crashes % 4 == 0).then_some(Crash::Torn(steps as u64));
            for crash in outcomes.iter().copied().chain(torn) {
                drive.check_after_once(crash, &mut checked);
            }
            crashes += 1;
            steps += drive.fs.next_crash();
            if survived {
                break;
            }
        }
    }
    assert!(crashes > 1000, "{crashes}");
}

#[test]
fn what_was_durable_survives_a_crash_anywhere() {
    crash_everywhere(&usual(), SpoolFull::Refuse);
    crash_everywhere(&joined(usual()), SpoolFull::Refuse);
}

#[test]
fn what_was_durable_survives_a_crash_while_records_are_moved() {
    for script in [one_stays(), a_run_stays()] {
        crash_everywhere(&script, SpoolFull::Refuse);
        let mut drive = Drive::new(MemFs::default(), Fsync::Always, SpoolFull::Refuse);
        assert!(drive.run(&script));
        let spool = drive.spool.as_ref().unwrap();
        let (first, segment) = spool.live.iter().next().map(|(id, entry)| (*id, entry.segment)).unwrap();
        assert!(first == 1 && segment > 4, "it was moved to {segment}");
    }
}

#[test]
fn what_was_durable_survives_a_crash_while_segments_go_from_between_others() {
    crash_everywhere(&some_stay_in_front(), SpoolFull::DropOldest);
    let mut drive = Drive::new(MemFs::default(), Fsync::Always, SpoolFull::DropOldest);
    assert!(drive.run(&some_stay_in_front()));
    let spool = drive.spool.as_ref().unwrap();
    let segments: Vec<u64> = spool.segments.iter().map(|segment| segment.number).collect();
    assert!(segments[..2] == [1, 2] && segments[2] > 4, "{segments:?}");
    assert_eq!(spool.records().next().unwrap().id.0, 2, "nothing was dropped");
}

#[test]
fn what_was_durable_survives_a_crash_while_records_are_dropped() {
    crash_everywhere(&too_much(), SpoolFull::DropOldest);
    crash_everywhere(&joined(too_much()), SpoolFull::DropOldest);
    let mut drive = Drive::new(MemFs::default(), Fsync::Always, SpoolFull::DropOldest);
    assert!(drive.run(&too_much()));
    assert!(drive.waiting().count() < 10, "some were dropped");
}
