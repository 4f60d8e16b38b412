use influx_core::LineProtocol;

use std::collections::BTreeMap;

#[derive(LineProtocol)]
struct Cpu {
    #[tag(flatten, rename = "x")]
    labels: BTreeMap<String, String>,
    #[field(flatten, nan = "skip")]
    values: BTreeMap<String, f64>,
}

fn main() {}
