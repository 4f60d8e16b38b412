//! A struct with every kind of field, implemented as the derive expands it, against recorded answers and written ones.

use std::collections::BTreeMap;

use influx_core::__private::Rest;
use influx_core::decode::Rows;
use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Options, iterpoints};
use influx_core::{
    DecodeError, FromRow, FromTimestamp, FromTimestampUnit, FromValue, Mismatch, Planner, Precision, Row,
    ValueRef, Want,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Buy,
    Sell,
}

impl<'r> FromValue<'r> for Side {
    const WANT: Want = Want::Str;
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Str("BUY") => Ok(Side::Buy),
            ValueRef::Str("SELL") => Ok(Side::Sell),
            _ => Err(Mismatch::expected("one of BUY, SELL")),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Inner<'a> {
    note: Option<&'a str>,
    depth: u8,
}

impl<'r: 'a, 'a> FromRow<'r> for Inner<'a> {
    const SLOTS: usize = 2;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Inner");
        p.field(
            "note",
            "note",
            <Option<&str> as FromValue<'_>>::WANT,
            <Option<&str> as FromValue<'_>>::NULLABLE,
        )?;
        p.field("depth", "depth", <u8 as FromValue<'_>>::WANT, <u8 as FromValue<'_>>::NULLABLE)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Inner {
            note: <Option<&'a str> as FromValue<'r>>::take(row, 0)?,
            depth: <u8 as FromValue<'r>>::take(row, 1)?,
        })
    }
}

#[derive(Debug, PartialEq)]
struct Trade<'a> {
    name: String,
    time: String,
    t: i64,
    side: Side,
    price: f64,
    n: i64,
    k: Option<i64>,
    id: Option<String>,
    inner: Inner<'a>,
    last: bool,
    labels: BTreeMap<String, String>,
    skipped: u8,
}

impl<'r: 'a, 'a> FromRow<'r> for Trade<'a> {
    const SLOTS: usize = 10 + <Inner<'a> as FromRow<'r>>::SLOTS;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Trade");
        p.measurement("name")?;
        p.timestamp("time", "time", <String as FromTimestamp>::NULLABLE)?;
        p.timestamp("t", "time", <i64 as FromTimestampUnit>::NULLABLE)?;
        p.tag("side", "side", <Side as FromValue<'_>>::WANT, <Side as FromValue<'_>>::NULLABLE)?;
        p.field("price", "price", <f64 as FromValue<'_>>::WANT, <f64 as FromValue<'_>>::NULLABLE)?;
        p.field("n", "n", <i64 as FromValue<'_>>::WANT, true)?;
        p.field("k", "k", <f64 as FromValue<'_>>::WANT, true)?;
        p.field(
            "id",
            "id",
            <Option<String> as FromValue<'_>>::WANT,
            <Option<String> as FromValue<'_>>::NULLABLE,
        )?;
        <Inner<'_> as FromRow<'_>>::plan(p)?;
        p.field("last", "last", <bool as FromValue<'_>>::WANT, <bool as FromValue<'_>>::NULLABLE)?;
        <BTreeMap<String, String> as FromRow<'_>>::plan_flat(p, "labels", Rest::Tags)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Trade {
            name: <String as FromValue<'r>>::take(row, 0)?,
            time: <String as FromTimestamp>::take(row, 1)?,
            t: <i64 as FromTimestampUnit>::take(row, 2, Precision::S)?,
            side: <Side as FromValue<'r>>::take_tag(row, 3)?,
            price: <f64 as FromValue<'r>>::take(row, 4)?,
            n: <i64 as FromValue<'r>>::take_or_default(row, 5)?,
            k: row.take_cast::<f64, Option<i64>>(6)?,
            id: <Option<String> as FromValue<'r>>::take(row, 7)?,
            inner: <Inner<'a> as FromRow<'r>>::from_row(&row.nested(8))?,
            last: <bool as FromValue<'r>>::take(row, 8 + <Inner<'a> as FromRow<'r>>::SLOTS)?,
            labels: FromRow::from_row(&row.nested(9 + <Inner<'a> as FromRow<'r>>::SLOTS))?,
            skipped: Default::default(),
        })
    }
}

const BODY: &str = r#"{"results":[{"statement_id":0,"series":[{"name":"trades","tags":{"side":"BUY","venue":"x y","empty":""},
    "columns":["time","depth","extra","id","k","last","n","note","price"],
    "values":[["2023-11-14T22:13:20Z",3,1,null,1e+3,true,null,"a\u0026b",12],
              ["2023-11-14T22:13:21Z",300,1,"7",null,true,5,null,0.5]]}]}]}"#;

fn first() -> Trade<'static> {
    Trade {
        name: "trades".into(),
        time: "2023-11-14T22:13:20Z".into(),
        t: 1_700_000_000,
        side: Side::Buy,
        price: 12.0,
        n: 0,
        k: Some(1000),
        id: None,
        inner: Inner { note: Some("a&b"), depth: 3 },
        last: true,
        labels: BTreeMap::from([("venue".into(), "x y".into())]),
        skipped: 0,
    }
}

#[test]
fn every_kind_of_field() {
    let mut scratch = Scratch::new();
    let mut trades = iterpoints::<Trade<'_>>(BODY.as_bytes(), &mut scratch);
    // a whole row before the next is asked for: borrowed texts stay
    let trade = trades.next().expect("a row").expect("a row");
    let error = trades.next().expect("an error").unwrap_err();
    assert_eq!(trade, first());
    assert_eq!(
        error.to_string(),
        "Inner.depth: column \"depth\" holds integer 300 where u8 was expected (statement 0, series \
         trades,side=BUY,venue=x y,empty=, row 2)"
    );
    assert!(trades.next().is_none());
}

