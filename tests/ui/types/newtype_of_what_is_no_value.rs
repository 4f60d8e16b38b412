use influx_core::{FieldValue, TagValue};

#[derive(TagValue)]
struct Load(f64);

#[derive(FieldValue)]
struct Date(Option<std::time::SystemTime>);

fn main() {}
