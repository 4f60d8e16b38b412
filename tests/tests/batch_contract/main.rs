//! The contract of the batch writer, sentence by sentence, against the scripted server.

mod ending;
mod giving;
mod refusals;
mod sending;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use influx_client::batch::{
    BatchEvent, BatchWriter, BatchWriterBuilder, DropReason, RetryPolicy, Stats, WhenFull,
};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, LineProtocol, Point, Precision};

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(3_600);

async fn start() -> (Server, BatchWriterBuilder) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let retry = RetryPolicy::new().base(Duration::from_millis(1)).max_delay(Duration::from_millis(20));
    let builder = client.batch_writer().flush_interval(LONG).retry(retry);
    (server, builder)
}

fn point(n: i64) -> Point {
    Point::new("m").field("f", n).timestamp(n)
}

fn line(n: i64) -> String {
    format!("m f={n}i {n}")
}

async fn give(writer: &BatchWriter, numbers: impl IntoIterator<Item = i64>) {
    for n in numbers {
        writer.write(&point(n)).await.unwrap();
    }
}

fn adds_up(stats: &Stats) {
    assert_eq!(stats.given, stats.written + stats.rejected + stats.dropped + stats.pending, "{stats:?}");
}

/// Events as text, as they come.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn listen(&self, builder: BatchWriterBuilder) -> BatchWriterBuilder {
        let seen = self.clone();
        builder.on_event(move |event| {
            let text = match event {
                BatchEvent::Written { points, target, .. } => format!("written {points} to {target}"),
                BatchEvent::Retry { failures, lines, error, .. } => {
                    assert!(!lines.is_empty() && !error.to_string().is_empty());
                    format!("retry {failures}")
                }
                BatchEvent::Rejected { rejected, lines, .. } => {
                    let at: Vec<_> = rejected.iter().map(|one| one.index().unwrap()).collect();
                    format!("rejected {at:?}: {}", std::str::from_utf8(lines).unwrap().replace('\n', ";"))
                }
                BatchEvent::Dropped { points, why, .. } => format!("dropped {points}: {why}"),
                other => panic!("{other:?}"),
            };
            seen.0.lock().unwrap().push(text);
        })
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
