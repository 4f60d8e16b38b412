//! Any sequence of calls, beside a naive model.

use proptest::prelude::*;

use super::disk::Crash;
use super::drive::{self, Drive, Op, POLICIES};
use super::machine::MemFs;
use crate::spool::settings::{Fsync, SpoolFull};

pub(super) fn any_op() -> impl Strategy<Value = Op> {
    let lines = prop_oneof![4 => 0..60usize, 1 => 200..400usize];
    let join = prop_oneof![2 => Just(None), 3 => Just(Some(0)), 1 => (1..5usize).prop_map(Some)];
    prop_oneof![
        4 => (0..4u8, lines.clone(), join.clone())
            .prop_map(|(target, lines, join)| Op::Append { target, lines, join }),
        4 => (0..4u8, lines, join).prop_map(|(target, lines, join)| Op::AppendUnsynced { target, lines, join }),
        2 => Just(Op::Sync),
        5 => prop::collection::vec(0..50usize, 0..8).prop_map(Op::Acknowledge),
        2 => (0..50usize).prop_map(Op::Read),
        1 => Just(Op::Reopen),
    ]
}

pub(super) fn any_policy() -> impl Strategy<Value = Fsync> {
    prop::sample::select(POLICIES.to_vec())
}

pub(super) fn any_full() -> impl Strategy<Value = SpoolFull> {
    prop::sample::select(vec![SpoolFull::Refuse, SpoolFull::DropOldest])
}

fn check(script: &[Op], fsync: Fsync, when_full: SpoolFull, seed: u64) {
    let mut drive = Drive::new(MemFs::default(), fsync, when_full);
    assert_eq!(drive.open().unwrap(), Default::default());
    for op in script {
        if let Op::Reopen = op {
            let before = drive.spool.as_ref().unwrap().pending();
            let recovered = drive.open().unwrap();
            assert_eq!(drive.spool.as_ref().unwrap().pending(), before);
            assert_eq!((recovered.lost.len(), recovered.damaged_bytes, recovered.damaged_places), (0, 0, 0));
        } else {
            let refused = drive.step(op).is_err();
            assert!(!refused || matches!(op, Op::Append { .. } | Op::AppendUnsynced { .. } | Op::Read(_)));
        }
        drive.agree();
        assert_eq!(drive.unread, 0, "what is dropped is handed back");
    }
    let waiting: Vec<Vec<u8>> = drive.waiting().map(|known| known.lines.clone()).collect();
    let spool = drive.spool.as_mut().unwrap();
    assert_eq!(drive::contents(spool).into_values().collect::<Vec<_>>(), waiting);
    drive.check_after(Crash::Process);
    if fsync != Fsync::Never {
        drive.check_after(Crash::Torn(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_model(
        script in prop::collection::vec(any_op(), 1..60),
        fsync in any_policy(),
        when_full in any_full(),
        seed in any::<u64>(),
    ) {
        check(&script, fsync, when_full, seed);
    }
}
