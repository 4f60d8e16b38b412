//! Whether an encoder's output says what the points say: read by the parser of InfluxDB 3 and compared point by point.

use std::collections::BTreeMap;
use std::rc::Rc;

use influxdb_line_protocol::{FieldValue, ParsedLine, parse_lines};

use crate::data::{Cpu, Esc, Points, Shape, Trade, cpu_fields, cpu_tags};
use crate::encoder::{Body, Encoder};

#[derive(Debug, PartialEq)]
enum Value {
    F64(f64),
    I64(i64),
    Str(String),
    /// Of a type that no field here has.
    Other,
}

#[derive(Debug, PartialEq)]
struct Line {
    measurement: String,
    tags: BTreeMap<String, String>,
    fields: BTreeMap<String, Value>,
    time: Option<i64>,
}

/// The first line that is wrong, if one is.
pub fn first_wrong_line(encoder: &mut dyn Encoder, shape: Shape, count: usize) -> Option<String> {
    let points = Rc::new(Points::new(shape, count));
    encoder.prepare(&points);
    let mut body = Body { keep: true, ..Body::default() };
    encoder.encode(&mut body);
    let text = String::from_utf8_lossy(&body.buffer);
    let mut expected = expected(&points);
    for line in &mut expected {
        line.tags
            .extend(encoder.extra_tags().iter().map(|(key, value)| (key.to_string(), value.to_string())));
    }
    let read: Vec<_> = parse_lines(&text).collect();
    let right = |(expected, read): (&Line, &Result<_, _>)| {
        read.as_ref().is_ok_and(|read| line_of(read).is_some_and(|line| line == *expected))
    };
    match expected.iter().zip(&read).position(|pair| !right(pair)) {
        Some(at) => Some(text.lines().nth(at).unwrap_or_default().to_owned()),
        None if read.len() != expected.len() => Some(format!("{} lines of {}", read.len(), expected.len())),
        None => None,
    }
}

fn line_of(line: &ParsedLine<'_>) -> Option<Line> {
    let pairs: Vec<_> = line.series.tag_set.iter().flatten().collect();
    let tags: BTreeMap<_, _> =
        pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let fields: BTreeMap<_, _> =
        line.field_set.iter().map(|(key, field)| (key.to_string(), value(field))).collect();
    // a key that was there twice must not vanish in the map
    let unique = tags.len() == pairs.len() && fields.len() == line.field_set.len();
    let measurement = line.series.measurement.to_string();
    unique.then_some(Line { measurement, tags, fields, time: line.timestamp })
}

fn value(field: &FieldValue<'_>) -> Value {
    match field {
        FieldValue::F64(v) => Value::F64(*v),
        FieldValue::I64(v) => Value::I64(*v),
        FieldValue::String(v) => Value::Str(v.to_string()),
        _ => Value::Other,
    }
}

fn expected(points: &Points) -> Vec<Line> {
    match points {
        Points::Trade(points) => points.iter().map(trade).collect(),
        Points::CpuF64(points) => points.iter().map(|x| cpu(x, Value::F64)).collect(),
        Points::CpuI64(points) => points.iter().map(|x| cpu(x, Value::I64)).collect(),
        Points::Esc(points) => points.iter().map(esc).collect(),
    }
}

fn owned<const N: usize, V>(pairs: [(&str, V); N]) -> BTreeMap<String, V> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn trade(x: &Trade) -> Line {
    Line {
        measurement: "Trade".into(),
        tags: owned([
            ("instrument", x.instrument.clone()),
            ("source", x.source.clone()),
            ("side", x.side.clone()),
        ]),
        fields: owned([
            ("price", Value::F64(x.price)),
            ("size", Value::I64(x.size)),
            ("trade_id", Value::Str(x.trade_id.clone())),
        ]),
        time: Some(x.time),
    }
}

fn cpu<T: Copy>(x: &Cpu<T>, value: fn(T) -> Value) -> Line {
    Line {
        measurement: "cpu".into(),
        tags: owned(cpu_tags(x).map(|(key, value)| (key, value.to_owned()))),
        fields: owned(cpu_fields(x).map(|(key, number)| (key, value(number)))),
        time: Some(x.time),
    }
}

fn esc(x: &Esc) -> Line {
    let mut fields = owned([("message", Value::Str(x.message.clone())), ("value", Value::F64(x.value))]);
    fields.extend(x.missing.map(|missing| ("missing".to_owned(), Value::F64(missing))));
    Line {
        measurement: "esc".into(),
        tags: owned([("city", x.city.clone()), ("expr", x.expr.clone()), ("plain", x.plain.clone())]),
        fields,
        time: Some(x.time),
    }
}
