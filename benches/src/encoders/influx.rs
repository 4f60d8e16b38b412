//! influx-core: the derive, the derive with default tags, and `Point`.

use std::mem::take;
use std::rc::Rc;

use influx_core::{Dialect, FieldValue, LineWriter, Point};

use crate::data::{Cpu, Esc, Points, Trade, cpu_fields, cpu_tags};
use crate::encoder::{Body, Encoder};

fn write_all(writer: &mut LineWriter, points: &Points) {
    let done = match points {
        Points::Trade(points) => writer.write_all(points),
        Points::CpuF64(points) => writer.write_all(points),
        Points::CpuI64(points) => writer.write_all(points),
        Points::Esc(points) => writer.write_all(points),
    };
    done.expect("points that can be written");
}

/// `#[derive(LineProtocol)]`.
#[derive(Default)]
pub struct Derive {
    points: Rc<Points>,
}

impl Encoder for Derive {
    fn name(&self) -> &'static str {
        "influx"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        let mut writer = LineWriter::with_buffer(Dialect::V2, take(&mut body.buffer));
        write_all(&mut writer, &self.points);
        body.buffer = writer.take();
    }
}

/// The derive, and two tags of the writer.
#[derive(Default)]
pub struct DefaultTags {
    points: Rc<Points>,
}

const DEFAULTS: [(&str, &str); 2] = [("env", "production"), ("zone", "eu-west-1b")];

impl Encoder for DefaultTags {
    fn name(&self) -> &'static str {
        "influx, 2 default tags"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        let mut writer = LineWriter::with_buffer(Dialect::V2, take(&mut body.buffer));
        for (key, value) in DEFAULTS {
            writer.default_tag(key, value).expect("a tag that can be written");
        }
        write_all(&mut writer, &self.points);
        body.buffer = writer.take();
    }

    fn extra_tags(&self) -> &'static [(&'static str, &'static str)] {
        &DEFAULTS
    }
}

/// A `Point` built for each point, then written.
#[derive(Default)]
pub struct Dynamic {
    points: Rc<Points>,
}

fn trade(x: &Trade) -> Point {
    Point::new("Trade")
        .tag("instrument", &x.instrument)
        .tag("source", &x.source)
        .tag("side", &x.side)
        .field("price", x.price)
        .field("size", x.size)
        .field("trade_id", &x.trade_id)
        .timestamp(x.time)
}

fn cpu<T: FieldValue + Copy>(x: &Cpu<T>) -> Point {
    let point = cpu_tags(x).into_iter().fold(Point::new("cpu"), |point, (key, value)| point.tag(key, value));
    cpu_fields(x).into_iter().fold(point, |point, (key, value)| point.field(key, value)).timestamp(x.time)
}

fn esc(x: &Esc) -> Point {
    Point::new("esc")
        .tag("city", &x.city)
        .tag("expr", &x.expr)
        .tag("plain", &x.plain)
        .field("message", &x.message)
        .field("value", x.value)
        .field("missing", x.missing)
        .timestamp(x.time)
}

fn write_built<P>(writer: &mut LineWriter, points: &[P], build: impl Fn(&P) -> Point) {
    for point in points {
        writer.write(&build(point)).expect("a point that can be written");
    }
}

impl Encoder for Dynamic {
    fn name(&self) -> &'static str {
        "influx `Point`, built and written"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        let mut writer = LineWriter::with_buffer(Dialect::V2, take(&mut body.buffer));
        match &*self.points {
            Points::Trade(points) => write_built(&mut writer, points, trade),
            Points::CpuF64(points) => write_built(&mut writer, points, cpu),
            Points::CpuI64(points) => write_built(&mut writer, points, cpu),
            Points::Esc(points) => write_built(&mut writer, points, esc),
        }
        body.buffer = writer.take();
    }
}
