//! The table of all readers; see the README.

use std::process::ExitCode;

use influx_benches::allocations::{self, Counting};
use influx_benches::answer::{Answer, Format, Loads};
use influx_benches::measure::{interleaved, median, ratios, settle, thread_time};
use influx_benches::reader::Reader;
use influx_benches::readers;
use influx_benches::report::{compiler, target};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const USAGE: &str = "usage: reading [--rows N] [--rounds N]";

struct Arguments {
    rows: usize,
    rounds: usize,
}

fn arguments() -> Option<Arguments> {
    let mut parsed = Arguments { rows: 350_000, rounds: 15 };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?.parse().ok().filter(|count| *count > 0)?;
        match name.as_str() {
            "--rows" => parsed.rows = value,
            "--rounds" => parsed.rounds = value,
            _ => return None,
        }
    }
    Some(parsed)
}

fn main() -> ExitCode {
    let Some(Arguments { rows, rounds }) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let loads = Loads::new(rows);
    let of = |format| Answer::new(&loads, format);
    let answers = [of(Format::Json), of(Format::Msgpack), of(Format::Csv)];
    let influxql = table(&readers::all(), &answers, &loads, rounds);
    println!();
    let flux = table(&readers::of_csv(), &answers, &loads, rounds);
    let megabytes = answers.each_ref().map(|answer| answer.bytes().len() as f64 / 1e6);
    println!(
        "\nThread CPU time, *time* as a multiple of the first row's of its table: medians over {rounds} rounds in random order. {rows} rows, \
         {:.1} MB of JSON, {:.1} MB of msgpack or {:.1} MB of annotated CSV. {}, {}.",
        megabytes[0],
        megabytes[1],
        megabytes[2],
        compiler(),
        target(),
    );
    if influxql && flux { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the table of these readers; whether ours are right.
fn table(readers: &[Reader], answers: &[Answer], loads: &Loads, rounds: usize) -> bool {
    let rows = loads.count();
    let answer = |reader: &Reader| {
        let found = answers.iter().find(|answer| answer.format() == reader.format);
        found.expect("an answer in each format")
    };
    let verdicts: Vec<_> = readers.iter().map(|reader| (reader.check)(answer(reader), loads)).collect();
    let allocations: Vec<_> =
        readers.iter().map(|reader| allocations(reader, answer(reader), rows)).collect();
    let times = interleaved(readers.len(), rounds, |at| {
        settle();
        let reader = &readers[at];
        let start = thread_time();
        std::hint::black_box((reader.sum)(answer(reader)));
        (thread_time() - start).as_secs_f64()
    });
    let ratios = ratios(&times);
    println!("| reader | answer | MB/s | ns per row | time | allocations per row | correct |");
    println!("|---|---|---:|---:|---:|---:|---|");
    for (at, times) in times.into_iter().enumerate() {
        let (reader, seconds) = (&readers[at], median(times));
        println!(
            "| {} | {} | {:.0} | {:.1} | {:.2} | {} | {} |",
            reader.name,
            reader.format.name(),
            answer(reader).bytes().len() as f64 / seconds / 1e6,
            seconds * 1e9 / rows as f64,
            ratios[at],
            allocations[at],
            verdicts[at],
        );
    }
    let is_right =
        |(reader, verdict): (&Reader, &String)| !reader.name.starts_with("influx,") || verdict == "yes";
    readers.iter().zip(&verdicts).all(is_right)
}

fn allocations(reader: &Reader, answer: &Answer, rows: usize) -> String {
    let before = allocations::count();
    std::hint::black_box((reader.sum)(answer));
    let per_row = (allocations::count() - before) as f64 / rows as f64;
    if per_row < 0.005 { "0".to_owned() } else { format!("{per_row:.2}") }
}
