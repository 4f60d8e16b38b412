//! Flushing, closing, and leaving without it.

use super::*;

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
