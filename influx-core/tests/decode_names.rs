//! What names lead to: tags of series that rows lack, two columns of one name, the time where floats are asked for, the fields alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use influx_core::decode::{Scratch, WholeSeries, influxql};
use influx_core::{
    AnyRow, Column, Columns, DecodeError, Fields, FromRow, OwnedRow, OwnedValue, Point, Precision, ValueRef,
};

fn options() -> influxql::Options {
    influxql::Options::new().epoch(Precision::Ns)
}

fn read<T: for<'r> FromRow<'r>>(body: &str) -> Result<Vec<T>, DecodeError> {
    influxql::iterpoints_with(body.as_bytes(), &mut Scratch::new(), options()).collect()
}

fn series(tags: &str, columns: &str, values: &str) -> String {
    let tags = if tags.is_empty() { String::new() } else { format!(r#""tags":{{{tags}}},"#) };
    format!(r#"{{"results":[{{"series":[{{"name":"cpu",{tags}"columns":{columns},"values":{values}}}]}}]}}"#)
}

#[derive(FromRow, Debug, PartialEq)]
struct Racked {
    rack: Option<String>,
    f: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Must {
    rack: String,
}

/// Servers write the tag that the rows of a series lack as the empty text, whatever the role of the member that reads it.
#[test]
fn an_absent_tag_of_the_series_is_none() {
    let absent = series(r#""rack":"""#, r#"["time","f"]"#, "[[1,0.5]]");
    let present = series(r#""rack":"r""#, r#"["time","f"]"#, "[[1,0.5]]");
    assert_eq!(read::<Racked>(&absent).unwrap(), [Racked { rack: None, f: 0.5 }]);
    assert_eq!(read::<Racked>(&present).unwrap(), [Racked { rack: Some("r".into()), f: 0.5 }]);
    let error = read::<Must>(&absent).unwrap_err();
    assert_eq!((error.column(), error.found()), (Some("rack"), Some("null")), "{error}");
    assert!(error.to_string().contains("make it an Option"), "{error}");
    assert_eq!(read::<OwnedRow>(&absent).unwrap()[0].get("rack"), Some(&OwnedValue::Null));
    // an empty text in a column is one
    let column = series("", r#"["time","rack","f"]"#, r#"[[1,"",0.5]]"#);
    assert_eq!(read::<Racked>(&column).unwrap()[0].rack.as_deref(), Some(""));
}

fn twice<T: for<'r> FromRow<'r>>(body: &str, name: &str) {
    let error = read::<T>(body).map(|_| ()).expect_err(name);
    assert!(error.is_duplicate_column(), "{error}");
    assert_eq!((error.column(), error.series().is_some()), (Some(name), true), "{error}");
    let text = error.to_string();
    assert!(
        text.contains(&format!("has column \"{name}\" more than once; give one of them another name")),
        "{text}"
    );
}

#[derive(FromRow, Debug)]
#[allow(dead_code)]
struct Rest {
    #[timestamp]
    at: i64,
    #[field(flatten)]
    rest: BTreeMap<String, OwnedValue>,
}

#[derive(FromRow, Debug)]
#[allow(dead_code)]
struct Labels {
    #[tag(flatten)]
    labels: HashMap<String, String>,
}

/// `SELECT usage AS host .. GROUP BY host`, `SELECT mean(x) AS time`, `SELECT a AS x, b AS x`.
#[test]
fn two_of_one_name_are_an_error_where_names_count() {
    let tag = series(r#""host":"a""#, r#"["time","host"]"#, "[[1,0.5]]");
    let time = series("", r#"["time","time"]"#, "[[1,0.5]]");
    let columns = series("", r#"["time","x","y","x"]"#, "[[1,0.5,1.5,2.5]]");
    for (body, name) in [(&tag, "host"), (&time, "time"), (&columns, "x")] {
        twice::<BTreeMap<String, OwnedValue>>(body, name);
        twice::<HashMap<Arc<str>, Option<f64>>>(body, name);
        twice::<Option<BTreeMap<String, OwnedValue>>>(body, name);
        twice::<Point>(body, name);
    }
    twice::<Fields<BTreeMap<String, OwnedValue>>>(&columns, "x");
    twice::<Rest>(&columns, "x");
    twice::<Labels>(&series(r#""host":"a""#, r#"["time","host"]"#, r#"[[1,"b"]]"#), "host");
    // nothing is lost by position, in a list, or where what is asked for is there once
    assert_eq!(read::<(i64, f64)>(&tag).unwrap(), [(1, 0.5)]);
    assert_eq!(read::<Vec<(String, OwnedValue)>>(&columns).unwrap()[0].len(), 4);
    assert_eq!(read::<Rest>(&tag).unwrap()[0].rest.len(), 1);
    #[derive(FromRow)]
    struct Y {
        y: f64,
    }
    assert_eq!(read::<Y>(&columns).unwrap()[0].y, 1.5);
    let row = &read::<OwnedRow>(&tag).unwrap()[0];
    assert_eq!(row.get("host").unwrap().to_string(), "0.5", "the column");
    assert_eq!(row.columns().tag("host"), Some("a"));
}

#[cfg(feature = "serde")]
#[test]
fn serde_is_told_of_two_of_one_name() {
    use influx_core::Serde;

    #[derive(serde::Deserialize, Debug)]
    #[allow(dead_code)]
    struct Host {
        host: OwnedText,
    }
    #[derive(serde::Deserialize, Debug)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum OwnedText {
        Text(String),
        Number(f64),
    }
    #[derive(serde::Deserialize, Debug)]
    struct Time {
        #[serde(rename = "time")]
        at: i64,
    }
    let tag = series(r#""host":"a""#, r#"["time","host"]"#, "[[1,0.5]]");
    twice::<Serde<Host>>(&tag, "host");
    twice::<Serde<BTreeMap<String, OwnedText>>>(&tag, "host");
    assert_eq!(read::<Serde<Time>>(&tag).unwrap()[0].0.at, 1);
    assert_eq!(read::<Serde<(i64, f64)>>(&tag).unwrap(), [Serde((1, 0.5))]);
}

#[derive(FromRow, Debug)]
#[allow(dead_code)]
struct FloatTime {
    time: f64,
}

/// No float holds the nanoseconds of a time: it is never read as one, in JSON as in msgpack.
#[test]
fn the_time_is_no_float() {
    let body = series("", r#"["time","f"]"#, "[[1700000000000000001,0.5]]");
    let refused = |error: DecodeError| {
        assert_eq!((error.column(), error.found()), (Some("time"), Some("time")), "{error}");
        assert!(error.to_string().contains("Fields<..>") && error.to_string().contains("an i64"), "{error}");
    };
    refused(read::<HashMap<String, f64>>(&body).unwrap_err());
    refused(read::<BTreeMap<String, Option<f64>>>(&body).unwrap_err());
    refused(read::<Vec<(String, f32)>>(&body).unwrap_err());
    refused(read::<(f64, f64)>(&body).unwrap_err());
    refused(read::<(Option<f64>, f64)>(&body).unwrap_err());
    refused(read::<FloatTime>(&body).unwrap_err());
    assert_eq!(read::<(i64, f64)>(&body).unwrap(), [(1_700_000_000_000_000_001, 0.5)]);
    // the fields alone
    let fields: Vec<Fields<HashMap<String, f64>>> = read(&body).unwrap();
    assert_eq!(fields[0].0, HashMap::from([("f".to_owned(), 0.5)]));
    let grouped = series(r#""host":"a""#, r#"["time","f","g"]"#, "[[1,0.5,null]]");
    assert_eq!(read::<Fields<BTreeMap<String, Option<f64>>>>(&grouped).unwrap()[0].0.len(), 2);
    #[derive(FromRow, Debug)]
    struct Only {
        #[field(flatten)]
        fields: HashMap<String, f64>,
    }
    assert_eq!(read::<Only>(&grouped).unwrap()[0].fields.len(), 1);
    // a column that is not the first one is what the query made of it
    let mean = series("", r#"["t","time"]"#, "[[1,0.5]]");
    assert_eq!(read::<(i64, f64)>(&mean).unwrap(), [(1, 0.5)]);
}

#[derive(FromRow, Debug, PartialEq)]
struct Cast {
    #[field(as = f64)]
    n: Option<i64>,
}

/// `as = f64` reads integers, those of integer columns, too: exactly or not at all.
#[test]
fn integers_never_travel_through_floats() {
    let cast =
        |number: &str| read::<Cast>(&series("", r#"["n"]"#, &format!("[[{number}]]"))).map(|rows| rows[0].n);
    for (number, exact) in [
        ("9007199254740993", 9_007_199_254_740_993),
        ("-9007199254740993", -9_007_199_254_740_993),
        ("9223372036854775807", i64::MAX),
        ("9007199254740992", 1 << 53),
        ("1e3", 1000),
        ("12", 12),
        ("-0", 0),
        ("9.007199254740992e15", 1 << 53),
    ] {
        assert_eq!(cast(number).unwrap(), Some(exact), "{number}");
    }
    assert_eq!(cast("null").unwrap(), None);
    // 2^60 of a float column, or this integer of an integer column
    let error = cast("1152921504606847000").unwrap_err().to_string();
    assert!(
        error.contains("a float column 1152921504606846976") && error.contains("ask for msgpack"),
        "{error}"
    );
    for number in ["0.5", "1e30", "\"12\"", "true"] {
        assert!(cast(number).unwrap_err().is_mismatch(), "{number}");
    }
}

#[test]
fn dynamic_rows_see_the_tags() {
    let body = series(r#""host":"a \u003c","rack":"""#, r#"["time","f"]"#, "[[1,0.5],[2,1.5]]");
    let mut scratch = Scratch::new();
    for row in influxql::iterpoints_with::<AnyRow<'_>>(body.as_bytes(), &mut scratch, options()) {
        let row = row.unwrap();
        assert_eq!(row.get("host"), Some(ValueRef::Str("a <")));
        assert_eq!(row.get("rack"), Some(ValueRef::Null));
        assert_eq!((row.get("zone"), row.values().len()), (None, 2));
        assert_eq!((row.columns().name(), row.columns().tag("rack")), (Some("cpu"), None));
    }
    let rows = read::<OwnedRow>(&body).unwrap();
    for row in &rows {
        assert_eq!(row.get("host").unwrap().get::<&str>(), Ok("a <"));
        assert_eq!((row.get("rack"), row.values().len()), (Some(&OwnedValue::Null), 2));
        assert!(row.get("zone").is_none());
    }
    let maps = read::<BTreeMap<String, OwnedValue>>(&body).unwrap();
    assert_eq!(maps[0].keys().collect::<Vec<_>>(), ["f", "host", "time"]);
}

#[test]
fn columns_know_their_tags() {
    let columns = Columns::new([Column::new("f")]).with_tag("a", "x").with_tag("b", "");
    assert_eq!((columns.tag("a"), columns.tag("b"), columns.tag("f")), (Some("x"), None, None));
}

#[test]
fn values_show_themselves_whole() {
    let long = "x\"\n".repeat(100);
    for (value, text) in [
        (ValueRef::Null, "null"),
        (ValueRef::Bool(true), "true"),
        (ValueRef::I64(-7), "-7"),
        (ValueRef::U64(u64::MAX), "18446744073709551615"),
        (ValueRef::F64(0.5), "0.5"),
        (ValueRef::F64(12.0), "12.0"),
        (ValueRef::F64(f64::INFINITY), "inf"),
        (ValueRef::Number("1e+21"), "1e+21"),
        (ValueRef::Str(&long), &*long),
        (ValueRef::Time(1), "1970-01-01T00:00:00.000000001Z"),
    ] {
        assert_eq!(value.to_string(), text);
        assert_eq!(OwnedValue::from(value).to_string(), text);
        if value != ValueRef::Str(&long) {
            assert_eq!(format!("{value:>40}"), format!("{text:>40}"));
            assert_eq!(format!("{value:<40}"), format!("{text:<40}"));
        }
    }
    assert_eq!(format!("{:8.2}|{:.1}", ValueRef::F64(0.125), ValueRef::Number("2.25")), "    0.12|2.2");
    assert_eq!(format!("{:6.2}|{:<4}|", ValueRef::Number("12"), ValueRef::Number("-1")), "    12|-1  |");
    // messages keep their own form
    let error = read::<(i64,)>(&series("", r#"["f"]"#, r#"[["a\"b"]]"#)).unwrap_err().to_string();
    assert!(error.contains(r#"holds string "a\"b" where"#), "{error}");
}

/// The mark of the last piece counts: a series that was put together of all its pieces is complete.
#[test]
fn a_whole_series_is_not_partial() {
    let piece = |value: &str, partial: &str| {
        format!(
            r#"{{"results":[{{"series":[{{"name":"cpu","columns":["f"],"values":[[{value}]]{partial}}}]{partial}}}]}}"#
        )
    };
    let partial = r#","partial":true"#;
    let mut whole = WholeSeries::<(f64,), String>::new(options().chunked(true));
    for piece in [piece("1", partial), piece("2", partial), piece("3", "")] {
        whole.push(piece);
    }
    whole.finish();
    let series = whole.next_series().unwrap().unwrap();
    assert_eq!((series.rows.len(), series.columns.partial()), (3, false));
    assert!(whole.next_series().is_none());
}
