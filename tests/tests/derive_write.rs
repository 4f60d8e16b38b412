//! What the derive writes, for each attribute.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::sync::Arc;

use influx_core::{
    Dialect, EncodeError, FieldValue, LineProtocol, LineWriter, Nan, Precision, Role, TagStr, TagValue, Value,
};

fn line(dialect: Dialect, point: &impl LineProtocol) -> Result<String, EncodeError> {
    let mut writer = LineWriter::new(dialect);
    writer.write(point)?;
    let text = String::from_utf8(writer.take()).expect("lines are UTF-8");
    assert_eq!(text.matches('\n').count(), 1, "{text:?}");
    Ok(text.trim_end_matches('\n').to_owned())
}

fn v2(point: &impl LineProtocol) -> String {
    line(Dialect::V2, point).expect("a point that can be written")
}

fn refused(dialect: Dialect, point: &impl LineProtocol) -> String {
    line(dialect, point).expect_err("a point that cannot be written").to_string()
}

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    #[tag_value(rename = "sell, short")]
    Sell,
}

#[derive(LineProtocol)]
#[measurement("trades")]
struct Trade {
    #[timestamp]
    time: i64,
    #[tag]
    instrument: String,
    #[tag]
    side: Side,
    #[field]
    price: f64,
    #[field]
    size: i64,
    #[field]
    trade_id: Option<String>,
}

fn trade() -> Trade {
    Trade {
        time: 1,
        instrument: "AAPL".into(),
        side: Side::Buy,
        price: 189.25,
        size: 100,
        trade_id: Some("x\"y".into()),
    }
}

#[test]
fn the_struct_of_the_readme() {
    assert_eq!(v2(&trade()), r#"trades,instrument=AAPL,side=BUY price=189.25,size=100i,trade_id="x\"y" 1"#);
    assert_eq!(
        v2(&Trade { trade_id: None, side: Side::Sell, instrument: "A B".into(), ..trade() }),
        r"trades,instrument=A\ B,side=sell\,\ short price=189.25,size=100i 1"
    );
    assert_eq!(
        v2(&Trade { instrument: String::new(), trade_id: None, ..trade() }),
        "trades,side=BUY price=189.25,size=100i 1"
    );
}

#[test]
fn the_schema_is_known() {
    let schema = trade().schema().expect("derived");
    assert_eq!((schema.type_name(), schema.measurement()), ("Trade", Some("trades")));
    let columns: Vec<_> = schema.columns().iter().map(|c| (c.name(), c.role())).collect();
    use Role::{Field, Tag};
    assert_eq!(
        columns,
        [("instrument", Tag), ("side", Tag), ("price", Field), ("size", Field), ("trade_id", Field)]
    );
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags(env = "x"))]
struct EveryKind<'a, T, const N: usize> {
    #[tag]
    tag: u8,
    float: f64,
    short: Option<f32>,
    int: &'a i8,
    size: Option<Box<isize>>,
    unsigned: NonZero<u16>,
    #[field(as = f64)]
    cast: Option<u32>,
    #[field(as = i64)]
    signed: u64,
    #[field(nan = "skip")]
    skipped: Option<f64>,
    flag: Arc<bool>,
    text: Cow<'a, str>,
    letter: char,
    side: Side,
    name: TagStr,
    generic: T,
    custom: Meters,
    value: Value,
    #[line_protocol(skip)]
    _skipped: [u8; N],
}

struct Meters(f32);

impl FieldValue for Meters {
    type Wire<'a> = f32;
    fn wire(&self) -> f32 {
        self.0
    }
}

#[test]
fn the_schema_knows_the_kind_of_every_type() {
    fn kinds_of<T: FieldValue>(generic: T) -> String {
        let point = EveryKind {
            tag: 1,
            float: 0.0,
            short: None,
            int: &1,
            size: None,
            unsigned: NonZero::<u16>::MIN,
            cast: None,
            signed: 1,
            skipped: None,
            flag: Arc::new(true),
            text: "".into(),
            letter: 'x',
            side: Side::Buy,
            name: TagStr::new("n").expect("a tag"),
            generic,
            custom: Meters(1.0),
            value: Value::Bool(true),
            _skipped: [0; 3],
        };
        let columns = point.schema().expect("derived").columns().iter();
        columns.map(|column| format!("{}:{:?}", column.name(), column.kind())).collect::<Vec<_>>().join(" ")
    }
    let kinds = |generic| {
        format!(
            "env:Str tag:Str float:Float short:Float int:Int size:Int unsigned:Uint cast:Float signed:Int \
             skipped:Float flag:Bool text:Str letter:Str side:Str name:Str generic:{generic} custom:Float value:Unknown"
        )
    };
    assert_eq!(kinds_of(1.5), kinds("Float"));
    assert_eq!(kinds_of(Some(1_u64)), kinds("Uint"));
    assert_eq!(kinds_of("text"), kinds("Str"));
    assert_eq!(kinds_of(false), kinds("Bool"));
}

