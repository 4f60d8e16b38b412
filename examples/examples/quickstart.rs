//! Writes trades and reads them back typed.
//!
//! ```text
//! cargo run -p influx-examples --example quickstart
//! ```
//!
//! `INFLUX_URL` names a server; one of 2.x also needs `INFLUX_ORG`, `INFLUX_BUCKET` and `INFLUX_TOKEN`. Without it a real InfluxDB 1.x
//! is found or fetched and started.
#![allow(clippy::print_stdout)]

use std::time::SystemTime;

use chrono::{DateTime, Duration, Utc};
use influx_client::{FromRow, LineProtocol, TagValue};
use influx_examples::Place;

#[derive(TagValue, Debug, Clone, Copy, PartialEq)]
#[tag_value(rename_all = "UPPERCASE")]
enum Side {
    Buy,
    Sell,
}

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
#[measurement("trades")]
struct Trade {
    #[timestamp]
    time: DateTime<Utc>,
    #[tag]
    instrument: String,
    #[tag]
    side: Side,
    #[field]
    price: f64,
    #[field]
    size: i64,
    #[field]
    trade_id: Option<String>,
}

/// Trades of now: a bucket may keep its points for some days only.
fn trades() -> Vec<Trade> {
    let now = DateTime::<Utc>::from(SystemTime::now());
    let trade = |n, side, price, size, id: Option<&str>| Trade {
        time: now + Duration::nanoseconds(n),
        instrument: "AAPL".to_owned(),
        side,
        price,
        size,
        trade_id: id.map(str::to_owned),
    };
    vec![
        trade(1, Side::Buy, 189.25, 100, Some("a \"quoted\", hostile\\id")),
        trade(2, Side::Sell, 189.5, 250, None),
        trade(3, Side::Buy, 189.75, i64::MAX, Some("é 漢字 🦀")),
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::find().await?;
    place.prepare();

    let client = place.client("influx_quickstart").await?;

    let trades = trades();
    let written = client.write(&trades).await?;
    println!("\nwrote {} points in {} bytes:", written.points, written.bytes);
    trades.iter().for_each(|trade| println!("  {trade:?}"));

    place.answer_with_what_was_written();
    // others may have written trades, too
    let (first, last) = (trades[0].time, trades[trades.len() - 1].time);
    let query =
        client.influxql("SELECT * FROM trades WHERE instrument = $i AND time >= $first AND time <= $last");
    let query = query.bind("i", "AAPL").bind_time("first", first).bind_time("last", last);
    let back: Vec<Trade> = query.fetch_all().await?;
    println!("\nread {} back:", back.len());
    back.iter().for_each(|trade| println!("  {trade:?}"));

    println!("\nequal: {}", back == trades);
    if back == trades { Ok(()) } else { Err("what was read is not what was written".into()) }
}
