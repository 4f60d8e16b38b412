//! The fast way of a derived struct writes what the slow way of the same point writes, byte for byte.

use influx_core::{Dialect, LineProtocol, LineWriter, Nan, Point, Precision};
use proptest::prelude::*;

#[derive(LineProtocol, Debug, Clone)]
#[measurement("a b")]
#[line_protocol(extra_tags(env = "x,y"))]
struct Derived {
    #[tag]
    first: String,
    #[tag(rename = "m n")]
    middle: Option<String>,
    #[tag]
    zone: u8,
    text: Option<String>,
    float: f64,
    #[field(nan = "skip")]
    skipped: Option<f32>,
    unsigned: u64,
    #[timestamp]
    time: Option<i64>,
}

#[derive(LineProtocol, Debug, Clone)]
struct Named {
    #[measurement]
    name: String,
    #[tag]
    only: String,
    value: bool,
}

#[derive(LineProtocol, Debug, Clone)]
#[line_protocol(tag_order = "declared", extra_tags(zone = "x"))]
struct Declared {
    #[tag]
    first: Option<String>,
    #[tag]
    aa: String,
    value: i8,
}

fn point_of(d: &Derived) -> Point {
    let skipped = d.skipped.filter(|v| v.is_finite());
    Point::new("a b")
        .tag("env", "x,y")
        .tag("first", &d.first)
        .tag("m n", &d.middle)
        .tag("zone", d.zone)
        .field("text", &d.text)
        .field("float", d.float)
        .field("skipped", skipped)
        .field("unsigned", d.unsigned)
        .timestamp(d.time)
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z0-9_:./äß€-]{1,20}",
        3 => "[ ,=\"\\\\]{1,3}",
        1 => "[\\n\\t\\x00\\x7f#]",
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn derived()(
        first in hostile(),
        middle in proptest::option::of(hostile()),
        zone in any::<u8>(),
        text in proptest::option::of(hostile()),
        float in prop_oneof![any::<f64>(), (-100_000i32..100_000).prop_map(|k| f64::from(k) / 100.0)],
        skipped in proptest::option::of(any::<f32>()),
        unsigned in any::<u64>(),
        time in proptest::option::of(any::<i64>()),
    ) -> Derived {
        Derived { first, middle, zone, text, float, skipped, unsigned, time }
    }
}

/// The dialect, precision, NaN policy and default tags of both writers.
type Settings = (Dialect, Precision, Nan, Vec<(&'static str, String)>);

fn settings() -> impl Strategy<Value = Settings> {
    let keys = vec!["aa", "env", "first", "m n", "only", "zone", "zz", "text"];
    let defaults = proptest::sample::subsequence(keys, 0..=8)
        .prop_flat_map(|keys| keys.into_iter().map(|key| (Just(key), "[a-z ,]{0,5}")).collect::<Vec<_>>());
    let no_defaults = Just(Vec::new());
    (
        prop_oneof![Just(Dialect::V1), Just(Dialect::V2), Just(Dialect::V3)],
        prop_oneof![Just(Precision::Ns), Just(Precision::Us), Just(Precision::Ms), Just(Precision::S)],
        prop_oneof![Just(Nan::Error), Just(Nan::Skip)],
        prop_oneof![no_defaults, defaults],
    )
}

fn writer((dialect, precision, nan, defaults): &Settings) -> LineWriter {
    let mut writer = LineWriter::new(*dialect).precision(*precision).nan(*nan);
    for (key, value) in defaults {
        writer.default_tag(key, value).expect("plain tags");
    }
    writer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn fast_and_slow_agree(points in proptest::collection::vec(derived(), 1..6), settings in settings()) {
        let (mut fast, mut slow) = (writer(&settings), writer(&settings));
        for point in &points {
            let before = fast.len();
            let (by_parts, by_name) = (fast.write(point), slow.write(&point_of(point)));
            prop_assert_eq!(by_parts.is_ok(), by_name.is_ok(), "{:?} {:?}", by_parts, by_name);
            prop_assert_eq!(String::from_utf8_lossy(fast.as_bytes()), String::from_utf8_lossy(slow.as_bytes()));
            if let (Err(by_parts), Err(by_name)) = (by_parts, by_name) {
                prop_assert_eq!(fast.len(), before);
                prop_assert_eq!(by_parts.column(), by_name.column());
                prop_assert_eq!(by_parts.type_name(), Some("Derived"));
            }
        }
    }

    /// Tags as declared, the defaults that are missing behind them.
    #[test]
    fn declared_order_with_defaults(first in proptest::option::of("[a-c,]{0,3}"), aa in "[a-c ]{0,3}", settings in settings()) {
        let mut writer = writer(&settings);
        let written = writer.write(&Declared { first: first.clone(), aa: aa.clone(), value: 1 });
        prop_assert!(written.is_ok());
        let escaped = |text: &str| text.replace(',', "\\,").replace(' ', "\\ ");
        let own = [("zone", Some("x".to_owned())), ("first", first), ("aa", Some(aa))];
        let own = own.into_iter().filter_map(|(key, value)| Some((key, value.filter(|v| !v.is_empty())?)));
        let mut tags: Vec<(&str, String)> = own.collect();
        let mut defaults = settings.3.clone();
        defaults.sort();
        for (key, value) in defaults {
            if !value.is_empty() && tags.iter().all(|(other, _)| *other != key) {
                tags.push((key, value));
            }
        }
        let tags: String = tags.iter().map(|(k, v)| format!(",{}={}", escaped(k), escaped(v))).collect();
        prop_assert_eq!(String::from_utf8_lossy(writer.as_bytes()), format!("Declared{tags} value=1i\n"));
    }

    #[test]
    fn measurements_from_fields_agree(name in hostile(), only in hostile(), value: bool, settings in settings()) {
        let (mut fast, mut slow) = (writer(&settings), writer(&settings));
        let by_parts = fast.write(&Named { name: name.clone(), only: only.clone(), value });
        let by_name = slow.write(&Point::new(name).tag("only", only).field("value", value));
        prop_assert_eq!(by_parts.is_ok(), by_name.is_ok());
        prop_assert_eq!(fast.as_bytes(), slow.as_bytes());
    }
}
