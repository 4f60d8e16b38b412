//! The table of all encoders; see the README.

use std::process::ExitCode;

use influx_benches::allocations::Counting;
use influx_benches::check::first_wrong_line;
use influx_benches::data::Shape;
use influx_benches::encoders;
use influx_benches::measure::{Measured, measure};
use influx_benches::report::{compiler, few, target};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str = "usage: influx-benches [--points N] [--rounds N] [--shape trade|cpu_f64|cpu_i64|esc] ...";

/// Enough to meet every text of the shapes that needs escaping.
const CHECKED: usize = 500;

struct Arguments {
    points: usize,
    rounds: usize,
    shapes: Vec<Shape>,
}

fn arguments() -> Option<Arguments> {
    let mut parsed = Arguments { points: 100_000, rounds: 15, shapes: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--points" => parsed.points = value.parse().ok().filter(|count| *count > 0)?,
            "--rounds" => parsed.rounds = value.parse().ok().filter(|count| *count > 0)?,
            "--shape" => parsed.shapes.push(Shape::named(&value)?),
            _ => return None,
        }
    }
    if parsed.shapes.is_empty() {
        parsed.shapes = Shape::ALL.to_vec();
    }
    Some(parsed)
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let columns: Vec<Vec<Measured>> = arguments
        .shapes
        .iter()
        .map(|&shape| measure(&mut encoders::all(), shape, arguments.points, arguments.rounds))
        .collect();
    println!("{}", table(&arguments.shapes, &columns));
    println!(
        "Nanoseconds of thread CPU time per point and, in brackets, the ratio to `influx`: medians over {} rounds of {} points in \
         random order. {}, {}.",
        arguments.rounds,
        arguments.points,
        compiler(),
        target(),
    );
    ExitCode::SUCCESS
}

fn table(shapes: &[Shape], columns: &[Vec<Measured>]) -> String {
    let names: Vec<_> = shapes.iter().map(|shape| shape.name()).collect();
    let mut table = format!("| encoder | {} | allocations per point | correct |\n", names.join(" | "));
    table += &format!("|---|{}---|---|", "---:|".repeat(shapes.len()));
    for (at, mut encoder) in encoders::all().into_iter().enumerate() {
        let cells: Vec<_> = columns
            .iter()
            .map(|column| format!("{:.1} ({:.2})", column[at].nanos, column[at].ratio))
            .collect();
        let allocations = allocations(columns.iter().map(|column| column[at].allocations));
        let wrong = shapes.iter().find_map(|&shape| {
            first_wrong_line(&mut *encoder, shape, CHECKED).map(|line| format!("no: `{}`", short(&line)))
        });
        let correct = wrong.unwrap_or_else(|| "yes".into());
        table += &format!("\n| {} | {} | {allocations} | {correct} |", encoder.name(), cells.join(" | "));
    }
    table
}

/// One number where the shapes agree, and otherwise the least and the most.
fn allocations(counts: impl Iterator<Item = f64> + Clone) -> String {
    let least = counts.clone().fold(f64::INFINITY, f64::min);
    let most = counts.fold(0.0, f64::max);
    if few(least) == few(most) { few(most) } else { format!("{} to {}", few(least), few(most)) }
}

/// As much of a line as a cell can hold.
fn short(line: &str) -> String {
    let cut: String = line.chars().take(60).collect();
    let dots = if cut.len() < line.len() { ".." } else { "" };
    format!("{}{dots}", cut.replace('|', "\\|"))
}
