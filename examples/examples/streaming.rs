//! Writes rows to a real server and reads them back as they arrive, in little memory; then leaves a query in the middle.
//!
//! ```text
//! cargo run --release -p influx-examples --example streaming [-- ROWS]
//! ```
//!
//! `INFLUX_URL` names a server of 1.x; without it a real InfluxDB 1.x is found or fetched and started. 5,000,000 rows are the default.
#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use influx_client::{Client, FromRow, LineProtocol};
use influx_examples::Place;
use influx_tests::support::{left_out, offline};

const DATABASE: &str = "influx_streaming";
const QUERY: &str = "SELECT * FROM reading";
/// What this process may take at its peak, in MiB, however many rows there are.
const MEMORY: f64 = 64.0;
/// Rows that are read of the query that is left.
const FEW: usize = 1_000;

type Failure = Box<dyn std::error::Error>;

/// A row that owns its texts.
#[derive(LineProtocol, FromRow)]
#[measurement("reading")]
struct Reading {
    #[timestamp]
    time: i64,
    #[tag]
    sensor: String,
    #[field]
    value: f64,
    #[field]
    count: i64,
}

/// The same, borrowing them.
#[derive(FromRow)]
struct Lent<'a> {
    #[timestamp]
    time: i64,
    #[tag]
    sensor: &'a str,
    #[field]
    value: f64,
    #[field]
    count: i64,
}

const SENSORS: i64 = 10;

fn time(n: i64) -> i64 {
    1_700_000_000_000_000_000 + n * 1_000_000
}

fn value(n: i64) -> f64 {
    n as f64 / 8.0
}

fn readings(count: i64) -> impl Iterator<Item = Reading> {
    (0..count).map(|n| Reading {
        time: time(n),
        sensor: format!("sensor-{}", n % SENSORS),
        value: value(n),
        count: n,
    })
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let rows = match std::env::args().nth(1) {
        Some(text) => {
            text.replace(['_', ','], "").parse().map_err(|_| format!("{text:?} is no number of rows"))?
        }
        None => 5_000_000_i64,
    };
    let place = Place::find().await?;
    if let Place::Scripted(_) = place {
        let why = "it needs a real InfluxDB 1.x: name one by INFLUX_URL";
        if !offline() {
            return Err(why.into());
        }
        left_out("streaming", why);
        return Ok(());
    }
    let client = Client::v1(place.url()).database(DATABASE).build()?;
    client.influxql(format!("DROP DATABASE {DATABASE}")).execute().await?;
    client.v1().create_database(DATABASE).await?;
    write(&client, rows).await?;
    read_owned(&client, rows).await?;
    read_lent(&client, rows).await?;
    leave(&client).await?;
    client.influxql(format!("DROP DATABASE {DATABASE}")).execute().await?;
    Ok(())
}

async fn write(client: &Client, rows: i64) -> Result<(), Failure> {
    let start = Instant::now();
    let written = client.write_iter(readings(rows)).await?;
    println!("\nwrite_iter: {} in {} requests", speed(rows, start.elapsed()), written.requests);
    check_memory()
}

async fn read_owned(client: &Client, rows: i64) -> Result<(), Failure> {
    let mut seen = Seen::new();
    let mut stream = client.influxql(QUERY).fetch::<Reading>();
    while let Some(row) = stream.next().await {
        let row = row?;
        seen.add(&Lent { time: row.time, sensor: &row.sensor, value: row.value, count: row.count });
        if seen.rows == 1 {
            // asked over a second connection, while the rows wait on the first
            println!("\nfetch: the first row is here, and the server: {}", still(client).await?);
        }
    }
    seen.report("fetch", rows)
}

async fn read_lent(client: &Client, rows: i64) -> Result<(), Failure> {
    let mut seen = Seen::new();
    lend(client, |row| seen.add(&row)).await?;
    println!();
    seen.report("rows lent", rows)
}

/// Lends all rows to `each`.
async fn lend(client: &Client, each: impl FnMut(Lent<'_>)) -> influx_client::Result<()> {
    client.influxql(QUERY).for_each_row::<Lent<'_>>(each).await
}

/// Reads a few rows and drops the stream, which must end the query on the server.
async fn leave(client: &Client) -> Result<(), Failure> {
    let mut stream = client.influxql(QUERY).fetch::<Reading>();
    for _ in 0..FEW {
        stream.next().await.ok_or("the rows ended early")??;
    }
    println!("\ndropping the stream after {FEW} rows, while the server: {}", still(client).await?);
    drop(stream);
    let start = Instant::now();
    while let Some(still) = running(client).await? {
        if start.elapsed() > Duration::from_secs(10) {
            return Err(format!("10 s after the stream was dropped, the server: {still}").into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!("the connection was closed: {:.1?} later the server runs it no more", start.elapsed());
    check_memory()
}

/// What the server says about the query that is being read; an error when it has finished.
async fn still(client: &Client) -> Result<String, Failure> {
    Ok(running(client).await?.ok_or("has finished the query already: take more rows")?)
}

/// What the server says about the query that is being read; `None` when it runs no such query.
async fn running(client: &Client) -> influx_client::Result<Option<String>> {
    #[derive(FromRow)]
    struct Running {
        query: String,
        database: String,
        duration: String,
    }
    let all: Vec<Running> = client.influxql("SHOW QUERIES").fetch_all().await?;
    let ours = all.into_iter().find(|q| q.query == QUERY && q.database == DATABASE);
    Ok(ours.map(|q| format!("has run `{}` for {} and still does", q.query, q.duration)))
}

/// The rows of one query, as they come.
struct Seen {
    start: Instant,
    first: Option<Duration>,
    rows: i64,
    wrong: Option<i64>,
}

impl Seen {
    fn new() -> Seen {
        Seen { start: Instant::now(), first: None, rows: 0, wrong: None }
    }

    fn add(&mut self, row: &Lent<'_>) {
        self.first.get_or_insert_with(|| self.start.elapsed());
        let n = self.rows;
        let sensor = row.sensor.strip_prefix("sensor-").and_then(|number| number.parse().ok());
        if (row.time, sensor, row.value, row.count) != (time(n), Some(n % SENSORS), value(n), n) {
            self.wrong.get_or_insert(n);
        }
        self.rows += 1;
    }

    /// Prints what was seen; an error when it is not what was written.
    fn report(self, verb: &str, rows: i64) -> Result<(), Failure> {
        let first = self.first.unwrap_or_default();
        println!("{verb}: {}, first row after {first:.1?}", speed(self.rows, self.start.elapsed()));
        match self.wrong {
            Some(row) => Err(format!("row {row} is not what was written").into()),
            None if self.rows != rows => Err(format!("{} rows were read of {rows}", self.rows).into()),
            None => check_memory(),
        }
    }
}

fn speed(rows: i64, time: Duration) -> String {
    let seconds = time.as_secs_f64();
    format!("{rows} rows in {seconds:.2} s, {:.0} rows/s", rows as f64 / seconds)
}

/// Prints the most memory that this process has taken so far; an error when it is too much.
fn check_memory() -> Result<(), Failure> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let Some(peak) = kib.map(|kib| kib / 1024.0) else {
        println!("  peak memory of this process: not known here");
        return Ok(());
    };
    println!("  peak memory of this process: {peak:.1} MiB");
    if peak < MEMORY { Ok(()) } else { Err(format!("{peak:.1} MiB is not below {MEMORY} MiB").into()) }
}
