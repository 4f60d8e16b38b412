//! The table of all writers; see the README.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use influx_benches::allocations::Counting;
use influx_benches::data::{Trade, trades};
use influx_benches::measure::{interleaved, median, process_time, ratios, settle};
use influx_benches::report::{compiler, target};
use influx_benches::writers::{self, BATCH, Seen, Server, Writer};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str =
    "usage: writers [--points N] [--passes N] [--rounds N] [--only TEXT] [--python INTERPRETER]";

struct Arguments {
    points: usize,
    passes: usize,
    rounds: usize,
    /// What a name must have in it, for profiles.
    only: String,
    /// With influxdb-client.
    python: Option<String>,
}

fn arguments() -> Option<Arguments> {
    let mut parsed = Arguments { points: 100_000, passes: 5, rounds: 11, only: String::new(), python: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        let number = value.parse().ok().filter(|count| *count > 0);
        match name.as_str() {
            "--points" => parsed.points = number?,
            "--passes" => parsed.passes = number?,
            "--rounds" => parsed.rounds = number?,
            "--only" => parsed.only = value,
            "--python" => parsed.python = Some(value),
            _ => return None,
        }
    }
    Some(parsed)
}

/// One run of one writer, per point.
struct Run {
    /// Nanoseconds on a processor: of the threads that give, and of all threads but the server's.
    giving: f64,
    all: f64,
    allocations: f64,
    points_per_second: f64,
    complete: bool,
}

fn run(writer: &mut dyn Writer, seen: &Seen, points: &Arc<[Trade]>, passes: usize) -> Run {
    settle();
    let passes = writer.passes(passes);
    let count = (points.len() * passes) as f64;
    let (lines, served, process, start) = (seen.lines(), seen.time(), process_time(), Instant::now());
    let giving = writer.give(points, passes);
    let (wall, process) = (start.elapsed(), process_time() - process);
    let process = process.saturating_sub(seen.time() - served) + giving.elsewhere;
    Run {
        giving: giving.time.as_nanos() as f64 / count,
        all: process.as_nanos() as f64 / count,
        allocations: giving.allocations as f64 / count,
        points_per_second: count / wall.as_secs_f64(),
        complete: !writer.sends() || (seen.lines() - lines) as f64 == count,
    }
}

fn main() -> ExitCode {
    let Some(Arguments { points, passes, rounds, only, python }) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let server = match Server::start() {
        Ok(server) => server,
        Err(error) => {
            eprintln!("a server on loopback: {error}");
            return ExitCode::FAILURE;
        }
    };
    let seen = server.seen();
    let given: Arc<[Trade]> = trades(points).into();
    let mut writers = writers::all(&server, &given, python.as_deref());
    writers.retain(|writer| writer.name().contains(&only));
    // the first run connects, and lets buffers grow
    for writer in &mut writers {
        run(&mut **writer, &seen, &given, 1);
    }
    let runs = interleaved(writers.len(), rounds, |at| run(&mut *writers[at], &seen, &given, passes));
    let all = |of: fn(&Run) -> f64| -> Vec<Vec<f64>> {
        runs.iter().map(|runs| runs.iter().map(of).collect()).collect()
    };
    let ratios = ratios(&all(|run| run.giving));
    let [giving, whole, allocations, speed] = [
        |run: &Run| run.giving,
        |run: &Run| run.all,
        |run: &Run| run.allocations,
        |run: &Run| run.points_per_second,
    ]
    .map(|of: fn(&Run) -> f64| all(of).into_iter().map(median).collect::<Vec<_>>());
    println!(
        "| writer | giving, ns | × encoding | all threads, ns | points/s | allocations per point | complete |"
    );
    println!("|---|---:|---:|---:|---:|---:|---|");
    let mut right = true;
    for (at, writer) in writers.iter().enumerate() {
        let complete = runs[at].iter().all(|run| run.complete);
        right &= complete;
        println!(
            "| {} | {:.1} | {:.2} | {:.1} | {:.0} | {} | {} |",
            writer.name(),
            giving[at],
            ratios[at],
            whole[at],
            speed[at],
            if writer.counts_allocations() { format!("{:.4}", allocations[at]) } else { String::new() },
            if complete { "yes" } else { "no" },
        );
    }
    println!(
        "\nPer point of `trade`, CPU time, in batches of {BATCH}: medians over {rounds} rounds in random order of {} points. {}, {}.",
        points * passes,
        compiler(),
        target(),
    );
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
