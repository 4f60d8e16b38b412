//! The table of whole queries against a real server; see the README.

use std::error::Error;
use std::process::ExitCode;

use influx_benches::answer::{Format, Loads};
use influx_benches::measure::{interleaved, median, ratios};
use influx_benches::queries::{self, Place, Times};
use influx_benches::report::compiler;

const USAGE: &str = "usage: queries [--rows N] [--rounds N] [--python PATH]";

struct Arguments {
    rows: usize,
    rounds: usize,
    python: Option<String>,
}

fn arguments() -> Option<Arguments> {
    let mut parsed = Arguments { rows: 350_000, rounds: 7, python: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--rows" => parsed.rows = value.parse().ok().filter(|count| *count > 0)?,
            "--rounds" => parsed.rounds = value.parse().ok().filter(|count| *count > 0)?,
            "--python" => parsed.python = Some(value),
            _ => return None,
        }
    }
    Some(parsed)
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { rows, rounds, python }: Arguments) -> Result<(), Box<dyn Error>> {
    let loads = Loads::new(rows);
    let place = Place::with(&loads)?;
    for format in [Format::Json, Format::Msgpack] {
        if !place.answers_as_generated(&loads, format)? {
            return Err(format!("the server's {} is not the one that is generated", format.name()).into());
        }
    }
    let questions = queries::all(python);
    let verdicts: Vec<_> = questions.iter().map(|question| question.check(&place, &loads)).collect();
    let times = interleaved(questions.len(), rounds, |at| questions[at].ask(&place));
    let all_millis = |of: fn(&Times) -> f64| -> Vec<Vec<f64>> {
        times.iter().map(|times| times.iter().map(|times| of(times) * 1e3).collect()).collect()
    };
    let (first, last) =
        (all_millis(|times| times.first.as_secs_f64()), all_millis(|times| times.last.as_secs_f64()));
    let ratios = ratios(&last);
    println!("| query | first row, ms | all rows, ms | least to most | time | correct |");
    println!("|---|---:|---:|---:|---:|---|");
    for (at, (first, last)) in first.into_iter().zip(last).enumerate() {
        let (name, verdict) = (questions[at].name(), &verdicts[at]);
        let least = last.iter().copied().fold(f64::INFINITY, f64::min);
        let most = last.iter().copied().fold(0.0, f64::max);
        let (first, last, ratio) = (median(first), median(last), ratios[at]);
        println!("| {name} | {first:.0} | {last:.0} | {least:.0} to {most:.0} | {ratio:.2} | {verdict} |");
    }
    println!(
        "\nWall time, *time* as a multiple of the first row's: medians over {rounds} rounds in random order. {rows} rows, influxd {} on the \
         same machine, whose answer is that of the table of readers. {}.",
        place.version()?,
        compiler(),
    );
    Ok(())
}
