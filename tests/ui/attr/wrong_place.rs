use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[tag]
#[line_protocol(skip)]
struct Cpu {
    #[measurement("cpu")]
    name: String,
    #[line_protocol(rename_all = "lowercase")]
    a: f64,
    #[line_protocol(unit = "s")]
    b: i64,
    #[line_protocol(rename = "x")]
    c: i64,
}

fn main() {}
