use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[tag]
    host: String,
    #[field(rename = "host")]
    usage: f64,
}

fn main() {}