macro_rules! many {
    ($($name:ident $key:ident)*) => { $(
        #[derive(LineProtocol)]
        struct $name {
            #[tag]
            $key: &'static str,
            #[tag]
            m: &'static str,
            f: i8,
        }
        impl $name {
            fn both(writer: &mut LineWriter, value: &'static str, found: &mut Vec<(String, String)>) {
                let start = writer.len();
                writer.write(&$name { $key: value, m: "1", f: 2 }).expect("a line");
                let line = String::from_utf8(writer.as_bytes()[start..].to_vec()).expect("UTF-8");
                let mut tags = vec![(stringify!($key), value), ("m", "1")];
                tags.extend([("c", "C"), ("h", "H"), ("x", "X")].iter().filter(|tag| tag.0 != stringify!($key) || value.is_empty()));
                tags.retain(|tag| !tag.1.is_empty());
                tags.sort();
                let tags: String = tags.iter().map(|(key, value)| format!(",{key}={value}")).collect();
                found.push((line, format!("{}{tags} f=2i\n", stringify!($name))));
            }
        }
    )*
    /// A line of each struct, and what it should be.
    fn many_structs(writer: &mut LineWriter, value: &'static str, found: &mut Vec<(String, String)>) {
        $($name::both(writer, value, found);)*
    } };
}
many! {
    Aa a  Ab b  Ac c  Ad d  Ae e  Af g  Ag h  Ah i  Ai j  Aj k  Ak l  Al n  Am o  An p  Ao q  Ap r  Aq s  Ar t  As u  At v
    Au w  Av x  Aw y  Ax z
}

/// More structs than a writer keeps the places of default tags for.
#[test]
fn default_tags_find_their_places_in_every_struct() {
    let mut writer = LineWriter::new(Dialect::V2);
    for (key, value) in [("x", "X"), ("c", "C"), ("h", "H")] {
        writer.default_tag(key, value).expect("a tag");
    }
    let mut found = Vec::new();
    for value in ["own", "", "own", "own"] {
        many_structs(&mut writer, value, &mut found);
    }
    assert_eq!(found.len(), 4 * 24);
    found.iter().for_each(|(line, want)| assert_eq!(line, want));
}

#[derive(LineProtocol)]
struct Defaults {
    plain: f64,
}

#[test]
fn defaults_are_the_struct_name_and_fields() {
    assert_eq!(v2(&Defaults { plain: 1.0 }), "Defaults plain=1");
}

#[derive(LineProtocol)]
struct Sorted {
    #[tag]
    zone: &'static str,
    #[tag]
    host: &'static str,
    #[tag(rename = "a key")]
    key: u8,
    #[field(rename = "f,1=x")]
    value: bool,
}

#[derive(LineProtocol)]
#[measurement("a,b c")]
#[line_protocol(tag_order = "declared", rename_all = "camelCase", extra_tags(env = "prod 1", "k y" = "v"))]
struct Declared<'a> {
    #[tag]
    the_zone: &'a str,
    #[tag]
    a_host: Option<&'a str>,
    #[field]
    the_value: u32,
}

#[test]
fn order_names_and_extra_tags() {
    let sorted = Sorted { zone: "z", host: "h", key: 1, value: true };
    assert_eq!(v2(&sorted), r"Sorted,a\ key=1,host=h,zone=z f\,1\=x=true");
    let declared = Declared { the_zone: "z", a_host: Some("h"), the_value: 7 };
    assert_eq!(v2(&declared), r"a\,b\ c,env=prod\ 1,k\ y=v,theZone=z,aHost=h theValue=7u");
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags(b = "x"))]
struct Extra {
    #[tag]
    a: String,
    #[tag]
    c: String,
    f: i8,
}

