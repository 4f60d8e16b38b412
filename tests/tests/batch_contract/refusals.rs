//! What is refused, and what is tried again.

use super::*;

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

#[tokio::test]
async fn a_function_that_panics_stops_nothing() {
    let (server, builder) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    let writer = builder.batch_points(1).on_event(|_| panic!("the caller's fault")).build().unwrap();
    give(&writer, 0..3).await;
    assert!(writer.close(5 * SECOND).await.is_complete());
}
