//! What influxd would answer of a stored line.

use std::fmt::Write;

use influx_core::decode::line_protocol::points;
use influx_core::{Dialect, Point, Precision, Value, ValueRef};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// Times as RFC 3339.
    Json,
    JsonEpoch,
    /// The tags are those of the series.
    JsonGrouped,
    /// Times of the kind that msgpack has.
    Msgpack,
    MsgpackEpoch,
}

impl Form {
    pub(crate) const ALL: [Form; 5] =
        [Form::Json, Form::JsonEpoch, Form::JsonGrouped, Form::Msgpack, Form::MsgpackEpoch];
}

pub(crate) fn answer(line: &str, form: Form) -> Vec<u8> {
    let point = points(line, Dialect::V1, Precision::Ns)
        .next()
        .unwrap()
        .unwrap_or_else(|error| panic!("{line}: {error}"));
    match form {
        Form::Json | Form::JsonEpoch | Form::JsonGrouped => json(&point, form).into_bytes(),
        Form::Msgpack | Form::MsgpackEpoch => msgpack(&point, form),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn json(point: &Point, form: Form) -> String {
    let (mut columns, mut values) = (vec!["\"time\"".to_owned()], Vec::new());
    let time = point.unix_nanos().unwrap_or(0);
    values.push(match form {
        Form::Json => format!("\"{}\"", ValueRef::Time(time)),
        _ => time.to_string(),
    });
    let mut tags = String::new();
    for (key, value) in point.tags() {
        if form == Form::JsonGrouped {
            let comma = if tags.is_empty() { "" } else { "," };
            write!(tags, "{comma}{}:{}", quoted(key), quoted(value)).unwrap();
        } else {
            columns.push(quoted(key));
            values.push(quoted(value));
        }
    }
    for (key, value) in point.fields() {
        columns.push(quoted(key));
        values.push(match value {
            Value::F64(v) => go_float(v),
            Value::Str(text) => quoted(&text),
            Value::I64(v) => v.to_string(),
            Value::U64(v) => v.to_string(),
            Value::Bool(v) => v.to_string(),
            other => panic!("{other:?} is not stored"),
        });
    }
    let tags = if tags.is_empty() { String::new() } else { format!("\"tags\":{{{tags}}},") };
    format!(
        "{{\"results\":[{{\"statement_id\":0,\"series\":[{{\"name\":{},{tags}\"columns\":[{}],\"values\":[[{}]]}}]}}]}}\n",
        quoted(point.measurement()),
        columns.join(","),
        values.join(",")
    )
}

/// As Go writes floats into JSON: an exponent below 1e-6 and from 1e21 on.
fn go_float(v: f64) -> String {
    let size = v.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{v:e}");
        return if size < 1.0 { text } else { text.replace('e', "e+") };
    }
    v.to_string()
}

fn msgpack(point: &Point, form: Form) -> Vec<u8> {
    let mut out = vec![0x81];
    text("results", &mut out);
    out.extend([0x91, 0x82]);
    text("statement_id", &mut out);
    out.push(0);
    text("series", &mut out);
    out.extend([0x91, 0x83]);
    text("name", &mut out);
    text(point.measurement(), &mut out);
    let count = 1 + point.tags().count() + point.fields().count();
    text("columns", &mut out);
    out.extend([0xdc, 0, count as u8]);
    text("time", &mut out);
    point.tags().for_each(|(key, _)| text(key, &mut out));
    point.fields().for_each(|(key, _)| text(key, &mut out));
    text("values", &mut out);
    out.extend([0x91, 0xdc, 0, count as u8]);
    let time = point.unix_nanos().unwrap_or(0);
    if form == Form::MsgpackEpoch {
        integer(time, &mut out);
    } else {
        out.extend([0xc7, 12, 5]);
        out.extend(time.div_euclid(1_000_000_000).to_be_bytes());
        out.extend((time.rem_euclid(1_000_000_000) as i32).to_be_bytes());
    }
    point.tags().for_each(|(_, value)| text(value, &mut out));
    for (_, value) in point.fields() {
        match value {
            Value::F64(v) => {
                out.push(0xcb);
                out.extend(v.to_bits().to_be_bytes());
            }
            Value::Str(value) => text(&value, &mut out),
            Value::I64(v) => integer(v, &mut out),
            Value::Bool(v) => out.push(if v { 0xc3 } else { 0xc2 }),
            other => panic!("{other:?} is not stored"),
        }
    }
    out
}

fn integer(v: i64, out: &mut Vec<u8>) {
    out.push(0xd3);
    out.extend(v.to_be_bytes());
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.push(0xda);
    out.extend((text.len() as u16).to_be_bytes());
    out.extend(text.as_bytes());
}
