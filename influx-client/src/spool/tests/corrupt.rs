//! Damaged, cut and foreign files.

use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;

use super::disk::{Crash, Disk};
use super::drive::{contents, opened, settings};
use super::machine::MemFs;
use crate::spool::error::SpoolError;
use crate::spool::record;
use crate::spool::record::{Kind, Place};
use crate::spool::scan::{Found, Scan};
use crate::spool::segment;
use crate::spool::settings::Fsync;
use crate::spool::waiting::{Append, DropReason, Pending, RecordId};
use crate::spool::wal::Spool;

/// A record as it lies in a file.
#[derive(Debug, Clone)]
struct Laid {
    begin: usize,
    end: usize,
    id: u64,
    kind: Kind,
}

/// The records that wait, by their lines.
type Waiting = BTreeMap<RecordId, Vec<u8>>;

/// A log of three segments; the records that wait; where records lie. With runs, some records are neighbours of one target.
fn log(runs: bool) -> (Disk, Waiting, BTreeMap<String, Vec<Laid>>) {
    let fs = MemFs::default();
    let (mut spool, _) = opened(fs.clone(), &settings(Fsync::Always)).unwrap();
    let mut ids = Vec::new();
    for place in 0..9usize {
        let lines = format!("m{place} f={}", "1".repeat(place * 5));
        let target = if runs { &b"t"[..] } else { &b"target"[..place % 7] };
        let join = ids.last().copied().filter(|_| runs && !(2..=5).contains(&place));
        let append = Append { join, ..Append::new(target, 10 + place as u32, lines.as_bytes()) };
        ids.push(spool.append(append, Instant::now()).unwrap());
    }
    spool.acknowledge(&[ids[2], ids[4]]).unwrap();
    let waiting = contents(&mut spool);
    assert_eq!(waiting.len(), 7);
    let laid: BTreeMap<String, Vec<Laid>> =
        fs.disk().files().iter().map(|(name, bytes)| (name.clone(), layout(name, bytes))).collect();
    assert_eq!(laid.len(), 3, "segments");
    let disk = fs.disk().clone();
    (disk, waiting, laid)
}

fn layout(name: &str, bytes: &[u8]) -> Vec<Laid> {
    let read = |offset: u64, buffer: &mut [u8]| {
        let count = buffer.len();
        buffer.copy_from_slice(&bytes[offset as usize..][..count]);
        Ok(count)
    };
    let mut scan = Scan::new(segment::number(name).unwrap(), bytes.len() as u64, read);
    let (mut laid, mut begin) = (Vec::new(), 0);
    while let Some(found) = scan.next().unwrap() {
        let (Found::Data { header, .. } | Found::Acknowledgement { header, .. }) = found else {
            panic!("{found:?}")
        };
        let end = begin + header.record_len() as usize;
        laid.push(Laid { begin, end, id: header.id, kind: header.kind });
        begin = end;
    }
    assert_eq!(begin, bytes.len());
    laid
}

fn open(disk: Disk) -> (Spool<MemFs>, crate::spool::recover::Recovered) {
    opened(MemFs::new(disk), &settings(Fsync::Always)).unwrap()
}

#[test]
fn a_damaged_byte_costs_its_record_and_no_other() {
    [false, true].into_iter().for_each(damage_each_byte);
}

