use std::borrow::Cow;

use influx_core::FromRow;

#[derive(FromRow)]
struct Cpu {
    #[tag]
    host: &'static str,
    #[measurement]
    name: Cow<'static, str>,
    note: Option<Cow<'static, str>>,
    usage: f64,
}

fn main() {}
