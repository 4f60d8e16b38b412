//! One encoder on one shape, for a tool that counts instructions: `instructions ENCODER SHAPE POINTS REPEATS`. Two runs that differ
//! in their repeats give the instructions per point; see `instructions.sh`.

use std::process::ExitCode;
use std::rc::Rc;

use influx_benches::data::{Points, Shape};
use influx_benches::encoder::{Body, Encoder};
use influx_benches::encoders;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [encoder, shape, points, repeats] = arguments.as_slice() else { return usage() };
    let encoder: Option<Box<dyn Encoder>> = match encoder.as_str() {
        "influx" => Some(Box::<encoders::influx::Derive>::default()),
        "default_tags" => Some(Box::<encoders::influx::DefaultTags>::default()),
        "point" => Some(Box::<encoders::influx::Dynamic>::default()),
        #[cfg(target_arch = "x86_64")]
        "limit" => Some(Box::<encoders::limit::Limit>::default()),
        _ => None,
    };
    let (Some(mut encoder), Some(shape), Ok(points), Ok(repeats)) =
        (encoder, Shape::named(shape), points.parse(), repeats.parse::<u32>())
    else {
        return usage();
    };
    encoder.prepare(&Rc::new(Points::new(shape, points)));
    let mut body = Body::default();
    for _ in 0..repeats {
        body.buffer.clear();
        encoder.encode(&mut body);
        std::hint::black_box(body.buffer.as_slice());
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: instructions influx|default_tags|point|limit trade|cpu_f64|cpu_i64|esc POINTS REPEATS");
    ExitCode::FAILURE
}
