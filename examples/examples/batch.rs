//! Writes points in the background, with a progress bar, and says what became of each.
//!
//! ```text
//! cargo run -p influx-examples --example batch [-- POINTS]
//! ```
//!
//! `INFLUX_URL` names a server of 1.x; without it a real InfluxDB 1.x is found or fetched and started. 300,000 points are the default; the
//! last one is of another type, to show what happens to points that a server refuses.
#![allow(clippy::print_stdout)]

use std::io::{IsTerminal, Write, stdout};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use influx_client::batch::{BatchEvent, BatchWriter, Stats};
use influx_client::test_util::{Expect, Reply};
use influx_client::{Client, FromRow, LineProtocol, Point};
use influx_examples::Place;

const DATABASE: &str = "influx_batch";
/// How many cells the bar has.
const WIDTH: usize = 30;

type Failure = Box<dyn std::error::Error>;

#[derive(LineProtocol)]
#[measurement("reading")]
struct Reading {
    #[timestamp]
    time: i64,
    #[tag]
    sensor: String,
    #[field]
    value: f64,
}

#[derive(FromRow)]
struct Counted {
    count: u64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let points = match std::env::args().nth(1) {
        Some(text) => {
            text.replace(['_', ','], "").parse().map_err(|_| format!("{text:?} is no number of points"))?
        }
        None => 300_000_u32,
    };
    let place = Place::find().await?;
    if let Place::Scripted(server) = &place {
        server.expect(Expect::write().any_times(), Reply::status(204));
        server.expect(Expect::query().any_times(), Reply::json(r#"{"results":[{}]}"#));
    }
    let client = Client::v1(place.url()).database(DATABASE).build()?;
    client.influxql(format!("DROP DATABASE {DATABASE}")).execute().await?;
    client.v1().create_database(DATABASE).await?;

    // the function is called by the task that sends: it only passes on
    let (told, events) = channel();
    let writer = client
        .batch_writer()
        .flush_interval(Duration::from_millis(200))
        .on_event(move |event| drop(text(event).map(|text| told.send(text))))
        .build()?;
    let bar = tokio::spawn(draw(writer.clone(), events, u64::from(points) + 1));
    give(&writer, points).await?;
    let report = writer.close(Duration::from_secs(60)).await;
    bar.await?;

    println!("\nreport: {:?}", report.stats);
    report.rejected.iter().for_each(|point| println!("  refused: {point}"));
    report.unsent.iter().for_each(|rest| println!("  not sent: {} points to {}", rest.points, rest.target));
    let stored = match &place {
        Place::Scripted(server) => server.points().len() as u64,
        _ => client.influxql("SELECT count(value) FROM reading").fetch_one::<Counted>().await?.count,
    };
    println!("on the server: {stored} points");
    client.influxql(format!("DROP DATABASE {DATABASE}")).execute().await?;
    let Stats { given, written, rejected, .. } = report.stats;
    if (given, written, stored) == (u64::from(points) + 1, given - rejected, written) {
        Ok(())
    } else {
        Err("the server does not have what the report says".into())
    }
}

async fn give(writer: &BatchWriter, points: u32) -> influx_client::Result<()> {
    const START: i64 = 1_700_000_000_000_000_000;
    let mut reading = Reading { time: START, sensor: String::new(), value: 0.0 };
    for n in 0..points {
        reading.time = START + i64::from(n);
        reading.sensor = format!("sensor-{}", n % 10);
        reading.value = f64::from(n) / 8.0;
        writer.write(&reading).await?;
    }
    writer.write(&Point::new("reading").tag("sensor", "x").field("value", "a text").timestamp(START)).await
}

/// What is said about an event; batches that were written show in the bar.
fn text(event: &BatchEvent<'_>) -> Option<String> {
    match event {
        BatchEvent::Retry { failures, delay, error, .. } => {
            Some(format!("failure {failures}, again in {delay:.1?}: {error}"))
        }
        BatchEvent::Rejected { rejected, .. } => Some(format!("{} refused by the server", rejected.len())),
        BatchEvent::Dropped { points, why, .. } => Some(format!("{points} dropped: {why}")),
        _ => None,
    }
}

/// Draws until all points are settled, which `close` sees to: on a terminal in one line, else a line each time.
async fn draw(writer: BatchWriter, events: Receiver<String>, total: u64) {
    let terminal = stdout().is_terminal();
    let (before, after) = if terminal { ("\r\x1b[2K", "") } else { ("", "\n") };
    loop {
        let stats = writer.stats();
        let settled = stats.written + stats.rejected + stats.dropped;
        events.try_iter().for_each(|event| println!("{before}{event}"));
        print!("{before}{}{after}", bar(&stats, settled, total));
        // a bar that cannot be shown is none
        let _ = stdout().flush();
        if settled >= total {
            break;
        }
        tokio::time::sleep(Duration::from_millis(if terminal { 50 } else { 250 })).await;
    }
    if terminal {
        println!();
    }
}

fn bar(stats: &Stats, settled: u64, total: u64) -> String {
    let filled = (settled as usize * WIDTH / total as usize).min(WIDTH);
    format!(
        "[{}{}] {:3} %  {} written, {} wait in {:.1} MiB, {} requests, {} retries",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        settled * 100 / total,
        stats.written,
        stats.pending,
        stats.pending_bytes as f64 / f64::from(1 << 20),
        stats.requests,
        stats.retries,
    )
}
