//! Crate `influxdb-line-protocol` 2.0, InfluxData's own: `LineProtocolBuilder`.

use std::mem::take;
use std::rc::Rc;

use influxdb_line_protocol::LineProtocolBuilder;
use influxdb_line_protocol::builder::FieldValue;

use crate::data::{Cpu, Esc, Points, Trade};
use crate::encoder::{Body, Encoder};

fn trade(x: &Trade, out: Vec<u8>) -> Vec<u8> {
    LineProtocolBuilder::new_with(out)
        .measurement("Trade")
        .tag("instrument", &x.instrument)
        .tag("source", &x.source)
        .tag("side", &x.side)
        .field("price", x.price)
        .field("size", x.size)
        .field("trade_id", x.trade_id.as_str())
        .timestamp(x.time)
        .close_line()
        .build()
}

fn cpu<T: FieldValue + Copy>(x: &Cpu<T>, out: Vec<u8>) -> Vec<u8> {
    LineProtocolBuilder::new_with(out)
        .measurement("cpu")
        .tag("hostname", &x.hostname)
        .tag("region", &x.region)
        .tag("datacenter", &x.datacenter)
        .tag("rack", &x.rack)
        .tag("os", &x.os)
        .tag("arch", &x.arch)
        .tag("team", &x.team)
        .tag("service", &x.service)
        .tag("service_version", &x.service_version)
        .tag("service_environment", &x.service_environment)
        .field("usage_user", x.usage_user)
        .field("usage_system", x.usage_system)
        .field("usage_idle", x.usage_idle)
        .field("usage_nice", x.usage_nice)
        .field("usage_iowait", x.usage_iowait)
        .field("usage_irq", x.usage_irq)
        .field("usage_softirq", x.usage_softirq)
        .field("usage_steal", x.usage_steal)
        .field("usage_guest", x.usage_guest)
        .field("usage_guest_nice", x.usage_guest_nice)
        .timestamp(x.time)
        .close_line()
        .build()
}

fn esc(x: &Esc, out: Vec<u8>) -> Vec<u8> {
    let line = LineProtocolBuilder::new_with(out)
        .measurement("esc")
        .tag("city", &x.city)
        .tag("expr", &x.expr)
        .tag("plain", &x.plain)
        .field("message", x.message.as_str())
        .field("value", x.value);
    let line = match x.missing {
        Some(missing) => line.field("missing", missing),
        None => line,
    };
    line.timestamp(x.time).close_line().build()
}

#[derive(Default)]
pub struct Builder {
    points: Rc<Points>,
}

impl Encoder for Builder {
    fn name(&self) -> &'static str {
        "influxdb-line-protocol 2.0, builder"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        let out = take(&mut body.buffer);
        body.buffer = match &*self.points {
            Points::Trade(points) => points.iter().fold(out, |out, x| trade(x, out)),
            Points::CpuF64(points) => points.iter().fold(out, |out, x| cpu(x, out)),
            Points::CpuI64(points) => points.iter().fold(out, |out, x| cpu(x, out)),
            Points::Esc(points) => points.iter().fold(out, |out, x| esc(x, out)),
        };
    }
}
