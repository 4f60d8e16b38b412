//! What rows can become besides structs, from JSON and from msgpack.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Options, iterpoints, iterpoints_with};
use influx_core::decode::{Decoder, WholeSeries};
use influx_core::{
    AnyRow, DecodeError, Dialect, FromRow, LineWriter, OwnedRow, OwnedValue, Point, Precision, RowFamily,
    SeriesRow, ValueRef,
};

const GROUPED: &str = r#"{"results":[{"statement_id":2,"series":[
    {"name":"cpu","tags":{"host":"a","rack":""},"columns":["time","ok","text","usage"],
     "values":[["2024-01-01T00:00:00Z",true,"x \u003c y",0.5],["2024-01-01T00:00:01Z",null,null,1.5]]},
    {"name":"cpu","tags":{"host":"b","rack":"r"},"columns":["time","ok","text","usage"],
     "values":[["2024-01-01T00:00:02Z",false,"",-2.5]]}]}]}"#;

const START: i64 = 1_704_067_200_000_000_000;

fn read<T: for<'r> FromRow<'r>>(body: &str) -> Result<Vec<T>, DecodeError> {
    iterpoints(body.as_bytes(), &mut Scratch::new()).collect()
}

#[test]
fn tuples_have_one_part_for_each_column() {
    type Row = (SystemTime, Option<bool>, Option<String>, f64);
    let rows: Vec<Row> = read(GROUPED).unwrap();
    let at =
        |seconds| SystemTime::UNIX_EPOCH + Duration::from_nanos(START as u64) + Duration::from_secs(seconds);
    assert_eq!(rows[0], (at(0), Some(true), Some("x < y".into()), 0.5));
    assert_eq!(rows[1], (at(1), None, None, 1.5));
    assert_eq!(rows[2].2.as_deref(), Some(""), "the empty text is not null");
    let error = read::<(SystemTime, bool)>(GROUPED).unwrap_err();
    let text = "the tuple has 2 parts and the result has the columns: time, ok, text, usage; give it one part for each column";
    assert!(error.to_string().starts_with(text), "{error}");
    let error = read::<(SystemTime, bool, Option<String>, f64)>(GROUPED).unwrap_err();
    assert_eq!((error.column(), error.row(), error.found()), (Some("ok"), Some(2), Some("null")), "{error}");
}

#[test]
fn tuples_borrow_where_the_body_is_at_hand() {
    let body = r#"{"results":[{"series":[{"columns":["a","b"],"values":[["x",1],["\u0041",2]]}]}]}"#;
    let mut scratch = Scratch::new();
    let rows: Vec<(&str, i8)> = iterpoints(body.as_bytes(), &mut scratch).collect::<Result<_, _>>().unwrap();
    assert_eq!(rows, [("x", 1), ("A", 2)]);
}

#[test]
fn maps_take_columns_and_tags_of_the_series() {
    let rows: Vec<BTreeMap<String, OwnedValue>> = read(GROUPED).unwrap();
    let names = |row: &BTreeMap<String, OwnedValue>| row.keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&rows[0]), "host ok text time usage", "an empty tag is none");
    assert_eq!(names(&rows[2]), "host ok rack text time usage");
    assert_eq!(rows[1]["ok"], OwnedValue::Null);
    assert_eq!(rows[0]["time"], OwnedValue::Time(START));
    assert_eq!(rows[2]["rack"], OwnedValue::Str("r".into()));
    let body = r#"{"results":[{"series":[{"columns":["a","b"],"values":[[1,null],[2,3]]}]}]}"#;
    assert_eq!(read::<HashMap<Arc<str>, f64>>(body).unwrap()[0], HashMap::from([("a".into(), 1.0)]));
    let listed: Vec<Vec<(String, Option<i64>)>> = read(body).unwrap();
    assert_eq!(listed[0], [("a".into(), Some(1)), ("b".into(), None)]);
    let error = read::<HashMap<String, bool>>(body).unwrap_err();
    assert_eq!((error.column(), error.row()), (Some("a"), Some(1)), "{error}");
}