#[test]
fn extra_tags_are_sorted_among_the_others() {
    assert_eq!(v2(&Extra { a: "1".into(), c: "2".into(), f: -1 }), "Extra,a=1,b=x,c=2 f=-1i");
    assert_eq!(v2(&Extra { a: "".into(), c: "".into(), f: -1 }), "Extra,b=x f=-1i");
}

#[derive(LineProtocol)]
struct Measured<'a> {
    #[measurement]
    name: Cow<'a, str>,
    #[tag]
    t: char,
    f: f32,
}

#[test]
fn the_measurement_can_be_a_field() {
    assert_eq!(v2(&Measured { name: "a b".into(), t: '=', f: 0.1 }), r"a\ b,t=\= f=0.1");
    let wrong = refused(Dialect::V1, &Measured { name: "#a".into(), t: 'x', f: 0.1 });
    assert!(wrong.starts_with("point 0 (Measured), measurement \"#a\": starts with `#`"), "{wrong}");
    let wrong = refused(Dialect::V1, &Measured { name: "a\\,b".into(), t: 'x', f: 0.1 });
    assert!(wrong.contains("backslash before a comma"), "{wrong}");
    assert_eq!(
        line(Dialect::V3, &Measured { name: "a\\,b".into(), t: 'x', f: 0.1 }).unwrap(),
        r"a\\\,b,t=x f=0.1"
    );
}

#[derive(LineProtocol)]
#[line_protocol(placeholder)]
struct Optional {
    #[tag]
    t: &'static str,
    a: Option<f64>,
    b: Option<i64>,
    c: Option<&'static str>,
}

#[derive(LineProtocol)]
struct NoPlaceholder {
    a: Option<f64>,
}

#[test]
fn absent_fields_and_the_placeholder() {
    assert_eq!(v2(&Optional { t: "x", a: None, b: Some(1), c: None }), "Optional,t=x b=1i");
    assert_eq!(v2(&Optional { t: "x", a: None, b: None, c: Some("") }), "Optional,t=x c=\"\"");
    assert_eq!(v2(&Optional { t: "x", a: None, b: None, c: None }), "Optional,t=x _=true");
    let wrong = refused(Dialect::V2, &NoPlaceholder { a: None });
    assert!(wrong.starts_with("point 0 (NoPlaceholder): has no field left to write"), "{wrong}");
}

#[derive(LineProtocol)]
struct Floats {
    #[field(nan = "skip")]
    skipped: f64,
    #[field(nan = "error")]
    checked: f64,
    other: Option<f32>,
}

#[test]
fn nan_is_an_error_unless_it_is_skipped() {
    assert_eq!(
        v2(&Floats { skipped: f64::NAN, checked: 1.5, other: Some(2.0) }),
        "Floats checked=1.5,other=2"
    );
    let wrong = Floats { skipped: 1.0, checked: f64::INFINITY, other: None };
    assert_eq!(
        refused(Dialect::V2, &wrong),
        "point 0 (Floats), field `checked` \"inf\": line protocol has no NaN and no infinity; leave the field out \
         (`Option`), or skip such values: `#[field(nan = \"skip\")]` in a derived struct, `.nan(Nan::Skip)` on the writer or client for \
         all points"
    );
    let mut writer = LineWriter::new(Dialect::V1).nan(Nan::Skip);
    writer.write(&wrong).unwrap();
    writer
        .write(&Floats { skipped: f64::NAN, checked: f64::NAN, other: Some(f32::NEG_INFINITY) })
        .unwrap_err();
    assert_eq!(writer.as_bytes(), b"Floats skipped=1\n");
}

#[derive(LineProtocol)]
struct Integers {
    #[field(as = f64)]
    float: i64,
    #[field(as = i64)]
    signed: Option<u64>,
    plain: u64,
    non_zero: NonZero<u16>,
}

#[test]
fn integers_by_dialect_and_conversion() {
    let small = Integers { float: -3, signed: Some(4), plain: 5, non_zero: NonZero::<u16>::MIN };
    assert_eq!(v2(&small), "Integers float=-3,signed=4i,plain=5u,non_zero=1u");
    assert_eq!(line(Dialect::V1, &small).unwrap(), "Integers float=-3,signed=4i,plain=5i,non_zero=1i");
    let large = Integers { plain: u64::MAX, ..small };
    assert_eq!(v2(&large), "Integers float=-3,signed=4i,plain=18446744073709551615u,non_zero=1u");
    let wrong = refused(Dialect::V1, &large);
    assert!(
        wrong.contains("field `plain` \"18446744073709551615\": is above 9223372036854775807"),
        "{wrong}"
    );
    let wrong = refused(Dialect::V2, &Integers { signed: Some(u64::MAX), ..large });
    assert!(wrong.contains("field `signed`"), "{wrong}");
    let wrong = refused(Dialect::V2, &Integers { float: (1 << 53) + 1, ..large });
    assert!(wrong.contains("field `float` \"9007199254740993\": is no exact 64-bit float"), "{wrong}");
}

