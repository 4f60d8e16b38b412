//! One encoder on one shape, or one reader on one kind of answer, for a tool that counts instructions:
//! `instructions ENCODER SHAPE POINTS REPEATS`, `instructions READER FORMAT ROWS REPEATS`. Two runs that differ in their repeats give
//! the instructions per point or row; see `instructions.sh`.

use std::process::ExitCode;
use std::rc::Rc;

use influx_benches::answer::{Answer, Format, Loads};
use influx_benches::data::{Points, Shape};
use influx_benches::encoder::{Body, Encoder};
use influx_benches::encoders;
use influx_benches::reader::Reader;
use influx_benches::readers;
use influx_core::{Dialect, Precision, lines};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, kind, count, repeats] = arguments.as_slice() else { return usage() };
    let (Ok(count), Ok(repeats)) = (count.parse(), repeats.parse::<u32>()) else { return usage() };
    if let Some((pass, shape)) = pass(name).zip(Shape::named(kind)) {
        look(pass, &Points::new(shape, count), repeats);
    } else if let Some((encoder, shape)) = encoder(name).zip(Shape::named(kind)) {
        encode(encoder, &Points::new(shape, count), repeats);
    } else if let Some((reader, format)) =
        reader(name).zip(Format::named(kind)).filter(|(r, f)| r.format == *f)
    {
        read(reader, &Answer::new(&Loads::new(count), format), repeats);
    } else {
        return usage();
    }
    ExitCode::SUCCESS
}

fn encoder(name: &str) -> Option<Box<dyn Encoder>> {
    Some(match name {
        "influx" => Box::<encoders::influx::Derive>::default(),
        "default_tags" => Box::<encoders::influx::DefaultTags>::default(),
        "point" => Box::<encoders::influx::Dynamic>::default(),
        #[cfg(target_arch = "x86_64")]
        "limit" => Box::<encoders::limit::Limit>::default(),
        _ => return None,
    })
}

/// What is found in encoded lines.
type Pass = fn(&[u8]) -> usize;

fn pass(name: &str) -> Option<Pass> {
    Some(match name {
        "check" => |text| lines::check(text, Dialect::V2, Precision::Ns).filter(Result::is_ok).count(),
        "repeats" => |text| lines::repeats(text).count(),
        _ => return None,
    })
}

fn reader(name: &str) -> Option<Reader> {
    Some(match name {
        "lent" => Reader::of::<readers::influx::Lent>(),
        "borrowed" => Reader::of::<readers::influx::Borrowed>(),
        "msgpack" => Reader::of::<readers::influx::LentMsgpack>(),
        "csv" => Reader::of::<readers::influx::LentCsv>(),
        "csv_small" => Reader::of::<readers::influx::LentCsvInSmallFrames>(),
        "csv_borrowed" => Reader::of::<readers::influx::BorrowedCsv>(),
        "small" => Reader::of::<readers::influx::LentInSmallFrames>(),
        #[cfg(feature = "peers")]
        "rmp_serde" => Reader::of::<readers::rmp_serde::Borrowed>(),
        "owned" => Reader::of::<readers::influx::Owned>(),
        #[cfg(target_arch = "x86_64")]
        "limit" => Reader::of::<readers::limit::Limit>(),
        _ => return None,
    })
}

fn encode(mut encoder: Box<dyn Encoder>, points: &Points, repeats: u32) {
    encoder.prepare(&Rc::new(points.clone()));
    let mut body = Body::default();
    for _ in 0..repeats {
        body.buffer.clear();
        encoder.encode(&mut body);
        std::hint::black_box(body.buffer.as_slice());
    }
}

fn look(pass: Pass, points: &Points, repeats: u32) {
    let mut encoder = encoders::influx::Derive::default();
    encoder.prepare(&Rc::new(points.clone()));
    let mut body = Body::default();
    encoder.encode(&mut body);
    for _ in 0..repeats {
        std::hint::black_box(pass(std::hint::black_box(&body.buffer)));
    }
}

fn read(reader: Reader, answer: &Answer, repeats: u32) {
    for _ in 0..repeats {
        std::hint::black_box((reader.sum)(answer));
    }
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: instructions influx|default_tags|point|check|repeats|limit trade|cpu_f64|cpu_i64|esc POINTS REPEATS"
    );
    eprintln!("       instructions lent|small|borrowed|owned|limit json ROWS REPEATS");
    eprintln!("       instructions msgpack msgpack ROWS REPEATS");
    eprintln!("       instructions csv|csv_small|csv_borrowed csv ROWS REPEATS");
    ExitCode::FAILURE
}
