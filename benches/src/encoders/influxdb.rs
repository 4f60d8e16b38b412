//! Crate `influxdb` 0.8: `derive(InfluxDbWriteable)`, then queries built from lists. The derived conversion consumes the struct, so
//! the structs borrow their strings: the cheapest way to use it.

use std::rc::Rc;

use influxdb::{InfluxDbWriteable, Query, Timestamp, WriteQuery};

use crate::data::{self, Points};
use crate::encoder::{Body, Encoder};

/// What a user sends in one request.
const BATCH: usize = 5000;

// the derive wants a time of its own type
#[derive(Clone, Copy)]
struct Nanos(i64);

impl From<Nanos> for Timestamp {
    fn from(time: Nanos) -> Self {
        Timestamp::Nanoseconds(time.0 as u128)
    }
}

// the derive makes a module of a fixed name, so one struct per module
mod trade {
    use super::*;

    #[derive(InfluxDbWriteable)]
    pub(super) struct Trade<'a> {
        #[influxdb(tag)]
        instrument: &'a str,
        #[influxdb(tag)]
        source: &'a str,
        #[influxdb(tag)]
        side: &'a str,
        price: f64,
        size: i64,
        trade_id: &'a str,
        time: Nanos,
    }

    pub(super) fn query(x: &data::Trade) -> WriteQuery {
        let point = Trade {
            instrument: &x.instrument,
            source: &x.source,
            side: &x.side,
            price: x.price,
            size: x.size,
            trade_id: &x.trade_id,
            time: Nanos(x.time),
        };
        point.try_into_query("Trade").expect("a point with fields")
    }
}

mod esc {
    use super::*;

    #[derive(InfluxDbWriteable)]
    pub(super) struct Esc<'a> {
        #[influxdb(tag)]
        city: &'a str,
        #[influxdb(tag)]
        expr: &'a str,
        #[influxdb(tag)]
        plain: &'a str,
        message: &'a str,
        value: f64,
        missing: Option<f64>,
        time: Nanos,
    }

    pub(super) fn query(x: &data::Esc) -> WriteQuery {
        let point = Esc {
            city: &x.city,
            expr: &x.expr,
            plain: &x.plain,
            message: &x.message,
            value: x.value,
            missing: x.missing,
            time: Nanos(x.time),
        };
        point.try_into_query("esc").expect("a point with fields")
    }
}

macro_rules! cpu {
    ($module:ident, $number:ty) => {
        mod $module {
            use super::*;

            #[derive(InfluxDbWriteable)]
            pub(super) struct Cpu<'a> {
                #[influxdb(tag)]
                hostname: &'a str,
                #[influxdb(tag)]
                region: &'a str,
                #[influxdb(tag)]
                datacenter: &'a str,
                #[influxdb(tag)]
                rack: &'a str,
                #[influxdb(tag)]
                os: &'a str,
                #[influxdb(tag)]
                arch: &'a str,
                #[influxdb(tag)]
                team: &'a str,
                #[influxdb(tag)]
                service: &'a str,
                #[influxdb(tag)]
                service_version: &'a str,
                #[influxdb(tag)]
                service_environment: &'a str,
                usage_user: $number,
                usage_system: $number,
                usage_idle: $number,
                usage_nice: $number,
                usage_iowait: $number,
                usage_irq: $number,
                usage_softirq: $number,
                usage_steal: $number,
                usage_guest: $number,
                usage_guest_nice: $number,
                time: Nanos,
            }

            pub(super) fn query(x: &data::Cpu<$number>) -> WriteQuery {
                let point = Cpu {
                    hostname: &x.hostname,
                    region: &x.region,
                    datacenter: &x.datacenter,
                    rack: &x.rack,
                    os: &x.os,
                    arch: &x.arch,
                    team: &x.team,
                    service: &x.service,
                    service_version: &x.service_version,
                    service_environment: &x.service_environment,
                    usage_user: x.usage_user,
                    usage_system: x.usage_system,
                    usage_idle: x.usage_idle,
                    usage_nice: x.usage_nice,
                    usage_iowait: x.usage_iowait,
                    usage_irq: x.usage_irq,
                    usage_softirq: x.usage_softirq,
                    usage_steal: x.usage_steal,
                    usage_guest: x.usage_guest,
                    usage_guest_nice: x.usage_guest_nice,
                    time: Nanos(x.time),
                };
                point.try_into_query("cpu").expect("a point with fields")
            }
        }
    };
}
cpu!(cpu_f64, f64);
cpu!(cpu_i64, i64);

#[derive(Default)]
pub struct Derive {
    points: Rc<Points>,
}

fn send<P>(points: &[P], query: impl Fn(&P) -> WriteQuery, body: &mut Body) {
    for batch in points.chunks(BATCH) {
        let queries: Vec<WriteQuery> = batch.iter().map(&query).collect();
        let text = queries.build_with_opts(true).expect("queries that can be built").get();
        body.give(text.as_bytes());
        body.give(b"\n");
    }
}

impl Encoder for Derive {
    fn name(&self) -> &'static str {
        "influxdb 0.8, derive"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        match &*self.points {
            Points::Trade(points) => send(points, trade::query, body),
            Points::CpuF64(points) => send(points, cpu_f64::query, body),
            Points::CpuI64(points) => send(points, cpu_i64::query, body),
            Points::Esc(points) => send(points, esc::query, body),
        }
    }
}