#[derive(LineProtocol)]
struct Inner {
    #[tag]
    rack: String,
    load: f64,
}

#[derive(LineProtocol)]
struct Flat {
    #[tag]
    zone: String,
    #[tag(flatten)]
    labels: BTreeMap<String, String>,
    #[field(flatten)]
    inner: Inner,
    #[field(flatten)]
    values: Option<HashMap<&'static str, i32>>,
    up: bool,
    #[timestamp(unit = "s")]
    at: u32,
}

fn flat() -> Flat {
    Flat {
        zone: "z".into(),
        labels: BTreeMap::from([
            ("a b".into(), "1".into()),
            ("zz".into(), "2".into()),
            ("none".into(), "".into()),
        ]),
        inner: Inner { rack: "r".into(), load: 0.5 },
        values: Some(HashMap::from([("n", 1)])),
        up: true,
        at: 1,
    }
}

#[test]
fn structs_and_maps_flatten() {
    assert_eq!(v2(&flat()), r"Flat,a\ b=1,rack=r,zone=z,zz=2 up=true,load=0.5,n=1i 1000000000");
    let mut twice = flat();
    twice.labels.insert("rack".into(), "other".into());
    let wrong = refused(Dialect::V2, &twice);
    assert_eq!(wrong, "point 0 (Flat), tag `rack`: is given twice; remove one of the two tags");
    let mut both = flat();
    both.labels.insert("up".into(), "other".into());
    for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
        assert!(refused(dialect, &both).contains("field `up`: is both a tag and a field"));
    }
    let mut wrong = flat();
    wrong.inner.load = f64::NAN;
    assert!(refused(Dialect::V2, &wrong).starts_with("point 0 (Inner), field `load` \"NaN\""));
}

#[derive(LineProtocol)]
struct Backslashes {
    #[tag(rename = r"a\\b")]
    t: &'static str,
    #[field(rename = r"x\y")]
    f: bool,
}

#[test]
fn names_that_the_dialects_read_differently() {
    let point = Backslashes { t: r"c\\d", f: false };
    assert_eq!(v2(&point), r"Backslashes,a\\b=c\\d x\y=false");
    assert_eq!(line(Dialect::V3, &point).unwrap(), r"Backslashes,a\\\\b=c\\\\d x\y=false");
}

#[derive(LineProtocol)]
struct Generic<'a, T, const N: usize>
where
    T: Clone,
{
    #[tag]
    tag: &'a T,
    #[field]
    value: Option<T>,
    #[line_protocol(skip)]
    _skipped: [u8; N],
}

#[test]
fn generics_lifetimes_and_skips() {
    let point = Generic { tag: &5u8, value: Some(6u8), _skipped: [0; 3] };
    assert_eq!(v2(&point), "Generic,tag=5 value=6u");
}

#[derive(TagValue)]
struct Ticker(String);

#[derive(FieldValue)]
struct Celsius(f64);

#[derive(LineProtocol)]
struct Kinds<'a> {
    #[tag]
    ticker: Ticker,
    #[tag]
    shared: Arc<str>,
    #[tag]
    once: &'a TagStr,
    #[tag]
    id: uuid::Uuid,
    #[tag]
    r#type: i128Tag,
    celsius: Celsius,
    r#in: Box<str>,
    side: Side,
    decimal: rust_decimal::Decimal,
    uid: Option<uuid::Uuid>,
}

#[allow(non_camel_case_types)]
type i128Tag = Option<Box<i64>>;

