use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[measurement("#cpu")]
#[line_protocol(extra_tags(env = "", "a\\" = "x"))]
struct Cpu {
    #[tag(rename = "a\nb")]
    host: String,
    #[field(rename = "")]
    usage: f64,
}

fn main() {}
