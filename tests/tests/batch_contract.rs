//! The contract of the batch writer, sentence by sentence, against the scripted server.

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

#[tokio::test]
async fn batches_leave_by_points_bytes_age_and_flush() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(3).batch_bytes(40).build().unwrap();
    give(&writer, 0..7).await;
    writer.flush().await.unwrap();
    let sizes: Vec<_> = server.requests().iter().map(|request| request.lines().len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    writer.write(&Point::new("x".repeat(36)).field("f", 1).timestamp(1)).await.unwrap();
    writer.flush().await.unwrap();
    assert_eq!(server.requests().len(), 4);

    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let jittered = builder.flush_interval(Duration::from_millis(30)).jitter(Duration::from_millis(20));
    let writer = jittered.build().unwrap();
    give(&writer, 0..2).await;
    while writer.stats().written < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn lines_reach_the_server_in_order_also_after_failures() {
    let (server, builder) = start().await;
    for reply in [
        Reply::status(503),
        Reply::cut(),
        Reply::error(500, "timeout"),
        Reply::status(429).retry_after(0),
        Reply::status(204),
        Reply::status(502),
    ] {
        server.expect(Expect::write(), reply);
    }
    server.expect(Expect::write().any_times(), Reply::status(204));
    let seen = Seen::default();
    let writer = seen.listen(builder.batch_points(2)).build().unwrap();
    give(&writer, 0..6).await;
    let report = writer.close(10 * SECOND).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!((report.stats.written, report.stats.requests, report.stats.retries), (6, 8, 5));
    let bodies: Vec<Vec<String>> = server.requests().iter().map(|request| request.lines()).collect();
    let batch = |n: i64| vec![line(n), line(n + 1)];
    assert_eq!(bodies, [0, 0, 0, 0, 0, 2, 2, 4].map(batch), "the same bytes again, and nothing overtakes");
    let events = [
        "retry 1",
        "retry 2",
        "retry 3",
        "retry 4",
        "written 2 to d",
        "retry 1",
        "written 2 to d",
        "written 2 to d",
    ];
    assert_eq!(seen.all(), events);
}

#[tokio::test]
async fn a_refused_line_is_reported_and_holds_nothing_up() {
    let (server, builder) = start().await;
    let message = "partial write: unable to parse 'm f=1i 1': why dropped=0";
    server.expect(Expect::write(), Reply::error(400, message));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let seen = Seen::default();
    let writer = seen.listen(builder.batch_points(3)).build().unwrap();
    give(&writer, 0..6).await;
    let report = writer.close(SECOND).await;
    assert_eq!((report.stats.written, report.stats.rejected), (5, 1));
    adds_up(&report.stats);
    assert_eq!(
        (report.rejected[0].index(), report.rejected[0].line(), report.rejected[0].reason()),
        (Some(1), Some("m f=1i 1"), "why")
    );
    assert_eq!(seen.all(), ["rejected [1]: m f=1i 1;", "written 2 to d", "written 3 to d"]);
}

/// A server that refuses a request for one of its lines, and does not say which.
#[tokio::test]
async fn every_pattern_of_refused_lines_is_found() {
    let server = Server::start().await.unwrap();
    server.expect(
        Expect::write().body_contains("poison").any_times(),
        Reply::error(400, "field type conflict"),
    );
    server.expect(Expect::write().any_times(), Reply::status(204));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    for count in 1..=6 {
        for pattern in 0..1_u32 << count {
            let before = server.requests().len();
            let writer = client.batch_writer().batch_points(count).build().unwrap();
            let is_bad = |n: usize| pattern & 1 << n != 0;
            for n in 0..count {
                let name = if is_bad(n) { "poison" } else { "good" };
                writer.write(&Point::new(name).field("f", n as i64).timestamp(1)).await.unwrap();
            }
            let report = writer.close(10 * SECOND).await;
            let bad: Vec<_> = (0..count).filter(|n| is_bad(*n)).map(Some).collect();
            let found: Vec<_> = report.rejected.iter().map(|one| one.index()).collect();
            assert_eq!(found, bad, "{pattern:b}");
            assert_eq!(
                (report.stats.written, report.stats.rejected),
                ((count - bad.len()) as u64, bad.len() as u64)
            );
            let delivered = server.requests();
            let delivered = delivered[before..].iter().filter(|request| !request.text().contains("poison"));
            let stored: Vec<_> = delivered.flat_map(|request| request.lines()).collect();
            let expected = (0..count).filter(|n| !is_bad(*n)).map(|n| format!("good f={n}i 1"));
            assert_eq!(stored, expected.collect::<Vec<_>>(), "{pattern:b}");
        }
    }
}

#[tokio::test]
async fn what_is_too_large_goes_in_halves() {
    let (server, builder) = start().await;
    server.expect(Expect::write().times(2), Reply::status(413).before_body());
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(4).build().unwrap();
    give(&writer, 0..4).await;
    let report = writer.close(SECOND).await;
    assert!(report.is_complete(), "{report:?}");
    let lines: Vec<_> = server.requests()[2..].iter().map(|request| request.lines()).collect();
    assert_eq!(lines, [vec![line(0)], vec![line(1)], vec![line(2), line(3)]]);
}

#[tokio::test]
async fn a_full_queue_makes_writes_wait() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204).delay(Duration::from_millis(50)));
    let writer = builder.batch_points(10).batch_bytes(100).queue_bytes(300).build().unwrap();
    let mut most = 0;
    for n in 0..200 {
        writer.write(&point(n)).await.unwrap();
        most = most.max(writer.stats().pending_bytes);
        adds_up(&writer.stats());
    }
    assert!((250..=330).contains(&most), "{most}");
    assert!(writer.clone().close(30 * SECOND).await.is_complete());
    assert_eq!(server.lines(), (0..200).map(line).collect::<Vec<_>>());
    assert!(writer.write(&point(1)).await.unwrap_err().is_closed());
}

