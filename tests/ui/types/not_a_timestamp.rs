use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct A {
    #[timestamp]
    at: chrono::NaiveDateTime,
    f: f64,
}

#[derive(LineProtocol)]
struct B {
    #[timestamp(unit = "s")]
    at: f64,
    f: f64,
}

#[derive(LineProtocol)]
struct C {
    #[timestamp(assume_utc)]
    at: std::time::SystemTime,
    f: f64,
}

fn main() {}
