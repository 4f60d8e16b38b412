use influx_core::FromRow;

use std::sync::Arc;

#[derive(FromRow)]
struct Cpu {
    #[tag(shared, default)]
    host: Arc<str>,
    #[field(flatten, shared)]
    rest: Inner,
    #[timestamp(shared)]
    time: i64,
}

#[derive(FromRow)]
struct Inner {
    usage: f64,
}

fn main() {}
