//! Rows through serde.
#![cfg(feature = "serde")]

use std::collections::BTreeMap;

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Options, iterpoints, iterpoints_with};
use influx_core::{DecodeError, Precision, Serde};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const BODY: &str = r#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a","rack":"","slot":"7"},
    "columns":["time","big","kind","note","ok","usage"],
    "values":[["2024-01-01T00:00:00Z",9223372036854775807,"fast","x \u003c y",true,12],
              ["2024-01-01T00:00:01.5Z",1,"slow",null,false,0.1]]}]}]}"#;

fn read<T: DeserializeOwned>(body: &str) -> Result<Vec<T>, DecodeError> {
    iterpoints::<Serde<T>>(body.as_bytes(), &mut Scratch::new()).map(|row| row.map(|row| row.0)).collect()
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Speed {
    Fast,
    Slow,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Percent(f64);

#[derive(Deserialize, Debug, PartialEq)]
struct Cpu {
    time: String,
    host: String,
    rack: Option<String>,
    slot: u8,
    big: i64,
    kind: Speed,
    note: Option<String>,
    ok: bool,
    usage: Percent,
}

#[test]
fn structs() {
    let rows: Vec<Cpu> = read(BODY).unwrap();
    let first = Cpu {
        time: "2024-01-01T00:00:00Z".into(),
        host: "a".into(),
        rack: None,
        slot: 7,
        big: i64::MAX,
        kind: Speed::Fast,
        note: Some("x < y".into()),
        ok: true,
        usage: Percent(12.0),
    };
    assert_eq!(rows[0], first);
    assert_eq!(
        (rows[1].time.as_str(), rows[1].note.as_deref(), &rows[1].usage),
        ("2024-01-01T00:00:01.5Z", None, &Percent(0.1))
    );
}

#[test]
fn texts_are_borrowed() {
    #[derive(Deserialize)]
    struct Lent<'r> {
        host: &'r str,
        kind: &'r str,
        note: Option<&'r str>,
    }
    let mut scratch = Scratch::new();
    let rows: Result<Vec<Serde<Lent<'_>>>, _> = iterpoints(BODY.as_bytes(), &mut scratch).collect();
    let texts: Vec<_> = rows.unwrap().iter().map(|row| (row.0.host, row.0.kind, row.0.note)).collect();
    assert_eq!(texts, [("a", "fast", Some("x < y")), ("a", "slow", None)]);
}

#[test]
fn tuples_maps_and_values() {
    type Columns = (String, i64, Speed, Option<String>, bool, f64);
    assert_eq!(read::<Columns>(BODY).unwrap()[0].5, 12.0);
    let maps: Vec<BTreeMap<String, serde_json::Value>> = read(BODY).unwrap();
    assert_eq!(maps[0]["big"], serde_json::json!(i64::MAX));
    assert_eq!(maps[1]["usage"], serde_json::json!(0.1));
    assert_eq!(
        maps[0].keys().cloned().collect::<Vec<_>>().join(" "),
        "big host kind note ok slot time usage"
    );
    #[derive(Deserialize)]
    struct Rest {
        host: String,
        #[serde(flatten)]
        rest: BTreeMap<String, serde_json::Value>,
    }
    let rest: Vec<Rest> = read(BODY).unwrap();
    assert_eq!((rest[0].host.as_str(), &rest[0].rest["usage"]), ("a", &serde_json::json!(12)));
}

#[test]
fn times_as_integers_and_texts() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct At<T> {
        time: T,
    }
    let body = r#"{"results":[{"series":[{"columns":["time"],"values":[[2]]}]}]}"#;
    let options = Options::new().epoch(Precision::S);
    let mut scratch = Scratch::new();
    let rows: Result<Vec<Serde<At<i64>>>, _> =
        iterpoints_with(body.as_bytes(), &mut scratch, options).collect();
    assert_eq!(rows.unwrap(), [Serde(At { time: 2_000_000_000 })]);
    let mut scratch = Scratch::new();
    let rows: Result<Vec<Serde<At<String>>>, _> =
        iterpoints_with(body.as_bytes(), &mut scratch, options).collect();
    assert_eq!(rows.unwrap()[0].0.time, "1970-01-01T00:00:02Z");
}

#[test]
fn errors_name_the_place() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "never made")]
    struct Wrong {
        usage: u8,
    }
    let error = read::<Wrong>(BODY).unwrap_err();
    let text = "column \"usage\" holds float 0.1: invalid type: floating point `0.1`, expected u8 (series cpu,host=a,rack=,slot=7, row 2)";
    assert!(error.to_string().ends_with(text), "{error}");
    assert!(error.is_mismatch());
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "never made")]
    struct Missing {
        nope: u8,
    }
    let error = read::<Missing>(BODY).unwrap_err();
    assert!(error.to_string().contains("missing field `nope`"), "{error}");
    let error = read::<(u8, u8)>(BODY).unwrap_err();
    assert!(error.to_string().contains("invalid length 6"), "{error}");
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "never made")]
    struct Note {
        note: String,
    }
    let error = read::<Note>(BODY).unwrap_err();
    assert_eq!(
        (error.column(), error.found(), error.row()),
        (Some("note"), Some("null"), Some(2)),
        "{error}"
    );
}
