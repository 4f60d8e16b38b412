//! What is written can be read again: times of flattened points, and names that meet or that a server keeps for itself.

use std::collections::{BTreeMap, HashMap};

use influx_core::{Dialect, EncodeError, LineProtocol, LineWriter, Point, Role, Timestamp};

const DIALECTS: [Dialect; 3] = [Dialect::V1, Dialect::V2, Dialect::V3];

fn line(dialect: Dialect, point: &impl LineProtocol) -> Result<String, EncodeError> {
    let mut writer = LineWriter::new(dialect);
    writer.write(point)?;
    Ok(String::from_utf8(writer.take()).unwrap())
}

fn refused(dialect: Dialect, point: &impl LineProtocol) -> String {
    line(dialect, point).expect_err("a point that cannot be written").to_string()
}

#[derive(LineProtocol)]
struct Inner<T: Timestamp> {
    #[timestamp]
    at: T,
    n: i64,
}

#[derive(LineProtocol)]
#[measurement("m")]
struct Outer<I: LineProtocol> {
    #[field(flatten)]
    inner: I,
}

#[derive(LineProtocol)]
#[measurement("m")]
struct Timed<I: LineProtocol> {
    #[timestamp]
    time: Option<i64>,
    #[field(flatten)]
    inner: I,
}

#[test]
fn a_flattened_time_is_that_of_the_point() {
    let inner = || Inner { at: 7_i64, n: 1 };
    for dialect in DIALECTS {
        let written = |point: &dyn Fn() -> Result<String, EncodeError>| point().unwrap();
        assert_eq!(written(&|| line(dialect, &Outer { inner: inner() })), "m n=1i 7\n");
        assert_eq!(written(&|| line(dialect, &Outer { inner: &inner() })), "m n=1i 7\n");
        assert_eq!(written(&|| line(dialect, &Outer { inner: Outer { inner: inner() } })), "m n=1i 7\n");
        assert_eq!(written(&|| line(dialect, &Timed { time: None, inner: inner() })), "m n=1i 7\n");
        assert_eq!(
            written(&|| line(
                dialect,
                &Timed { time: Some(5), inner: Outer { inner: Inner { at: None::<i64>, n: 1 } } }
            )),
            "m n=1i 5\n"
        );
        let point = || Point::new("ignored").tag("t", "a").field("n", 1).timestamp(7);
        assert_eq!(written(&|| line(dialect, &Outer { inner: point() })), "m,t=a n=1i 7\n");
        let twice = refused(dialect, &Timed { time: Some(5), inner: inner() });
        assert!(twice.contains("point 0 (Timed), timestamp: is given twice, by `Inner` too"), "{twice}");
        let twice = refused(dialect, &Timed { time: Some(5), inner: point() });
        assert!(twice.contains("point 0 (Timed), timestamp: is given twice, by `Point` too"), "{twice}");
        let wrong = refused(dialect, &Outer { inner: Inner { at: "yesterday", n: 1 } });
        assert!(wrong.contains("Inner") && wrong.contains("\"yesterday\": is no RFC 3339 time"), "{wrong}");
        let wrong = refused(dialect, &Outer { inner: point().timestamp("yesterday") });
        assert!(wrong.contains("\"yesterday\""), "{wrong}");
    }
}

#[test]
fn a_flattened_time_comes_before_the_clock() {
    let mut writer = LineWriter::new(Dialect::V1).clock(|| 99);
    writer.write(&Outer { inner: Inner { at: Some(7_i64), n: 1 } }).unwrap();
    writer.write(&Outer { inner: Inner { at: None::<i64>, n: 1 } }).unwrap();
    assert_eq!(writer.as_bytes(), b"m n=1i 7\nm n=1i 99\n");
}

struct ByHand(i64);

impl LineProtocol for ByHand {
    fn encode(&self, writer: &mut LineWriter) -> Result<(), EncodeError> {
        let mut line = writer.line();
        self.columns(&mut line)?;
        line.finish("by_hand", None::<i64>)
    }