fn damage_each_byte(runs: bool) {
    let (disk, waiting, laid) = log(runs);
    for (name, bytes) in disk.files() {
        for at in 0..bytes.len() {
            let hit = laid[&name].iter().find(|laid| laid.begin <= at && at < laid.end).unwrap();
            for mask in [0x01, 0x80, 0xFF] {
                let mut damaged = bytes.clone();
                damaged[at] ^= mask;
                let (mut spool, recovered) = open(disk.clone().with_file(&name, &damaged));
                let context = format!("byte {at} of {name}: {hit:?}, {recovered:?}");
                let found = contents(&mut spool);
                let mut expected = waiting.clone();
                let was_waiting = hit.kind == Kind::Data && expected.remove(&RecordId(hit.id)).is_some();
                if hit.kind == Kind::Acknowledgement {
                    // what it named is sent again
                    assert!(expected.iter().all(|(id, lines)| found.get(id) == Some(lines)), "{context}");
                    assert_eq!(found.len(), expected.len() + 2, "{context}");
                } else {
                    assert_eq!(found, expected, "{context}");
                }
                assert_eq!(recovered.damaged_bytes, (hit.end - hit.begin) as u64, "{context}");
                assert_eq!(recovered.damaged_places, 1, "{context}");
                let in_body = at >= hit.begin + 32;
                let lost: Vec<u64> = recovered.lost.iter().map(|lost| lost.id.0).collect();
                let expected: Vec<u64> = (in_body && was_waiting).then_some(hit.id).into_iter().collect();
                assert_eq!(lost, expected, "{context}");
                assert!(
                    recovered.lost.iter().all(|lost| u64::from(lost.points) == 9 + lost.id.0),
                    "{context}"
                );
                assert_eq!(
                    spool.append(Append::new(b"t", 1, b"more"), Instant::now()).unwrap().0,
                    10,
                    "{context}"
                );
            }
        }
    }
}

#[test]
fn a_cut_costs_what_is_behind_it() {
    [false, true].into_iter().for_each(cut_everywhere);
}

fn cut_everywhere(runs: bool) {
    let (disk, waiting, laid) = log(runs);
    for (name, bytes) in disk.files() {
        for len in 0..bytes.len() {
            let (mut spool, recovered) = open(disk.clone().with_file(&name, &bytes[..len]));
            let found = contents(&mut spool);
            let mut expected = waiting.clone();
            for gone in laid[&name].iter().filter(|laid| laid.end > len && laid.kind == Kind::Data) {
                expected.remove(&RecordId(gone.id));
            }
            assert!(expected.iter().all(|(id, lines)| found.get(id) == Some(lines)), "{name} cut to {len}");
            let acks_gone =
                laid[&name].iter().any(|laid| laid.end > len && laid.kind == Kind::Acknowledgement);
            assert!(acks_gone || found == expected, "{name} cut to {len}");
            let torn = laid[&name].iter().find(|laid| laid.begin < len && len < laid.end);
            assert_eq!(recovered.damaged_bytes, torn.map_or(0, |torn| len - torn.begin) as u64);
            spool.append(Append::new(b"t", 1, b"more"), Instant::now()).unwrap();
        }
    }
}

