//! The process that writes: threads that give points to one batch writer, and say how far they are.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use influx_client::batch::{BatchEvent, BatchWriter, BatchWriterBuilder, RetryPolicy};
use influx_client::{Client, Fsync, LineProtocol, SpoolSettings};

use super::{BASE, NAME, is_poison, value};

/// What a writing process is told.
#[derive(Debug, Clone)]
pub struct Orders {
    /// The server, or what stands before it.
    pub url: String,
    /// A token of 2.x; without it the server is one of 1.x.
    pub token: Option<String>,
    /// The first number that each thread gives.
    pub from: Vec<i64>,
    /// The number behind the last one.
    pub end: i64,
    /// Points per second of all threads; 0: as fast as they are taken.
    pub rate: u64,
    /// Where the writer keeps what is not delivered, if it does.
    pub spool: Option<PathBuf>,
}

#[derive(LineProtocol)]
#[measurement("soak")]
struct Row {
    #[timestamp]
    time: i64,
    #[tag]
    thread: u32,
    n: i64,
    x: f64,
}

/// Gives all points; prints `taken THREAD NUMBER` and `waits POINTS_ON_DISK BYTES_IN_MEMORY` now and then, `rejected NUMBER ..` for what the server refuses, and in the end what
/// became of all.
///
/// # Errors
///
/// The settings are wrong, or the writer was closed by somebody.
pub async fn run(orders: Orders) -> influx_client::Result<()> {
    // poison is for the server to find
    let client = match &orders.token {
        Some(token) => {
            Client::v2(&orders.url).org(NAME).bucket(NAME).token(token).check_lines(false).build()?
        }
        None => Client::v1(&orders.url).database(NAME).check_lines(false).build()?,
    };
    let retry = RetryPolicy::new().base(Duration::from_millis(50)).max_delay(Duration::from_secs(1));
    let builder = client
        .batch_writer()
        .batch_points(1_000)
        .flush_interval(Duration::from_millis(200))
        .queue_bytes(8 << 20)
        .request_timeout(Duration::from_secs(1))
        .retry(retry)
        .on_event(|event| {
            if let BatchEvent::Rejected { lines, rejected, .. } = event {
                let text = String::from_utf8_lossy(lines);
                assert_eq!(text.lines().count(), rejected.len());
                text.lines().for_each(|line| say(&format!("rejected {line}")));
            }
        });
    let writer = spooled(builder, &orders).build()?;
    let threads: Vec<_> = (0_u32..)
        .zip(orders.from.clone())
        .map(|(thread, from)| {
            let (writer, orders) = (writer.clone(), orders.clone());
            std::thread::spawn(move || give(&writer, &orders, thread, from))
        })
        .collect();
    for thread in threads {
        let joined = tokio::task::spawn_blocking(|| thread.join()).await;
        joined.map_err(|_| ()).and_then(|done| done.map_err(|_| ())).unwrap_or(Ok(()))?;
    }
    let report = writer.close(Duration::from_secs(120)).await;
    let stats = report.stats;
    say(&format!(
        "closed given {} written {} rejected {} dropped {} spooled {} requests {} retries {}",
        stats.given,
        stats.written,
        stats.rejected,
        stats.dropped,
        stats.spooled,
        stats.requests,
        stats.retries
    ));
    Ok(())
}

fn spooled(builder: BatchWriterBuilder, orders: &Orders) -> BatchWriterBuilder {
    match &orders.spool {
        // so little memory that points wait on disk alone when the server is gone
        Some(folder) => builder
            .batch_bytes(64 << 10)
            .queue_bytes(256 << 10)
            .spool(SpoolSettings::new(folder).fsync(Fsync::Never)),
        None => builder,
    }
}

fn give(writer: &BatchWriter, orders: &Orders, thread: u32, from: i64) -> influx_client::Result<()> {
    let started = std::time::Instant::now();
    let rate = orders.rate / orders.from.len().max(1) as u64;
    // most programs have several points at a time
    let mut rows = Vec::new();
    for n in from..orders.end {
        match is_poison(n) {
            true => writer.write_lines_blocking(&format!("poison,thread={thread} {n}"))?,
            false => rows.push(Row { time: BASE + n, thread, n, x: value(thread, n) }),
        }
        if n % 50 == 49 {
            writer.write_all_blocking(&rows)?;
            rows.clear();
        }
        if n % 500 == 499 {
            say(&format!("taken {thread} {n}"));
            let stats = writer.stats();
            say(&format!("waits {} {}", stats.on_disk, stats.pending_bytes));
            if rate > 0 {
                let due = Duration::from_secs_f64((n - from) as f64 / rate as f64);
                std::thread::sleep(due.saturating_sub(started.elapsed()));
            }
        }
    }
    writer.write_all_blocking(&rows)?;
    say(&format!("taken {thread} {}", orders.end - 1));
    Ok(())
}

fn say(line: &str) {
    // whoever reads may be gone
    let _ = writeln!(io::stdout().lock(), "{line}");
}
