use influx_core::FromRow;

#[derive(FromRow)]
struct Cpu {
    #[tag(shared)]
    host: String,
    usage: f64,
}

fn main() {}
