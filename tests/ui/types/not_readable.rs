use influx_core::FromRow;

#[derive(FromRow)]
struct A {
    #[timestamp]
    at: f64,
    #[field]
    custom: Vec<f64>,
    #[tag]
    side: std::time::Duration,
}

fn main() {}
