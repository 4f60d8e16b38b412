//! Every msgpack answer that was recorded from a real server, whole and split at every byte, is what the copy beside it says; and
//! what is no answer is an error.

use std::path::{Path, PathBuf};

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Format, Options, iterpoints_with};
use influx_core::decode::{Decoder, LentRows};
use influx_core::{AnyRow, DecodeError, Point, Precision, SeriesRow, ValueRef};
use proptest::prelude::*;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "tests", "data", "v1"].iter().collect()
}

/// A value as the decoded copies write it.
fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(v) => json!(v),
        ValueRef::I64(v) => json!(v),
        ValueRef::U64(v) => json!(v),
        ValueRef::F64(v) => json!({ "f64": v.to_bits() }),
        ValueRef::Str(text) => json!(text),
        ValueRef::Time(nanos) => json!({ "time": nanos }),
        other => panic!("unexpected value {other:?}"),
    }
}

fn event(row: Result<SeriesRow<AnyRow<'_>>, DecodeError>) -> Value {
    match row {
        Ok(SeriesRow { series, row, .. }) => json!({
            "statement": series.statement_id(),
            "series": series.to_string(),
            "columns": series.columns().iter().map(|column| &*column.name).collect::<Vec<_>>(),
            "cells": row.values().iter().copied().map(value).collect::<Vec<_>>(),
        }),
        Err(error) if error.is_truncated() => json!("truncated"),
        Err(error) => {
            json!({ "error": error.server_message().unwrap_or("malformed"), "statement": error.statement_id() })
        }
    }
}

fn decode<'p>(frames: impl IntoIterator<Item = &'p [u8]>, chunked: bool) -> Vec<Value> {
    let mut decoder = Decoder::new(Options::new().format(Format::Msgpack).chunked(chunked));
    let mut events = Vec::new();
    let mut push = |row: Result<SeriesRow<AnyRow<'_>>, DecodeError>| events.push(event(row));
    for (at, frame) in frames.into_iter().enumerate() {
        decoder.push(frame);
        let rows: LentRows<'_, SeriesRow<AnyRow<'_>>> = decoder.rows();
        // each has its own loop
        if at % 2 == 0 {
            rows.for_each(&mut push);
        } else {
            for row in rows {
                push(row);
            }
        }
    }
    decoder.finish();
    decoder.rows().for_each(push);
    events
}

/// What the decoded copy says is in the answer.
fn expected(copy: &Value) -> Vec<Value> {
    let mut events = Vec::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for document in list(copy) {
        for result in list(&document["results"]) {
            let statement = &result["statement_id"];
            for series in list(&result["series"]) {
                let tags = series["tags"].as_object().into_iter().flatten();
                let tags: String =
                    tags.map(|(key, value)| format!(",{key}={}", value.as_str().unwrap())).collect();
                for row in list(&series["values"]) {
                    events.push(json!({
                        "statement": statement,
                        "series": format!("{}{tags}", series["name"].as_str().unwrap_or("(no name)")),
                        "columns": series["columns"],
                        "cells": list(&row).iter().map(cell).collect::<Vec<_>>(),
                    }));
                }
            }
            if let Some(text) = result["error"].as_str() {
                events.push(json!({ "error": text, "statement": statement }));
            }
        }
        if let Some(text) = document["error"].as_str() {
            events.push(json!({ "error": text, "statement": null }));
        }
    }
    events
}

fn cell(cell: &Value) -> Value {
    if let Some(text) = cell["f64"].as_str() {
        return json!({ "f64": text.parse::<f64>().unwrap().to_bits() });
    }
    match &cell["ns"] {
        Value::Null => cell.clone(),
        nanos => json!({ "time": nanos }),
    }
}

fn recorded() -> Vec<(String, Vec<u8>, Vec<Value>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "msgpack") {
            let copy = std::fs::read(Path::new(&format!("{}.decoded.json", path.display()))).unwrap();
            let copy: Value = serde_json::from_slice(&copy).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            all.push((name, std::fs::read(&path).unwrap(), expected(&copy)));
        }
    }
    assert_eq!(all.len(), 9, "the fixtures are complete");
    all
}

