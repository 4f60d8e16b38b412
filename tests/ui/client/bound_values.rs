use std::time::SystemTime;

use influx_client::{Client, TagValue};

#[derive(TagValue)]
enum Side {
    Buy,
}

fn main() {
    let client = Client::v1("http://localhost:8086").build().unwrap();
    let query = || client.influxql("SELECT * FROM trades WHERE time > $t AND host = $h AND side = $s");
    let _ = query().bind("t", SystemTime::now());
    let _ = query().bind("h", Some("a"));
    let _ = query().bind("s", Side::Buy);
}
