use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[measurement]
struct Cpu {
    usage: f64,
}

fn main() {}
