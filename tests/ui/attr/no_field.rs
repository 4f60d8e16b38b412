use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[tag]
    host: String,
    #[timestamp]
    time: i64,
}

fn main() {}
