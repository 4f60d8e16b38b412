use influx_core::LineProtocol;

#[derive(LineProtocol)]
struct A {
    #[tag(flatten)]
    tags: Vec<String>,
    #[field(flatten)]
    fields: f64,
}

fn main() {}
