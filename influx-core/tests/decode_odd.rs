//! Answers that no server writes, but that something between server and client could make: read the same however they are split.

use influx_core::DecodeError;
use influx_core::decode::influxql::{Format, Options};
use influx_core::decode::{Decoder, Message};

/// A row's first value; `None` for an error about the answer's form or end.
type Seen = Option<i64>;

fn read(frames: &[&[u8]], options: Options) -> (Vec<Seen>, Vec<Message>) {
    let mut decoder = Decoder::new(options);
    let mut seen = Vec::new();
    let see = |row: Result<(i64,), DecodeError>| match row {
        Ok((value,)) => Some(value),
        Err(error) => {
            assert!(error.is_syntax() || error.is_truncated(), "{error}");
            None
        }
    };
    for frame in frames {
        decoder.push(*frame);
        seen.extend(decoder.rows().map(see));
    }
    decoder.finish();
    seen.extend(decoder.rows().map(see));
    (seen, decoder.messages().to_vec())
}

/// What is read of a body, whole and split at every byte.
fn read_split(body: &[u8], options: Options) -> (Vec<Seen>, Vec<Message>) {
    let whole = read(&[body], options);
    for at in 0..=body.len() {
        let (a, b) = body.split_at(at);
        assert_eq!(read(&[a, b], options), whole, "split at {at}");
    }
    for size in 1..20 {
        assert_eq!(read(&body.chunks(size).collect::<Vec<_>>(), options), whole, "frames of {size}");
    }
    whole
}

fn json(body: &str) -> Vec<Seen> {
    read_split(body.as_bytes(), Options::new()).0
}

fn msgpack(body: &[u8]) -> (Vec<Seen>, Vec<Message>) {
    read_split(body, Options::new().format(Format::Msgpack).chunked(true))
}

#[test]
fn values_before_and_behind_the_columns() {
    // long enough for a frame that is more than the rest of a row
    let rows: Vec<_> = (1_000_000..1_000_100).map(|n| format!("[{n}]")).collect();
    let series = format!(r#"{{"values":[[1],[2]],"columns":["n"],"values":[{}]}}"#, rows.join(","));
    assert_eq!(json(&format!(r#"{{"results":[{{"series":[{series}]}}]}}"#)), [None]);
    let rows: Vec<u8> = (0..100_i64).flat_map(|n| [&b"\x91\xd3"[..], &n.to_be_bytes()].concat()).collect();
    let series =
        [&b"\x83\xa6values\x92\x91\x01\x91\x02\xa7columns\x91\xa1n\xa6values\xdc\x00\x64"[..], &rows];
    let body = [&b"\x81\xa7results\x91\x81\xa6series\x91"[..], &series.concat()].concat();
    assert_eq!(msgpack(&body).0, [None]);
}

#[test]
fn values_of_no_columns() {
    for values in ["[[]]", "[ [ ] ]", "[]", "[[],[]]", "[[1]]"] {
        let body = format!(r#"{{"results":[{{"series":[{{"name":"m","values":{values}}}]}}]}}"#);
        assert_eq!(json(&body), [None], "{body}");
    }
    let body = b"\x81\xa7results\x91\x81\xa6series\x91\x81\xa6values\x91\x90";
    assert_eq!(msgpack(body).0, [None]);
}

#[test]
fn an_unknown_value_runs_into_a_text() {
    let rest = r#""results":[{"series":[{"columns":["n"],"values":[[3]]}]}]}"#;
    assert_eq!(json(&format!(r#"{{"x":1,{rest}"#)), [Some(3)]);
    assert_eq!(json(&format!(r#"{{"x":1"y",{rest}"#)), [None]);
    assert_eq!(json(&format!(r#"{{"x":"z""y",{rest}"#)), [None]);
}

#[test]
fn keys_with_escapes() {
    let body = r#"{"r\u0065sults":[{"series":[{"colu\u006dns":["n"],"v\u0061lues":[[3]],"\"":1}]}]}"#;
    assert_eq!(json(body), [Some(3)]);
    assert_eq!(json(r#"{"results":[],"\x":1}"#), [None]);
}

#[test]
fn the_head_of_a_map_is_cut() {
    let body = b"\x81\xa7results\x90";
    assert_eq!(msgpack(body).0, []);
    for head in [&b"\xde"[..], b"\xde\x00", b"\xdf", b"\xdf\x00\x00\x00", b"\n\xde"] {
        assert_eq!(msgpack(&[body, head].concat()).0, [None], "{head:x?}");
    }
    assert_eq!(msgpack(&[&body[..], b"\n"].concat()).0, []);
}

#[test]
fn messages_with_more_than_level_and_text() {
    let message = b"\x84\xa5level\xa1x\xa1n\x07\xa1l\x92\x01\x90\xa4text\xa1y";
    let body = [&b"\x81\xa7results\x91\x81\xa8messages\x91"[..], message].concat();
    let (rows, messages) = msgpack(&body);
    assert_eq!(rows, []);
    assert_eq!((&*messages[0].level, &*messages[0].text, messages.len()), ("x", "y", 1));
}
