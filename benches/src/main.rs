//! The table of all encoders; see the README.

use std::process::{Command, ExitCode};

use influx_benches::allocations::Counting;
use influx_benches::check::first_wrong_line;
use influx_benches::data::Shape;
use influx_benches::encoders;
use influx_benches::measure::{Measured, measure};

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
    // a few allocations per run are none per point
    let text = |count: f64| if count < 0.05 { "0".to_owned() } else { format!("{count:.1}") };
    if text(least) == text(most) { text(most) } else { format!("{} to {}", text(least), text(most)) }
}

/// As much of a line as a cell can hold.
fn short(line: &str) -> String {
    let cut: String = line.chars().take(60).collect();
    let dots = if cut.len() < line.len() { ".." } else { "" };
    format!("{}{dots}", cut.replace('|', "\\|"))
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or_else(|| "rustc of unknown version".into(), |version| version.trim().to_owned())
}

/// What the program was compiled for, not what it runs on.
fn target() -> String {
    let vectors = if cfg!(target_feature = "avx512bw") {
        " with AVX-512"
    } else if cfg!(target_feature = "avx2") {
        " with AVX2"
    } else if cfg!(target_feature = "sse2") {
        " with SSE2, the baseline"
    } else {
        ", the baseline"
    };
    format!("compiled for {}{vectors}", std::env::consts::ARCH)
}