#[tokio::test]
async fn a_full_queue_can_refuse_or_drop_the_oldest() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::silence());
    let small = |builder: BatchWriterBuilder| builder.batch_points(10).batch_bytes(100).queue_bytes(300);
    let writer = small(builder).when_full(WhenFull::Reject).build().unwrap();
    let mut taken = 0;
    let error = loop {
        match writer.write(&point(taken)).await {
            Ok(()) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_full() && error.to_string().contains("the queue of d is full"), "{error}");
    assert!(writer.try_write(&point(0)).unwrap_err().is_full());
    let error = writer.write_all(&[point(1)]).await.unwrap_err();
    assert_eq!(error.points_taken(), 0);
    assert_eq!(writer.stats().given, taken as u64);

    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::silence());
    let seen = Seen::default();
    let writer = seen.listen(small(builder).when_full(WhenFull::DropOldest)).build().unwrap();
    // the first batch is on its way and stays
    give(&writer, 0..10).await;
    while server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    give(&writer, 10..100).await;
    let stats = writer.stats();
    adds_up(&stats);
    assert!(stats.dropped > 50 && stats.pending_bytes < 330, "{stats:?}");
    assert!(seen.all().iter().all(|event| event.ends_with(": the queue was full")), "{:?}", seen.all());
    let report = writer.close(Duration::ZERO).await;
    let left: Vec<_> = report.unsent.iter().flat_map(|unsent| unsent.lines.to_vec()).collect();
    let left: Vec<_> = std::str::from_utf8(&left).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(left[0], line(0));
    assert_eq!(left.last(), Some(&line(99)), "the newest points are kept");
}

#[tokio::test]
async fn flush_returns_when_all_before_it_is_settled() {
    let (server, builder) = start().await;
    server.expect(Expect::write(), Reply::status(503));
    server.expect(Expect::write().any_times(), Reply::status(204).delay(Duration::from_millis(30)));
    let writer = builder.batch_points(2).build().unwrap();
    give(&writer, 0..5).await;
    assert!(writer.stats().pending > 0);
    writer.flush().await.unwrap();
    assert_eq!((writer.stats().written, writer.stats().pending), (5, 0));
    writer.flush().await.unwrap();
}

#[tokio::test]
async fn close_returns_by_its_deadline_and_hands_back_what_is_left() {
    let (server, builder) = start().await;
    server.expect(Expect::write(), Reply::status(204));
    server.expect(Expect::write().any_times(), Reply::silence());
    let seen = Seen::default();
    let writer = seen.listen(builder.batch_points(2)).build().unwrap();
    let other = writer.to_database("other").unwrap();
    give(&writer, 0..5).await;
    give(&other, 7..8).await;
    while writer.stats().written < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let started = Instant::now();
    let report = writer.close(Duration::from_millis(200)).await;
    assert!(started.elapsed() < SECOND, "{:?}", started.elapsed());
    assert_eq!(
        (report.stats.given, report.stats.written, report.stats.dropped, report.stats.pending),
        (6, 2, 4, 0)
    );
    assert!(!report.is_complete());
    let mut unsent: Vec<_> = report.unsent.iter().map(|one| (one.target.to_string(), one.points)).collect();
    unsent.sort();
    assert_eq!(unsent, [("d".to_owned(), 1), ("d".to_owned(), 2), ("other".to_owned(), 1)]);
    let dropped =
        seen.all().iter().filter(|event| event.contains(": the deadline of close was reached")).count();
    assert_eq!(dropped, 3);
}