#[test]
fn recorded_answers_whole_and_split_at_every_byte() {
    let mut rows = 0;
    for (name, body, expected) in recorded() {
        let chunked = name.contains("chunked");
        assert_eq!(decode([&body[..]], chunked), expected, "{name}");
        for at in 0..=body.len() {
            let (a, b) = body.split_at(at);
            assert_eq!(decode([a, b], chunked), expected, "{name} split at {at}");
        }
        for size in 1..40 {
            assert_eq!(decode(body.chunks(size), chunked), expected, "{name} in frames of {size}");
        }
        rows += expected.len();
    }
    assert!(rows > 20, "{rows}");
}

#[test]
fn an_answer_cut_at_any_byte_never_passes_for_a_complete_one() {
    for (name, body, expected) in recorded() {
        let chunked = name.contains("chunked");
        for end in 0..body.len() {
            let events = decode([&body[..end]], chunked);
            assert_eq!(events.last(), Some(&json!("truncated")), "{name} cut at {end}");
            assert_eq!(events[..events.len() - 1], expected[..events.len() - 1], "{name} cut at {end}");
        }
    }
}

#[test]
fn infinities_errors_and_messages() {
    let read = |name: &str| std::fs::read(folder().join(name)).unwrap();
    let body = read("168_inf_msgpack.msgpack");
    let mut scratch = Scratch::new();
    let options = Options::new().format(Format::Msgpack);
    let rows: Vec<AnyRow<'_>> =
        iterpoints_with(&body, &mut scratch, options).collect::<Result<_, _>>().unwrap();
    let infinite = |value: &ValueRef<'_>| value.get::<f64>().is_ok_and(f64::is_infinite);
    assert!(rows.iter().any(|row| infinite(&row.values()[1])), "{rows:?}");
    let error = decode([&read("140_accept_msgpack_err.msgpack")[..]], false);
    assert_eq!(error, [json!({ "error": "database not found: nope", "statement": null })]);
    let mut decoder = Decoder::new(options);
    decoder.push(read("143_accept_msgpack_msgs.msgpack"));
    assert_eq!(decoder.rows::<()>().count(), 0);
    assert!(decoder.messages()[0].text.starts_with("deprecated use of"), "{:?}", decoder.messages());
}

#[test]
fn epochs_and_points() {
    let body = std::fs::read(folder().join("137_accept_msgpack_epoch.msgpack")).unwrap();
    let options = Options::new().format(Format::Msgpack).epoch(Precision::Ns);
    let mut scratch = Scratch::new();
    let points: Vec<Point> = iterpoints_with(&body, &mut scratch, options).collect::<Result<_, _>>().unwrap();
    assert_eq!(points[0].unix_nanos(), Some(1_700_000_000_000_000_001));
    let big = points[0].fields().find(|(name, _)| *name == "big").unwrap().1;
    assert_eq!(big, influx_core::Value::I64(i64::MAX));
    let usage = points[1].fields().find(|(name, _)| *name == "usage").unwrap().1;
    assert_eq!(usage, influx_core::Value::F64(7.0), "a whole float stays one");
}

/// `{"results":[{"series":[{..}]}]}` with these parts of a series.
fn series(parts: &[&[u8]]) -> Vec<u8> {
    let head = b"\x81\xa7results\x91\x81\xa6series\x91";
    [&head[..], &[0x80 + parts.len() as u8], &parts.concat()].concat()
}

#[test]
fn values_may_come_before_the_columns() {
    let columns = b"\xa7columns\x92\xa1a\xa1b";
    let values = b"\xa6values\x92\x92\x01\xc3\x92\xd0\xff\xc0";
    let want = [json!([1, true]), json!([-1, null])];
    for parts in [[&columns[..], &values[..]], [&values[..], &columns[..]]] {
        let body = series(&parts);
        for at in 0..=body.len() {
            let (a, b) = body.split_at(at);
            let cells: Vec<_> = decode([a, b], false).iter().map(|event| event["cells"].clone()).collect();
            assert_eq!(cells, want, "split at {at}");
        }
    }
    let nil = series(&[b"\xa6values\xc0", b"\xa7columns\x91\xa1a"]);
    assert_eq!(decode([&nil[..]], false), Vec::<Value>::new());
}

