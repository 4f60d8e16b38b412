use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[timestamp]
    time: i64,
    #[timestamp]
    other: i64,
    usage: f64,
}

fn main() {}
