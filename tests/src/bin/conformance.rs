//! `conformance DIR`: runs every corpus of a folder, of line protocol and of annotated CSV, and ends with `N passed, M failed`.

#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: conformance DIR, a folder with lp_*.json, one called annotated_csv, or both");
        return ExitCode::from(2);
    };
    let outcome = match influx_tests::conformance::run(Path::new(&folder)) {
        Ok(outcome) => outcome,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    for line in outcome.failures.iter().take(100).chain(&outcome.notes) {
        println!("{line}");
    }
    println!("{} passed, {} failed", outcome.passed, outcome.failures.len());
    if outcome.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
