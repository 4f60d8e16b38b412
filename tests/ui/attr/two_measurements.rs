use influx_core::LineProtocol;

#[derive(LineProtocol)]
#[measurement("cpu")]
struct Cpu {
    #[measurement]
    a: String,
    #[measurement]
    b: String,
    usage: f64,
}

fn main() {}
