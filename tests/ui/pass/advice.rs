//! What the messages advise, followed to the letter: it compiles, and writes and reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, Utc};
use influx_core::decode::{Scratch, influxql::iterpoints};
use influx_core::{
    Dialect, FieldValue, FromRow, FromValue, LineProtocol, LineWriter, Mismatch, TagValue, ValueRef,
};

// a type that is no tag: a field; an enum of your own: `TagValue`; to leave it out: `skip`
#[derive(TagValue, Debug, PartialEq)]
enum Side {
    Buy,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Tags {
    #[field]
    load: f64,
    #[tag]
    side: Side,
    #[line_protocol(skip)]
    cache: Vec<u8>,
}

// a date that is not the point's time: nanoseconds, RFC 3339, or a type of your own, both ways
#[derive(Debug, PartialEq)]
struct Date(DateTime<Utc>);

impl FieldValue for Date {
    type Wire<'a> = i64;
    fn wire(&self) -> i64 {
        self.0.timestamp_nanos_opt().unwrap_or(i64::MAX)
    }
}

impl<'r> FromValue<'r> for Date {
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Ok(Date(DateTime::from_timestamp_nanos(value.get()?)))
    }
}

#[derive(LineProtocol, Debug, PartialEq)]
struct Dates {
    nanos: i64,
    text: String,
    own: Date,
}

#[derive(FromRow, Debug, PartialEq)]
struct DatesBack {
    nanos: i64,
    text: DateTime<Utc>,
    own: Date,
}

// integers with a unit, of any size and behind pointers; other time types without one; a time without a zone
#[derive(LineProtocol, FromRow)]
struct Units {
    #[timestamp(unit = "s")]
    at: Option<Box<NonZero<u64>>>,
    f: bool,
}

#[derive(LineProtocol)]
struct ByReference<'a> {
    #[timestamp(unit = "ms")]
    at: &'a usize,
    f: bool,
}

#[derive(LineProtocol, FromRow)]
struct ByPointer {
    #[timestamp]
    at: Arc<DateTime<Utc>>,
    f: bool,
}

#[derive(LineProtocol, FromRow)]
struct Naive {
    #[timestamp(assume_utc)]
    at: NaiveDateTime,
    f: bool,
}

// what is lent for `'static`: owned, or lent for a lifetime of the struct
#[derive(LineProtocol, FromRow)]
struct Owned {
    #[tag]
    host: String,
    #[field]
    note: Arc<str>,
}

#[derive(LineProtocol, FromRow)]
struct Lent<'a> {
    #[tag]
    host: &'a str,
    note: Cow<'a, str>,
}

// options: names by `rename`, types and paths without quotes, texts with them, what stands alone
#[derive(LineProtocol, FromRow)]
#[line_protocol(crate = influx_core, placeholder, rename_all = "snake_case", tag_order = "declared")]
#[line_protocol(extra_tags(env = "test", zone = "a"))]
struct Options {
    #[tag(rename = "host")]
    a: String,
    #[field(as = f64, default)]
    b: i64,
    #[field(nan = "skip")]
    c: Option<f64>,
    #[timestamp(unit = "ms")]
    d: i64,
    #[tag(flatten)]
    labels: BTreeMap<String, String>,
}

// a newtype of a float is a field
#[derive(FieldValue)]
struct Celsius(f64);

#[derive(LineProtocol, FromRow)]
struct Warm {
    celsius: Celsius,
}

// a point needs a field; two timestamps: make the other one a field
#[derive(LineProtocol, FromRow)]
struct Alive {
    #[timestamp]
    at: i64,
    #[field]
    seen: i64,
    alive: bool,
}

fn line(point: &impl LineProtocol) -> String {
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(point).unwrap();
    String::from_utf8(writer.take()).unwrap()
}

fn main() {
    assert_eq!(line(&Tags { load: 0.5, side: Side::Buy, cache: vec![] }), "Tags,side=Buy load=0.5\n");
    let date = DateTime::from_timestamp_nanos(7);
    let dates = Dates { nanos: 7, text: date.to_rfc3339(), own: Date(date) };
    assert_eq!(line(&dates), "Dates nanos=7i,text=\"1970-01-01T00:00:00.000000007+00:00\",own=7i\n");
    let body = br#"{"results":[{"series":[{"columns":["nanos","text","own"],
        "values":[[7,"1970-01-01T00:00:00.000000007+00:00",7]]}]}]}"#;
    let back: Result<Vec<DatesBack>, _> = iterpoints(body, &mut Scratch::new()).collect();
    assert_eq!(back.unwrap(), [DatesBack { nanos: 7, text: date, own: Date(date) }]);
    assert_eq!(line(&Units { at: Some(Box::new(NonZero::new(7).unwrap())), f: true }), "Units f=true 7000000000\n");
    assert_eq!(line(&ByReference { at: &7, f: true }), "ByReference f=true 7000000\n");
    assert_eq!(line(&ByPointer { at: Arc::new(date), f: true }), "ByPointer f=true 7\n");
    assert_eq!(line(&Naive { at: date.naive_utc(), f: true }), "Naive f=true 7\n");
    assert_eq!(line(&Owned { host: "a".into(), note: "n".into() }), "Owned,host=a note=\"n\"\n");
    assert_eq!(line(&Lent { host: "a", note: "n".into() }), "Lent,host=a note=\"n\"\n");
    let labels = BTreeMap::new();
    let options = Options { a: "a".into(), b: 1, c: None, d: 7, labels };
    assert_eq!(line(&options), "Options,env=test,zone=a,host=a b=1 7000000\n");
    assert_eq!(line(&Warm { celsius: Celsius(20.5) }), "Warm celsius=20.5\n");
    assert_eq!(line(&Alive { at: 1, seen: 2, alive: true }), "Alive seen=2i,alive=true 1\n");
}
