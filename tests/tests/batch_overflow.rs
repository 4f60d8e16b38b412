//! The batch writer when more waits than fits into memory: the rest waits on disk alone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use influx_client::batch::{
    BatchEvent, BatchWriter, BatchWriterBuilder, DropReason, RetryPolicy, Stats, WhenFull,
};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Fsync, Point, SpoolSettings};
use tempfile::TempDir;

const SECOND: Duration = Duration::from_secs(1);
const QUEUE: u64 = 8_000;

/// At most 8,000 bytes in memory.
fn small(server: &Server) -> BatchWriterBuilder {
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let retry = RetryPolicy::new().base(Duration::from_millis(1)).max_delay(Duration::from_millis(20));
    let builder = client.batch_writer().flush_interval(Duration::from_millis(5)).retry(retry);
    builder.batch_bytes(2_000).queue_bytes(QUEUE as usize)
}

fn spool(folder: &TempDir) -> SpoolSettings {
    SpoolSettings::new(folder.path()).fsync(Fsync::Never)
}

fn point(n: i64) -> Point {
    Point::new("m").field("f", n).timestamp(n)
}

async fn give(writer: &BatchWriter, numbers: std::ops::Range<i64>) {
    for n in numbers {
        writer.write(&point(n)).await.unwrap();
    }
}

fn lines(numbers: std::ops::Range<i64>) -> Vec<String> {
    numbers.map(|n| format!("m f={n}i {n}")).collect()
}

fn adds_up(stats: &Stats) {
    let ended = stats.written + stats.rejected + stats.dropped + stats.spooled;
    assert_eq!(stats.given, ended + stats.pending, "{stats:?}");
}

/// The lines that were dropped, and why.
#[derive(Clone, Default)]
struct Dropped(Arc<Mutex<Vec<(DropReason, String)>>>);

impl Dropped {
    fn listen(&self, builder: BatchWriterBuilder) -> BatchWriterBuilder {
        let seen = self.clone();
        builder.on_event(move |event| {
            if let BatchEvent::Dropped { why, points, lines, .. } = event {
                let lines = String::from_utf8(lines.to_vec()).unwrap();
                assert!(lines.is_empty() || lines.lines().count() == *points);
                seen.0.lock().unwrap().push((*why, lines));
            }
        })
    }

    fn lines(&self, reason: DropReason) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        assert!(seen.iter().all(|(why, _)| *why == reason), "{seen:?}");
        seen.iter().flat_map(|(_, lines)| lines.lines().map(str::to_owned)).collect()
    }
}

/// Looks at the writer until it is as asked for.
async fn until(writer: &BatchWriter, is: impl Fn(&Stats) -> bool) {
    while !is(&writer.stats()) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_server_that_is_gone_costs_disk_and_not_memory() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    // gone while the points come, and there afterwards
    server.expect(Expect::write().times(3), Reply::status(503).delay(Duration::from_millis(100)));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = small(&server).spool(spool(&folder)).build().unwrap();
    let mut most = 0;
    for n in 0..20_000 {
        writer.write(&point(n)).await.unwrap();
        most = most.max(writer.stats().pending_bytes);
    }
    let stats = writer.stats();
    adds_up(&stats);
    assert!(stats.on_disk > 0 && most < QUEUE + 2 * 2_000, "{stats:?}, {most}");
    // what comes later waits behind what is on disk
    writer.write_lines("m f=20000i 20000\nm f=20001i 20001").await.unwrap();
    writer.write_all(&(20_002..30_000).map(point).collect::<Vec<_>>()).await.unwrap();
    writer.flush().await.unwrap();
    assert_eq!((writer.stats().written, writer.stats().pending), (30_000, 0));
    assert_eq!(writer.stats().on_disk, 0);
    assert!(writer.close(SECOND).await.is_complete());
    let mut seen = server.lines();
    // the first batch was tried four times
    let tries = seen.len() - 30_000;
    assert!(tries > 0 && tries % 3 == 0 && seen[..tries / 3] == seen[tries..][..tries / 3]);
    seen.drain(..tries);
    assert_eq!(seen, lines(0..30_000), "in order, each once");

    // nothing is left on disk
    let writer = small(&server).spool(spool(&folder)).build().unwrap();
    assert_eq!(writer.close(SECOND).await.stats.given, 0);
}

