use influx_core::LineProtocol;

struct Custom;

#[derive(LineProtocol)]
struct Cpu {
    #[field]
    custom: Vec<u8>,
    other: Option<Custom>,
}

fn main() {}