#[test]
fn value_types() {
    let once = TagStr::new("a b").unwrap();
    let id = uuid::Uuid::from_u128(1);
    let point = Kinds {
        ticker: Ticker("T".into()),
        shared: "s".into(),
        once: &once,
        id,
        r#type: Some(Box::new(-1)),
        celsius: Celsius(21.5),
        r#in: "in".into(),
        side: Side::Sell,
        decimal: rust_decimal::Decimal::new(12345, 3),
        uid: Some(id),
    };
    assert_eq!(
        v2(&point),
        "Kinds,id=00000000-0000-0000-0000-000000000001,once=a\\ b,shared=s,ticker=T,type=-1 \
         celsius=21.5,in=\"in\",side=\"sell, short\",decimal=12.345,uid=\"00000000-0000-0000-0000-000000000001\""
    );
    let wrong = Kinds { decimal: "0.12345678901234567890123456".parse().unwrap(), ..point };
    assert!(refused(Dialect::V2, &wrong).contains("field `decimal`"));
}

macro_rules! timed {
    ($name:ident, $attr:meta, $ty:ty) => {
        #[derive(LineProtocol)]
        struct $name {
            #[$attr]
            t: $ty,
            f: bool,
        }
    };
}
timed!(System, timestamp, std::time::SystemTime);
timed!(Chrono, timestamp, chrono::DateTime<chrono::FixedOffset>);
timed!(Naive, timestamp(assume_utc), Option<chrono::NaiveDateTime>);
timed!(Text, timestamp, &'static str);
timed!(Micros, timestamp(unit = "us"), Option<u64>);
timed!(Time, timestamp, time::OffsetDateTime);
timed!(Jiff, timestamp, Option<jiff::Timestamp>);

#[test]
fn timestamp_types_and_precisions() {
    let at = |precision, point: &dyn LineProtocol| {
        let mut writer = LineWriter::new(Dialect::V1).precision(precision);
        writer
            .write(point)
            .map(|()| String::from_utf8(writer.take()).unwrap().split(' ').nth(2).unwrap_or("").to_owned())
    };
    let epoch = std::time::UNIX_EPOCH;
    let nanos = std::time::Duration::from_nanos;
    assert_eq!(at(Precision::Ns, &System { t: epoch - nanos(1), f: true }).unwrap(), "-1\n");
    assert_eq!(at(Precision::S, &System { t: epoch - nanos(1), f: true }).unwrap(), "-1\n");
    let chrono = chrono::DateTime::parse_from_rfc3339("2024-01-31T13:00:00.5+01:00").unwrap();
    assert_eq!(at(Precision::Ms, &Chrono { t: chrono, f: true }).unwrap(), "1706702400500\n");
    assert_eq!(
        at(Precision::Ns, &Naive { t: Some(chrono.naive_utc()), f: true }).unwrap(),
        "1706702400500000000\n"
    );
    assert_eq!(at(Precision::Ns, &Naive { t: None, f: true }).unwrap(), "");
    assert_eq!(
        at(Precision::Us, &Text { t: "2024-01-31T13:00:00.5+01:00", f: true }).unwrap(),
        "1706702400500000\n"
    );
    assert_eq!(at(Precision::Ns, &Micros { t: Some(7), f: true }).unwrap(), "7000\n");
    assert_eq!(at(Precision::Ns, &Time { t: time::OffsetDateTime::UNIX_EPOCH, f: true }).unwrap(), "0\n");
    assert_eq!(at(Precision::Ns, &Jiff { t: Some(jiff::Timestamp::UNIX_EPOCH), f: true }).unwrap(), "0\n");

    let wrong = at(Precision::Ns, &Text { t: "noon", f: true }).unwrap_err().to_string();
    assert!(wrong.starts_with("point 0 (Text), timestamp \"noon\": is no RFC 3339 time"), "{wrong}");
    let wrong = at(Precision::Ns, &Micros { t: Some(u64::MAX), f: true }).unwrap_err().to_string();
    assert!(wrong.contains("is `us` the right unit?"), "{wrong}");
    let far = chrono::DateTime::parse_from_rfc3339("2300-01-01T00:00:00Z").unwrap();
    let wrong = at(Precision::Ns, &Chrono { t: far, f: true }).unwrap_err().to_string();
    assert!(wrong.contains("years 1677 to 2262"), "{wrong}");
}

#[test]
fn default_tags_yield_to_own_ones() {
    let mut writer = LineWriter::new(Dialect::V1);
    writer.default_tag("instrument", "other").unwrap();
    writer.default_tag("app", "x y").unwrap();
    writer.default_tag("zone", 3).unwrap();
    writer.default_tag("empty", "").unwrap();
    writer.write(&Trade { trade_id: None, ..trade() }).unwrap();
    writer.write(&Trade { instrument: "".into(), trade_id: None, ..trade() }).unwrap();
    writer.write(&Declared { the_zone: "z", a_host: None, the_value: 1 }).unwrap();
    let want = r"trades,app=x\ y,instrument=AAPL,side=BUY,zone=3 price=189.25,size=100i 1
trades,app=x\ y,instrument=other,side=BUY,zone=3 price=189.25,size=100i 1
a\,b\ c,env=prod\ 1,k\ y=v,theZone=z,app=x\ y,instrument=other,zone=3 theValue=1i
";
    assert_eq!(String::from_utf8_lossy(writer.as_bytes()), want);
    assert!(writer.default_tag("app", "again").unwrap_err().to_string().contains("given twice"));
    assert!(writer.default_tag("time", "x").unwrap_err().to_string().contains("timestamp column"));
}

#[test]
fn limits_and_reserved_names_by_dialect() {
    let long = Trade { instrument: "x".repeat(65_537), ..trade() };
    assert!(refused(Dialect::V3, &long).contains("tag `instrument`"));
    assert!(refused(Dialect::V1, &long).contains("the server takes at most 65535"));
    let long = Trade { trade_id: Some("x".repeat(65_537)), ..trade() };
    assert!(refused(Dialect::V3, &long).contains("has 65537 bytes, InfluxDB 3.x takes at most 65536"));
    assert!(v2(&long).len() > 65_537);

    #[derive(LineProtocol)]
    struct Reserved {
        #[tag(rename = "_field")]
        t: bool,
        f: bool,
    }
    assert!(refused(Dialect::V2, &Reserved { t: true, f: true }).contains("reserved by InfluxDB 2.x"));
    assert_eq!(line(Dialect::V1, &Reserved { t: true, f: true }).unwrap(), "Reserved,_field=true f=true");
}

#[derive(LineProtocol)]
struct Wide {
    #[tag]
    a1: u8,
    #[tag]
    a2: u8,
    #[tag]
    a3: u8,
    #[tag]
    a4: u8,
    #[tag]
    a5: u8,
    #[tag]
    a6: u8,
    #[tag]
    a7: u8,
    #[tag]
    a8: u8,
    #[tag]
    a9: u8,
    #[tag]
    b1: u8,
    #[tag]
    b2: u8,
    f1: Option<i8>,
    f2: u8,
    f3: u8,
    f4: u8,
    f5: u8,
    f6: u8,
    f7: u8,
    f8: u8,
    f9: u8,
    g1: u8,
    g2: u8,
    g3: u8,
    g4: u8,
    g5: u8,
    g6: u8,
    g7: u8,
    g8: u8,
    g9: u8,
}

#[test]
fn wide_structs() {
    let point = Wide {
        a1: 1,
        a2: 2,
        a3: 3,
        a4: 4,
        a5: 5,
        a6: 6,
        a7: 7,
        a8: 8,
        a9: 9,
        b1: 10,
        b2: 11,
        f1: None,
        f2: 2,
        f3: 3,
        f4: 4,
        f5: 5,
        f6: 6,
        f7: 7,
        f8: 8,
        f9: 9,
        g1: 1,
        g2: 2,
        g3: 3,
        g4: 4,
        g5: 5,
        g6: 6,
        g7: 7,
        g8: 8,
        g9: 9,
    };
    assert_eq!(
        line(Dialect::V1, &point).unwrap(),
        "Wide,a1=1,a2=2,a3=3,a4=4,a5=5,a6=6,a7=7,a8=8,a9=9,b1=10,b2=11 \
         f2=2i,f3=3i,f4=4i,f5=5i,f6=6i,f7=7i,f8=8i,f9=9i,g1=1i,g2=2i,g3=3i,g4=4i,g5=5i,g6=6i,g7=7i,g8=8i,g9=9i"
    );
}

#[test]
fn a_failed_point_leaves_nothing() {
    let mut writer = LineWriter::new(Dialect::V1);
    writer.write(&trade()).unwrap();
    let before = writer.as_bytes().to_vec();
    for wrong in ["a\nb", "a\\", "\u{7f}", "a\tb"] {
        let error = writer.write(&Trade { instrument: wrong.into(), ..trade() }).unwrap_err();
        assert_eq!((error.column(), error.type_name()), (Some("instrument"), Some("Trade")));
        assert_eq!(writer.as_bytes(), before);
    }
    assert_eq!(writer.points(), 5);
}
