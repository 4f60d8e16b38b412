//! Corpora of line protocol, in the form of a folder of `lp_*.json` files, run against the encoder and the reader.
//!
//! The judges are the corpora's own expectations, measured on real servers and parsers, and the parser of the crate
//! `influxdb-line-protocol`, which InfluxDB 3.x uses.

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
    Ok(outcome)
}

/// Encodes a point for every dialect, and has each line read back by the judges of the dialect. What is refused must be
/// something that the wire cannot carry.
///
/// # Errors
/// What differed.
pub fn there_and_back(point: &influx_core::Point) -> Result<(), String> {
    encode::there_and_back(&model::Model::of_point(point))
}
