//! The corpora that are part of the project, those beside it where they are, and points made at random.

use std::path::Path;

use influx_core::{Point, Value};
use influx_tests::conformance;
use proptest::prelude::*;

fn run(folder: &Path) -> usize {
    let outcome = conformance::run(folder).expect("a folder of corpora");
    assert!(outcome.failures.is_empty(), "{}", outcome.failures.join("\n"));
    outcome.passed
}

#[test]
fn own_corpora() {
    assert_eq!(run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/corpora")), 1163 + 11);
}

#[test]
fn corpora_of_other_projects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
    if !folder.exists() {
        eprintln!("left out: the corpora of other projects are not beside this checkout");
        return;
    }
    assert!(run(&folder) > 4_000);
    assert!(run(&folder.join("annotated_csv")) > 100);
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zA-Z0-9_:./äß€-]{1,12}",
        4 => "[ ,=\"\\\\]{1,3}",
        1 => "[\\n\\t\\r\\x00\\x7f#\u{85}]",
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_map(Value::F64),
        (-1_000_000i64..1_000_000).prop_map(|k| Value::F64(k as f64 / 100.0)),
        any::<i64>().prop_map(Value::I64),
        any::<u64>().prop_map(Value::U64),
        any::<bool>().prop_map(Value::Bool),
        hostile().prop_map(|text| Value::Str(text.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// What is sent is what the servers' parsers read; what is refused, they could not read.
    #[test]
    fn points_survive_the_wire(
        measurement in hostile(),
        tags in proptest::collection::vec((hostile(), hostile()), 0..4),
        fields in proptest::collection::vec((hostile(), value()), 0..4),
        time in proptest::option::of(any::<i64>()),
    ) {
        let mut point = Point::new(measurement).timestamp(time);
        for (key, value) in &tags {
            point = point.tag(key, value);
        }
        for (key, value) in &fields {
            point = point.field(key, value);
        }
        let outcome = conformance::there_and_back(&point);
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}
