use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[measurement("a")]
#[measurement("b")]
#[line_protocol(placeholder, placeholder)]
struct Cpu {
    #[tag(rename = "a", rename = "b")]
    host: String,
    #[field]
    #[field]
    usage: f64,
    #[tag]
    #[field]
    both: u8,
}

fn main() {}
