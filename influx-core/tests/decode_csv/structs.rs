//! Tables as structs, tuples, maps, points and through serde.

use std::collections::BTreeMap;

use influx_core::decode::{Rows, Scratch, annotated_csv};
use influx_core::{DecodeError, Dialect, Fields, FromRow, LineProtocol, LineWriter, OwnedValue, Point};

use crate::support::table;

pub(crate) fn read<T: for<'r> FromRow<'r>>(body: &str) -> Result<Vec<T>, DecodeError> {
    annotated_csv::iterpoints(body.as_bytes(), &mut Scratch::new()).collect()
}

pub(crate) fn says<T: for<'r> FromRow<'r>>(body: &str) -> String {
    read::<T>(body).map(|rows| rows.len()).unwrap_err().to_string()
}

pub(crate) fn pivoted() -> String {
    let columns = [
        ("_start", "dateTime:RFC3339", true),
        ("_stop", "dateTime:RFC3339", true),
        ("_time", "dateTime:RFC3339", false),
        ("_measurement", "string", true),
        ("host", "string", true),
        ("rack", "string", true),
        ("usage", "double", false),
        ("count", "long", false),
        ("big", "unsignedLong", false),
        ("ok", "boolean", false),
        ("note", "string", false),
    ];
    let (start, stop) = ("1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z");
    table(
        &columns,
        &[
            &format!(
                "0,{start},{stop},1970-01-01T00:00:01.000000001Z,cpu,a,,0.5,-3,18446744073709551615,true,\"x, \"\"y\"\"\r\nz\""
            ),
            &format!("0,{start},{stop},1970-01-01T00:00:02Z,cpu,a,,,,,,"),
            &format!("1,{start},{stop},1970-01-01T00:00:03Z,cpu,b,r,NaN,0,1,false,plain"),
        ],
    )
}

#[derive(FromRow, LineProtocol, Debug, PartialEq)]
#[measurement("cpu")]
struct Cpu {
    #[timestamp]
    when: i64,
    #[tag]
    host: String,
    #[tag]
    rack: Option<String>,
    usage: Option<f64>,
    count: Option<i64>,
    big: Option<u64>,
    ok: Option<bool>,
    note: String,
}

#[test]
fn roles_and_nulls() {
    let rows: Vec<Cpu> = read(&pivoted()).unwrap();
    assert_eq!(
        rows[0],
        Cpu {
            when: 1_000_000_001,
            host: "a".into(),
            rack: None,
            usage: Some(0.5),
            count: Some(-3),
            big: Some(u64::MAX),
            ok: Some(true),
            note: "x, \"y\"\nz".into(),
        }
    );
    assert_eq!(
        (rows[1].usage, rows[1].count, rows[1].big, rows[1].ok, &*rows[1].note),
        (None, None, None, None, "")
    );
    assert_eq!((rows[2].when, rows[2].rack.as_deref(), rows[2].big), (3_000_000_000, Some("r"), Some(1)));
    assert!(rows[2].usage.unwrap().is_nan());
}

#[test]
fn empty_cells() {
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Must<T> {
        v: T,
    }
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Tag<T> {
        #[tag]
        v: T,
    }
    let of = |datatype| table(&[("v", datatype, false)], &["0,"]);
    for (datatype, error) in [
        ("double", says::<Must<f64>>(&of("double"))),
        ("long", says::<Must<i64>>(&of("long"))),
        ("unsignedLong", says::<Must<u64>>(&of("unsignedLong"))),
        ("boolean", says::<Must<bool>>(&of("boolean"))),
        ("dateTime:RFC3339", says::<Must<std::time::SystemTime>>(&of("dateTime:RFC3339"))),
        ("string", says::<Tag<String>>(&of("string"))),
        ("string", says::<Must<char>>(&of("string"))),
    ] {
        assert!(error.contains("column \"v\" is null where"), "{datatype}: {error}");
        assert!(
            error.ends_with("make it an Option to allow null (result _result, table 0, row 1)"),
            "{datatype}: {error}"
        );
    }
    for datatype in
        ["double", "long", "boolean", "string", "dateTime:RFC3339", "duration", "base64Binary", "other"]
    {
        let rows: Vec<Must<OwnedValue>> = read(&of(datatype)).unwrap();
        assert_eq!(rows[0].v, OwnedValue::Null, "{datatype}");
    }
    assert_eq!(read::<Must<String>>(&of("string")).unwrap()[0].v, "");
    assert_eq!(read::<Must<std::sync::Arc<str>>>(&of("string")).unwrap()[0].v, "".into());
    assert_eq!(read::<Must<Option<String>>>(&of("string")).unwrap()[0].v, None);
    assert_eq!(read::<Tag<Option<String>>>(&of("string")).unwrap()[0].v, None);
    assert_eq!(read::<(String, i64, String)>(&of("string")).unwrap()[0].2, "");
    // a default stands for an empty cell
    let of = |datatype, default| {
        of(datatype).replace("#default,_result,,", &format!("#default,_result,,{default}"))
    };
    assert_eq!(read::<Must<f64>>(&of("double", "2.5")).unwrap()[0].v, 2.5);
    assert_eq!(read::<Must<String>>(&of("string", "none")).unwrap()[0].v, "none");
    assert_eq!(read::<Must<Option<bool>>>(&of("boolean", "true")).unwrap()[0].v, Some(true));
}