#[tokio::test]
async fn what_waits_for_a_retry_is_tried_once_more_on_close() {
    let (server, builder) = start().await;
    server.expect(Expect::write(), Reply::status(503).retry_after(3_000));
    server.expect(Expect::write(), Reply::status(204));
    let writer = builder.retry(RetryPolicy::new().max_delay(LONG)).batch_points(1).build().unwrap();
    give(&writer, 0..1).await;
    while writer.stats().retries < 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(writer.close(5 * SECOND).await.is_complete());
}

#[tokio::test]
async fn dropping_the_writer_says_what_was_unsent() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::silence());
    let seen = Seen::default();
    let writer = seen.listen(builder.batch_points(2)).build().unwrap();
    give(&writer, 0..3).await;
    let clone = writer.clone();
    drop(writer);
    assert!(seen.all().is_empty(), "a handle is left");
    drop(clone);
    let total: Vec<_> = seen.all();
    assert_eq!(total.len(), 2, "{total:?}");
    assert!(total.iter().all(|event| event.ends_with(": the writer was dropped without close")), "{total:?}");
}

#[tokio::test]
async fn points_without_a_timestamp_are_stamped_when_they_are_given() {
    #[derive(LineProtocol)]
    struct Beat {
        alive: bool,
    }
    let (server, builder) = start().await;
    server.expect(Expect::write(), Reply::cut());
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.build().unwrap();
    writer.write(&Beat { alive: true }).await.unwrap();
    writer.write(&Point::new("p").field("f", 1)).await.unwrap();
    writer.write_lines("raw f=1\n# a comment\n\nraw f=\"x 1\"\nraw f=2 77").await.unwrap();
    let before = std::time::SystemTime::now();
    assert!(writer.close(SECOND).await.is_complete());
    let requests = server.requests();
    assert_eq!(requests[0].body(), requests[1].body(), "what is sent again is the same");
    let points = requests[0].points();
    let times: Vec<_> = points.iter().map(|point| point.unix_nanos().unwrap()).collect();
    assert_eq!((times.len(), times[4]), (5, 77));
    assert!(times[..4].is_sorted_by(|a, b| a < b), "{times:?}");
    let now = before.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
    assert!((now - 5_000_000_000..=now).contains(&times[0]), "{times:?} {now}");
}

#[tokio::test]
async fn raw_lines_are_stamped_in_the_unit_of_the_target() {
    let (server, builder) = start().await;
    server.expect(Expect::write().param("precision", "s"), Reply::status(204));
    let writer = builder.build().unwrap().with_precision(Precision::S).unwrap();
    writer.write_lines("raw f=1").await.unwrap();
    assert!(writer.close(SECOND).await.is_complete());
    let time: u64 = server.lines()[0].rsplit(' ').next().unwrap().parse().unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    assert!((now - 5..=now).contains(&time), "{time}");
}

#[tokio::test]
async fn one_dead_target_does_not_delay_another() {
    let (server, builder) = start().await;
    server.expect(Expect::write().param("db", "dead").any_times(), Reply::silence());
    server.expect(Expect::write().any_times(), Reply::status(204));
    let builder = builder.flush_interval(Duration::from_millis(10));
    let writer = builder.batch_points(10).batch_bytes(100).queue_bytes(300).build().unwrap();
    let dead = writer.to_database("dead").unwrap();
    let stuck = tokio::spawn(async move { give(&dead, 0..1_000).await });
    while server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let started = Instant::now();
    give(&writer, 0..500).await;
    // the other target never settles: flush would wait for it
    while writer.stats().written < 500 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(started.elapsed() < 5 * SECOND && !stuck.is_finished());
    stuck.abort();
}

