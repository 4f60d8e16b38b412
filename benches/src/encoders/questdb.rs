//! Crate `questdb-rs` 7: its buffer in protocol version 1, which is the text that InfluxDB reads. Names are checked once, not at
//! every call: the cheapest way to use it.

use std::rc::Rc;

use questdb::Result;
use questdb::ingress::{Buffer, ColumnName, ProtocolVersion, TableName, TimestampNanos};

use crate::data::{Cpu, Esc, Points, Trade};
use crate::encoder::{Body, Encoder};

/// The numbers of [`Cpu`].
trait Column: Copy {
    fn put<'b>(self, buffer: &'b mut Buffer, name: ColumnName<'_>) -> Result<&'b mut Buffer>;
}

impl Column for f64 {
    fn put<'b>(self, buffer: &'b mut Buffer, name: ColumnName<'_>) -> Result<&'b mut Buffer> {
        buffer.column_f64(name, self)
    }
}

impl Column for i64 {
    fn put<'b>(self, buffer: &'b mut Buffer, name: ColumnName<'_>) -> Result<&'b mut Buffer> {
        buffer.column_i64(name, self)
    }
}

fn names<const N: usize>(names: [&str; N]) -> [ColumnName<'_>; N] {
    names.map(|name| ColumnName::new(name).expect("a valid name"))
}

pub(crate) fn trades(points: &[Trade], buffer: &mut Buffer) -> Result<()> {
    let table = TableName::new("Trade")?;
    let [instrument, source, side, price, size, trade_id] =
        names(["instrument", "source", "side", "price", "size", "trade_id"]);
    for x in points {
        buffer
            .table(table)?
            .symbol(instrument, &x.instrument)?
            .symbol(source, &x.source)?
            .symbol(side, &x.side)?
            .column_f64(price, x.price)?
            .column_i64(size, x.size)?
            .column_str(trade_id, &x.trade_id)?
            .at(TimestampNanos::new(x.time))?;
    }
    Ok(())
}

fn cpus<T: Column>(points: &[Cpu<T>], buffer: &mut Buffer) -> Result<()> {
    let table = TableName::new("cpu")?;
    let tags = names([
        "hostname",
        "region",
        "datacenter",
        "rack",
        "os",
        "arch",
        "team",
        "service",
        "service_version",
        "service_environment",
    ]);
    let fields = names([
        "usage_user",
        "usage_system",
        "usage_idle",
        "usage_nice",
        "usage_iowait",
        "usage_irq",
        "usage_softirq",
        "usage_steal",
        "usage_guest",
        "usage_guest_nice",
    ]);
    for x in points {
        let b = buffer.table(table)?;
        let b = b.symbol(tags[0], &x.hostname)?;
        let b = b.symbol(tags[1], &x.region)?;
        let b = b.symbol(tags[2], &x.datacenter)?;
        let b = b.symbol(tags[3], &x.rack)?;
        let b = b.symbol(tags[4], &x.os)?;
        let b = b.symbol(tags[5], &x.arch)?;
        let b = b.symbol(tags[6], &x.team)?;
        let b = b.symbol(tags[7], &x.service)?;
        let b = b.symbol(tags[8], &x.service_version)?;
        let b = b.symbol(tags[9], &x.service_environment)?;
        let b = x.usage_user.put(b, fields[0])?;
        let b = x.usage_system.put(b, fields[1])?;
        let b = x.usage_idle.put(b, fields[2])?;
        let b = x.usage_nice.put(b, fields[3])?;
        let b = x.usage_iowait.put(b, fields[4])?;
        let b = x.usage_irq.put(b, fields[5])?;
        let b = x.usage_softirq.put(b, fields[6])?;
        let b = x.usage_steal.put(b, fields[7])?;
        let b = x.usage_guest.put(b, fields[8])?;
        let b = x.usage_guest_nice.put(b, fields[9])?;
        b.at(TimestampNanos::new(x.time))?;
    }
    Ok(())
}

fn escs(points: &[Esc], buffer: &mut Buffer) -> Result<()> {
    let table = TableName::new("esc")?;
    let [city, expr, plain, message, value, missing] =
        names(["city", "expr", "plain", "message", "value", "missing"]);
    for x in points {
        let b = buffer
            .table(table)?
            .symbol(city, &x.city)?
            .symbol(expr, &x.expr)?
            .symbol(plain, &x.plain)?
            .column_str(message, &x.message)?
            .column_f64(value, x.value)?;
        let b = match x.missing {
            Some(v) => b.column_f64(missing, v)?,
            None => b,
        };
        b.at(TimestampNanos::new(x.time))?;
    }
    Ok(())
}

pub struct Buffered {
    points: Rc<Points>,
    buffer: Buffer,
}

impl Default for Buffered {
    fn default() -> Self {
        Buffered { points: Rc::default(), buffer: Buffer::new(ProtocolVersion::V1) }
    }
}

impl Encoder for Buffered {
    fn name(&self) -> &'static str {
        "questdb-rs 7, buffer"
    }

    fn prepare(&mut self, points: &Rc<Points>) {
        self.points = Rc::clone(points);
    }

    fn encode(&mut self, body: &mut Body) {
        self.buffer.clear();
        let done = match &*self.points {
            Points::Trade(points) => trades(points, &mut self.buffer),
            Points::CpuF64(points) => cpus(points, &mut self.buffer),
            Points::CpuI64(points) => cpus(points, &mut self.buffer),
            Points::Esc(points) => escs(points, &mut self.buffer),
        };
        done.expect("points that can be written");
        body.give(self.buffer.as_bytes());
    }
}