#[tokio::test]
async fn close_leaves_on_disk_what_did_not_fit_into_memory() {
    let folder = TempDir::new().unwrap();
    let dead = Server::start().await.unwrap();
    dead.expect(Expect::write().any_times(), Reply::silence());
    for round in 0..3 {
        let writer = small(&dead).spool(spool(&folder)).build().unwrap();
        // those before wait in front; nobody waits for them
        give(&writer, round * 1_000..(round + 1) * 1_000).await;
        let stats = writer.stats();
        assert_eq!(stats.given, 1_000 * (round as u64 + 1));
        assert!(stats.pending_bytes < QUEUE + 2 * 2_000, "{stats:?}");
        let report = writer.close(Duration::from_millis(20)).await;
        assert_eq!((report.stats.spooled, report.stats.dropped), (report.stats.given, 0));
    }
    // a crash in the middle of a write leaves a torn end
    let segments = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let newest = segments.filter(|path| path.extension().is_some_and(|end| end == "spool")).max().unwrap();
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes.extend_from_slice(b"cut");
    std::fs::write(&newest, bytes).unwrap();

    let alive = Server::start().await.unwrap();
    alive.expect(Expect::write().any_times(), Reply::status(204));
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let builder = small(&alive).spool(spool(&folder)).on_event(move |event| {
        if let BatchEvent::Recovered { points, damaged_points, damaged_bytes, .. } = event {
            listener.lock().unwrap().push((*points, *damaged_points, *damaged_bytes));
        }
    });
    let writer = builder.build().unwrap();
    assert_eq!(*told.lock().unwrap(), [(3_000, 0, 3)]);
    let report = writer.close(10 * SECOND).await;
    assert!(report.is_complete() && report.stats.given == 3_000, "{report:?}");
    assert_eq!(alive.lines(), lines(0..3_000));
}

#[tokio::test]
async fn points_of_an_earlier_writer_for_a_dead_target_do_not_delay_another() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().param("db", "dead").any_times(), Reply::silence());
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = small(&server).spool(spool(&folder)).build().unwrap();
    let dead = writer.to_database("dead").unwrap();
    give(&dead, 0..2_000).await;
    drop(dead);
    let report = writer.close(Duration::from_millis(50)).await;
    assert_eq!(report.stats.spooled, 2_000);

    let writer = small(&server).spool(spool(&folder)).build().unwrap();
    let dead = writer.to_database("dead").unwrap();
    give(&dead, 2_000..2_100).await;
    give(&writer, 0..1_000).await;
    until(&writer, |stats| stats.written == 1_000).await;
    drop(dead);
    let report = writer.close(Duration::from_millis(50)).await;
    assert_eq!((report.stats.written, report.stats.spooled), (1_000, 2_100));
}

#[tokio::test]
async fn a_full_spool_makes_writes_wait() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().times(2), Reply::status(503).delay(Duration::from_millis(300)));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = small(&server).spool(spool(&folder).max_bytes(40_000)).build().unwrap();
    let giving = writer.clone();
    let task = tokio::spawn(async move { give(&giving, 0..10_000).await });
    let mut largest = 0;
    while !task.is_finished() {
        let size =
            |entry: std::io::Result<std::fs::DirEntry>| entry.ok()?.metadata().ok().map(|data| data.len());
        largest = largest.max(std::fs::read_dir(folder.path()).unwrap().filter_map(size).sum::<u64>());
        adds_up(&writer.stats());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    task.await.unwrap();
    assert!(largest > 20_000 && largest <= 40_000, "{largest}");
    assert!(writer.close(10 * SECOND).await.is_complete());
    let seen = server.lines();
    assert_eq!(seen[seen.len() - 10_000..], lines(0..10_000));
}

