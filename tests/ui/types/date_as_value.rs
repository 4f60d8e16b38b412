use chrono::{DateTime, Utc};
use influx_core::{FromRow, LineProtocol};

#[derive(LineProtocol)]
struct Order {
    #[tag]
    due: DateTime<Utc>,
    #[field]
    paid: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Span {
    #[field]
    length: std::time::Duration,
}

fn main() {}