#[test]
fn a_row_missing_in_the_nested_struct_names_it() {
    let body = BODY.replace("\"depth\"", "\"deep\"");
    let mut scratch = Scratch::new();
    let error = iterpoints::<Trade<'_>>(body.as_bytes(), &mut scratch).next().expect("an error").unwrap_err();
    assert!(error.is_missing_column());
    assert_eq!(
        (error.struct_name(), error.field(), error.column()),
        (Some("Inner"), Some("depth"), Some("depth"))
    );
    let body = BODY.replace(r#""side":"BUY""#, r#""side":"HOLD""#);
    let error = iterpoints::<Trade<'_>>(body.as_bytes(), &mut scratch).next().expect("an error").unwrap_err();
    assert!(
        error.to_string().contains(
            "Trade.side: column \"side\" holds string \"HOLD\" where one of BUY, SELL was expected"
        ),
        "{error}"
    );
}

/// What the recorded servers stored in `cpu`.
#[derive(Debug, PartialEq)]
struct Cpu {
    time: i64,
    host: Option<String>,
    region: Option<String>,
    big: Option<i64>,
    n: Option<i64>,
    ok: Option<bool>,
    s: Option<String>,
    usage: Option<f64>,
}

impl<'r> FromRow<'r> for Cpu {
    const SLOTS: usize = 8;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Cpu");
        p.timestamp("time", "time", false)?;
        p.tag("host", "host", <Option<String> as FromValue<'_>>::WANT, true)?;
        p.tag("region", "region", <Option<String> as FromValue<'_>>::WANT, true)?;
        p.field("big", "big", <Option<i64> as FromValue<'_>>::WANT, true)?;
        p.field("n", "n", <Option<i64> as FromValue<'_>>::WANT, true)?;
        p.field("ok", "ok", <Option<bool> as FromValue<'_>>::WANT, true)?;
        p.field("s", "s", <Option<String> as FromValue<'_>>::WANT, true)?;
        p.field("usage", "usage", <Option<f64> as FromValue<'_>>::WANT, true)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Cpu {
            time: <i64 as FromTimestampUnit>::take(row, 0, Precision::Ns)?,
            host: FromValue::take_tag(row, 1)?,
            region: FromValue::take_tag(row, 2)?,
            big: FromValue::take(row, 3)?,
            n: FromValue::take(row, 4)?,
            ok: FromValue::take(row, 5)?,
            s: FromValue::take(row, 6)?,
            usage: FromValue::take(row, 7)?,
        })
    }
}

fn recorded(file: &str, options: Options) -> Vec<Cpu> {
    let path: std::path::PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", "v1", file].iter().collect();
    let mut rows = Rows::<Cpu, _>::new(options);
    let mut read = Vec::new();
    let body = std::fs::read(path).expect(file);
    for piece in body.chunks(100) {
        rows.push(piece);
        while let Some(row) = rows.next_row() {
            read.push(row.expect(file));
        }
    }
    rows.finish();
    while let Some(row) = rows.next_row() {
        read.push(row.expect(file));
    }
    read
}

#[test]
fn the_recorded_points() {
    let cpu = |time, host: &str, region: &str, usage| Cpu {
        time,
        host: Some(host.to_owned()).filter(|host| !host.is_empty()),
        region: Some(region.to_owned()).filter(|region| !region.is_empty()),
        big: None,
        n: None,
        ok: None,
        s: None,
        usage: Some(usage),
    };
    let expected = [
        Cpu {
            big: Some(i64::MAX),
            n: Some(1),
            ok: Some(true),
            s: Some("hi".into()),
            ..cpu(1_700_000_000_000_000_001, "a", "us west", 0.5)
        },
        cpu(1_700_000_000_000_000_004, "a", "", 7.0),
        Cpu {
            n: Some(-2),
            ok: Some(false),
            s: Some("q\"uo,te\\".into()),
            ..cpu(1_700_000_000_123_456_789, "b", "eu", 1.0)
        },
        cpu(1_700_000_060_000_000_000, "b", "eu", 1e21),
        cpu(1_700_000_120_000_000_000, "", "eu", -0.0),
    ];
    assert_eq!(recorded("047_select_all.json", Options::new()), expected);
    assert_eq!(recorded("048_select_epoch_ns.json", Options::new().epoch(Precision::Ns)), expected);
    let usage: Vec<_> = expected.iter().map(|cpu| (cpu.time, cpu.host.clone(), cpu.usage)).collect();
    let mut grouped = recorded("061_group_by_tag.json", Options::new());
    grouped.sort_by_key(|cpu| cpu.time);
    let grouped: Vec<_> = grouped.into_iter().map(|cpu| (cpu.time, cpu.host, cpu.usage)).collect();
    assert_eq!(grouped, usage);
    let mut chunked = recorded("149_chunked_group.json", Options::new().chunked(true));
    chunked.sort_by_key(|cpu| cpu.time);
    let chunked: Vec<_> = chunked.into_iter().map(|cpu| (cpu.time, cpu.host, cpu.usage)).collect();
    assert_eq!(chunked, usage);
    let zoned = recorded("103_tz.json", Options::new());
    assert_eq!((zoned.len(), zoned[0].time), (1, 1_700_000_000_000_000_001));
}
