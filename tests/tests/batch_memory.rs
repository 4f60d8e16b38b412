//! Memory of the batch writer with a server that is down for the whole run. One test, so that nothing else runs in its process.

use std::time::Duration;

use influx_client::batch::{BatchWriter, BatchWriterBuilder, RetryPolicy, WhenFull};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Fsync, Point, SpoolSettings};
use tempfile::TempDir;

const MIB: usize = 1 << 20;
const QUEUE: usize = 4 * MIB;
/// Bytes of lines that are given: many times what may wait.
const GIVEN: usize = 48 * MIB;
/// What the program, its runtime, and a client need beside the queue.
const BESIDE: usize = 8 * MIB;

/// Memory of this process in bytes, and the most that it ever was; `None` where the system does not tell.
fn memory() -> Option<(usize, usize)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let of = |name: &str| -> Option<usize> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kib| kib * 1024)
    };
    Some((of("VmRSS:")?, of("VmHWM:")?))
}

fn builder(server: &Server) -> BatchWriterBuilder {
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let retry = RetryPolicy::new().base(Duration::from_millis(1)).max_delay(Duration::from_millis(20));
    client.batch_writer().retry(retry).batch_bytes(MIB / 4).queue_bytes(QUEUE)
}

/// Gives points of about 100 bytes, one by one; gives the bytes that were taken.
async fn give(writer: &BatchWriter) -> usize {
    let text = "x".repeat(64);
    let (mut taken, mut n) = (0, 0);
    while taken < GIVEN {
        let point = Point::new("m").field("f", n).field("t", text.as_str()).timestamp(n);
        writer.write(&point).await.unwrap();
        (n, taken) = (n + 1, taken + 90);
    }
    taken
}

#[tokio::test]
async fn a_server_that_is_down_costs_no_more_than_the_queue() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::cut());
    let Some((before, _)) = memory() else {
        eprintln!("left out: this system has no /proc/self/status");
        return;
    };

    let writer = builder(&server).when_full(WhenFull::DropOldest).build().unwrap();
    give(&writer).await;
    let stats = writer.stats();
    assert!(stats.dropped > stats.given / 2 && stats.pending_bytes <= QUEUE as u64 + 200, "{stats:?}");
    drop(writer);
    let (_, most) = memory().unwrap();
    eprintln!("without a spool: {} KiB more at most", (most - before) >> 10);
    assert!(most - before < QUEUE + BESIDE);

    let folder = TempDir::new().unwrap();
    let spool = SpoolSettings::new(folder.path()).fsync(Fsync::Never).max_bytes(4 * GIVEN as u64);
    let writer = builder(&server).spool(spool).build().unwrap();
    give(&writer).await;
    let stats = writer.stats();
    assert_eq!((stats.dropped, stats.pending), (0, stats.given));
    assert!(stats.on_disk > stats.given / 2 && stats.pending_bytes <= (QUEUE + MIB / 2) as u64, "{stats:?}");
    let (_, most) = memory().unwrap();
    eprintln!("with a spool: {} KiB more at most", (most - before) >> 10);
    assert!(most - before < QUEUE + BESIDE);
}
