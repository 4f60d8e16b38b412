use influx_core::{FieldValue, TagValue};

#[derive(TagValue)]
enum Fields {
    A(u8),
    B { c: u8 },
    C,
}

#[derive(TagValue)]
enum Empty {}

#[derive(TagValue)]
struct Two(u8, u8);

#[derive(TagValue)]
union Union {
    a: u8,
}

#[derive(FieldValue)]
enum Level {
    A,
}

#[derive(FieldValue)]
struct Named {
    a: f64,
}

fn main() {}
