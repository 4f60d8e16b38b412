//! The batch writer with its spool: what survives the writer.

use std::time::Duration;

use influx_client::batch::{BatchWriter, RetryPolicy};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Fsync, Point, Precision, SpoolSettings};
use tempfile::TempDir;

const SECOND: Duration = Duration::from_secs(1);

fn open(server: &Server, folder: &TempDir, fsync: Fsync) -> influx_client::Result<BatchWriter> {
    let client = Client::v1(server.url()).database("d").build()?;
    let retry = RetryPolicy::new().base(Duration::from_millis(1)).max_delay(Duration::from_millis(20));
    let spool = SpoolSettings::new(folder.path()).fsync(fsync);
    client
        .batch_writer()
        .batch_points(3)
        .flush_interval(Duration::from_millis(10))
        .retry(retry)
        .spool(spool)
        .build()
}

async fn give(writer: &BatchWriter, numbers: std::ops::Range<i64>) {
    for n in numbers {
        writer.write(&Point::new("m").field("f", n).timestamp(n)).await.unwrap();
    }
}

fn lines(numbers: std::ops::Range<i64>) -> Vec<String> {
    numbers.map(|n| format!("m f={n}i {n}")).collect()
}

#[tokio::test]
async fn what_was_not_delivered_is_sent_by_the_next_writer_before_anything_else() {
    for fsync in [Fsync::Always, Fsync::Interval(Duration::from_millis(5)), Fsync::Never] {
        let folder = TempDir::new().unwrap();
        let dead = Server::start().await.unwrap();
        dead.expect(Expect::write().any_times(), Reply::status(503));
        let writer = open(&dead, &folder, fsync).unwrap();
        give(&writer, 0..10).await;
        let other = writer.to_database("other").unwrap().with_precision(Precision::S).unwrap();
        other.write_lines("x f=1 5").await.unwrap();
        let report = writer.close(Duration::from_millis(50)).await;
        assert_eq!(
            (report.stats.given, report.stats.spooled, report.stats.dropped),
            (11, 11, 0),
            "{fsync:?}"
        );
        assert!(report.unsent.is_empty());

        let alive = Server::start().await.unwrap();
        alive.expect(Expect::write().any_times(), Reply::status(204));
        let writer = open(&alive, &folder, fsync).unwrap();
        give(&writer, 10..15).await;
        let report = writer.close(10 * SECOND).await;
        assert!(report.is_complete() && report.stats.given == 16, "{report:?}");
        let of = |db: &str| -> Vec<String> {
            let to = alive.requests().into_iter().filter(|request| request.param("db") == Some(db));
            to.flat_map(|request| request.lines()).collect()
        };
        assert_eq!(of("d"), lines(0..15), "{fsync:?}");
        assert_eq!(of("other"), ["x f=1 5"]);
        let request =
            alive.requests().into_iter().find(|request| request.param("db") == Some("other")).unwrap();
        assert_eq!(request.param("precision"), Some("s"));

        // nothing is sent twice
        let again = Server::start().await.unwrap();
        let writer = open(&again, &folder, fsync).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(writer.close(SECOND).await.stats.given, 0);
        assert!(again.requests().is_empty());
    }
}

#[tokio::test]
async fn what_is_refused_leaves_the_spool() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().body_contains("f=1i").any_times(), Reply::error(400, "no"));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = open(&server, &folder, Fsync::Never).unwrap();
    give(&writer, 0..3).await;
    let report = writer.close(10 * SECOND).await;
    assert_eq!((report.stats.written, report.stats.rejected, report.stats.spooled), (2, 1, 0));
    let writer = open(&server, &folder, Fsync::Never).unwrap();
    assert_eq!(writer.close(SECOND).await.stats.given, 0);
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_its_points_on_disk() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::silence());
    let writer = open(&server, &folder, Fsync::Always).unwrap();
    give(&writer, 0..4).await;
    drop(writer);
    let alive = Server::start().await.unwrap();
    alive.expect(Expect::write().any_times(), Reply::status(204));
    let writer = open(&alive, &folder, Fsync::Always).unwrap();
    while writer.stats().written < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(writer.close(10 * SECOND).await.is_complete());
    assert_eq!(alive.lines(), lines(0..4));
}

#[tokio::test]
async fn two_writers_do_not_share_a_folder() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    let _writer = open(&server, &folder, Fsync::Always).unwrap();
    let error = open(&server, &folder, Fsync::Always).unwrap_err();
    assert!(error.is_spool() && error.to_string().contains("is in use by another writer"), "{error}");
}

#[tokio::test]
async fn more_than_the_queue_holds_is_sent_from_disk() {
    let folder = TempDir::new().unwrap();
    let dead = Server::start().await.unwrap();
    dead.expect(Expect::write().any_times(), Reply::silence());
    let writer = open(&dead, &folder, Fsync::Never).unwrap();
    give(&writer, 0..20_000).await;
    writer.close(Duration::ZERO).await;
    let alive = Server::start().await.unwrap();
    alive.expect(Expect::write().any_times(), Reply::status(204));
    let client = Client::v1(alive.url()).database("d").build().unwrap();
    let small = client.batch_writer().batch_points(1_000).batch_bytes(10_000).queue_bytes(40_000);
    let writer = small.spool(SpoolSettings::new(folder.path())).build().unwrap();
    let mut most = 0;
    while writer.stats().written < 19_000 {
        most = most.max(writer.stats().pending_bytes);
        tokio::task::yield_now().await;
    }
    give(&writer, 20_000..20_001).await;
    assert!(writer.close(10 * SECOND).await.is_complete());
    assert_eq!(alive.lines(), lines(0..20_001));
    // the queue and a run of the spool
    assert!(most < 40_000 + (64 << 10), "{most}");
}
