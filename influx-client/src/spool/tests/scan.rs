//! The reader, on any bytes.

use proptest::prelude::*;

use crate::spool::record;
use crate::spool::record::Place;
use crate::spool::scan::{Damage, Found, Scan};

/// What a segment is made of.
#[derive(Debug, Clone)]
enum Piece {
    Data {
        id: u64,
        points: u32,
        target: Vec<u8>,
        lines: Vec<u8>,
    },
    Acknowledgement {
        highest: u64,
        ranges: Vec<(u64, u64)>,
    },
    Garbage(Vec<u8>),
    /// A record that belongs elsewhere.
    Misplaced {
        id: u64,
        lines: Vec<u8>,
        by: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Read {
    Data { offset: u64, id: u64, points: u32, target: Vec<u8>, len: u64 },
    Acknowledgement { highest: u64, ranges: Vec<(u64, u64)> },
}

const SEGMENT: u64 = 7;

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    // many that look like the begin of a record
    let byte = prop_oneof![3 => any::<u8>(), 1 => prop::sample::select(vec![0xFF, b'S', b'P', 0xFE, 1])];
    let magic = Just(vec![0xFF, b'S', b'P', 0xFE, 1, 1]);
    let short = prop::collection::vec(byte, 0..50);
    prop::collection::vec(prop_oneof![2 => short, 1 => magic], 0..4).prop_map(|parts| parts.concat())
}

fn any_piece() -> impl Strategy<Value = Piece> {
    let range = (0..1000u64, 0..1000u64);
    prop_oneof![
        3 => (0..1000u64, any::<u32>(), any_bytes(), any_bytes())
            .prop_map(|(id, points, target, lines)| Piece::Data { id, points, target, lines }),
        1 => (0..1000u64, prop::collection::vec(range, 0..5))
            .prop_map(|(highest, ranges)| Piece::Acknowledgement { highest, ranges }),
        1 => any_bytes().prop_map(Piece::Garbage),
        1 => (0..1000u64, any_bytes(), 1..500u64).prop_map(|(id, lines, by)| Piece::Misplaced { id, lines, by }),
    ]
}

/// The segment's bytes, the records in it, and how many bytes are none.
fn build(pieces: &[Piece]) -> (Vec<u8>, Vec<Read>, u64) {
    let (mut bytes, mut records, mut garbage, mut buffer) = (Vec::new(), Vec::new(), 0, Vec::new());
    for piece in pieces {
        let place = Place { segment: SEGMENT, offset: bytes.len() as u64 };
        buffer.clear();
        match piece.clone() {
            Piece::Data { id, points, target, lines } => {
                record::encode_data(place, id, points, &target, &lines, &mut buffer);
                assert_eq!(record::data_len(&target, &lines), Some(buffer.len() as u64));
                let len = buffer.len() as u64;
                records.push(Read::Data { offset: place.offset, id, points, target, len });
            }
            Piece::Acknowledgement { highest, ranges } => {
                record::encode_acknowledgement(place, highest, &ranges, &mut buffer);
                assert_eq!(record::acknowledgement_len(ranges.len()), buffer.len() as u64);
                records.push(Read::Acknowledgement { highest, ranges });
            }
            Piece::Garbage(other) => {
                garbage += other.len() as u64;
                buffer = other;
            }
            Piece::Misplaced { id, lines, by } => {
                let elsewhere = match by % 2 {
                    0 => Place { offset: place.offset + by, ..place },
                    _ => Place { segment: SEGMENT + by, ..place },
                };
                record::encode_data(elsewhere, id, 1, b"", &lines, &mut buffer);
                garbage += buffer.len() as u64;
            }
        }
        bytes.extend_from_slice(&buffer);
    }
    (bytes, records, garbage)
}

fn read(bytes: &[u8], chunk: usize) -> (Vec<Read>, Damage) {
    let source = |offset: u64, buffer: &mut [u8]| {
        let rest = &bytes[(offset as usize).min(bytes.len())..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    };
    let mut scan = Scan::new(SEGMENT, bytes.len() as u64, source).with_chunk(chunk);
    let mut records = Vec::new();
    while let Some(found) = scan.next().unwrap() {
        match found {
            Found::Data { offset, header, target } => records.push(Read::Data {
                offset,
                id: header.id,
                points: header.points,
                target: target.to_vec(),
                len: header.record_len(),
            }),
            Found::Acknowledgement { header, body } => records
                .push(Read::Acknowledgement { highest: header.id, ranges: record::ranges(body).collect() }),
            Found::Lost(_) => {}
            Found::Newer(version) => panic!("version {version}"),
        }
    }
    (records, scan.damage)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn finds_each_record_and_counts_the_rest(pieces in prop::collection::vec(any_piece(), 0..12), chunk in 1..200usize) {
        let (bytes, records, garbage) = build(&pieces);
        let (found, damage) = read(&bytes, chunk);
        prop_assert_eq!(found, records);
        prop_assert_eq!(damage.bytes, garbage);
        prop_assert_eq!(damage.places == 0, garbage == 0);
    }

    #[test]
    fn arbitrary_bytes_are_all_damage(bytes in prop::collection::vec(any::<u8>(), 0..500), chunk in 1..100usize) {
        let (found, damage) = read(&bytes, chunk);
        prop_assert_eq!(found, []);
        prop_assert_eq!(damage.bytes, bytes.len() as u64);
    }
}

#[test]
fn reads_the_same_in_pieces_of_every_size() {
    let pieces = [
        Piece::Data { id: 1, points: 2, target: b"db".to_vec(), lines: b"m f=1 1\nm f=2 2".to_vec() },
        Piece::Garbage(vec![0xFF; 20]),
        Piece::Acknowledgement { highest: 3, ranges: vec![(1, 1), (3, 3)] },
        Piece::Data { id: 4, points: 0, target: Vec::new(), lines: Vec::new() },
        Piece::Garbage(b"\xFFSP".to_vec()),
    ];
    let (bytes, records, garbage) = build(&pieces);
    for chunk in 1..bytes.len() + 2 {
        assert_eq!(read(&bytes, chunk), (records.clone(), Damage { bytes: garbage, places: 2 }), "{chunk}");
    }
}

#[test]
fn a_record_within_lines_is_not_one() {
    let mut inner = Vec::new();
    // as if it stood where it will stand
    record::encode_data(Place { segment: SEGMENT, offset: 0 }, 9, 9, b"", b"inner", &mut inner);
    let outer = Piece::Data { id: 1, points: 1, target: Vec::new(), lines: inner };
    let (mut bytes, _, _) = build(&[outer]);
    bytes[0] ^= 1;
    assert_eq!(read(&bytes, 64), (Vec::new(), Damage { bytes: bytes.len() as u64, places: 1 }));
}

#[test]
fn the_length_of_a_damaged_record_is_not_believed() {
    // a header that is whole and claims 4 GiB which are not there
    let place = Place { segment: SEGMENT, offset: 0 };
    let huge = record::header_for_tests(place, u32::MAX);
    let mut bytes = huge.to_vec();
    let mut small = Vec::new();
    record::encode_data(Place { offset: 32, ..place }, 2, 1, b"t", b"lines", &mut small);
    bytes.extend_from_slice(&small);
    let (found, damage) = read(&bytes, 16);
    assert_eq!(found.len(), 1);
    assert_eq!(damage, Damage { bytes: 32, places: 1 });
}