#[test]
fn what_is_malformed_says_so() {
    let row = |values: &[u8]| series(&[b"\xa7columns\x92\xa1a\xa1b", b"\xa6values\x91", values]);
    for (body, what) in [
        (row(b"\x91\x01"), "fewer values than the header has columns"),
        (row(b"\x93\x01\x02\x03"), "more values than the header has columns"),
        (row(b"\x07"), "a row was expected"),
        (row(b"\x92\x01\x90"), "an array or an object"),
        (row(b"\x92\x01\xc4\x01x"), "a value is binary"),
        (row(b"\x92\x01\xc1"), "does not use"),
        (row(b"\x92\x01\xd4\x01x"), "an extension of MessagePack that is no time"),
        (row(b"\x92\x01\xa1\xff"), "not UTF-8"),
        (series(&[b"\xa6values\x91\x90"]), "values but no columns"),
        (b"\x81\xa7results\x07".to_vec(), "an array was expected"),
        (b"\x81\x07\x07".to_vec(), "a key was expected"),
        (b"\x81\xa1x\x07".to_vec(), "neither `results` nor `error`"),
    ] {
        let mut scratch = Scratch::new();
        let mut rows =
            iterpoints_with::<AnyRow<'_>>(&body, &mut scratch, Options::new().format(Format::Msgpack));
        let error = rows.next().unwrap().unwrap_err();
        assert!(error.to_string().contains(what), "{what}: {error}");
        assert!(error.is_syntax(), "{error}");
        assert!(rows.next().is_none());
    }
    // texts of something between client and server
    let error = decode([&b"a\nb\n"[..]], true);
    assert_eq!(error, ["a", "b"].map(|text| json!({ "error": text, "statement": null })));
    let error = decode([&b"<html>502 Bad Gateway</html>"[..]], false);
    assert_eq!(error, [json!({ "error": "malformed", "statement": null })]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn bytes_of_any_kind_neither_panic_nor_hang(
        which in 0_usize..9, at: prop::sample::Index, junk: Vec<u8>, size in 1_usize..9,
    ) {
        let (name, mut bytes, _) = recorded().swap_remove(which);
        let at = at.index(bytes.len());
        let end = (at + junk.len()).min(bytes.len());
        bytes.splice(at..end, junk);
        let chunked = name.contains("chunked");
        let (whole, pieces) = (decode([&bytes[..]], chunked), decode(bytes.chunks(size), chunked));
        // malformed or without an end: which of the two shows first depends on the pieces
        let sure = |events: &[Value]| -> Vec<Value> {
            events.iter().filter(|event| event.is_object() && event["error"] != "malformed").cloned().collect()
        };
        prop_assert_eq!(sure(&whole), sure(&pieces));
    }
}

/// 3.x answers `Accept: application/x-msgpack` with records as arrays, times as texts and whole floats as integers.
#[test]
fn another_servers_msgpack_is_named_however_it_arrives() {
    let recorded = std::fs::read(folder().join("../v3new/136_v1q_msgpack.msgpack")).unwrap();
    let wide = [&b"\xdc\x00\x01"[..], &recorded[1..]].concat();
    for body in [&recorded[..], &wide, b"\x90", b"\x91\x91\x91\x00", b"\xdd\x00\x00\x00\x01\x90"] {
        for size in [1, 2, 3, 7, body.len()] {
            let mut decoder = Decoder::new(Options::new().format(Format::Msgpack).chunked(true));
            let mut errors = Vec::new();
            for frame in body.chunks(size) {
                decoder.push(frame);
                errors.extend(decoder.rows::<Point>().map(|row| row.unwrap_err()));
            }
            decoder.finish();
            errors.extend(decoder.rows::<Point>().map(|row| row.unwrap_err()));
            let [error] = &errors[..] else { panic!("{body:x?} in {size}: {errors:?}") };
            assert!(error.is_syntax() && error.server_message().is_none(), "{error}");
            let says = "this server's msgpack is not that of InfluxDB 1.x: use Format::Json";
            assert!(error.to_string().starts_with(says), "{error}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    /// What is no text never stands in a message as one.
    #[test]
    fn binary_is_never_shown(body in prop::collection::vec(any::<u8>(), 1..40), chunked: bool) {
        for format in [Format::Msgpack, Format::Json] {
            let mut scratch = Scratch::new();
            let options = Options::new().format(format).chunked(chunked);
            for row in iterpoints_with::<AnyRow<'_>>(&body, &mut scratch, options) {
                let Err(error) = row else { continue };
                let text = error.server_message().unwrap_or_default();
                let readable = |c: char| !c.is_control() || c.is_whitespace();
                prop_assert!(text.chars().all(readable), "{body:x?}: {text:?}");
            }
        }
    }
}
