//! Tables that are not pivoted, and rows through serde.

use std::collections::BTreeMap;

use influx_core::decode::{Scratch, annotated_csv};
use influx_core::{Dialect, FromRow, LineWriter, OwnedValue, Point};

use crate::structs::{pivoted, read, says};
use crate::support::table;

fn unpivoted() -> String {
    let columns = |kind| {
        [
            ("_time", "dateTime:RFC3339", false),
            ("_value", kind, false),
            ("_field", "string", true),
            ("_measurement", "string", true),
            ("host", "string", true),
        ]
    };
    table(
        &columns("double"),
        &["0,1970-01-01T00:00:01Z,0.5,usage,cpu,a", "1,1970-01-01T00:00:01Z,1,load,cpu,a"],
    ) + &table(&columns("string"), &["2,1970-01-01T00:00:01Z,x,note,cpu,a"])
        + &table(&columns("long"), &["3,1970-01-01T00:00:01Z,7,count,cpu,a"])
}

#[test]
fn rows_of_one_field_each() {
    let body = unpivoted();
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Pivoted {
        #[timestamp]
        time: i64,
        #[tag]
        host: String,
        usage: f64,
    }
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Optional {
        #[timestamp]
        time: i64,
        #[tag]
        host: String,
        usage: Option<f64>,
        load: Option<f64>,
    }
    for error in [says::<Pivoted>(&body), says::<Optional>(&body)] {
        assert!(error.contains("usage: the result has no column \"usage\", it has: result, table, _time, _value, _field, _measurement, host; "), "{error}");
        assert!(
            error.contains("add .pivot() to the query, or name `_field` and `_value` in the struct"),
            "{error}"
        );
    }
    #[derive(FromRow, Debug)]
    struct Any {
        #[field(rename = "_field")]
        field: String,
        #[field(rename = "_value")]
        value: OwnedValue,
        extra: Option<String>,
    }
    let rows: Vec<Any> = read(&body).unwrap();
    let shown: Vec<_> =
        rows.iter().map(|row| format!("{}={:?}{:?}", row.field, row.value, row.extra)).collect();
    assert_eq!(shown, ["usage=F64(0.5)None", "load=F64(1.0)None", "note=Str(\"x\")None", "count=I64(7)None"]);
    // values of one type: the tables of others are errors
    #[derive(FromRow, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Float {
        #[field(rename = "_value")]
        value: f64,
    }
    let (mut scratch, mut floats) = (Scratch::new(), Vec::new());
    for row in annotated_csv::iterpoints::<Float>(body.as_bytes(), &mut scratch) {
        floats.push(row.map_or_else(|error| error.to_string(), |row| row.value.to_string()));
    }
    assert_eq!((&floats[..2], &*floats[3], floats.len()), (&["0.5".to_owned(), "1".to_owned()][..], "7", 4));
    assert!(
        floats[2].contains("holds string values where a float was expected (result _result, table 2,"),
        "{}",
        floats[2]
    );
    // tags alone are no fields that could be empty
    #[derive(FromRow)]
    struct Hosts {
        #[tag]
        host: String,
    }
    assert!(read::<Hosts>(&body).unwrap().iter().all(|row| row.host == "a"));
    let points: Vec<Point> = read(&body).unwrap();
    let mut writer = LineWriter::new(Dialect::V2);
    points.iter().for_each(|point| writer.write(point).unwrap());
    let lines = "cpu,host=a usage=0.5 1000000000\ncpu,host=a load=1 1000000000\ncpu,host=a note=\"x\" 1000000000\ncpu,host=a count=7i 1000000000\n";
    assert_eq!(str::from_utf8(writer.as_bytes()).unwrap(), lines);
}

#[cfg(feature = "serde")]
#[test]
fn through_serde() {
    use influx_core::Serde;
    use serde::Deserialize;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Row {
        _time: String,
        host: String,
        rack: Option<String>,
        usage: Option<f64>,
        big: Option<u64>,
        ok: Option<bool>,
        table: i64,
    }
    let rows: Vec<Serde<Row>> = read(&pivoted()).unwrap();
    let row = &rows[0].0;
    assert_eq!(
        (&*row._time, &*row.host, row.usage, row.big),
        ("1970-01-01T00:00:01.000000001Z", "a", Some(0.5), Some(u64::MAX))
    );
    assert_eq!((rows[1].0.usage, rows[1].0.ok, rows[2].0.table), (None, None, 1));
    #[derive(Deserialize, Debug)]
    struct Note {
        note: String,
    }
    let notes: Vec<Serde<Note>> = read(&pivoted()).unwrap();
    assert_eq!((&*notes[0].0.note, &*notes[1].0.note), ("x, \"y\"\nz", ""));
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "read only")]
    struct Optional {
        host: String,
        usage: Option<f64>,
    }
    let error = says::<Serde<Optional>>(&unpivoted());
    assert!(
        error.contains("the result has no column \"usage\"") && error.contains("add .pivot() to the query"),
        "{error}"
    );
    let maps: Vec<Serde<BTreeMap<String, serde_json::Value>>> = read(&unpivoted()).unwrap();
    assert_eq!(maps[0].0["_field"], "usage");
}
