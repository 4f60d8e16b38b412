use influx_core::LineProtocol;

#[derive(LineProtocol)]
enum Cpu {
    A,
}

#[derive(LineProtocol)]
struct Tuple(f64);

#[derive(LineProtocol)]
struct Unit;

fn main() {}
