use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct A {
    #[measurement]
    name: u32,
    f: f64,
}

fn main() {}
