//! What errors look like: of values that cannot be sent, of refusals, of rows that do not fit, of settings.
//!
//! ```text
//! cargo run -p influx-examples --example errors
//! ```
#![allow(clippy::print_stdout)]

use influx_client::{Client, Error, FromRow, LineProtocol, Point};
use influx_examples::Place;

#[derive(LineProtocol)]
#[measurement("cpu")]
struct Cpu {
    #[tag]
    host: &'static str,
    usage: f64,
    #[timestamp(unit = "s")]
    at: i64,
}

#[derive(FromRow, Debug)]
#[allow(dead_code)]
struct Usage {
    #[tag]
    host: String,
    usage: i64,
}

fn show(what: &str, error: &Error) {
    println!("\n{what}:\n  {error}");
    if let Some(delivery) = error.delivery() {
        println!("  delivery: {delivery:?}");
    }
    for rejected in error.rejected() {
        println!("  rejected: point {:?}, {}", rejected.index(), rejected.reason());
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = Place::find().await?;
    if let Err(error) = Client::v1("localhost:8086").build() {
        show("a URL without a scheme", &error);
    }
    let nowhere = Client::v1("http://localhost:1").database("influx_errors").build()?;
    if let Err(error) = nowhere.ping().await {
        show("no server", &error);
    }
    let points = [
        Cpu { host: "a", usage: 0.5, at: 1_700_000_000 },
        Cpu { host: "b\nc", usage: 0.7, at: 1_700_000_000 },
        Cpu { host: "d", usage: f64::NAN, at: 1_700_000_000 },
    ];
    for points in [&points[..2], &points[2..]] {
        if let Err(error) = nowhere.write(points).await {
            show("a value that line protocol cannot carry", &error);
        }
    }
    let milliseconds = Cpu { host: "a", usage: 0.5, at: 1_700_000_000_000 };
    if let Err(error) = nowhere.write(&milliseconds).await {
        show("milliseconds where seconds were meant", &error);
    }
    if !matches!(place, Place::Scripted(_)) {
        on_a_server(&place).await?;
    }
    Ok(())
}

async fn on_a_server(place: &Place) -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::v1(place.url()).database("influx_errors").build()?;
    if let Err(error) = client.write(&Point::new("cpu").field("usage", 0.5)).database("no_such").await {
        show("a database that is not there", &error);
    }
    client.v1().create_database("influx_errors").await?;
    client.write(&points()[..1]).await?;
    if let Err(error) = client.write(&points()).await {
        show("a field of another type", &error);
    }
    if let Err(error) = client.influxql("SELECT * FROM cpu").fetch_all::<Usage>().await {
        show("a column of another type", &error);
    }
    if let Err(error) = client.influxql("SELECT usage FROM cpu").fetch_all::<Usage>().await {
        show("a column that is not there", &error);
    }
    if let Err(error) = client.influxql("SELECT foo(usage) FROM cpu").fetch_all::<Usage>().await {
        show("a statement that fails", &error);
    }
    client.influxql("DROP DATABASE influx_errors").execute().await?;
    Ok(())
}

fn points() -> [Point; 3] {
    let point = |host| Point::new("cpu").tag("host", host).timestamp(1_700_000_000_000_000_000);
    [point("a").field("usage", 0.5), point("b").field("usage", "high"), point("c").field("usage", 0.7)]
}
