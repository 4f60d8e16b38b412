//! The answer that the readers read, for readers in other languages: `answer ROWS`. The first line has the nanoseconds per row that the
//! first reader takes over 350,000 rows, and the sum of the answer's values; behind it is the JSON.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::ExitCode;

use influx_benches::answer::{Answer, Format, Loads};
use influx_benches::measure::{interleaved, median, thread_time};
use influx_benches::reader::Reader;
use influx_benches::readers::influx::Lent;

const MEASURED: usize = 350_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(rows) = (match arguments.as_slice() {
        [rows] => rows.parse().ok(),
        _ => None,
    }) else {
        eprintln!("usage: answer ROWS");
        return ExitCode::FAILURE;
    };
    let loads = Loads::new(rows);
    println!("# {:.1} {}", nanos_per_row(), loads.sum().values);
    let answer = Answer::new(&loads, Format::Json);
    if std::io::stdout().write_all(answer.bytes()).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn nanos_per_row() -> f64 {
    let answer = Answer::new(&Loads::new(MEASURED), Format::Json);
    let times = interleaved(1, 15, |_| {
        let start = thread_time();
        std::hint::black_box((Reader::of::<Lent>().sum)(&answer));
        (thread_time() - start).as_nanos() as f64
    });
    median(times.into_iter().flatten().collect()) / MEASURED as f64
}
