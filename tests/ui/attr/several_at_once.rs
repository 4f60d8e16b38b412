use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[line_protocol(unknown)]
struct Cpu {
    #[tag(unknown)]
    host: String,
    #[field(as)]
    usage: f64,
    #[timestamp(unit = 5)]
    at: i64,
}

fn main() {}