/// The records of a run that waits when its bytes change: one is lost, wherever it is hit, and told once.
#[test]
fn a_damaged_byte_in_a_run_that_waits_costs_its_record_and_no_other() {
    let lines: Vec<String> = (0..4usize).map(|place| format!("m{place} f={}\n", "1".repeat(place))).collect();
    let appended = |moves: bool| {
        let fs = MemFs::default();
        let (mut spool, _) = opened(fs.clone(), &settings(Fsync::Always).max_bytes(1 << 20)).unwrap();
        let mut run = None;
        for (place, lines) in lines.iter().enumerate() {
            let append = Append { join: run, ..Append::new(b"t", 1 << place, lines.as_bytes()) };
            run = Some(spool.append(append, Instant::now()).unwrap());
        }
        assert_eq!(spool.pending(), Pending { records: 4, points: 15, bytes: 30 });
        if moves {
            spool.begin_segment().unwrap();
        }
        (fs, spool, run.unwrap())
    };
    let (fs, ..) = appended(false);
    let name = segment::name(1);
    let laid = layout(&name, &fs.disk().files()[&name]);
    for (moves, at) in
        [false, true].into_iter().flat_map(|moves| (0..fs.bytes() as usize).map(move |at| (moves, at)))
    {
        let hit = laid.iter().position(|laid| at < laid.end).unwrap();
        let (fs, mut spool, run) = appended(moves);
        fs.rot(&name, at);
        if moves {
            assert!(
                matches!(spool.copy(run.0), Err(SpoolError::Damaged { points, .. }) if points == 1 << hit)
            );
        }
        let left: Vec<&str> =
            (0..4).filter(|place| *place != hit).map(|place| lines[place].as_str()).collect();
        for _ in 0..2 {
            let record = spool.read(run).unwrap();
            assert_eq!((record.lines, record.points), (left.concat().into(), 15 - (1 << hit)), "byte {at}");
        }
        let dropped = spool.take_dropped();
        let told =
            dropped.iter().map(|one| (one.record.id, one.record.records, one.record.points, one.reason));
        assert_eq!(told.collect::<Vec<_>>(), [(run, 1, 1 << hit, DropReason::Damaged)]);
        let bytes = left.concat().len() as u64;
        assert_eq!(spool.pending(), Pending { records: 3, points: 15 - (1 << hit), bytes });
        // a byte that comes right again changes nothing any more
        fs.rot(&name, at);
        assert_eq!(spool.read(run).unwrap().lines, left.concat());
        fs.rot(&name, at);
        spool.sync().unwrap();
        let (mut again, recovered) = open(fs.disk().after(Crash::Nothing));
        assert_eq!(recovered.lost, [], "told already");
        assert_eq!(
            contents(&mut again).into_values().collect::<Vec<_>>(),
            left.iter().map(|lines| lines.as_bytes()).collect::<Vec<_>>()
        );
        spool.acknowledge(&[run]).unwrap();
        assert_eq!(spool.pending(), Pending::default());
        spool.sync().unwrap();
        let (_, recovered) = open(fs.disk().after(Crash::Nothing));
        assert_eq!((recovered.records, recovered.lost), (Vec::new(), Vec::new()));
    }
}

#[test]
fn zeros_at_the_end_are_damage() {
    let (disk, waiting, _) = log(false);
    for (name, bytes) in disk.files() {
        let mut longer = bytes.clone();
        longer.extend_from_slice(&[0; 5000]);
        let (mut spool, recovered) = open(disk.clone().with_file(&name, &longer));
        assert_eq!(contents(&mut spool), waiting);
        assert_eq!(
            (recovered.damaged_bytes, recovered.damaged_places, recovered.lost),
            (5000, 1, Vec::new())
        );
    }
}

#[test]
fn lost_records_are_told_once() {
    let (disk, _, laid) = log(false);
    let (name, hit) = laid.iter().next().map(|(name, laid)| (name, laid[1].clone())).unwrap();
    let mut bytes = disk.files()[name].clone();
    bytes[hit.end - 1] ^= 1;
    let fs = MemFs::new(disk.with_file(name, &bytes));
    let (spool, recovered) = opened(fs.clone(), &settings(Fsync::Always)).unwrap();
    assert_eq!(recovered.lost.len(), 1);
    drop(spool);
    let (_, recovered) = opened(fs, &settings(Fsync::Always)).unwrap();
    assert_eq!(recovered.lost, []);
}

#[test]
fn foreign_files_are_left_alone() {
    let names = [
        "notes.txt",
        "1.spool",
        "0000000000000000000x.spool",
        "99999999999999999999.spool",
        "18446744073709551615.spool",
        "00000000000000000001.spool.bak",
    ];
    let disk = names.iter().fold(Disk::default(), |disk, name| disk.with_file(name, b"mine"));
    let fs = MemFs::new(disk);
    let (mut spool, recovered) = opened(fs.clone(), &settings(Fsync::Always)).unwrap();
    assert_eq!((recovered, spool.disk_bytes()), (Default::default(), 0));
    for _ in 0..20 {
        let id = spool.append(Append::new(b"", 1, &[b'x'; 200]), Instant::now()).unwrap();
        spool.acknowledge(&[id]).unwrap();
    }
    let files = fs.disk().files();
    assert!(names.iter().all(|name| files[*name] == b"mine"));
    assert!(files.len() <= names.len() + 3, "{:?}", files.keys());
}