#[test]
fn points_can_be_written_again() {
    let points: Vec<Point> = read(GROUPED).unwrap();
    let mut writer = LineWriter::new(Dialect::V1);
    points.iter().try_for_each(|point| writer.write(point)).unwrap();
    let lines = "cpu,host=a ok=true,text=\"x < y\",usage=0.5 1704067200000000000\n\
                 cpu,host=a usage=1.5 1704067201000000000\n\
                 cpu,host=b,rack=r ok=false,text=\"\",usage=-2.5 1704067202000000000\n";
    assert_eq!(str::from_utf8(writer.as_bytes()), Ok(lines));
    // `12` may be either
    let body = r#"{"results":[{"series":[{"name":"m","columns":["time","n"],"values":[["2024-01-01T00:00:00Z",12]]}]}]}"#;
    let error = read::<Point>(body).unwrap_err();
    assert!(
        error.to_string().contains("column \"n\" holds integer 12: an integer or a whole float"),
        "{error}"
    );
    assert_eq!((error.series(), error.row()), (Some("m"), Some(1)));
    let error =
        read::<Point>(r#"{"results":[{"series":[{"columns":["name"],"values":[["x"]]}]}]}"#).unwrap_err();
    assert!(error.to_string().starts_with("the result's series have no name"), "{error}");
}

#[test]
fn dynamic_rows_by_name_and_position() {
    let rows: Vec<OwnedRow> = read(GROUPED).unwrap();
    assert_eq!(rows[2].get("usage").unwrap().get::<f64>(), Ok(-2.5));
    assert_eq!(rows[2].values()[0].value(), ValueRef::Time(START + 2_000_000_000));
    assert!(rows[2].get("nope").is_none());
    assert_eq!(rows[2].columns().to_string(), "cpu,host=b,rack=r");
    assert_eq!(rows[0].values()[2].to_string(), "x < y");
    assert_eq!(rows[2].get("rack"), Some(&OwnedValue::Str("r".into())));
}

#[test]
fn rows_with_the_header_of_their_series() {
    let rows: Vec<SeriesRow<(OwnedValue, OwnedValue, OwnedValue, f64)>> = read(GROUPED).unwrap();
    let keys: Vec<_> = rows.iter().map(|row| row.series.to_string()).collect();
    assert_eq!(keys, ["cpu,host=a,rack=", "cpu,host=a,rack=", "cpu,host=b,rack=r"]);
    assert_eq!(rows[0].series.statement_id(), Some(2));
    assert!(Arc::ptr_eq(&rows[0].series, &rows[1].series));
}

#[derive(FromRow)]
struct Shared {
    #[tag(shared)]
    host: Arc<str>,
    #[tag(shared)]
    rack: Option<Arc<str>>,
    #[field(shared)]
    text: Option<Arc<str>>,
}

#[test]
fn equal_texts_are_shared() {
    let rows: Vec<Shared> = read(GROUPED).unwrap();
    assert!(Arc::ptr_eq(&rows[0].host, &rows[1].host));
    assert!(!Arc::ptr_eq(&rows[0].host, &rows[2].host));
    assert_eq!((rows[0].rack.as_deref(), rows[2].rack.as_deref()), (None, Some("r")));
    assert_eq!(
        rows.iter().map(|row| row.text.as_deref()).collect::<Vec<_>>(),
        [Some("x < y"), None, Some("")]
    );
    // in columns too, and from series to series
    let series =
        r#"{"columns":["host","rack","text"],"values":[["a","r","t"],["b","r",null],["a","r","t"]]}"#;
    let rows: Vec<Shared> = read(&format!(r#"{{"results":[{{"series":[{series},{series}]}}]}}"#)).unwrap();
    assert!(rows.iter().all(|row| Arc::ptr_eq(row.rack.as_ref().unwrap(), rows[0].rack.as_ref().unwrap())));
    assert!(Arc::ptr_eq(&rows[0].host, &rows[5].host) && Arc::ptr_eq(&rows[1].host, &rows[4].host));
    let error = read::<Shared>(r#"{"results":[{"series":[{"columns":["host"],"values":[[null]]}]}]}"#);
    assert_eq!(error.err().unwrap().field(), Some("host"));
}

#[derive(FromRow, Debug, PartialEq)]
struct Part {
    x: f64,
    y: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Whole {
    n: i64,
    #[field(flatten)]
    part: Option<Part>,
}

#[test]
fn a_part_that_may_be_missing() {
    let whole = |n, part: Option<(f64, f64)>| Whole { n, part: part.map(|(x, y)| Part { x, y }) };
    let body = |columns: &str, values: &str| {
        format!(r#"{{"results":[{{"series":[{{"columns":[{columns}],"values":[{values}]}}]}}]}}"#)
    };
    let rows = read::<Whole>(&body(r#""n","x","y""#, "[1,2,3],[4,null,null]")).unwrap();
    assert_eq!(rows, [whole(1, Some((2.0, 3.0))), whole(4, None)]);
    assert_eq!(read::<Whole>(&body(r#""n""#, "[1]")).unwrap(), [whole(1, None)]);
    let error = read::<Whole>(&body(r#""n","x""#, "[1,2]")).unwrap_err();
    assert_eq!((error.struct_name(), error.field(), error.found()), (Some("Part"), Some("y"), Some("null")));
}

#[derive(FromRow)]
struct Generic<'a, T> {
    text: Option<&'a str>,
    usage: T,
}

/// Rows of a family, lent one frame after the other.
fn lend<T: RowFamily>(body: &str, frame: usize, mut each: impl FnMut(T::Row<'_>)) {
    let mut decoder = Decoder::new(Options::new());
    for frame in body.as_bytes().chunks(frame) {
        decoder.push(frame);
        decoder.rows::<T::Row<'_>>().for_each(|row| each(row.unwrap()));
    }
    decoder.finish();
    assert!(decoder.rows::<T::Row<'_>>().next().is_none());
}

#[test]
fn families_are_lent_for_any_lifetime() {
    for frame in [1, 7, 100, 10_000] {
        let mut seen = String::new();
        lend::<Generic<'_, f64>>(GROUPED, frame, |row| seen += &format!("{:?} {}, ", row.text, row.usage));
        assert_eq!(seen, "Some(\"x < y\") 0.5, None 1.5, Some(\"\") -2.5, ");
        let mut rows = 0;
        lend::<()>(GROUPED, frame, |()| rows += 1);
        lend::<SeriesRow<AnyRow<'_>>>(GROUPED, frame, |row| rows += row.row.values().len());
        lend::<Option<Generic<'_, f32>>>(GROUPED, frame, |row| rows += usize::from(row.is_some()));
        assert_eq!(rows, 3 + 12 + 3);
    }
}

#[test]
fn rows_of_a_frame_live_side_by_side() {
    let mut decoder = Decoder::new(Options::new());
    let (a, b) = GROUPED.split_at(GROUPED.find("null").unwrap());
    let mut texts = Vec::new();
    for frame in [a, b] {
        decoder.push(frame);
        let rows: Vec<Generic<'_, f64>> = decoder.rows().collect::<Result<_, _>>().unwrap();
        texts.push(rows.iter().map(|row| row.usage).collect::<Vec<_>>());
    }
    assert_eq!(texts, [vec![0.5], vec![1.5, -2.5]]);
}

#[derive(FromRow, Debug, PartialEq)]
struct Forth<'r> {
    #[tag]
    host: &'r str,
    text: Option<&'r str>,
    usage: f64,
}

/// The same columns in another order, and one that is none of the rows'.
#[derive(FromRow, Debug, PartialEq)]
struct Back {
    usage: f64,
    text: Option<String>,
    #[tag]
    host: String,
    #[tag]
    zone: Option<String>,
}

#[derive(FromRow, Debug)]
#[allow(dead_code, reason = "never there")]
struct Other {
    idle: f64,
}

/// Each type finds its own columns in the rows that are left of a series, whatever read those before.
#[test]
fn row_types_take_turns_within_a_series() {
    let mut decoder = Decoder::new(Options::new());
    decoder.push(GROUPED.as_bytes());
    decoder.finish();
    let forth = Forth { host: "a", text: Some("x < y"), usage: 0.5 };
    assert_eq!(decoder.rows::<Forth<'_>>().next().unwrap().unwrap(), forth);
    // a type that does not fit says so, and takes nothing from the next one
    let error = decoder.rows::<Other>().next().unwrap().unwrap_err();
    assert_eq!(error.column(), Some("idle"), "{error}");
    let back = Back { usage: 1.5, text: None, host: "a".into(), zone: None };
    assert_eq!(decoder.rows::<Back>().next().unwrap().unwrap(), back);
    let row = decoder.rows::<AnyRow<'_>>().next().unwrap().unwrap();
    assert_eq!((row.get("host"), row.get("ok")), (Some(ValueRef::Str("b")), Some(ValueRef::Bool(false))));
    // nothing is left that another type could not be read from
    assert!(decoder.rows::<Other>().next().is_none());
}

/// Who forgets rows that were not read loses nothing but their memory.
#[test]
fn forgotten_iterators_take_no_rows() {
    let values: Vec<String> = (0..50).map(|row| format!("[{row}]")).collect();
    let body = format!(
        r#"{{"results":[{{"series":[{{"name":"m","tags":{{"host":"a"}},"columns":["f"],"values":[{}]}}]}}]}}"#,
        values.join(",")
    );
    let (mut decoder, mut read) = (Decoder::new(Options::new()), 0);
    for frame in body.as_bytes().chunks(40) {
        decoder.push(frame);
        std::mem::forget(decoder.rows::<AnyRow<'_>>());
        for row in decoder.rows::<AnyRow<'_>>() {
            let row = row.unwrap();
            assert_eq!(row.get("host"), Some(ValueRef::Str("a")));
            assert_eq!(row.get("f").unwrap().get::<i64>().unwrap(), read);
            read += 1;
        }
    }
    assert_eq!(read, 50);
}

#[test]
fn series_are_put_together_and_may_be_empty() {
    let chunk = |host: &str, value: &str, partial: &str| {
        format!(
            r#"{{"results":[{{"statement_id":0,"series":[{{"name":"cpu","tags":{{"host":"{host}"}},"columns":["usage"],"values":[[{value}]]{partial}}}],"partial":true}}]}}"#
        ) + "\n"
    };
    let go_on = r#","partial":true"#;
    let users = r#"{"results":[{"statement_id":0,"series":[{"columns":["user","admin"]}]}]}"#;
    let body = chunk("a", "1", go_on)
        + &chunk("a", "2", "")
        + &chunk("b", "3", go_on)
        + &chunk("b", "4", "")
        + users;
    for size in [1, 13, 5_000] {
        let mut whole = WholeSeries::<OwnedRow, _>::new(Options::new().chunked(true));
        let mut seen = Vec::new();
        let mut take = |whole: &mut WholeSeries<OwnedRow, &[u8]>| {
            while let Some(series) = whole.next_series() {
                let series = series.unwrap();
                let values = series.rows.iter().map(|row| row.values()[0].get::<i64>().unwrap());
                seen.push((series.columns.to_string(), values.collect::<Vec<_>>()));
            }
        };
        for frame in body.as_bytes().chunks(size) {
            whole.push(frame);
            take(&mut whole);
        }
        whole.finish();
        take(&mut whole);
        let expected = [("cpu,host=a", vec![1, 2]), ("cpu,host=b", vec![3, 4]), ("(no name)", vec![])];
        assert_eq!(seen, expected.map(|(key, values)| (key.to_owned(), values)));
    }
    // a series of which a row is missing is none
    let mut whole = WholeSeries::<(i64,), _>::new(Options::new());
    whole.push(r#"{"results":[{"series":[{"columns":["n"],"values":[[1],[0.5]]},{"columns":["n"],"values":[[2]]}]}]}"#);
    whole.finish();
    assert!(whole.next_series().unwrap().unwrap_err().is_mismatch());
    assert_eq!(whole.next_series().unwrap().unwrap().rows, [(2,)]);
    assert!(whole.next_series().is_none());
}

#[test]
fn times_as_values() {
    let body =
        r#"{"results":[{"series":[{"columns":["time","t"],"values":[[1,"2024-01-01T00:00:00.5+01:00"]]}]}]}"#;
    let options = Options::new().epoch(Precision::S);
    let mut scratch = Scratch::new();
    let mut rows =
        iterpoints_with::<(SystemTime, Option<SystemTime>)>(body.as_bytes(), &mut scratch, options);
    let (a, b) = rows.next().unwrap().unwrap();
    assert_eq!(a, SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    assert_eq!(b.unwrap(), SystemTime::UNIX_EPOCH + Duration::from_millis(1_704_063_600_500));
    let error = read::<(SystemTime, String)>(body).unwrap_err();
    assert!(error.to_string().contains("a number is no time unless its unit is known"), "{error}");
}
