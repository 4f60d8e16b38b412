use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[timestamp(unit = "s", assume_utc)]
    at: i64,
    usage: f64,
}

fn main() {}
