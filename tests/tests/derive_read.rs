//! What the derive reads, for each attribute, and what it says of rows that do not fit.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use influx_core::decode::{Scratch, influxql};
use influx_core::{DecodeError, FieldValue, FromRow, Precision, TagValue};

/// The rows of one series `cpu` in nanoseconds.
fn body(tags: &str, columns: &str, values: &str) -> String {
    let tags = if tags.is_empty() { String::new() } else { format!(r#""tags":{tags},"#) };
    format!(
        r#"{{"results":[{{"statement_id":0,"series":[{{"name":"cpu",{tags}"columns":{columns},"values":{values}}}]}}]}}"#
    )
}

fn read<'b, T: FromRow<'b>>(body: &'b str, scratch: &'b mut Scratch) -> Result<Vec<T>, DecodeError> {
    let options = influxql::Options::new().epoch(Precision::Ns);
    influxql::iterpoints_with(body.as_bytes(), scratch, options).collect()
}

fn owned<T: for<'r> FromRow<'r>>(body: &str) -> Result<Vec<T>, DecodeError> {
    let mut scratch = Scratch::new();
    let options = influxql::Options::new().epoch(Precision::Ns);
    influxql::iterpoints_with(body.as_bytes(), &mut scratch, options).collect()
}

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    Sell,
}

#[derive(FieldValue, Debug, PartialEq)]
struct Celsius(f64);

#[derive(TagValue, Debug, PartialEq)]
struct Ticker(String);

#[derive(FromRow, Debug, PartialEq)]
struct Trade<'a> {
    #[timestamp]
    time: i64,
    #[tag]
    instrument: &'a str,
    #[tag]
    side: Side,
    #[field]
    price: f64,
    #[field]
    size: i64,
    #[field]
    trade_id: Option<Cow<'a, str>>,
}

#[test]
fn columns_are_matched_by_name_and_borrowed() {
    let body = body(
        "",
        r#"["time","price","side","instrument","extra","size"]"#,
        r#"[[1,189.25,"BUY","AAPL",[],100],[2,5,"SELL","\u003cX>",null,9223372036854775807]]"#,
    )
    .replace("[],", "true,");
    let mut scratch = Scratch::new();
    let trades: Vec<Trade<'_>> = read(&body, &mut scratch).unwrap();
    assert_eq!(
        trades,
        [
            Trade { time: 1, instrument: "AAPL", side: Side::Buy, price: 189.25, size: 100, trade_id: None },
            Trade {
                time: 2,
                instrument: "<X>",
                side: Side::Sell,
                price: 5.0,
                size: i64::MAX,
                trade_id: None
            },
        ]
    );
    let within = body.as_bytes().as_ptr_range();
    assert!(within.contains(&trades[0].instrument.as_ptr()), "borrowed from the body");
}

#[derive(FromRow, Debug, PartialEq)]
#[line_protocol(rename_all = "camelCase", extra_tags(env = "ignored"))]
struct Every {
    #[measurement]
    name: String,
    #[timestamp(unit = "us", rename = "at")]
    start: Option<u64>,
    #[tag]
    the_host: Option<Arc<str>>,
    #[field(default)]
    the_count: u32,
    #[field(as = f64)]
    whole: i64,
    #[field(as = f64, default)]
    absent: i16,
    celsius: Celsius,
    #[tag(default)]
    ticker: String,
    #[line_protocol(skip)]
    cache: Vec<u8>,
    r#type: Ticker,
}

#[test]
fn every_option() {
    let text = body(
        r#"{"theHost":"a","ticker":""}"#,
        r#"["at","theCount","whole","celsius","type"]"#,
        r#"[[1000,null,1e3,21.5,"t"],[null,7,-2,0,"u"]]"#,
    );
    let rows: Vec<Every> = owned(&text).unwrap();
    let first = Every {
        name: "cpu".into(),
        start: Some(1),
        the_host: Some("a".into()),
        the_count: 0,
        whole: 1000,
        absent: 0,
        celsius: Celsius(21.5),
        ticker: String::new(),
        cache: Vec::new(),
        r#type: Ticker("t".into()),
    };
    assert_eq!(rows[0], first);
    let second = Every {
        start: None,
        the_count: 7,
        whole: -2,
        celsius: Celsius(0.0),
        r#type: Ticker("u".into()),
        ..first
    };
    assert_eq!(rows[1], second);
}

