use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    time: i64,
    #[tag(rename = "time")]
    host: String,
}

fn main() {}
