use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[line_protocol(skip)]
    #[tag]
    host: String,
    usage: f64,
}

fn main() {}