#[test]
fn an_empty_tag_is_an_absent_one() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Grouped {
        #[tag]
        host: Option<String>,
        f: f64,
    }
    let rows: Vec<Grouped> = owned(&body(r#"{"host":""}"#, r#"["time","f"]"#, "[[0,1]]")).unwrap();
    assert_eq!(rows, [Grouped { host: None, f: 1.0 }]);
}

#[derive(FromRow, Debug, PartialEq)]
struct Inner {
    #[tag]
    rack: String,
    load: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Flat {
    #[tag(flatten)]
    labels: BTreeMap<String, String>,
    #[field(flatten)]
    inner: Inner,
    #[field(flatten)]
    values: HashMap<String, f64>,
    up: bool,
    #[timestamp]
    at: i64,
}

#[test]
fn structs_and_maps_flatten() {
    let text = body(
        r#"{"rack":"r","zone":"z","none":""}"#,
        r#"["time","load","a","up","b"]"#,
        "[[5,0.5,1,true,null]]",
    );
    let rows: Vec<Flat> = owned(&text).unwrap();
    let want = Flat {
        labels: BTreeMap::from([("zone".into(), "z".into())]),
        inner: Inner { rack: "r".into(), load: 0.5 },
        values: HashMap::from([("a".into(), 1.0)]),
        up: true,
        at: 5,
    };
    assert_eq!(rows, [want]);
}

#[test]
fn every_time_type() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Times<T: influx_core::FromTimestamp> {
        #[timestamp]
        time: T,
    }
    #[derive(FromRow, Debug, PartialEq)]
    struct Naive {
        #[timestamp(assume_utc)]
        time: chrono::NaiveDateTime,
    }
    let text = body("", r#"["time"]"#, "[[1700000000000000001]]");
    macro_rules! time {
        ($t:ty) => {
            owned::<Times<$t>>(&text).unwrap().remove(0).time
        };
    }
    let nanos = 1_700_000_000_000_000_001;
    assert_eq!(time!(i64), nanos);
    assert_eq!(time!(chrono::DateTime<chrono::Utc>).timestamp_nanos_opt(), Some(nanos));
    assert_eq!(
        time!(std::time::SystemTime),
        std::time::UNIX_EPOCH + std::time::Duration::from_nanos(nanos as u64)
    );
    assert_eq!(time!(time::OffsetDateTime).unix_timestamp_nanos(), i128::from(nanos));
    assert_eq!(time!(Option<jiff::Timestamp>).unwrap().as_nanosecond(), i128::from(nanos));
    assert_eq!(time!(String), "2023-11-14T22:13:20.000000001Z");
    assert_eq!(owned::<Naive>(&text).unwrap()[0].time.and_utc().timestamp_nanos_opt(), Some(nanos));
}

fn error<T: for<'r> FromRow<'r>>(text: &str) -> String {
    owned::<T>(text).map(|_| ()).expect_err("rows that do not fit").to_string()
}

#[test]
fn errors_name_everything() {
    #[derive(FromRow, Debug)]
    #[allow(dead_code)]
    struct Cpu {
        #[timestamp]
        time: i64,
        #[field(rename = "usage_user")]
        usage: i64,
        #[tag]
        side: Side,
    }
    let columns = r#"["time","usage_user","side"]"#;
    let wrong = error::<Cpu>(&body("", columns, r#"[[1,2,"BUY"],[3,0.5,"BUY"]]"#));
    for part in ["Cpu", "usage", "usage_user", "0.5", "i64", "cpu", "row 2"] {
        assert!(wrong.contains(part), "{wrong} names {part}");
    }
    let wrong = error::<Cpu>(&body("", columns, r#"[[1,2,"buy"]]"#));
    assert!(wrong.contains("\"buy\"") && wrong.contains("one of \"BUY\", \"SELL\""), "{wrong}");
    let wrong = error::<Cpu>(&body("", columns, r#"[[1,null,"BUY"]]"#));
    assert!(wrong.contains("null") && wrong.contains("Option"), "{wrong}");
    let wrong = error::<Cpu>(&body("", r#"["time","usage","side"]"#, "[]"));
    assert!(wrong.contains("usage_user") && wrong.contains("Cpu"), "{wrong}");
    let wrong = error::<Cpu>(&body("", r#"["time","usage_user","side","side"]"#, "[]"));
    assert!(wrong.contains("side") && wrong.contains("more than once"), "{wrong}");
}
