//! Errors: where they come, what they say, and that decoding goes on behind those that are not final.

mod decode_support;

use decode_support::{Event, decode, decode_whole, options};
use influx_core::decode::Rows;
use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Options, iterpoints, iterpoints_with};
use influx_core::{AnyRow, DecodeError, FromRow, FromValue, Planner, Row, SeriesRow};

#[derive(Debug, PartialEq)]
struct Cpu {
    host: Option<String>,
    usage: f64,
}

impl<'r> FromRow<'r> for Cpu {
    const SLOTS: usize = 2;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Cpu");
        p.tag(
            "host",
            "host",
            <Option<String> as FromValue<'_>>::WANT,
            <Option<String> as FromValue<'_>>::NULLABLE,
        )?;
        p.field("usage", "usage", <f64 as FromValue<'_>>::WANT, <f64 as FromValue<'_>>::NULLABLE)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Cpu { host: FromValue::take_tag(row, 0)?, usage: FromValue::take(row, 1)? })
    }
}

fn rows(body: &str, options: Options) -> Vec<Result<f64, String>> {
    let mut rows = Rows::<Cpu, _>::new(options);
    let mut read = Vec::new();
    for piece in body.as_bytes().chunks(11) {
        rows.push(piece);
        while let Some(row) = rows.next_row() {
            read.push(row.map(|cpu| cpu.usage).map_err(|error| error.to_string()));
        }
    }
    rows.finish();
    while let Some(row) = rows.next_row() {
        read.push(row.map(|cpu| cpu.usage).map_err(|error| error.to_string()));
    }
    read
}

