//! Judges of an encoded line, and the naive statement of what must be refused.

use influx_core::decode::line_protocol;
use influx_core::{Dialect, Precision, Value as Field};
use influxdb_line_protocol::{FieldValue, parse_lines};

use super::model::Model;

/// What the reader of the dialect makes of a text: its points, or the first error.
pub(super) fn reader(text: &str, dialect: Dialect, precision: Precision) -> Result<Vec<Model>, String> {
    let points = line_protocol::points(text, dialect, precision);
    points
        .map(|point| point.map(|point| Model::of_point(&point)).map_err(|error| error.to_string()))
        .collect()
}

/// What the parser of InfluxDB 3.x makes of a text.
pub(super) fn parser_of_v3(text: &str) -> Result<Vec<Model>, String> {
    let one = |line: influxdb_line_protocol::ParsedLine<'_>| Model {
        measurement: line.series.measurement.to_string(),
        tags: line.series.tag_set.iter().flatten().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        fields: line.field_set.iter().map(|(key, value)| (key.to_string(), field(value))).collect(),
        time: line.timestamp,
    };
    parse_lines(text).map(|line| line.map(one).map_err(|error| error.to_string())).collect()
}

fn field(value: &FieldValue<'_>) -> Field {
    match value {
        FieldValue::I64(v) => Field::I64(*v),
        FieldValue::U64(v) => Field::U64(*v),
        FieldValue::F64(v) => Field::F64(*v),
        FieldValue::String(v) => Field::Str(v.as_str().into()),
        FieldValue::Boolean(v) => Field::Bool(*v),
    }
}

/// Why a point must be refused, if it must: the table of what the wire cannot carry.
pub(super) fn refusal(model: &Model, dialect: Dialect) -> Option<String> {
    let v3 = dialect == Dialect::V3;
    let name = |what: &str, name: &str, key: bool| {
        let control = |c: char| c.is_ascii_control() || (v3 && key && c.is_control());
        let wrong =
            name.is_empty() || name.ends_with('\\') || name.contains(control) || (v3 && name.len() > 65_536);
        wrong.then(|| format!("{what} {name:?}"))
    };
    let m = &model.measurement;
    let before_special = |specials: &[char]| specials.iter().any(|c| m.contains(&format!("\\{c}")));
    if let Some(why) = name("measurement", m, false) {
        return Some(why);
    }
    // names by which 1.x answers `SHOW`, and the variables of its queries
    const HIDDEN: [&str; 7] =
        ["_name", "_series", "_tagKeys", "_fieldKeys", "_measurements", "_tagKey", "_tags"];
    const HIDDEN_FIELDS: [&str; 5] = ["_name", "_seriesKey", "_fieldKey", "_tagKey", "_tagValue"];
    let v1 = dialect == Dialect::V1;
    if v1 && HIDDEN.contains(&m.as_str()) {
        return Some(format!("measurement {m:?}, which 1.x never shows"));
    }
    if m.starts_with(['#', '\u{feff}']) || (!v3 && before_special(&[',', '=', ' ', '"'])) {
        return Some(format!("measurement {m:?}"));
    }
    for (key, value) in &model.tags {
        if value.is_empty() {
            continue;
        }
        if let Some(why) = name("tag key", key, true).or_else(|| name("tag value", value, false)) {
            return Some(why);
        }
        // the columns by which Flux knows points and tables
        const FLUX: [&str; 6] = ["_field", "_measurement", "_value", "_time", "_start", "_stop"];
        let reserved =
            (dialect == Dialect::V2 && FLUX.contains(&key.as_str())) || (v3 && key == "__chunk_order");
        if key == "time" || reserved || model.tags.iter().filter(|(other, _)| other == key).count() > 1 {
            return Some(format!("tag key {key:?}"));
        }
        if model.fields.iter().any(|(field, _)| field == key) {
            return Some(format!("tag and field {key:?}"));
        }
    }
    for (key, value) in &model.fields {
        if let Some(why) = name("field key", key, true) {
            return Some(why);
        }
        if key == "time" || model.fields.iter().filter(|(other, _)| other == key).count() > 1 {
            return Some(format!("field key {key:?}"));
        }
        if (v1 && HIDDEN_FIELDS.contains(&key.as_str())) || (v3 && key == "__chunk_order") {
            return Some(format!("field key {key:?}, which is kept"));
        }
        if !v3 && odd_run_before_special(key) {
            return Some(format!("backslashes in field key {key:?}"));
        }
        let impossible = match value {
            Field::F64(v) => !v.is_finite(),
            Field::U64(v) => dialect == Dialect::V1 && *v > i64::MAX as u64,
            Field::Str(text) => v3 && text.len() > 65_536,
            _ => false,
        };
        if impossible {
            return Some(format!("value of {key:?}"));
        }
    }
    if model.fields.is_empty() {
        return Some("no field".to_owned());
    }
    let range = if v3 { i64::MIN..=i64::MAX } else { i64::MIN + 2..=i64::MAX - 1 };
    if model.time.is_some_and(|time| !range.contains(&time)) {
        return Some(format!("time {:?}", model.time));
    }
    if !v3 && !ends_at_its_end(&line(model)) {
        return Some("tags that hide where the line ends".to_owned());
    }
    let long = series_key(model) > 65_535 && !v3;
    long.then(|| "a series key over the limit".to_owned())
}