#[test]
fn values_of_every_type() {
    #[derive(FromRow, Debug, PartialEq)]
    struct V<T> {
        v: T,
    }
    fn one<T: for<'r> FromRow<'r>>(datatype: &str, cell: &str) -> T {
        read(&table(&[("v", datatype, false)], &[&format!("0,{cell}")])).unwrap().remove(0)
    }
    assert_eq!(one::<V<i64>>("long", "-9223372036854775808").v, i64::MIN);
    assert_eq!(one::<V<u8>>("unsignedLong", "255").v, 255);
    assert_eq!(one::<V<f64>>("long", "12").v, 12.0);
    assert_eq!(one::<V<f64>>("double", "+Inf").v, f64::INFINITY);
    assert_eq!(one::<V<f64>>("double", "Inf").v, f64::INFINITY);
    assert_eq!(one::<V<f64>>("double", "-Inf").v, f64::NEG_INFINITY);
    assert!(one::<V<f64>>("double", "NaN").v.is_nan());
    assert_eq!(one::<V<f32>>("double", "0.1").v, 0.1);
    assert!(one::<V<f64>>("double", "-0").v.is_sign_negative());
    let small = format!("0.{}1", "0".repeat(322));
    assert_eq!(one::<V<f64>>("double", &small).v, 1e-323);
    assert_eq!(one::<V<String>>("duration", "1h30m").v, "1h30m");
    assert_eq!(one::<V<String>>("base64Binary", "aGk=").v, "aGk=");
    assert_eq!(one::<V<String>>("string", "12").v, "12");
    assert_eq!(one::<V<OwnedValue>>("unsignedLong", "1").v, OwnedValue::U64(1));
    assert_eq!(one::<V<OwnedValue>>("double", "1").v, OwnedValue::F64(1.0));
    assert_eq!(one::<V<String>>("dateTime:RFC3339", "2024-05-06T07:08:09.5Z").v, "2024-05-06T07:08:09.5Z");
    #[derive(FromRow)]
    struct At {
        #[timestamp(rename = "v")]
        at: i64,
    }
    let nanos = 1_714_979_289_123_456_789;
    for datatype in ["dateTime:RFC3339", "dateTime:RFC3339Nano", "string"] {
        assert_eq!(one::<At>(datatype, "2024-05-06T07:08:09.123456789Z").at, nanos, "{datatype}");
    }
    assert_eq!(one::<At>("long", &nanos.to_string()).at, nanos);
    assert_eq!(one::<At>("dateTime:RFC3339", "2024-05-06T09:08:09.123456789+02:00").at, nanos);
    // another kind of value is refused before the first row
    let body = table(&[("v", "string", false)], &["0,x"]);
    assert_eq!(
        says::<V<f64>>(&body),
        "V.v: column \"v\" holds string values where a float was expected (result _result, table 0)"
    );
}

