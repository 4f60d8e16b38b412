use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[line_protocol(renam_all = "lowercase")]
struct Cpu {
    #[tag(indexed)]
    host: String,
    #[field(unit = "s")]
    usage: f64,
    #[timestamp(nan = "skip")]
    at: i64,
    #[line_protocol(ignore)]
    other: u8,
}

fn main() {}
