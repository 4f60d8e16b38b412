use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct A {
    #[field(as = f64)]
    text: String,
    #[field(as = i64)]
    float: f64,
}

fn main() {}