/// Bytes of the escaped measurement and tags, 4 more, and the longest field key.
fn series_key(model: &Model) -> usize {
    let escaped = |text: &str, specials: &[char]| text.len() + text.matches(specials).count();
    let tag = |text: &str| escaped(text, &[',', '=', ' ']) + 1;
    let tags: usize = model.tags.iter().map(|(key, value)| tag(key) + tag(value)).sum();
    let field = model.fields.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    escaped(&model.measurement, &[',', ' ']) + tags + 4 + field
}

/// The point for 1.x and 2.x, with 1 for all numbers.
fn line(model: &Model) -> String {
    let escaped = |text: &str| text.replace(',', "\\,").replace(' ', "\\ ");
    let name = |text: &str| escaped(text).replace('=', "\\=");
    let mut tags: Vec<_> = model.tags.iter().filter(|(_, value)| !value.is_empty()).collect();
    tags.sort();
    let tags: String = tags.iter().map(|(key, value)| format!(",{}={}", name(key), name(value))).collect();
    let fields = model.fields.iter().map(|(key, value)| {
        let value = match value {
            Field::Str(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            _ => "1".to_owned(),
        };
        format!("{}={value}", name(key).replace("\\\"", "\\\\\""))
    });
    format!("{}{tags} {}\n", escaped(&model.measurement), fields.collect::<Vec<_>>().join(","))
}

/// Whether the servers' loop over the bytes of lines finds the line feed behind this one.
fn ends_at_its_end(line: &str) -> bool {
    let line = line.as_bytes();
    let (mut quoted, mut fields, mut equals, mut commas, mut at) = (false, false, 0, 0, 0);
    while at < line.len() {
        match line[at] {
            b'\\' if at + 2 < line.len() => at += 1,
            b' ' => fields = true,
            b'=' if fields && !quoted => equals += 1,
            b',' if fields && !quoted => commas += 1,
            b'"' if fields && equals > commas => quoted = !quoted,
            b'\n' if !quoted => return at + 1 == line.len(),
            _ => {}
        }
        at += 1;
    }
    false
}

fn odd_run_before_special(key: &str) -> bool {
    let mut run = 0;
    for c in key.chars() {
        if matches!(c, ',' | '=' | ' ') && run % 2 == 1 {
            return true;
        }
        run = if c == '\\' { run + 1 } else { 0 };
    }
    false
}
