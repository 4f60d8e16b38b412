//! Crate `influxdb2` 0.5: `derive(WriteDataPoint)`.

use std::rc::Rc;

use influxdb2::models::WriteDataPoint;
use influxdb2_derive::WriteDataPoint;

use crate::data::{self, Points};
use crate::encoder::{Body, Encoder};

#[derive(WriteDataPoint)]
#[measurement = "Trade"]
struct Trade {
    #[influxdb(tag)]
    instrument: String,
    #[influxdb(tag)]
    source: String,
    #[influxdb(tag)]
    side: String,
    #[influxdb(field)]
    price: f64,
    #[influxdb(field)]
    size: i64,
    #[influxdb(field)]
    trade_id: String,
    #[influxdb(timestamp)]
    time: i64,
}

impl From<&data::Trade> for Trade {
    fn from(x: &data::Trade) -> Self {
        let data::Trade { instrument, source, side, price, size, trade_id, time } = x.clone();
        Trade { instrument, source, side, price, size, trade_id, time }
    }
}

#[derive(WriteDataPoint)]
#[measurement = "esc"]
struct Esc {
    #[influxdb(tag)]
    city: String,
    #[influxdb(tag)]
    expr: String,
    #[influxdb(tag)]
    plain: String,
    #[influxdb(field)]
    message: String,
    #[influxdb(field)]
    value: f64,
    #[influxdb(field)]
    missing: Option<f64>,
    #[influxdb(timestamp)]
    time: i64,
}

impl From<&data::Esc> for Esc {
    fn from(x: &data::Esc) -> Self {
        let data::Esc { city, expr, plain, message, value, missing, time } = x.clone();
        Esc { city, expr, plain, message, value, missing, time }
    }
}

// the derive takes no generic structs
macro_rules! cpu {
    ($name:ident, $number:ty) => {
        #[derive(WriteDataPoint)]
        #[measurement = "cpu"]
        struct $name {
            #[influxdb(tag)]
            hostname: String,
            #[influxdb(tag)]
            region: String,
            #[influxdb(tag)]
            datacenter: String,
            #[influxdb(tag)]
            rack: String,
            #[influxdb(tag)]
            os: String,
            #[influxdb(tag)]
            arch: String,
            #[influxdb(tag)]
            team: String,
            #[influxdb(tag)]
            service: String,
            #[influxdb(tag)]
            service_version: String,
            #[influxdb(tag)]
            service_environment: String,
            #[influxdb(field)]
            usage_user: $number,
            #[influxdb(field)]
            usage_system: $number,
            #[influxdb(field)]
            usage_idle: $number,
            #[influxdb(field)]
            usage_nice: $number,
            #[influxdb(field)]
            usage_iowait: $number,
            #[influxdb(field)]
            usage_irq: $number,
            #[influxdb(field)]
            usage_softirq: $number,
            #[influxdb(field)]
            usage_steal: $number,
            #[influxdb(field)]
            usage_guest: $number,
            #[influxdb(field)]
            usage_guest_nice: $number,
            #[influxdb(timestamp)]
            time: i64,
        }

        impl From<&data::Cpu<$number>> for $name {
            fn from(x: &data::Cpu<$number>) -> Self {
                let x = x.clone();
                $name {
                    hostname: x.hostname,
                    region: x.region,
                    datacenter: x.datacenter,
                    rack: x.rack,
                    os: x.os,
                    arch: x.arch,
                    team: x.team,
                    service: x.service,
                    service_version: x.service_version,
                    service_environment: x.service_environment,
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
                    time: x.time,
                }
            }
        }
    };
}
cpu!(CpuF64, f64);
cpu!(CpuI64, i64);

enum Own {
    Trade(Vec<Trade>),
    CpuF64(Vec<CpuF64>),
    CpuI64(Vec<CpuI64>),
    Esc(Vec<Esc>),
}

pub struct Derive {
    own: Own,
}

impl Default for Derive {
    fn default() -> Self {
        Derive { own: Own::Trade(Vec::new()) }
    }
}

fn write<P: WriteDataPoint>(points: &[P], body: &mut Body) {
    for point in points {
        point.write_data_point_to(&mut body.buffer).expect("a Vec takes all");
    }
}

impl Encoder for Derive {
    fn name(&self) -> &'static str {
        "influxdb2 0.5, derive"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.own = match &**points {
            Points::Trade(points) => Own::Trade(points.iter().map(From::from).collect()),
            Points::CpuF64(points) => Own::CpuF64(points.iter().map(From::from).collect()),
            Points::CpuI64(points) => Own::CpuI64(points.iter().map(From::from).collect()),
            Points::Esc(points) => Own::Esc(points.iter().map(From::from).collect()),
        };
    }

    fn encode(&mut self, body: &mut Body) {
        match &self.own {
            Own::Trade(points) => write(points, body),
            Own::CpuF64(points) => write(points, body),
            Own::CpuI64(points) => write(points, body),
            Own::Esc(points) => write(points, body),
        }
    }
}
