//! Corpora of line protocol, in the form of a folder of `lp_*.json` files, run against the encoder and the reader; and a folder
//! `annotated_csv` of documents with the tables that come out of them, run against the decoder.
//!
//! The judges are the corpora's own expectations, measured on real servers and parsers, and the parser of the crate
//! `influxdb-line-protocol`, which InfluxDB 3.x uses.

mod annotated_csv;
mod encode;
mod judge;
mod model;

use std::path::Path;

use serde_json::Value;

/// How many cases of a folder passed, and what was wrong with the others.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Cases that passed.
    pub passed: usize,
    /// A line for each case that failed.
    pub failures: Vec<String>,
    /// A line for each file, and for what was left out.
    pub notes: Vec<String>,
}

type Case = fn(&Value) -> Result<(), String>;

const FILES: [(&str, Case); 5] = [
    ("lp_encoder_expectations.json", encode::expectation),
    ("lp_encode.json", encode::reference_encoder),
    ("lp_decode.json", encode::reference_decoder),
    ("lp_server_matrix.json", encode::server_matrix),
    ("lp_rust_parser.json", encode::rust_parser),
];

/// Runs every corpus of a folder.
///
/// # Errors
/// If a file cannot be read or is not of the expected form.
pub fn run(folder: &Path) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    for (name, case) in FILES {
        let path = folder.join(name);
        if !path.exists() {
            outcome.notes.push(format!("{name}: left out, it is not in the folder"));
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let json: Value =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let cases = json["cases"].as_array().ok_or_else(|| format!("{}: no list `cases`", path.display()))?;
        let before = outcome.failures.len();
        for one in cases {
            match case(one) {
                Ok(()) => outcome.passed += 1,
                Err(why) => outcome.failures.push(format!("{name}: {}: {why}", one["name"])),
            }
        }
        let failed = outcome.failures.len() - before;
        outcome.notes.push(format!("{name}: {} passed, {failed} failed", cases.len() - failed));
    }
    match ["annotated_csv", ""].map(|name| folder.join(name)).into_iter().find(|path| is_of_tables(path)) {
        Some(path) => tables(&path, &mut outcome)?,
        None => outcome.notes.push("annotated_csv: left out, it is not in the folder".to_owned()),
    }
    Ok(outcome)
}

/// Whether it is a folder of annotated CSV.
fn is_of_tables(folder: &Path) -> bool {
    let index = std::fs::read_to_string(folder.join("index.json")).unwrap_or_default();
    index.contains(".csv")
}

fn tables(folder: &Path, outcome: &mut Outcome) -> Result<(), String> {
    let documents = annotated_csv::documents(folder).map_err(|error| format!("annotated_csv: {error}"))?;
    let before = outcome.passed;
    for (name, body, expected) in &documents {
        match annotated_csv::document(body, expected) {
            Ok(()) => outcome.passed += 1,
            Err(why) => outcome.failures.push(format!("annotated_csv: {name}: {why}")),
        }
    }
    let passed = outcome.passed - before;
    outcome.notes.push(format!("annotated_csv: {passed} passed, {} failed", documents.len() - passed));
    Ok(())
}

/// Encodes a point for every dialect, and has each line read back by the judges of the dialect. What is refused must be
/// something that the wire cannot carry.
///
/// # Errors
/// What differed.
pub fn there_and_back(point: &influx_core::Point) -> Result<(), String> {
    encode::there_and_back(&model::Model::of_point(point))
}
