//! When batches leave, in which order, and where to.

use super::*;

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
