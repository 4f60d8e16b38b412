//! The table of types.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use influx_core::decode::{Scratch, influxql};
use influx_core::{
    Dialect, FieldValue, FromNaiveTimestamp, FromRow, FromTimestamp, FromTimestampUnit, FromValue,
    LineProtocol, LineWriter, MeasurementValue, NaiveTimestamp, TagStr, TagValue, Timestamp, UnitTimestamp,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::server::{Form, answer};
use crate::there_and_back;

#[derive(TagValue, Debug, Clone, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    Sell,
}

#[derive(TagValue, Debug, Clone, PartialEq)]
struct Ticker(String);

#[derive(FieldValue, Debug, Clone, PartialEq)]
struct Celsius(f64);

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Field<T> {
    #[timestamp]
    at: i64,
    value: T,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Tag<T> {
    #[timestamp]
    at: i64,
    #[tag]
    value: T,
    f: bool,
}

fn field<T: FieldValue + for<'r> FromValue<'r> + PartialEq + Debug + Clone>(
    values: impl IntoIterator<Item = T>,
) {
    for value in values {
        there_and_back(&Field { at: 1, value: value.clone() });
        there_and_back(&Field { at: 1, value: Box::new(value.clone()) });
        there_and_back(&Field { at: 1, value: Rc::new(value.clone()) });
        there_and_back(&Field { at: 1, value: Some(Arc::new(value)) });
    }
}

fn tag<T: TagValue + for<'r> FromValue<'r> + PartialEq + Debug + Clone>(values: impl IntoIterator<Item = T>) {
    for value in values {
        there_and_back(&Tag { at: 1, value: value.clone(), f: true });
        there_and_back(&Tag { at: 1, value: Box::new(value.clone()), f: true });
        there_and_back(&Tag { at: 1, value: Rc::new(value.clone()), f: true });
        there_and_back(&Tag { at: 1, value: Some(Arc::new(value)), f: true });
    }
}

macro_rules! integers {
    ($($int:ty)*) => { $(
        let largest = i64::try_from(<$int>::MAX).map_or(i64::MAX as $int, |_| <$int>::MAX);
        for int in [0, 1, <$int>::MIN, largest] {
            field([int]);
            tag([int]);
        }
        field([NonZero::new(largest).unwrap()]);
        tag([NonZero::new(largest).unwrap()]);
    )* };
}

#[test]
fn values() {
    integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }
    field([0.0, -0.0, 0.1, 12.0, -1e300, 5e-324, 9_007_199_254_740_993.0, 1e21, f64::MAX, 2f64.powi(60)]);
    field([0.1_f32, 16_777_216.0, f32::MAX, f32::MIN_POSITIVE]);
    field([true, false]);
    tag([true, false]);
    field([' ', 'ä', '"', '\n', '🚀']);
    tag(['x', 'ä', '=', ',']);
    for text in ["", "a", "it's \"x\" \\ \n\t=,", "ä 🚀 </>&"] {
        field([String::from(text)]);
        field([Box::<str>::from(text)]);
        field([Rc::<str>::from(text)]);
        field([Arc::<str>::from(text)]);
    }
    for text in ["a", "b c,d=e\"f", "5", "true", "ä 🚀"] {
        tag([String::from(text)]);
        tag([Box::<str>::from(text)]);
        tag([Rc::<str>::from(text)]);
        tag([Arc::<str>::from(text)]);
        tag([TagStr::new(text).unwrap()]);
        field([TagStr::new(text).unwrap()]);
        tag([Ticker(text.into())]);
        field([Ticker(text.into())]);
    }
    let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    field([id]);
    tag([id]);
    field([Side::Buy, Side::Sell]);
    tag([Side::Buy, Side::Sell]);
    field([Celsius(-273.15)]);
    field(["1.5", "-0.001", "123456789.25"].map(|text| text.parse::<Decimal>().unwrap()));
    there_and_back(&Tag { at: 1, value: None::<String>, f: true });
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct At<T> {
    #[timestamp]
    at: T,
    f: bool,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Seconds<T> {
    #[timestamp(unit = "s")]
    at: T,
    f: bool,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Nanos<T> {
    #[timestamp(unit = "ns")]
    at: T,
    f: bool,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Naive<T> {
    #[timestamp(assume_utc)]
    at: T,
    f: bool,
}

fn time<T: Timestamp + FromTimestamp + PartialEq + Debug + Clone>(at: T) {
    there_and_back(&At { at: at.clone(), f: true });
    there_and_back(&At { at: Box::new(at.clone()), f: true });
    there_and_back(&At { at: Rc::new(at.clone()), f: true });
    there_and_back(&At { at: Some(Arc::new(at)), f: true });
}

fn unit<T: UnitTimestamp + FromTimestampUnit + PartialEq + Debug + Clone>(at: T) {
    there_and_back(&Seconds { at: at.clone(), f: true });
    there_and_back(&Seconds { at: Box::new(at.clone()), f: true });
    there_and_back(&Seconds { at: Rc::new(at.clone()), f: true });
    there_and_back(&Nanos { at: Some(Arc::new(at)), f: true });
}

fn naive<T: NaiveTimestamp + FromNaiveTimestamp + PartialEq + Debug + Clone>(at: T) {
    there_and_back(&Naive { at: at.clone(), f: true });
    there_and_back(&Naive { at: Box::new(at.clone()), f: true });
    there_and_back(&Naive { at: Rc::new(at.clone()), f: true });
    there_and_back(&Naive { at: Some(Arc::new(at)), f: true });
}

macro_rules! units {
    ($($int:ty)*) => { $(
        unit::<$int>(100);
        unit(NonZero::<$int>::new(7).unwrap());
    )* };
}

#[test]
fn times() {
    const NANOS: i64 = 1_700_000_000_000_000_001;
    let system = SystemTime::UNIX_EPOCH + Duration::from_nanos(NANOS as u64);
    let text = "2023-11-14T22:13:20.000000001Z";
    [NANOS, 0, -1, i64::MAX - 1].into_iter().for_each(time);
    time(system);
    time(String::from(text));
    time(Cow::Borrowed(text));
    there_and_back(&At { at: Box::<str>::from(text), f: true });
    there_and_back(&At { at: Rc::<str>::from(text), f: true });
    there_and_back(&At { at: Some(Arc::<str>::from(text)), f: true });
    let chrono = chrono::DateTime::from_timestamp_nanos(NANOS);
    time(chrono);
    time(chrono.fixed_offset());
    naive(chrono.naive_utc());
    let time_crate = time::OffsetDateTime::from_unix_timestamp_nanos(NANOS.into()).unwrap();
    time(time_crate);
    naive(time::PrimitiveDateTime::new(time_crate.date(), time_crate.time()));
    let jiff = jiff::Timestamp::from_nanosecond(NANOS.into()).unwrap();
    time(jiff);
    time(jiff.to_zoned(jiff::tz::TimeZone::UTC));
    naive(jiff::tz::Offset::UTC.to_datetime(jiff));
    units! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Casts {
    #[timestamp]
    at: i64,
    #[field(as = f64)]
    byte: u8,
    #[field(as = f64)]
    large: i64,
    #[field(as = f64)]
    none: Option<usize>,
    #[field(as = i64)]
    unsigned: u64,
    #[field(nan = "skip")]
    float: Option<f64>,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Inner {
    #[tag]
    rack: Arc<str>,
    load: f64,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Flat {
    #[measurement]
    name: Box<str>,
    #[timestamp]
    at: i64,
    #[field(flatten)]
    boxed: Box<Inner>,
    #[field(flatten)]
    fields: HashMap<String, f64>,
    #[tag(flatten)]
    tags: BTreeMap<String, String>,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Named<T> {
    #[measurement]
    name: T,
    #[timestamp]
    at: i64,
    f: bool,
}

fn named<T: MeasurementValue + for<'r> FromValue<'r> + PartialEq + Debug>(name: T) {
    there_and_back(&Named { name, at: 1, f: true });
}

#[test]
fn options_of_members() {
    for large in [1_i64 << 53, -(1 << 53), 9_007_199_254_740_994] {
        there_and_back(&Casts {
            at: 1,
            byte: 255,
            large,
            none: None,
            unsigned: i64::MAX as u64,
            float: Some(0.5),
        });
    }
    there_and_back(&Flat {
        name: "m".into(),
        at: 1,
        boxed: Box::new(Inner { rack: "r".into(), load: 0.5 }),
        fields: HashMap::from([("x".into(), 1.0), ("y".into(), 2.0)]),
        tags: BTreeMap::new(),
    });
    named(String::from("m n"));
    named(Box::<str>::from("m"));
    named(Arc::<str>::from("m"));
    named(Rc::new(String::from("m")));
    named(TagStr::new("m").unwrap());
    named(Side::Buy);
    named(Ticker("m".into()).0);
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
struct Borrowed<'a> {
    #[measurement]
    name: &'a str,
    #[tag]
    host: Cow<'a, str>,
    text: &'a str,
    none: Option<&'a str>,
    #[timestamp]
    at: i64,
}

#[test]
fn borrowed_texts() {
    let point = Borrowed { name: "m", host: "a b".into(), text: "x\ny", none: None, at: 1 };
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(&point).unwrap();
    let line = String::from_utf8(writer.take()).unwrap();
    for form in Form::ALL {
        let (body, mut scratch) = (answer(&line, form), Scratch::new());
        let options = influxql::Options::new().format(form.format()).epoch(form.epoch());
        let rows: Result<Vec<Borrowed<'_>>, _> =
            influxql::iterpoints_with(&body, &mut scratch, options).collect();
        assert_eq!(
            rows.unwrap(),
            [Borrowed { name: "m", host: "a b".into(), text: "x\ny", none: None, at: 1 }]
        );
    }
}
