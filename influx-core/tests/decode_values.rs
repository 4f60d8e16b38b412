//! Each type against each kind of JSON value, one cell at a time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use influx_core::decode::Scratch;
use influx_core::decode::influxql::iterpoints;
use influx_core::{
    Column, Columns, DecodeError, FromCast, FromRow, FromValue, Plan, Planner, Row, TagStr, ValueRef,
};

struct One<T>(T);

impl<'r, T: FromValue<'r>> FromRow<'r> for One<T> {
    const SLOTS: usize = 1;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("One");
        p.field("value", "v", T::WANT, T::NULLABLE)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(One(T::take(row, 0)?))
    }
}

fn body(cell: &str) -> String {
    format!(
        r#"{{"results":[{{"statement_id":0,"series":[{{"name":"m","columns":["v"],"values":[[{cell}]]}}]}}]}}"#
    )
}

/// The one row of the body as `T`, handed to a function because it may borrow.
fn with<T, O>(body: &str, then: impl FnOnce(Result<T, DecodeError>) -> O) -> O
where
    T: for<'r> FromRow<'r>,
{
    let mut scratch = Scratch::new();
    let mut rows = iterpoints::<T>(body.as_bytes(), &mut scratch);
    let row = rows.next().expect("one row");
    assert!(rows.next().is_none());
    then(row)
}

fn read<T: for<'r> FromValue<'r>>(cell: &str) -> Result<T, DecodeError> {
    with::<One<T>, _>(&body(cell), |row| row.map(|One(value)| value))
}

/// `given` reads as these values, and every one of `refused` is an error that names the kind that was found.
#[track_caller]
fn table<T>(given: &[(&str, T)], refused: &[(&str, &str)])
where
    T: for<'r> FromValue<'r> + PartialEq + std::fmt::Debug,
{
    for (cell, value) in given {
        assert_eq!(&read::<T>(cell).expect(cell), value, "{cell}");
    }
    for (cell, found) in refused {
        let error = read::<T>(cell).expect_err(cell);
        assert!(error.is_mismatch(), "{cell}: {error}");
        assert_eq!(error.found(), Some(*found), "{cell}: {error}");
        assert_eq!(
            (error.struct_name(), error.field(), error.column()),
            (Some("One"), Some("value"), Some("v"))
        );
        assert_eq!((error.statement_id(), error.series(), error.row()), (Some(0), Some("m"), Some(1)));
    }
}

