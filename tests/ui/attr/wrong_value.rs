use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[measurement(cpu)]
#[line_protocol(rename_all = "Snake", tag_order = "random")]
struct Cpu {
    #[timestamp(unit = "m")]
    at: i64,
    #[field(nan = "zero")]
    usage: f64,
    #[tag = "host"]
    host: String,
}

fn main() {}
