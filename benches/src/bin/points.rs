//! The points of a shape as lines, for encoders in other languages: `points SHAPE COUNT`. The first line is a comment with what
//! the derive takes per point, in nanoseconds, over 100,000 points.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::ExitCode;
use std::rc::Rc;

use influx_benches::data::{Points, Shape};
use influx_benches::encoder::{Body, Encoder};
use influx_benches::encoders::influx::Derive;
use influx_benches::measure::measure;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [shape, count] => Shape::named(shape).zip(count.parse().ok()),
        _ => None,
    };
    let Some((shape, count)) = parsed else {
        eprintln!("usage: points trade|cpu_f64|cpu_i64|esc COUNT");
        return ExitCode::FAILURE;
    };
    let nanos = measure(&mut [Box::<Derive>::default()], shape, 100_000, 15)[0].nanos;
    println!("# {nanos:.1}");
    let mut derive = Derive::default();
    derive.prepare(&Rc::new(Points::new(shape, count)));
    let mut body = Body { keep: true, ..Body::default() };
    derive.encode(&mut body);
    if std::io::stdout().write_all(&body.buffer).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
