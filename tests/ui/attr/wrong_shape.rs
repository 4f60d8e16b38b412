use influx_core::{FieldValue, FromRow, LineProtocol, TagValue};

#[derive(LineProtocol)]
#[line_protocol(crate = "influx_core")]
struct Quoted {
    #[tag("host")]
    a: String,
    #[field(as = "f64")]
    b: i64,
    #[timestamp("ms")]
    c: i64,
}

#[derive(LineProtocol)]
#[line_protocol(rename_all = lowercase)]
struct Unquoted {
    #[tag(rename = host)]
    a: String,
    #[field(nan = skip)]
    b: f64,
    #[timestamp(unit = ms)]
    c: i64,
}

#[derive(LineProtocol)]
#[line_protocol(crate)]
struct NoValue {
    #[field(rename)]
    a: f64,
    #[field(as)]
    b: i64,
    #[timestamp(unit)]
    c: i64,
    #[field(nan)]
    d: f64,
}

#[derive(LineProtocol, FromRow)]
#[line_protocol(placeholder = true)]
struct Value {
    #[field(default = 5)]
    a: i64,
    #[tag(flatten = true)]
    b: std::collections::BTreeMap<String, String>,
    #[tag(shared("x"))]
    c: std::sync::Arc<str>,
    #[timestamp(assume_utc = true)]
    d: chrono::NaiveDateTime,
    #[line_protocol(skip = true)]
    e: u8,
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags = "env=test")]
struct Tags {
    a: f64,
}

#[derive(LineProtocol)]
#[line_protocol(extra_tags(env = 5))]
struct TagNumber {
    a: f64,
}

#[derive(LineProtocol)]
#[line_protocol("x")]
struct Others {
    #[field(rename = "x" as = f64)]
    a: i64,
    #[tag(rename: "y")]
    b: String,
    #[field(5)]
    c: i64,
}

#[derive(TagValue)]
#[tag_value("UPPERCASE")]
enum Side {
    #[tag_value(rename)]
    Buy,
    #[tag_value(rename = 's')]
    Sell,
}

#[derive(FieldValue)]
#[tag_value(crate = "influx_core")]
struct Celsius(f64);

fn main() {}