#[tokio::test]
async fn retries_end_where_the_policy_ends() {
    let (server, builder) = start().await;
    server.expect(Expect::write().times(3), Reply::status(503));
    server.expect(Expect::write().any_times(), Reply::status(204));
    let seen = Seen::default();
    let retry = RetryPolicy::new().base(Duration::from_millis(1)).max_retries(2);
    let writer = seen.listen(builder.retry(retry).batch_points(2)).build().unwrap();
    give(&writer, 0..4).await;
    let report = writer.close(5 * SECOND).await;
    assert_eq!((report.stats.written, report.stats.dropped, report.stats.requests), (2, 2, 4));
    let dropped = format!("dropped 2: {}", DropReason::RetriesExhausted);
    assert_eq!(seen.all(), ["retry 1", "retry 2", &dropped, "written 2 to d"]);
    assert_eq!(report.rejected.iter().map(|one| one.index()).collect::<Vec<_>>(), [Some(0), Some(1)]);
    assert!(report.rejected[0].reason().contains("503"), "{}", report.rejected[0].reason());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_threads_and_tasks_give_at_once() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(50).batch_bytes(1_000).queue_bytes(3_000).build().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let writer = writer.clone();
            std::thread::spawn(move || {
                let points: Vec<_> = (0..500).map(|n| point(thread * 1_000 + n)).collect();
                writer.write_all_blocking(&points).unwrap();
            })
        })
        .collect();
    give(&writer, 9_000..9_500).await;
    for thread in threads {
        tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
    }
    assert!(writer.close(20 * SECOND).await.is_complete());
    let mut lines = server.lines();
    let of = |lines: &[String], thread: i64| -> Vec<String> {
        let own = |line: &&String| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap() / 1_000 == thread;
        lines.iter().filter(own).cloned().collect()
    };
    for thread in [0, 1, 2, 3, 9] {
        assert_eq!(of(&lines, thread), (thread * 1_000..thread * 1_000 + 500).map(line).collect::<Vec<_>>());
    }
    lines.dedup();
    assert_eq!(lines.len(), 2_500);
}

#[tokio::test]
async fn several_requests_on_their_way() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204).delay(Duration::from_millis(100)));
    let writer = builder.batch_points(1).max_in_flight(4).build().unwrap();
    let started = Instant::now();
    give(&writer, 0..8).await;
    assert!(writer.close(5 * SECOND).await.is_complete());
    assert!(started.elapsed() < Duration::from_millis(700), "{:?}", started.elapsed());
    let mut lines = server.lines();
    lines.sort();
    assert_eq!(lines, (0..8).map(line).collect::<Vec<_>>());
}

#[tokio::test]
async fn mistakes_are_found_when_it_is_built_or_given_points() {
    let client = Client::v1("http://localhost:1").build().unwrap();
    let error = client.batch_writer().build().unwrap_err();
    assert!(error.to_string().contains("no database is named"), "{error}");
    let builder = || client.batch_writer().database("d");
    for (builder, says) in [
        (builder().batch_points(0), "batch_points(0)"),
        (builder().batch_bytes(0), "batch_bytes(0)"),
        (builder().max_in_flight(0), "max_in_flight takes 1 to 256"),
        (builder().queue_bytes(1_000), "queue_bytes must hold"),
        (builder().default_tag("a", "b\nc"), "the default tag \"a\" cannot be written"),
        (builder().request_timeout(Duration::ZERO), "a request timeout of 0"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.is_config() && error.to_string().contains(says), "{error}");
    }
    let writer = builder().default_tag("host", "a").build().unwrap();
    let error = writer.write(&Point::new("m").field("f", f64::NAN)).await.unwrap_err();
    assert!(error.is_encode(), "{error}");
    assert!(writer.write_lines("m f=1\r\n").await.unwrap_err().is_encode());
    assert!(writer.to_database("").unwrap_err().is_config());
    assert_eq!(writer.stats(), Stats::default());
    let outside = std::thread::spawn(move || builder_outside().build().unwrap_err()).join().unwrap();
    assert!(outside.to_string().contains("needs a Tokio runtime"), "{outside}");
}

fn builder_outside() -> BatchWriterBuilder {
    Client::v1("http://localhost:1").database("d").build().unwrap().batch_writer()
}

#[tokio::test]
async fn a_function_that_panics_stops_nothing() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(1).on_event(|_| panic!("the caller's fault")).build().unwrap();
    give(&writer, 0..3).await;
    assert!(writer.close(5 * SECOND).await.is_complete());
}