const NO_INTEGER: [(&str, &str); 8] = [
    ("null", "null"),
    ("true", "boolean"),
    ("12.0", "float"),
    ("1e+21", "float"),
    ("1e3", "float"),
    ("0.5", "float"),
    (r#""12""#, "string"),
    ("100000000000000000000000000000000000000000", "integer"),
];

#[test]
fn integers() {
    table::<i64>(
        &[
            ("0", 0),
            ("-0", 0),
            ("12", 12),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ],
        &NO_INTEGER,
    );
    table::<i64>(&[], &[("9223372036854775808", "integer"), ("-9223372036854775809", "integer")]);
    table::<i8>(
        &[("-128", -128), ("127", 127)],
        &[("128", "integer"), ("-129", "integer"), ("1.0", "float")],
    );
    table::<i16>(&[("-32768", i16::MIN)], &[("32768", "integer")]);
    table::<i32>(&[("2147483647", i32::MAX)], &[("2147483648", "integer")]);
    table::<isize>(&[("-1", -1)], &NO_INTEGER);
    table::<u64>(
        &[("0", 0), ("18446744073709551615", u64::MAX), ("9999999999999999999", 9_999_999_999_999_999_999)],
        &NO_INTEGER,
    );
    table::<u64>(&[], &[("-1", "integer"), ("18446744073709551616", "integer")]);
    table::<u8>(&[("255", 255)], &[("256", "integer"), ("-1", "integer")]);
    table::<u16>(&[("65535", u16::MAX)], &[("65536", "integer")]);
    table::<u32>(&[("4294967295", u32::MAX)], &[("4294967296", "integer")]);
    table::<usize>(&[("7", 7)], &NO_INTEGER);
    table::<i128>(&[("170141183460469231731687303715884105727", i128::MAX)], &NO_INTEGER);
    table::<u128>(&[("340282366920938463463374607431768211455", u128::MAX)], &NO_INTEGER);
    table::<NonZero<i64>>(&[("-5", NonZero::new(-5).unwrap())], &[("0", "integer"), ("1.5", "float")]);
    table::<NonZero<u8>>(&[("5", NonZero::new(5).unwrap())], &[("0", "integer"), ("256", "integer")]);
}

#[test]
fn floats() {
    table::<f64>(
        &[
            ("12", 12.0),
            ("1e+21", 1e21),
            ("0.1", 0.1),
            ("5e-324", 5e-324),
            ("-1.5", -1.5),
            ("9007199254740993", 9007199254740992.0),
        ],
        &[
            ("null", "null"),
            ("true", "boolean"),
            (r#""1""#, "string"),
            ("1e400", "float"),
            ("-1e400", "float"),
        ],
    );
    assert!(read::<f64>("-0").unwrap().is_sign_negative());
    for value in [0.1_f32, 1e-45, f32::MAX, 16_777_216.0, 3.402_823_3e38, -7.038_531e-26] {
        table::<f32>(&[(&format!("{value:?}"), value), (&format!("{value}"), value)], &[]);
    }
    // by way of f64 this would be rounded to a tie, and then to even
    table::<f32>(
        &[("1.00000005960464477540", 1.000_000_1)],
        &[("1e39", "float"), ("null", "null"), (r#""1""#, "string")],
    );
}

#[test]
fn booleans_and_texts() {
    table::<bool>(
        &[("true", true), ("false", false)],
        &[("null", "null"), ("1", "integer"), (r#""true""#, "string")],
    );
    let refused = [("null", "null"), ("1", "integer"), ("1.5", "float"), ("false", "boolean")];
    table::<String>(
        &[(r#""a\u003cb\"\\\ud83d\ude00""#, "a<b\"\\😀".into()), (r#""""#, String::new())],
        &refused,
    );
    table::<Box<str>>(&[(r#""x""#, "x".into())], &refused);
    table::<Arc<str>>(&[(r#""x""#, "x".into())], &refused);
    table::<Rc<str>>(&[(r#""x""#, "x".into())], &refused);
    table::<char>(&[(r#""µ""#, 'µ')], &[(r#""""#, "string"), (r#""ab""#, "string"), ("1", "integer")]);
    assert_eq!(read::<TagStr>(r#""a b""#).unwrap().as_str(), "a b");
    assert!(read::<TagStr>(r#""a\\""#).unwrap_err().is_mismatch());
}

#[test]
fn options_and_pointers() {
    table::<Option<i64>>(&[("null", None), ("1", Some(1))], &[("1.5", "float")]);
    table::<Option<String>>(&[("null", None), (r#""""#, Some(String::new()))], &[("1", "integer")]);
    table::<Box<f64>>(&[("1", Box::new(1.0))], &[("null", "null")]);
    table::<Arc<Option<bool>>>(
        &[("null", Arc::new(None)), ("true", Arc::new(Some(true)))],
        &[("1", "integer")],
    );
    table::<Option<Rc<i64>>>(&[("null", None), ("4", Some(Rc::new(4)))], &[("true", "boolean")]);
}

#[test]
fn borrowed_texts_borrow_from_the_body() {
    let body = body(r#""plain""#);
    let mut scratch = Scratch::new();
    let rows: Vec<_> =
        iterpoints::<One<&str>>(body.as_bytes(), &mut scratch).collect::<Result<_, _>>().expect("rows");
    assert!(body.as_bytes().as_ptr_range().contains(&rows[0].0.as_ptr()), "{}", rows[0].0);

    let escaped = self::body(r#""a\u0026b""#);
    let mut scratch = Scratch::new();
    let rows: Vec<_> = iterpoints::<One<Cow<'_, str>>>(escaped.as_bytes(), &mut scratch)
        .collect::<Result<_, _>>()
        .expect("rows");
    assert!(matches!(rows[0].0, Cow::Borrowed("a&b")));
}

#[cfg(feature = "uuid")]
#[test]
fn uuids() {
    let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    table::<uuid::Uuid>(
        &[(&format!("\"{text}\""), text.parse().unwrap())],
        &[(r#""67e5""#, "string"), ("1", "integer"), ("null", "null")],
    );
}

#[cfg(feature = "rust_decimal")]
#[test]
fn decimals() {
    use rust_decimal::Decimal;
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    table::<Decimal>(
        &[
            ("0.1", decimal("0.1")),
            ("12", decimal("12")),
            ("1e-7", decimal("0.0000001")),
            ("-9223372036854775807.5", decimal("-9223372036854775807.5")),
        ],
        &[
            ("null", "null"),
            (r#""1""#, "string"),
            ("0.00000000000000000000000000000000001", "float"),
            ("1e300", "float"),
        ],
    );
    assert_eq!(ValueRef::F64(0.1).get::<Decimal>(), Ok(decimal("0.1")));
}

#[test]
fn casts_back_to_integers() {
    let cast = |value| <i64 as FromCast<f64>>::from_cast(value).ok();
    assert_eq!(cast(ValueRef::F64(12.0)), Some(12));
    assert_eq!(cast(ValueRef::Number("1e+3")), Some(1000));
    assert_eq!(cast(ValueRef::Number("12")), Some(12));
    assert_eq!(cast(ValueRef::F64(-9_223_372_036_854_775_808.0)), Some(i64::MIN));
    for refused in [0.5, 9_223_372_036_854_775_808.0, f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(cast(ValueRef::F64(refused)), None, "{refused}");
    }
    assert_eq!(cast(ValueRef::Null), None);
    assert_eq!(cast(ValueRef::Str("1")), None);
    assert_eq!(<Option<u8> as FromCast<f64>>::from_cast(ValueRef::Null), Ok(None));
    assert!(<Option<u8> as FromCast<f64>>::from_cast(ValueRef::F64(256.0)).is_err());
    assert_eq!(<u64 as FromCast<i64>>::from_cast(ValueRef::I64(5)), Ok(5));
    assert!(<u64 as FromCast<i64>>::from_cast(ValueRef::I64(-5)).is_err());
}

/// Tags: `""` is null, and numbers and booleans are read from their text.
#[derive(Debug, PartialEq)]
struct Tags {
    host: Option<String>,
    rack: i64,
    up: bool,
    load: f64,
    kind: String,
    count: u16,
}

impl<'r> FromRow<'r> for Tags {
    const SLOTS: usize = 6;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Tags");
        p.tag(
            "host",
            "host",
            <Option<String> as FromValue<'_>>::WANT,
            <Option<String> as FromValue<'_>>::NULLABLE,
        )?;
        p.tag("rack", "rack", <i64 as FromValue<'_>>::WANT, <i64 as FromValue<'_>>::NULLABLE)?;
        p.tag("up", "up", <bool as FromValue<'_>>::WANT, <bool as FromValue<'_>>::NULLABLE)?;
        p.tag("load", "load", <f64 as FromValue<'_>>::WANT, <f64 as FromValue<'_>>::NULLABLE)?;
        p.tag("kind", "kind", <String as FromValue<'_>>::WANT, true)?;
        p.field("count", "count", <u16 as FromValue<'_>>::WANT, true)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Tags {
            host: FromValue::take_tag(row, 0)?,
            rack: FromValue::take_tag(row, 1)?,
            up: FromValue::take_tag(row, 2)?,
            load: FromValue::take_tag(row, 3)?,
            kind: FromValue::take_tag_or_default(row, 4)?,
            count: FromValue::take_or_default(row, 5)?,
        })
    }
}

#[test]
fn tags_are_texts_in_both_places() {
    let grouped = r#"{"results":[{"series":[{"name":"m","tags":{"host":"","rack":"7","kind":""},
        "columns":["up","load"],"values":[["true","0.5"]]}]}]}"#;
    let read = with::<Tags, _>(grouped, |row| row.unwrap());
    let expected = Tags { host: None, rack: 7, up: true, load: 0.5, kind: String::new(), count: 0 };
    assert_eq!(read, expected);
    for (tag, word) in
        [("007", "string \"007\""), ("x", "string \"x\""), ("", "null"), ("1.5", "string \"1.5\"")]
    {
        let body = grouped.replace(r#""rack":"7""#, &format!(r#""rack":"{tag}""#));
        let error = with::<Tags, _>(&body, |row| row.unwrap_err());
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(error.field(), Some("rack"));
    }
}

#[test]
fn a_group_by_tag_and_a_column_of_one_name_go_to_tag_and_field() {
    struct Both(String, i64);
    impl<'r> FromRow<'r> for Both {
        const SLOTS: usize = 2;
        fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
            p.enter("Both");
            p.tag("0", "x", <String as FromValue<'_>>::WANT, false)?;
            p.field("1", "x", <i64 as FromValue<'_>>::WANT, false)?;
            p.leave();
            Ok(())
        }
        fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
            Ok(Both(FromValue::take_tag(row, 0)?, FromValue::take(row, 1)?))
        }
    }
    let body = r#"{"results":[{"series":[{"tags":{"x":"a"},"columns":["x"],"values":[[1]]}]}]}"#;
    with::<Both, _>(body, |row| assert!(matches!(row.unwrap(), Both(tag, 1) if tag == "a")));
}

#[derive(FromRow)]
struct Others<A, B> {
    #[tag(flatten)]
    labels: A,
    #[field(flatten)]
    values: B,
    #[allow(dead_code, reason = "takes a column from the maps")]
    n: i64,
}

/// All that is left over, as tags.
#[derive(FromRow)]
struct Labels {
    #[tag(flatten)]
    labels: BTreeMap<String, String>,
}

#[test]
fn maps_take_what_is_left() {
    let body = r#"{"results":[{"series":[{"name":"m","tags":{"a":"1","b":""},"columns":["n","f","g","h"],
        "values":[[1,2.5,null,3]]}]}]}"#;
    with::<Others<BTreeMap<String, String>, HashMap<String, f64>>, _>(body, |row| {
        let Others { labels, values, .. } = row.unwrap();
        assert_eq!(labels, BTreeMap::from([("a".into(), "1".into())]));
        assert_eq!(values, HashMap::from([("f".into(), 2.5), ("h".into(), 3.0)]));
    });
    with::<Others<Vec<(Box<str>, String)>, Vec<(String, Option<f64>)>>, _>(body, |row| {
        let Others { values, .. } = row.unwrap();
        assert_eq!(values, [("f".into(), Some(2.5)), ("g".into(), None), ("h".into(), Some(3.0))]);
    });
    with::<Others<BTreeMap<String, String>, BTreeMap<String, bool>>, _>(body, |row| {
        let error = row.err().expect("no booleans");
        assert_eq!(
            (error.column(), error.field(), error.found()),
            (Some("f"), Some("values"), Some("float")),
            "{error}"
        );
    });
    with::<Labels, _>(r#"{"results":[{"series":[{"columns":["x","y"],"values":[["t",5]]}]}]}"#, |row| {
        assert_eq!(row.unwrap().labels, BTreeMap::from([("x".into(), "t".into())]));
    });
}

#[test]
fn plans_that_cannot_work_say_why() {
    let columns =
        |names: &[&str]| Arc::new(Columns::new(names.iter().map(|&name| Column::new(name))).with_name("cpu"));
    let missing = Plan::of::<One<f64>>(columns(&["time", "w"])).unwrap_err();
    assert!(missing.is_missing_column());
    assert_eq!(
        missing.to_string(),
        "One.value: the result has no column \"v\", it has: time, w; select it, rename the field's column, or make the \
         field an Option (series cpu)"
    );
    assert!(Plan::of::<One<Option<f64>>>(columns(&["w"])).is_ok());
    let twice = Plan::of::<One<f64>>(columns(&["v", "v"])).unwrap_err();
    assert!(twice.is_duplicate_column(), "{twice}");
    assert!(Plan::of::<One<f64>>(columns(&["v", "w", "w"])).is_ok(), "nobody wants w");

    let typed = |kind| {
        let mut column = Column::new("v");
        column.kind = kind;
        Arc::new(Columns::new([column]))
    };
    use influx_core::ColumnKind::{Bool, Float, Int, Str, Uint};
    assert!(Plan::of::<One<i64>>(typed(Uint)).is_ok());
    assert!(Plan::of::<One<f64>>(typed(Int)).is_ok());
    for (error, found) in [
        (Plan::of::<One<i64>>(typed(Float)), "float"),
        (Plan::of::<One<bool>>(typed(Str)), "string"),
        (Plan::of::<One<String>>(typed(Bool)), "boolean"),
    ] {
        let error = error.unwrap_err();
        assert!(error.is_mismatch(), "{error}");
        assert_eq!(error.found(), Some(found));
    }

    struct Wrong;
    impl<'r> FromRow<'r> for Wrong {
        const SLOTS: usize = 2;
        fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
            p.enter("Wrong");
            p.measurement("name")
        }
        fn from_row(_: &Row<'_, 'r>) -> Result<Self, DecodeError> {
            Ok(Wrong)
        }
    }
    let error = Plan::of::<Wrong>(columns(&["v"])).expect_err("slots disagree");
    assert!(error.to_string().contains("registered 1 slots, but SLOTS is 2"), "{error}");
}
