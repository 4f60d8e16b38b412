//! The whole writer on a clock that stands still until all wait for it: times are exact, and nothing takes long.

mod answers;
mod closing;
mod flight;
mod flush;
mod full;
mod leave;
mod poison;
mod random;
mod retries;
mod server;
mod storage;
mod told;

use std::future::Future;
use std::time::Duration;

use influx_core::Point;
use tokio::time::{Instant, timeout};

use crate::batch::event::Stats;
use crate::batch::writer::BatchWriter;
use server::{Reply, Server};

const SECOND: Duration = Duration::from_secs(1);
/// Longer than all that a test waits for.
const LONG: Duration = Duration::from_secs(1_000_000);

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Points are told apart by their times; lines of those from 100 to 999 have 13 bytes.
fn point(n: i64) -> Point {
    Point::new("m").field("f", n).timestamp(n)
}

async fn give(writer: &BatchWriter, numbers: impl IntoIterator<Item = i64>) {
    for n in numbers {
        writer.write(&point(n)).await.unwrap();
        adds_up(&writer.stats());
    }
}

fn adds_up(stats: &Stats) {
    let ends = stats.written + stats.rejected + stats.dropped + stats.spooled + stats.pending;
    assert_eq!(stats.given, ends, "{stats:?}");
}

/// What the work gives, and after how many milliseconds.
async fn timed<T>(work: impl Future<Output = T>) -> (T, u128) {
    let started = Instant::now();
    // who waits in vain would wait for ever
    let result = timeout(2 * LONG, work).await.expect("an end");
    (result, started.elapsed().as_millis())
}

/// The times of the points in these lines.
fn numbers(lines: &[u8]) -> Vec<i64> {
    let text = std::str::from_utf8(lines).unwrap();
    text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}
