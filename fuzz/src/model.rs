//! What a written point must be read back as.

use std::collections::BTreeMap;

use influx_core::decode::line_protocol::points;
use influx_core::{Dialect, Point, Precision, Value};
use influxdb_line_protocol::{FieldValue, parse_lines};

/// A value as line protocol can say it.
#[derive(Clone, Debug)]
pub enum Read {
    F64(f64),
    /// Was written with the digits of 32 bits.
    F32(f32),
    I64(i64),
    U64(u64),
    Bool(bool),
    Str(String),
}

/// Floats by their bits, so that the zeros differ. Of 32 bits only these must come back: two texts may be equally short and near.
impl PartialEq for Read {
    fn eq(&self, other: &Read) -> bool {
        match (self, other) {
            (Read::F64(a), Read::F64(b)) => a.to_bits() == b.to_bits(),
            (Read::F32(a), Read::F32(b)) => a.to_bits() == b.to_bits(),
            (Read::F32(a), Read::F64(b)) | (Read::F64(b), Read::F32(a)) => {
                a.to_bits() == (*b as f32).to_bits()
            }
            (Read::I64(a), Read::I64(b)) => a == b,
            (Read::U64(a), Read::U64(b)) => a == b,
            (Read::Bool(a), Read::Bool(b)) => a == b,
            (Read::Str(a), Read::Str(b)) => a == b,
            _ => false,
        }
    }
}

/// A point as a server sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    measurement: String,
    tags: BTreeMap<String, String>,
    fields: Vec<(String, Read)>,
    /// In units of the request's precision.
    time: Option<i64>,
}

impl Line {
    /// What a server must make of a point that was written.
    pub fn written(
        point: &Point,
        defaults: &[(String, String)],
        dialect: Dialect,
        precision: Precision,
    ) -> Line {
        let own = point.tags().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let fields =
            point.fields().filter_map(|(key, value)| Some((key.to_owned(), written(&value, dialect)?)));
        Line {
            measurement: point.measurement().into(),
            tags: defaults.iter().cloned().chain(own).collect(),
            fields: fields.collect(),
            time: point.unix_nanos().map(|nanos| precision.floor(nanos)),
        }
    }
}

/// `None`: left out, since no server can hold it.
fn written(value: &Value, dialect: Dialect) -> Option<Read> {
    Some(match value {
        Value::F64(v) => Read::F64(v.is_finite().then_some(*v)?),
        Value::F32(v) => Read::F32(v.is_finite().then_some(*v)?),
        Value::I64(v) => Read::I64(*v),
        Value::U64(v) if dialect == Dialect::V1 => Read::I64(i64::try_from(*v).ok()?),
        Value::U64(v) => Read::U64(*v),
        Value::Bool(v) => Read::Bool(*v),
        Value::Str(v) => Read::Str(v.to_string()),
        _ => return None,
    })
}

/// What our reader reads.
///
/// # Panics
/// If a line cannot be read.
pub fn read(text: &str, dialect: Dialect, precision: Precision) -> Vec<Line> {
    points(text, dialect, precision)
        .map(|point| match point {
            Ok(point) => Line::written(&point, &[], dialect, precision),
            Err(error) => panic!("our reader does not read what was written: {error}"),
        })
        .collect()
}

/// What the parser of InfluxDB 3 reads.
///
/// # Panics
/// If a line cannot be read.
pub fn read_as_v3(text: &str) -> Vec<Line> {
    parse_lines(text)
        .map(|line| {
            let line = line.unwrap_or_else(|error| panic!("InfluxDB 3 does not read {text:?}: {error}"));
            let tags = line.series.tag_set.iter().flatten();
            let fields = line.field_set.iter().map(|(key, value)| {
                let value = match value {
                    FieldValue::F64(v) => Read::F64(*v),
                    FieldValue::I64(v) => Read::I64(*v),
                    FieldValue::U64(v) => Read::U64(*v),
                    FieldValue::Boolean(v) => Read::Bool(*v),
                    FieldValue::String(v) => Read::Str(v.to_string()),
                };
                (key.to_string(), value)
            });
            Line {
                measurement: line.series.measurement.to_string(),
                tags: tags.map(|(key, value)| (key.to_string(), value.to_string())).collect(),
                fields: fields.collect(),
                time: line.timestamp,
            }
        })
        .collect()
}

/// Whether nothing about the point gives a reason to refuse it.
pub fn is_plain(point: &Point, defaults: &[(String, String)], dialect: Dialect) -> bool {
    let plain = |text: &str| {
        let letters =
            text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b',' | b'='));
        // some of the names that begin so are kept by a server
        let reserved = text == "time" || text.starts_with('_');
        !text.is_empty() && text.len() < 1000 && letters && !reserved
    };
    let mut keys: Vec<&str> = point.tags().map(|(key, _)| key).collect();
    keys.extend(point.fields().map(|(key, _)| key));
    let own = keys.len();
    keys.extend(defaults.iter().map(|(key, _)| key.as_str()));
    let all_plain = plain(point.measurement()) && keys.iter().all(|key| plain(key));
    // a default yields to an own tag, but not to a field
    let field_is_default = keys[point.tags().count()..own].iter().any(|key| keys[own..].contains(key));
    keys.truncate(own);
    keys.sort_unstable();
    let unique = keys.windows(2).all(|pair| pair[0] != pair[1]);
    let values = point.tags().all(|(_, value)| plain(value))
        && defaults.iter().all(|(_, value)| plain(value))
        && point.fields().all(|(_, value)| match value {
            Value::Str(text) => plain(&text),
            value => written(&value, dialect).is_some(),
        });
    // no unit can round this out of the range
    let time =
        point.unix_nanos().is_none_or(|nanos| nanos.checked_abs().is_some_and(|nanos| nanos < i64::MAX / 2));
    let size = own + defaults.len() < 30;
    all_plain && unique && !field_is_default && values && time && size && point.fields().next().is_some()
}