#[test]
fn times_and_measurements() {
    #[derive(FromRow, Debug)]
    struct At<T> {
        #[timestamp]
        t: T,
        #[measurement]
        of: Option<String>,
    }
    let rows: Vec<At<i64>> = read(&pivoted()).unwrap();
    assert_eq!((rows[0].t, rows[0].of.as_deref()), (1_000_000_001, Some("cpu")));
    // dropped by the query
    let body = table(&[("n", "long", false)], &["0,1"]);
    assert!(says::<At<i64>>(&body).contains("the result has no column \"_time\", it has: result, table, n"));
    let rows: Vec<At<Option<i64>>> = read(&body).unwrap();
    assert_eq!((rows[0].t, &rows[0].of), (None, &None));
    // not in the group key
    let body = table(
        &[("_time", "dateTime:RFC3339", false), ("_measurement", "string", false)],
        &["0,1970-01-01T00:00:00Z,m", "0,1970-01-01T00:00:00Z,n"],
    );
    let rows: Vec<At<i64>> = read(&body).unwrap();
    assert_eq!(rows.iter().map(|row| row.of.as_deref().unwrap()).collect::<String>(), "mn");
    // renamed by the query
    let body = table(&[("time", "dateTime:RFC3339", false)], &["0,1970-01-01T00:00:00Z"]);
    assert_eq!(read::<At<i64>>(&body).unwrap()[0].t, 0);
}

#[test]
fn columns_of_the_format() {
    #[derive(FromRow, Debug, PartialEq)]
    struct From {
        result: String,
        table: i64,
        #[field(rename = "_start")]
        start: String,
        usage: Option<f64>,
    }
    let rows: Vec<From> = read(&pivoted()).unwrap();
    assert_eq!(rows[2].table, 1);
    assert_eq!(
        (&*rows[0].result, rows[0].table, &*rows[0].start, rows[0].usage),
        ("_result", 0, "1970-01-01T00:00:00Z", Some(0.5))
    );
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Of {
        result: String,
    }
    let body = table(&[("result", "string", false)], &["0,r"]);
    assert!(says::<Of>(&body).contains(
        "the result has column \"result\" more than once; give one of them another name in the query"
    ));
}

#[test]
fn points_tuples_and_maps() {
    let body = pivoted();
    let points: Vec<Point> = read(&body).unwrap();
    let mut writer = LineWriter::new(Dialect::V2);
    writer.write(&points[0]).unwrap();
    assert_eq!(
        str::from_utf8(writer.as_bytes()).unwrap(),
        "cpu,host=a usage=0.5,count=-3i,big=18446744073709551615u,ok=true,note=\"x, \\\"y\\\"\nz\" 1000000001\n"
    );
    assert!(says::<Point>(&table(&[("n", "long", false)], &["0,1"])).contains("no points"));
    let fields: Vec<Fields<BTreeMap<String, OwnedValue>>> = read(&body).unwrap();
    assert_eq!(fields[0].0.keys().cloned().collect::<Vec<_>>().join(","), "big,count,note,ok,usage");
    let whole: Vec<BTreeMap<String, OwnedValue>> = read(&body).unwrap();
    assert_eq!(
        whole[0].keys().cloned().collect::<Vec<_>>().join(","),
        "_measurement,_start,_stop,_time,big,count,host,note,ok,result,table,usage"
    );
    #[derive(FromRow)]
    struct Flat {
        #[tag(flatten)]
        tags: BTreeMap<String, String>,
        #[field(flatten)]
        fields: BTreeMap<String, OwnedValue>,
    }
    let flat: Vec<Flat> = read(&body).unwrap();
    assert_eq!(
        flat[2].tags,
        BTreeMap::from([("host".to_owned(), "b".to_owned()), ("rack".to_owned(), "r".to_owned())])
    );
    assert_eq!(flat[0].tags.len(), 1, "an empty tag is none");
    assert_eq!(flat[0].fields.len(), 5);
    let tuples: Vec<(String, i64, f64)> = read(&table(&[("f", "double", false)], &["0,1", "0,2"])).unwrap();
    assert_eq!(tuples, [("_result".into(), 0, 1.0), ("_result".into(), 0, 2.0)]);
}

#[test]
fn owned_rows_as_they_arrive() {
    let body = pivoted();
    let whole: Vec<Cpu> = read(&body).unwrap();
    for size in 1..body.len() {
        let mut rows = Rows::<Cpu, &[u8]>::new(annotated_csv::Options::new());
        let mut found = Vec::new();
        for piece in body.as_bytes().chunks(size) {
            rows.push(piece);
            found.extend(std::iter::from_fn(|| rows.next_row()).map(Result::unwrap));
        }
        rows.finish();
        found.extend(std::iter::from_fn(|| rows.next_row()).map(Result::unwrap));
        assert_eq!(format!("{found:?}"), format!("{whole:?}"), "in pieces of {size}");
        assert_eq!(rows.series().and_then(|table| table.table()), Some(1));
    }
}
