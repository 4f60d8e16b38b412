//! Flux: writes trades and reads them as structs, one field at a time, by a bound text, table by table, and with a profile.
//!
//! ```text
//! cargo run -p influx-examples --example flux
//! ```
//!
//! `INFLUX_URL` names a server: one of 2.x with `INFLUX_ORG`, `INFLUX_BUCKET` and `INFLUX_TOKEN`, or one of 1.8 and later whose
//! `flux-enabled` is set. Without it the in-process test server gives answers that were recorded. What is written is deleted at the end.
#![allow(clippy::print_stdout)]

use std::time::SystemTime;

use chrono::{DateTime, Duration, TimeZone, Utc};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Flux, FromRow, LineProtocol, OwnedRow, OwnedValue, Query};
use influx_examples::Place;

type Failure = Box<dyn std::error::Error>;

#[derive(LineProtocol, FromRow, Debug, PartialEq)]
#[measurement("influx_flux")]
struct Trade {
    #[timestamp]
    time: DateTime<Utc>,
    #[tag]
    instrument: String,
    #[field]
    price: f64,
    #[field]
    size: i64,
    #[field]
    note: Option<String>,
}

/// What Flux gives without `pivot`: a row for each field of a point.
#[derive(FromRow)]
struct Field {
    #[tag]
    instrument: String,
    _field: String,
    _value: OwnedValue,
}

#[derive(FromRow)]
struct Mean {
    #[field(rename = "_value")]
    price: f64,
}

/// A text that would change the query if it became a part of it.
const HOSTILE: &str = r#"x" or true or "${1+1}"#;

fn trades(start: DateTime<Utc>) -> Vec<Trade> {
    let trade = |n, instrument: &str, price, size, note: Option<&str>| Trade {
        time: start + Duration::nanoseconds(n),
        instrument: instrument.to_owned(),
        price,
        size,
        note: note.map(str::to_owned),
    };
    vec![
        trade(1, "AAPL", 189.25, 100, Some("a \"quoted\",\nhostile note")),
        trade(2, "MSFT", 370.5, i64::MAX, None),
        trade(3, HOSTILE, 1e-9, 7, Some("é 漢字 🦀")),
        trade(4, "AAPL", 189.75, 250, None),
    ]
}

/// The trades of this run, and steps behind them. Values are bound: the text is the same whatever they hold.
fn query(client: &Client, start: DateTime<Utc>, steps: &str) -> Query<Flux> {
    let trades = r#"from(bucket: bucket)
        |> range(start: start, stop: stop) // the end does not belong to it
        |> filter(fn: (r) => r._measurement == "influx_flux")"#;
    // 1.x calls a bucket what is a database and a retention policy
    let database = || format!("{}/autogen", client.database().unwrap_or_default());
    let bucket = client.bucket().map_or_else(database, str::to_owned);
    let query = client.flux(format!("{trades} {steps}")).bind("bucket", bucket);
    query.bind_time("start", start).bind_time("stop", start + Duration::nanoseconds(5))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let place = Place::named_or_scripted().await?;
    let (client, start) = match &place {
        Place::Scripted(server) => {
            script(server);
            let client = Client::v2(server.url()).org("desk").bucket("market").token("token").build()?;
            (client, Utc.timestamp_nanos(1_700_000_000_000_000_000))
        }
        _ => (place.client("influx_flux").await?, SystemTime::now().into()),
    };
    let trades = trades(start);
    let written = client.write(&trades).await?;
    println!("\nwrote {} points in {} bytes", written.points, written.bytes);

    // Structs want all fields of a point in one row. Tables come one for each set of tags.
    let mut back: Vec<Trade> = query(&client, start, "").pivot().fetch_all().await?;
    back.sort_by_key(|trade| trade.time);
    println!("\nas structs:");
    back.iter().for_each(|trade| println!("  {trade:?}"));

    // Rows may borrow from the answer, and come as it arrives. The values of fields are of several types.
    println!("\none field at a time:");
    let fields =
        |field: Field| println!("  {:<22} {:>6} = {:?}", field.instrument, field._field, field._value);
    query(&client, start, "").for_each_row::<Field>(fields).await?;

    // A bound text is a text: here the name of an instrument, whatever it looks like.
    let of =
        query(&client, start, "|> filter(fn: (r) => r.instrument == instrument)").bind("instrument", HOSTILE);
    let found: Vec<Trade> = of.pivot().fetch_all().await?;
    println!("\nof {HOSTILE:?}: {} row, {}", found.len(), found == trades[2..3]);

    println!("\ntable by table:");
    let mean = r#"|> filter(fn: (r) => r._field == "price") |> mean()"#;
    for table in query(&client, start, mean).series::<Mean>().all().await? {
        let instrument = table.columns.tag("instrument").unwrap_or("no instrument");
        table.rows.iter().for_each(|row| println!("  {instrument:<22} {} on average", row.price));
    }

    let (rows, profile) = query(&client, start, "").profile::<OwnedRow>().await?;
    match profile {
        None => println!("\n{} rows; nothing was measured: 1.x has no profilers", rows.len()),
        Some(profile) => {
            let (total, execute) = (profile.total, profile.execute);
            println!("\n{} rows in {total:?}, of which {execute:?} to run these steps:", rows.len());
            profile.operators.iter().for_each(|step| println!("  {} {:?}", step.label, step.sum));
        }
    }

    forget(&client).await?;
    println!("\nequal: {}", back == trades);
    if back == trades { Ok(()) } else { Err("what was read is not what was written".into()) }
}

/// Deletes what this example writes.
async fn forget(client: &Client) -> influx_client::Result<()> {
    match client.bucket() {
        Some(_) => client.v2().delete_points().measurement("influx_flux").await,
        None => client.v1().drop_measurement("influx_flux").await,
    }
}

/// Tells the scripted server to answer as a server of 2.9 answered these queries.
fn script(server: &Server) {
    println!("(it stores nothing: its answers are those of a server of 2.9 to these very requests)");
    server.expect(Expect::write(), Reply::status(204));
    for body in [
        &include_bytes!("../recorded/flux_pivoted.csv")[..],
        include_bytes!("../recorded/flux_fields.csv"),
        include_bytes!("../recorded/flux_bound.csv"),
        include_bytes!("../recorded/flux_tables.csv"),
        include_bytes!("../recorded/flux_profile.csv"),
    ] {
        server.expect(Expect::flux(), Reply::csv(body));
    }
    server.expect(Expect::path("/api/v2/delete"), Reply::status(204));
}
