//! Points as InfluxDB 1.x answers a query for them.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;

use influx_core::{Point, Value};
use serde_json::{Value as Json, json};

/// The body of the answer to `SELECT *`: a series of each measurement, its columns in the order of their names behind the time.
pub(super) fn body(points: &[Point]) -> String {
    let mut measurements: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
    for point in points {
        measurements.entry(point.measurement()).or_default().push(point);
    }
    let series: Vec<Json> = measurements.iter().map(|(name, points)| series(name, points)).collect();
    let result = if series.is_empty() {
        json!({"statement_id": 0})
    } else {
        json!({"statement_id": 0, "series": series})
    };
    json!({ "results": [result] }).to_string() + "\n"
}

fn series(name: &str, points: &[&Point]) -> Json {
    let cells: Vec<BTreeMap<&str, Json>> = points
        .iter()
        .map(|point| {
            let tags = point.tags().map(|(key, text)| (key, json!(text)));
            tags.chain(point.fields().map(|(key, value)| (key, cell(value)))).collect()
        })
        .collect();
    let names: BTreeSet<&str> = cells.iter().flat_map(|cells| cells.keys().copied()).collect();
    let columns: Vec<&str> = once("time").chain(names.iter().copied()).collect();
    let rows = points.iter().zip(&cells).map(|(point, cells)| {
        let time = json!(point.unix_nanos().unwrap_or(0));
        let values = names.iter().map(|name| cells.get(name).cloned().unwrap_or(Json::Null));
        once(time).chain(values).collect::<Vec<_>>()
    });
    json!({"name": name, "columns": columns, "values": rows.collect::<Vec<_>>()})
}

fn cell(value: Value) -> Json {
    match value {
        Value::F64(v) => json!(v),
        // with the digits that it is written with
        Value::F32(v) => v.to_string().parse::<f64>().map_or(Json::Null, |v| json!(v)),
        Value::I64(v) => json!(v),
        Value::U64(v) => json!(v),
        Value::Bool(v) => json!(v),
        Value::Str(v) => json!(v),
        // a kind of value that JSON has no form for
        _ => Json::Null,
    }
}