#[test]
fn a_later_version_is_not_taken_for_damage() {
    let (disk, _, _) = log(false);
    let name = segment::name(9);
    let bytes = crate::spool::record::newer_for_tests(crate::spool::record::Place { segment: 9, offset: 0 });
    let disk = disk.with_file(&name, &bytes);
    let fs = MemFs::new(disk);
    let error = opened(fs.clone(), &settings(Fsync::Always)).unwrap_err();
    assert!(matches!(error, SpoolError::Newer { version: 2, .. }), "{error}");
    assert!(fs.disk().files().contains_key(&name), "it is still there");
}

#[test]
fn one_writer_at_a_time() {
    let fs = MemFs::default();
    let first = opened(fs.clone(), &settings(Fsync::Always)).unwrap();
    let error = opened(fs.clone(), &settings(Fsync::Always)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the spool in memory is in use by another writer: close that one, or give each a folder of its own"
    );
    drop(first);
    opened(fs, &settings(Fsync::Always)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_in_a_segments_place_is_counted(
        garbage in prop::collection::vec(any::<u8>(), 0..2000),
        number in prop_oneof![Just(0u64), Just(4u64), 10..1000u64],
    ) {
        let (disk, waiting, _) = log(false);
        let fs = MemFs::new(disk.with_file(&segment::name(number), &garbage));
        let (mut spool, recovered) = opened(fs, &settings(Fsync::Always)).unwrap();
        prop_assert_eq!(recovered.damaged_bytes, garbage.len() as u64);
        prop_assert_eq!(contents(&mut spool), waiting);
        let ids: Vec<RecordId> = spool.records().map(|record| record.id).collect();
        spool.acknowledge(&ids).unwrap();
        let id = spool.append(Append::new(b"t", 1, b"more"), Instant::now()).unwrap();
        prop_assert_eq!(contents(&mut spool).into_keys().collect::<Vec<_>>(), [id]);
    }
}

/// The greatest id and number are read, and nothing is written that could not be read again.
#[test]
fn numbers_that_run_out_are_an_error() {
    let (greatest, mut bytes) = (u64::MAX >> 1, Vec::new());
    record::encode_data(Place { segment: 3, offset: 0 }, greatest, 1, b"t", b"last", &mut bytes);
    let (mut spool, _) = open(Disk::default().with_file(&segment::name(3), &bytes));
    let error = spool.append(Append::new(b"t", 1, b"more"), Instant::now()).unwrap_err();
    assert!(matches!(error, SpoolError::Exhausted { .. }), "{error}");
    assert_eq!(contents(&mut spool), BTreeMap::from([(RecordId(greatest), b"last".to_vec())]));
    let disk = Disk::default().with_file(&segment::name(greatest), b"");
    let error = open(disk).0.append(Append::new(b"t", 1, b"more"), Instant::now()).unwrap_err();
    assert!(matches!(error, SpoolError::Exhausted { .. }), "{error}");
}

/// An id that the spool never gives out, but a damaged file can hold: also when segments go from between others.
#[test]
fn a_lost_record_zero_is_told_once() {
    let mut bytes = Vec::new();
    record::encode_data(Place { segment: 1, offset: 0 }, 0, 1, b"t", b"lost", &mut bytes);
    *bytes.last_mut().unwrap() ^= 1;
    let place = Place { segment: 1, offset: bytes.len() as u64 };
    record::encode_data(place, 1, 1, b"t", &[b'x'; 600], &mut bytes);
    let fs = MemFs::new(Disk::default().with_file(&segment::name(1), &bytes));
    let settings = settings(Fsync::Always).max_bytes(1500);
    let (mut spool, recovered) = opened(fs.clone(), &settings).unwrap();
    assert_eq!(recovered.lost.len(), 1);
    for _ in 0..20 {
        let id = spool.append(Append::new(b"t", 1, &[b'y'; 90]), Instant::now()).unwrap();
        spool.acknowledge(&[id]).unwrap();
    }
    drop(spool);
    let (mut spool, recovered) = opened(fs, &settings).unwrap();
    assert_eq!(recovered.lost, []);
    assert_eq!(contents(&mut spool).into_keys().collect::<Vec<_>>(), [RecordId(1)]);
}