fn series(name: &str, columns: &str, values: &str) -> String {
    format!(r#"{{"name":"{name}","columns":{columns},"values":{values}}}"#)
}

fn result(id: u32, members: &str) -> String {
    format!(r#"{{"statement_id":{id}{members}}}"#)
}

fn document(results: &[String]) -> String {
    format!("{{\"results\":[{}]}}\n", results.join(","))
}

fn only_error(body: &str) -> DecodeError {
    only_error_of(body, options(false))
}

fn only_error_of(body: &str, options: Options) -> DecodeError {
    let mut scratch = Scratch::new();
    let mut rows = iterpoints_with::<Cpu>(body.as_bytes(), &mut scratch, options);
    rows.find_map(Result::err).expect("an error")
}

#[test]
fn one_bad_row_leaves_the_others() {
    let body = document(&[result(
        2,
        &format!(r#","series":[{}]"#, series("cpu", r#"["usage"]"#, r#"[[1],["x"],[null],[4]]"#)),
    )]);
    assert_eq!(
        rows(&body, options(false)),
        [
            Ok(1.0),
            Err("Cpu.usage: column \"usage\" holds string \"x\" where f64 was expected (statement 2, series cpu, row 2)".into()),
            Err("Cpu.usage: column \"usage\" is null where f64 was expected; make it an Option to allow null \
                 (statement 2, series cpu, row 3)".into()),
            Ok(4.0),
        ]
    );
}

#[test]
fn a_series_that_does_not_fit_is_one_error() {
    let good = series("cpu", r#"["usage"]"#, "[[1]]");
    let bad = series("mem", r#"["time","free"]"#, "[[0,1],[1,2],[2,3]]");
    let body = document(&[result(0, &format!(r#","series":[{good},{bad},{good}]"#))]);
    let read = rows(&body, options(false));
    assert_eq!((read.len(), &read[0], &read[2]), (3, &Ok(1.0), &Ok(1.0)));
    let error = read[1].as_ref().unwrap_err();
    assert_eq!(
        error,
        "Cpu.usage: the result has no column \"usage\", it has: time, free; select it, rename the field's column, or make \
         the field an Option (statement 0, series mem)"
    );
}

#[test]
fn statement_errors_come_after_the_rows_and_the_next_statement_goes_on() {
    let good = format!(r#","series":[{}]"#, series("cpu", r#"["usage"]"#, "[[1]]"));
    let body = document(&[
        result(0, &format!(r#"{good},"error":"timeout""#)),
        result(1, &good),
        result(2, r#","error":"not executed""#),
    ]);
    assert_eq!(
        rows(&body, options(false)),
        [
            Ok(1.0),
            Err("the server reported: timeout (statement 0)".into()),
            Ok(1.0),
            Err("the server reported: not executed; an earlier statement of the same request failed, and 1.x hides its error \
                 behind this one: send one statement per request to see it (statement 2)".into()),
        ]
    );
    let error = rows(&document(&[result(0, r#","error":"database name required""#)]), options(false))
        .remove(0)
        .unwrap_err();
    assert!(error.contains("database name required; give one to the client"), "{error}");
    let error = only_error(&body);
    assert!(error.is_server_error() && !error.is_truncated() && !error.is_mismatch() && !error.is_syntax());
    assert_eq!((error.server_message(), error.statement_id()), (Some("timeout"), Some(0)));
}

#[test]
fn errors_of_the_whole_response() {
    assert_eq!(
        only_error(r#"{"error":"error parsing query: x"}"#).server_message(),
        Some("error parsing query: x")
    );
    let v2 = r#"{"code":"not found","message":"no dbrp mapping found"}"#;
    assert_eq!(only_error(v2).server_message(), Some("no dbrp mapping found"));
    let other = only_error(r#"{"status":"ok"}"#);
    assert!(other.is_syntax() && other.to_string().contains("neither `results` nor `error`"), "{other}");
    assert!(decode_whole(b"{}", options(false)).is_empty(), "an answer of nothing");
    assert!(only_error("  \r\n").is_truncated());
}

#[test]
fn a_text_instead_of_json() {
    let text = "json: error calling MarshalJSON for type *query.Result: json: unsupported value: -Inf";
    let good = document(&[result(1, &format!(r#","series":[{}]"#, series("cpu", r#"["usage"]"#, "[[1]]")))]);
    let read = rows(&format!("{good}{text}\n{good}"), options(true));
    assert_eq!((&read[0], &read[2], read.len()), (&Ok(1.0), &Ok(1.0), 3));
    assert!(
        read[1].as_ref().unwrap_err().contains("exclude it in the query, or ask for msgpack"),
        "{read:?}"
    );
    // unchunked, the text is all there is
    assert_eq!(rows(&format!("{text}\nand more\n"), options(false)).len(), 1);
    let html = only_error(&format!("<html>{}</html>", "x".repeat(10_000)));
    assert!(html.is_syntax() && html.to_string().len() < 1_200, "{html}");
}

#[test]
fn what_is_no_answer_is_named() {
    let good = document(&[result(1, &format!(r#","series":[{}]"#, series("cpu", r#"["usage"]"#, "[[1]]")))]);
    for (body, says) in [
        (format!("\u{feff}{good}"), "the answer is not one of InfluxDB, but a text behind a byte order mark"),
        ("null".into(), "the answer is not one of InfluxDB, but a value of JSON without rows: \"null\""),
        ("name,tags,time,usage\ncpu,,1,2\n".into(), "the answer is not one of InfluxDB, but CSV"),
        (format!("{good} {good}"), "what follows the answer is none of InfluxDB, but another document"),
        (format!("{good}\nnull"), "what follows the answer is none of InfluxDB, but a value of JSON"),
        (format!("{good}</html>"), "what follows the answer is none of InfluxDB, but a page of HTML"),
    ] {
        let read = rows(&body, options(false));
        assert_eq!(read.len(), 1 + usize::from(body.starts_with('{')), "{body}: {read:?}");
        let error = read.last().and_then(|last| last.as_ref().err()).unwrap();
        assert!(error.starts_with(says) && !error.contains("the server reported"), "{body}: {error}");
    }
    // chunks follow upon chunks, and then nothing else
    assert_eq!(rows(&format!("{good}\n{good}\n"), options(true)), [Ok(1.0), Ok(1.0)]);
    let read = rows(&format!("{good}\n{good}\nnull\n"), options(true));
    assert!(
        read[2].as_ref().unwrap_err().starts_with("what follows the answer is none of InfluxDB"),
        "{read:?}"
    );
}

/// 1.x stops at `max-row-limit` where no chunks were asked for, and marks the series, behind which nothing comes.
#[test]
fn what_the_row_limit_cut_is_told() {
    let body = |rows: usize, first: &str| {
        let values = vec!["[1]"; rows].join(",");
        format!(
            r#"{{"results":[{first}{{"statement_id":1,"series":[{{"name":"cpu","columns":["usage"],"values":[{values}],"partial":true}}]}}]}}"#
        )
    };
    let read = rows(&body(10, r#"{"statement_id":0},"#), options(false));
    assert_eq!((read.len(), &read[9]), (11, &Ok(1.0)));
    let mut scratch = Scratch::new();
    let error = iterpoints_with::<Cpu>(body(10, "").as_bytes(), &mut scratch, options(false))
        .find_map(Result::err)
        .unwrap();
    assert!(error.is_row_limit() && error.is_truncated(), "{error}");
    assert_eq!((error.statement_id(), error.series()), (Some(1), Some("cpu")));
    assert!(
        error.to_string().contains("max-row-limit") && error.to_string().contains("ask for chunks"),
        "{error}"
    );
    // nothing was left of the series
    let none = r#"{"results":[{"series":[{"name":"cpu","columns":["usage"],"partial":true}]}]}"#;
    assert!(only_error_of(none, options(false)).is_row_limit());
    // behind the first 10,000 rows complete series are marked, too: a message says so
    let mut scratch = Scratch::new();
    let long = body(10_001, "");
    let mut points = iterpoints_with::<SeriesRow<Cpu>>(long.as_bytes(), &mut scratch, options(false));
    assert_eq!(points.by_ref().filter(Result::is_ok).count(), 10_001);
    assert!(points.series().partial());
    assert!(points.messages()[0].text.contains("cpu is marked as partial"), "{:?}", points.messages());
}

#[test]
fn truncated_in_the_middle_of_a_series() {
    let partial = r#"{"results":[{"statement_id":3,"series":[{"name":"cpu","columns":["usage"],"values":[[1]],"partial":true}],"partial":true}]}"#;
    let error = |options| {
        let mut scratch = Scratch::new();
        let error = iterpoints_with::<Cpu>(partial.as_bytes(), &mut scratch, options).find_map(Result::err);
        error.map(|error| (error.is_truncated(), error.statement_id(), error.to_string()))
    };
    let text = "the response is incomplete: the last chunk says that more follows (statement 3)";
    assert_eq!(error(options(true)), Some((true, Some(3), text.into())));

    let end = partial.find("]]").expect("rows");
    let error = only_error(&partial[..end]);
    assert!(error.is_truncated());
    assert_eq!((error.statement_id(), error.series(), error.row()), (Some(3), Some("cpu"), Some(1)));
}

#[test]
fn partial_is_known_behind_the_rows_and_row_numbers_go_on() {
    let chunk = |partial: &str, value: &str| {
        format!(
            r#"{{"results":[{{"statement_id":0,"series":[{{"name":"cpu","tags":{{"host":"a"}},"columns":["usage"],"values":[[{value}]]{partial}}}]{partial}}}]}}"#
        )
    };
    let body = chunk(r#","partial":true"#, "1") + "\n" + &chunk("", "\"x\"");
    let mut scratch = Scratch::new();
    let mut points = iterpoints_with::<SeriesRow<Cpu>>(body.as_bytes(), &mut scratch, options(true));
    let first = points.next().expect("a row").expect("a row");
    assert!(!first.series.partial());
    let error = points.next().expect("an error").unwrap_err();
    assert!(first.series.partial());
    assert_eq!((error.row(), error.series()), (Some(2), Some("cpu,host=a")), "{error}");
    assert!(points.next().is_none());
}

#[test]
fn malformed_bytes_end_the_rows() {
    let head = r#"{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["usage"],"values":"#;
    for (rest, what) in [
        ("[[1],[{}]]}]}]}", "rows hold plain values only"),
        ("[[1],[[2]]]}]}]}", "rows hold plain values only"),
        ("[[1],[]]}]}]}", "a value was expected"),
        ("[[1],[2,3]]}]}]}", "more values than the header has columns"),
        ("[[1],[2 3]]}]}]}", "the end of a row was expected"),
        ("[[1],[01]]}]}]}", "a number starts with 0"),
        ("[[1],[1.]]}]}]}", "no digit after its point"),
        ("[[1],[nul]]}]}]}", "a value was expected"),
        ("[[1],7]}]}]}", "a row was expected"),
        ("[[1],]}]}]}", "a row was expected"),
        ("[[1] [2]]}]}]}", "a comma was expected"),
        ("[[1],[\"\\ud800\"]]}]}]}", "half of a surrogate pair"),
        ("[[1],[\"\\x\"]]}]}]}", "an unknown escape"),
        ("[[1]],\"tags\":{\"a\":\"b\"}}]}]}", "come after its values"),
        ("[[1]],\"columns\":[\"a\"]}]}]}", "come after its values"),
        ("[[1]]}}]}", "a comma was expected"),
    ] {
        let body = format!("{head}{rest}");
        for pieces in [1, 3, 1_000] {
            let events = decode(body.as_bytes().chunks(pieces), options(false));
            let [Event::Row { .. }, Event::Other(error)] = &events[..] else { panic!("{body}: {events:?}") };
            assert!(error.contains(what) && error.contains("malformed at byte"), "{body}: {error}");
        }
        let good = format!("{body}{{\"results\":[]}}");
        assert_eq!(
            decode_whole(good.as_bytes(), options(true)).len(),
            2,
            "nothing is read behind it: {body}"
        );
    }
    for (body, what) in [
        (r#"{"results":7}"#, "an array was expected"),
        (r#"{"results":[7]}"#, "an object was expected"),
        (r#"{"results":[{"series":[[]]}]}"#, "an object was expected"),
        (r#"{"results":[{"statement_id":"x"}]}"#, "a number was expected"),
        (r#"{"results":[{"series":[{"columns":{}}]}]}"#, "a bracket was expected"),
        (r#"{"results":[{"series":[{"columns":[1]}]}]}"#, "a string was expected"),
        (r#"{"results":[{"series":[{"tags":{"a" "b"}}]}]}"#, "a colon was expected"),
        (r#"{"results":[{"series":[{"values":[[1]]}]}]}"#, "values but no columns"),
        (r#"{"results":[{"series":[{"values":[ [] ]}]}]}"#, "values but no columns"),
        (r#"{"results":[{"series":[{"values":[]}]}]}"#, "values but no columns"),
        (r#"{"results":[],}"#, "a key was expected"),
        (r#"{"results" []}"#, "a colon was expected"),
        (r#"{"results":}"#, "an array was expected"),
        (r#"{"x":}"#, "a value was expected"),
    ] {
        let events = decode_whole(body.as_bytes(), options(false));
        let [Event::Other(error)] = &events[..] else { panic!("{body}: {events:?}") };
        assert!(error.contains(what), "{body}: {error}");
    }
    let mut body = head.as_bytes().to_vec();
    body.extend_from_slice(b"[[\"\xff\"]]}]}]}");
    let events = decode_whole(&body, options(false));
    assert!(matches!(&events[..], [Event::Other(error)] if error.contains("not UTF-8")), "{events:?}");
}

#[test]
fn deeply_nested_junk_is_passed_over() {
    let junk = "[".repeat(100_000) + &"]".repeat(100_000);
    let body = format!(r#"{{"x":{junk},"results":[{{"series":[{{"columns":["usage"],"values":[[1]]}}]}}]}}"#);
    assert_eq!(rows(&body, options(false)), [Ok(1.0)]);
}

#[test]
fn values_before_columns_and_unknown_keys() {
    let body = r#"{"results":[{"series":[{"values":[[1],[2]],"new":{"a":[1,"]}"]},"tags":{"host":"a"},"columns":["usage"]}]}]}"#;
    assert_eq!(rows(body, options(false)), [Ok(1.0), Ok(2.0)]);
}

#[test]
fn the_form_of_3_x() {
    let body = "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"cpu\",\"columns\":[\"time\",\"usage\"],\"values\":[[\"2023-11-14T22:13:20Z\",1.0]]}]}]}\r\n";
    assert_eq!(rows(&body.repeat(2), options(true)), [Ok(1.0), Ok(1.0)]);
}

#[test]
fn messages_are_kept() {
    let body = r#"{"results":[{"statement_id":4,"messages":[{"level":"warning","text":"deprecated \u003cuse\u003e","x":[1]}]}]}"#;
    let mut scratch = Scratch::new();
    let mut rows = iterpoints::<AnyRow<'_>>(body.as_bytes(), &mut scratch);
    assert!(rows.next().is_none());
    let [message] = rows.messages() else { panic!("{:?}", rows.messages()) };
    assert_eq!(
        (message.statement_id, &*message.level, &*message.text),
        (Some(4), "warning", "deprecated <use>")
    );
}

#[test]
fn long_names_and_values_are_cut_in_messages() {
    let name = "n".repeat(10_000);
    let body = document(&[result(
        0,
        &format!(r#","series":[{}]"#, series(&name, r#"["usage"]"#, &format!(r#"[["{name}"]]"#))),
    )]);
    let error = only_error(&body).to_string();
    assert!(error.len() < 500, "{error}");
}

#[test]
fn errors_are_one_word_wide_and_cross_threads() {
    fn crosses<T: Send + Sync + 'static + std::error::Error>() {}
    crosses::<DecodeError>();
    assert_eq!(size_of::<DecodeError>(), size_of::<usize>());
    fn moves<T: Send>() {}
    moves::<Rows<Cpu>>();
    moves::<influx_core::decode::Decoder>();
}
