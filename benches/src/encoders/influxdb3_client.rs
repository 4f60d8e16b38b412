//! Crate `influxdb3-client` 0.3, the official client of 3.x: points built, then encoded into the bodies that its `write` sends.

use std::rc::Rc;

use influxdb3_client::{FieldValue, Point, WriteInput, WriteOptions};

use crate::data::{Cpu, Esc, Points, Trade, cpu_fields, cpu_tags};
use crate::encoder::{Body, Encoder};

pub(crate) fn trade(x: &Trade) -> Point {
    Point::new("Trade")
        .tag("instrument", x.instrument.as_str())
        .tag("source", x.source.as_str())
        .tag("side", x.side.as_str())
        .field("price", x.price)
        .field("size", x.size)
        .field("trade_id", x.trade_id.as_str())
        .timestamp_nanos(x.time)
}

fn cpu<T: Into<FieldValue> + Copy>(x: &Cpu<T>) -> Point {
    let point = cpu_tags(x).into_iter().fold(Point::new("cpu"), |point, (key, value)| point.tag(key, value));
    cpu_fields(x)
        .into_iter()
        .fold(point, |point, (key, value)| point.field(key, value))
        .timestamp_nanos(x.time)
}

fn esc(x: &Esc) -> Point {
    let point = Point::new("esc")
        .tag("city", x.city.as_str())
        .tag("expr", x.expr.as_str())
        .tag("plain", x.plain.as_str())
        .field("message", x.message.as_str())
        .field("value", x.value);
    let point = match x.missing {
        Some(missing) => point.field("missing", missing),
        None => point,
    };
    point.timestamp_nanos(x.time)
}

fn send(points: Vec<Point>, body: &mut Body) {
    for batch in points.into_lp_batches(&WriteOptions::default()) {
        body.give(&batch.expect("points that can be written"));
        body.give(b"\n");
    }
}

#[derive(Default)]
pub struct Built {
    points: Rc<Points>,
}

impl Encoder for Built {
    fn name(&self) -> &'static str {
        "influxdb3-client 0.3 (official), built and written"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        let points = match &*self.points {
            Points::Trade(points) => points.iter().map(trade).collect(),
            Points::CpuF64(points) => points.iter().map(cpu).collect(),
            Points::CpuI64(points) => points.iter().map(cpu).collect(),
            Points::Esc(points) => points.iter().map(esc).collect(),
        };
        send(points, body);
    }
}