    fn columns(&self, line: &mut influx_core::Line<'_>) -> Result<(), EncodeError> {
        line.field("n", 1)?.timestamp(self.0)?;
        Ok(())
    }
}

#[test]
fn a_point_by_hand_gives_its_time_too() {
    assert_eq!(line(Dialect::V1, &ByHand(7)).unwrap(), "by_hand n=1i 7\n");
    assert_eq!(line(Dialect::V1, &Outer { inner: ByHand(7) }).unwrap(), "m n=1i 7\n");
    let twice = refused(Dialect::V1, &Timed { time: Some(1), inner: ByHand(7) });
    assert!(
        twice.contains("point 0 (Timed), timestamp: is given twice, by `Line::timestamp` too"),
        "{twice}"
    );
    let mut writer = LineWriter::new(Dialect::V1);
    let mut open = writer.line();
    open.field("f", 1).unwrap().timestamp(1).unwrap();
    assert!(
        open.finish("m", 2)
            .unwrap_err()
            .to_string()
            .contains("Line::finish, timestamp: is given twice, by `Line::timestamp` too")
    );
}

#[derive(LineProtocol)]
#[measurement("m")]
struct Maps {
    #[tag(flatten)]
    tags: BTreeMap<String, String>,
    #[tag]
    host: &'static str,
    #[field(flatten)]
    fields: HashMap<String, i64>,
    n: i64,
}

#[test]
fn a_key_is_in_a_line_once() {
    let one = |key: &str| key.to_owned();
    let maps = |tag: &str, field: &str| Maps {
        tags: [(one(tag), one("x"))].into(),
        host: "a",
        fields: [(one(field), 1)].into(),
        n: 1,
    };
    for dialect in DIALECTS {
        assert!(line(dialect, &maps("a", "b")).is_ok());
        for (tag, field, says) in [
            ("v", "v", "field `v`: is both a tag and a field"),
            ("n", "b", "field `n`: is both a tag and a field"),
            ("a", "host", "field `host`: is both a tag and a field"),
            ("host", "b", "tag `host`: is given twice"),
            ("a", "n", "field `n`: is given twice"),
        ] {
            let error = refused(dialect, &maps(tag, field));
            assert!(error.contains(says), "{dialect}: {error}");
        }
        let point = Point::new("m").tag("v", "x").field("v", 2);
        assert!(refused(dialect, &point).contains("field `v`: is both a tag and a field"));
        // of many keys none is overlooked
        let keys: Vec<String> = (0..200).map(|i| format!("key{i}")).collect();
        let wide = keys.iter().fold(Point::new("m"), |point, key| point.field(key, 1));
        assert!(line(dialect, &wide).is_ok());
        for key in keys.iter().step_by(13) {
            assert!(refused(dialect, &wide.clone().tag(key, "x")).contains(&format!("field `{key}`")));
        }
        let mut writer = LineWriter::new(dialect);
        writer.default_tag("n", "x").unwrap();
        let error = writer.write(&Inner { at: 1_i64, n: 1 }).unwrap_err();
        assert_eq!(error.column(), Some("n"), "{error}");
        assert!(writer.write(&Point::new("m").field("n", 1)).is_err());
    }
}

