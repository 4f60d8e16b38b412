use influx_core::LineProtocol;

struct Custom;

#[derive(LineProtocol)]
struct Cpu {
    #[tag]
    load: f64,
    #[tag]
    custom: Option<Custom>,
    usage: f64,
}

fn main() {}