#[tokio::test]
async fn a_full_spool_can_refuse() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::silence());
    let builder = small(&server).spool(spool(&folder).max_bytes(40_000));
    let writer = builder.when_full(WhenFull::Reject).build().unwrap();
    let mut taken = 0;
    let error = loop {
        match writer.write(&point(taken)).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    // the one that found it out was taken
    assert!(error.is_spool() && error.to_string().contains("the point was taken"), "{error}");
    taken += 1;
    for _ in 0..3 {
        let error = writer.write(&point(taken)).await.unwrap_err();
        assert!(error.is_full(), "{error}");
        assert!(writer.try_write(&point(taken)).unwrap_err().is_full());
    }
    let report = writer.close(Duration::from_millis(20)).await;
    adds_up(&report.stats);
    assert_eq!(report.stats.given, taken as u64);
    // what is neither delivered nor on disk is handed back
    assert_eq!((report.stats.dropped, report.unsent.len()), (1, 1));
    assert_eq!(report.unsent[0].lines, format!("m f={0}i {0}\n", taken - 1));
}

#[tokio::test]
async fn a_full_spool_can_drop_the_oldest() {
    let folder = TempDir::new().unwrap();
    let dead = Server::start().await.unwrap();
    dead.expect(Expect::write().any_times(), Reply::silence());
    let dropped = Dropped::default();
    let builder = small(&dead).spool(spool(&folder).max_bytes(40_000));
    let writer = dropped.listen(builder.when_full(WhenFull::DropOldest)).build().unwrap();
    give(&writer, 0..5_000).await;
    let stats = writer.stats();
    adds_up(&stats);
    assert!(stats.dropped > 1_000 && stats.pending_bytes < QUEUE + 2 * 2_000, "{stats:?}");
    let mut ended = dropped.lines(DropReason::QueueFull);
    assert_eq!(ended.len() as u64, stats.dropped);
    let report = writer.close(Duration::from_millis(20)).await;
    adds_up(&report.stats);

    let alive = Server::start().await.unwrap();
    alive.expect(Expect::write().any_times(), Reply::status(204));
    let writer = small(&alive).spool(spool(&folder).max_bytes(40_000)).build().unwrap();
    assert!(writer.close(10 * SECOND).await.is_complete());
    let back = report.unsent.iter().map(|unsent| String::from_utf8(unsent.lines.to_vec()).unwrap());
    ended.extend(back.flat_map(|lines| lines.lines().map(str::to_owned).collect::<Vec<_>>()));
    ended.extend(alive.lines());
    ended.sort_by_key(|line| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap());
    ended.dedup();
    assert_eq!(ended, lines(0..5_000), "each is dropped, handed back or delivered");
    assert_eq!(*alive.lines().last().unwrap(), "m f=4999i 4999", "the newest are kept");
}

#[tokio::test]
async fn damage_on_disk_costs_what_it_hits_and_is_told() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().times(1), Reply::status(503).delay(SECOND));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let dropped = Dropped::default();
    let builder = small(&server).spool(spool(&folder).max_bytes(1 << 20).segment_bytes(60_000));
    let writer = dropped.listen(builder).build().unwrap();
    give(&writer, 0..2_000).await;
    assert!(writer.stats().on_disk > 1_000);
    let mut segments: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "spool"));
    segments.sort();
    let mut bytes = std::fs::read(&segments[1]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    std::fs::write(&segments[1], bytes).unwrap();
    let report = writer.close(10 * SECOND).await;
    adds_up(&report.stats);
    assert!(report.stats.dropped > 0 && report.stats.written + report.stats.dropped == 2_000, "{report:?}");
    assert!(!dropped.0.lock().unwrap().is_empty());
    dropped.lines(DropReason::Damaged);
    let seen = server.lines();
    let delivered: std::collections::BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(delivered.len() as u64, report.stats.written);
}

#[tokio::test]
async fn plain_threads_and_fsync_always() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().times(1), Reply::status(503).delay(Duration::from_millis(200)));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let builder = small(&server).queue_bytes(6_000).spool(SpoolSettings::new(folder.path()));
    let writer = builder.build().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let writer = writer.clone();
            tokio::task::spawn_blocking(move || {
                let points: Vec<_> = (0..500).map(|n| point(thread * 500 + n)).collect();
                let (one_by_one, together) = points.split_at(50);
                one_by_one.iter().for_each(|point| writer.write_blocking(point).unwrap());
                writer.write_all_blocking(together).unwrap();
            })
        })
        .collect();
    for thread in threads {
        thread.await.unwrap();
    }
    assert!(writer.close(10 * SECOND).await.is_complete());
    let delivered: std::collections::BTreeSet<_> = server.lines().into_iter().collect();
    assert_eq!(delivered, lines(0..2_000).into_iter().collect());
}
