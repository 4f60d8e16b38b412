use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[line_protocol(extra_tags(host = "a", env = "x", env = "y"))]
struct Cpu {
    #[tag]
    host: String,
    usage: f64,
}

fn main() {}
