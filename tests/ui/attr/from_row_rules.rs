use influx_core::FromRow;

#[derive(FromRow)]
struct Cpu {
    #[timestamp]
    time: i64,
    #[timestamp(rename = "start")]
    other: i64,
    #[tag(rename = "usage")]
    host: String,
    usage: f64,
    #[field(unit = "s")]
    x: i64,
}

#[derive(FromRow)]
enum Row {
    A,
}

fn main() {}