/// What is remembered of a line must not show in the next one.
#[test]
fn lines_of_one_writer_do_not_meet() {
    let points = || {
        [
            Point::new("m").tag("b", 1).tag("a", 2).field("f", 1),
            Point::new("m").tag("a", 1).tag("a", 2).field("f", 1),
            Point::new("m").field("f", 1),
            Point::new("m").field("f", 1).field("f", 2),
            Point::new("m").tag("ab", 1).tag("c", 1).field("f", 1),
            Point::new("m").tag("a", 1).tag("bc", 1).field("f", 1),
            Point::new("m").tag("f", 1).field("g", 1),
            Point::new("m").tag("f", 1).field("f", 1),
            Point::new("m").tag("f", 1).field("g", 1),
            Point::new("m").tag("g", 1).field("g", 1),
            Point::new("m"),
            Point::new("m").tag("g", 1),
            Point::new("m").tag("b", 3).tag("a", 4).field("f", 2),
        ]
    };
    let alone = |point: &Point| line(Dialect::V1, point).ok();
    for first in points() {
        for second in points() {
            let mut writer = LineWriter::new(Dialect::V1);
            for point in [&first, &second, &second, &first] {
                let before = writer.len();
                let written = writer.write(point).is_ok();
                let text = written.then(|| String::from_utf8(writer.as_bytes()[before..].to_vec()).unwrap());
                assert_eq!(text, alone(point), "{first:?} {second:?}");
            }
        }
    }
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(&Point::new("m").field("host", 1)).unwrap();
    writer.default_tag("host", "a").unwrap();
    assert!(writer.write(&Point::new("m").field("host", 1)).is_err());
}

#[derive(LineProtocol)]
#[line_protocol(placeholder)]
struct Placeholder {
    #[tag(rename = "_")]
    tag: Option<&'static str>,
    n: Option<i64>,
}

#[test]
fn the_placeholder_is_a_field_like_others() {
    for dialect in DIALECTS {
        assert!(line(dialect, &Placeholder { tag: None, n: None }).unwrap().ends_with(" _=true\n"));
        assert!(line(dialect, &Placeholder { tag: Some("a"), n: Some(1) }).is_ok());
        let error = refused(dialect, &Placeholder { tag: Some("a"), n: None });
        assert!(error.contains("field `_`: is both a tag and a field"), "{error}");
    }
}

const MEASUREMENTS: [&str; 7] =
    ["_name", "_series", "_tagKeys", "_fieldKeys", "_measurements", "_tagKey", "_tags"];
const FIELDS: [&str; 5] = ["_name", "_seriesKey", "_fieldKey", "_tagKey", "_tagValue"];

#[derive(LineProtocol)]
#[measurement("_tagKeys")]
struct Hidden {
    n: i64,
}

#[derive(LineProtocol)]
struct HiddenField {
    #[field(rename = "_seriesKey")]
    key: i64,
}

#[derive(LineProtocol)]
struct Chunks {
    #[tag(rename = "__chunk_order")]
    order: i64,
    n: i64,
}

#[derive(LineProtocol)]
struct Named<'a> {
    #[measurement]
    name: &'a str,
    n: i64,
}

#[test]
fn names_that_a_generation_keeps_for_itself() {
    for dialect in DIALECTS {
        let v1 = dialect == Dialect::V1;
        let check = |point: &dyn Fn() -> Result<String, EncodeError>, wrong: bool| match point() {
            Ok(line) => assert!(!wrong, "{dialect}: {line}"),
            Err(error) => {
                assert!(wrong && error.to_string().contains("keeps for itself"), "{dialect}: {error}")
            }
        };
        for name in MEASUREMENTS {
            check(&|| line(dialect, &Point::new(name).field("f", 1)), v1);
            check(&|| line(dialect, &Named { name, n: 1 }), v1);
            check(&|| line(dialect, &Point::new(format!("{name}s")).field("f", 1)), v1 && name == "_tagKey");
        }
        for name in FIELDS {
            check(&|| line(dialect, &Point::new("m").field(name, 1)), v1);
            check(&|| line(dialect, &Point::new("m").tag(name, 1).field("f", 1)), false);
        }
        check(&|| line(dialect, &Hidden { n: 1 }), v1);
        check(&|| line(dialect, &HiddenField { key: 1 }), v1);
        check(&|| line(dialect, &Chunks { order: 1, n: 1 }), dialect == Dialect::V3);
        check(&|| line(dialect, &Point::new("m").field("__chunk_order", 1)), dialect == Dialect::V3);
    }
    assert_eq!(Hidden { n: 1 }.schema().unwrap().columns()[0].role(), Role::Field);
}
