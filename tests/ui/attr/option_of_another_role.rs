use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct Cpu {
    #[tag(as = f64)]
    a: i64,
    #[tag(nan = "skip")]
    b: String,
    #[timestamp(default)]
    c: i64,
    #[timestamp(flatten)]
    d: i64,
    #[field(assume_utc)]
    e: i64,
    #[measurement(rename = "x")]
    f: String,
    g: f64,
}

fn main() {}
