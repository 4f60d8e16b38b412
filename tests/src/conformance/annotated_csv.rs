//! Documents of annotated CSV, each with the tables that come out of it.

use std::path::Path;

use influx_core::decode::WholeSeries;
use influx_core::decode::annotated_csv::Options;
use influx_core::{OwnedRow, OwnedValue};
use serde_json::{Value, json};

/// The sizes of the pieces in which each document is read once more.
const SPLITS: [usize; 8] = [1, 2, 3, 5, 7, 16, 64, 1_460];

/// The documents that the folder's index lists, each with its name and what is to come out.
///
/// # Errors
/// If a file cannot be read or is not of the expected form.
pub(super) fn documents(folder: &Path) -> Result<Vec<(String, Vec<u8>, Value)>, String> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let parse = |name: &str| -> Result<Value, String> {
        serde_json::from_slice(&read(name)?).map_err(|error| format!("{name}: {error}"))
    };
    let index = parse("index.json")?;
    let list = index["docs"].as_array().ok_or("index.json: no list `docs`")?;
    let text =
        |one: &Value, key: &str| one[key].as_str().map(str::to_owned).ok_or(format!("no {key} in {one}"));
    list.iter()
        .map(|one| Ok((text(one, "name")?, read(&text(one, "csv")?)?, parse(&text(one, "expected")?)?)))
        .collect()
}

/// Reads a document, whole and in pieces.
///
/// # Errors
/// What differed.
pub(super) fn document(body: &[u8], expected: &Value) -> Result<(), String> {
    let mut splits = vec![body.len().max(1)];
    splits.extend(SPLITS);
    for size in splits {
        let read = read(body, size);
        compare(&read, &expected["expected"]).map_err(|why| format!("in pieces of {size} bytes: {why}"))?;
    }
    Ok(())
}

struct Read {
    results: Value,
    /// The server's error.
    error: Value,
    /// Others.
    failures: Vec<String>,
}

fn read(body: &[u8], size: usize) -> Read {
    // some of the documents are without the last line end
    let options = Options::new().open_end(!body.ends_with(b"\n"));
    let mut tables = WholeSeries::<OwnedRow, &[u8]>::new(options);
    body.chunks(size).for_each(|piece| tables.push(piece));
    tables.finish();
    let (mut results, mut error, mut failures) = (Vec::<Value>::new(), Value::Null, Vec::new());
    while let Some(table) = tables.next_series() {
        let table = match table {
            Ok(table) => table,
            Err(found) => {
                match found.server_message() {
                    Some(message) => {
                        error = json!({"message": message, "reference": found.server_reference().unwrap_or_default()});
                    }
                    None => failures.push(found.to_string()),
                }
                continue;
            }
        };
        let header = &table.columns;
        let name = header.result().unwrap_or_default();
        if results.last().is_none_or(|last| last["name"] != name) {
            results.push(json!({"name": name, "tables": []}));
        }
        let columns = header.columns().iter().skip(2);
        let shown: Vec<Value> = columns
            .map(|column| json!({"label": column.name, "datatype": column.datatype, "group": column.group}))
            .collect();
        let key: serde_json::Map<_, _> =
            header.group_key().map(|(name, value)| (name.to_owned(), cell(&value.into()))).collect();
        let rows: Vec<Value> =
            table.rows.iter().map(|row| row.values().iter().skip(2).map(cell).collect()).collect();
        let table = json!({"table": header.table(), "columns": shown, "group_key": key, "rows": rows});
        let tables = results.last_mut().and_then(|last| last["tables"].as_array_mut());
        add(tables.expect("a result of tables"), table);
    }
    Read { results: results.into(), error, failures }
}

/// Adds a table. Some documents have columns in the group key that change within a table: each value begins another table for us, which
/// is put together here. So are, on both sides, tables of one number that follow each other.
fn add(tables: &mut Vec<Value>, mut table: Value) {
    match tables.last_mut() {
        Some(last) if ["table", "columns"].iter().all(|key| last[key] == table[key]) => {
            let (known, more) = (last["rows"].as_array_mut(), table["rows"].as_array_mut());
            known.expect("rows").append(more.expect("rows"));
        }
        _ => tables.push(table),
    }
}

fn cell(value: &OwnedValue) -> Value {
    match value {
        OwnedValue::Null => Value::Null,
        OwnedValue::Bool(v) => json!(v),
        OwnedValue::I64(v) | OwnedValue::Time(v) => json!(v),
        OwnedValue::U64(v) => json!(v),
        OwnedValue::F64(v) if v.is_nan() => json!("NaN"),
        OwnedValue::F64(v) if v.is_infinite() => json!(if *v > 0.0 { "+Inf" } else { "-Inf" }),
        OwnedValue::F64(v) => json!(v),
        OwnedValue::Str(v) => json!(v),
        other => json!(format!("unexpected {other:?}")),
    }
}

fn compare(read: &Read, expected: &Value) -> Result<(), String> {
    if expected.is_null() || !expected["malformed"].is_null() {
        return if read.failures.is_empty() {
            Err(format!("no error, as expected: {expected}"))
        } else {
            Ok(())
        };
    }
    if let Some(failure) = read.failures.first() {
        return Err(format!("an error: {failure}"));
    }
    if !same(&read.error, &expected["error"]) {
        return Err(format!("the error {} instead of {}", read.error, expected["error"]));
    }
    let mut results = expected["results"].clone();
    for result in results.as_array_mut().into_iter().flatten() {
        let mut tables = Vec::new();
        if let Some(each) = result["tables"].as_array_mut() {
            each.drain(..).for_each(|table| add(&mut tables, table));
        }
        result["tables"] = tables.into();
    }
    if !same(&read.results, &results) {
        return Err(format!("{}\ninstead of {results}", read.results));
    }
    Ok(())
}

/// Whether both are the same, numbers by their values.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            a.as_f64().map(f64::to_bits) == b.as_f64().map(f64::to_bits)
        }
        // a time that 64 bits cannot say stays a text
        (Value::String(text), Value::Number(b)) => b.as_i64().is_none() && text.ends_with('Z'),
        _ => found == expected,
    }
}
