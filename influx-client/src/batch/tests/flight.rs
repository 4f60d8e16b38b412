//! How many requests are on their way, in which order, and who waits for whom.

use tokio::time::sleep;

use super::*;
use crate::error::Kind;

#[tokio::test(start_paused = true)]
async fn one_at_a_time_keeps_the_order_whatever_happens() {
    let server = Server::script([
        Reply::status(503).after(ms(10)),
        Reply::silence(),
        Reply::lost(Kind::Connection).after(ms(10)),
        Reply::stored().after(ms(10)),
        Reply::busy(1),
        Reply::status(413),
        Reply::status(429),
        Reply::stored().after(ms(10)),
    ]);
    let writer = server.writer().request_timeout(ms(500)).batch_points(2).build().unwrap();
    give(&writer, 0..6).await;
    let (report, _) = timed(writer.close(LONG)).await;
    assert!(report.is_complete(), "{report:?}");
    let expected = [
        (0, vec![0, 1]),
        (10, vec![0, 1]),
        (510, vec![0, 1]),
        (520, vec![0, 1]),
        (530, vec![2, 3]),
        (1_530, vec![2, 3]),
        (1_530, vec![2]),
        (1_530, vec![2]),
        (1_540, vec![3]),
        (1_540, vec![4, 5]),
    ];
    assert_eq!(server.seen(), expected);
    assert_eq!(server.on_their_way("d"), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn several_at_once_and_no_more() {
    for in_flight in 1..=5 {
        let server = Server::new(|_| Reply::stored().after(ms(100)));
        let writer = server.writer().batch_points(1).max_in_flight(in_flight).build().unwrap();
        give(&writer, 0..12).await;
        let (report, took) = timed(writer.close(LONG)).await;
        assert!(report.is_complete());
        let rounds = 12_u64.div_ceil(in_flight as u64);
        assert_eq!(took as u64, 100 * rounds);
        assert_eq!(server.times(), (0..12).map(|n| n / in_flight as u64 * 100).collect::<Vec<_>>());
        assert_eq!(server.on_their_way("d"), (0, in_flight));
    }
}

#[tokio::test(start_paused = true)]
async fn the_wait_of_a_target_holds_all_its_batches() {
    let server = Server::new(|request| match request.numbers()[0] {
        0 if request.at < 1_000 => Reply::busy(1),
        _ => Reply::stored().after(ms(100)),
    });
    let writer = server.writer().batch_points(1).max_in_flight(2).build().unwrap();
    give(&writer, 0..5).await;
    let (report, took) = timed(writer.close(LONG)).await;
    assert!(report.is_complete() && took == 1_300, "{took} {report:?}");
    let expected = [
        (0, vec![0]),
        (1_000, vec![0]),
        (1_000, vec![1]),
        (1_100, vec![2]),
        (1_100, vec![3]),
        (1_200, vec![4]),
    ];
    assert_eq!(server.seen(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_dead_target_does_not_delay_another() {
    let server = Server::new(|request| match request.database.as_str() {
        "dead" => Reply::silence(),
        _ => Reply::stored().after(ms(20)),
    });
    let builder = server.writer().request_timeout(SECOND).flush_interval(ms(50));
    let writer = builder.batch_bytes(26).queue_bytes(78).build().unwrap();
    let dead = writer.to_database("dead").unwrap();
    let stuck = tokio::spawn(async move { give(&dead, 100..1_000).await });
    sleep(ms(10)).await;
    let (_, took) = timed(give(&writer, 100..120)).await;
    // room for six; each batch of two takes 20 ms
    assert_eq!(took, 140);
    give(&writer, [120]).await;
    sleep(SECOND).await;
    let live: Vec<_> = server.requests().into_iter().filter(|one| one.database == "d").collect();
    let times: Vec<u64> = live.iter().map(|request| request.at).collect();
    // the last one was given at 170 and waits for others
    assert_eq!(times, [10, 30, 50, 70, 90, 110, 130, 150, 170, 190, 220]);
    assert_eq!(
        live.iter().flat_map(|request| request.numbers()).collect::<Vec<_>>(),
        (100..121).collect::<Vec<_>>()
    );
    let dead: Vec<_> = server.requests().into_iter().filter(|one| one.database == "dead").collect();
    assert_eq!(
        dead.iter().map(|one| (one.at, one.numbers())).collect::<Vec<_>>(),
        [(0, vec![100, 101]), (1_000, vec![100, 101])]
    );
    assert!(!stuck.is_finished());
    stuck.abort();
    // close waits for both, until its deadline
    let (report, took) = timed(writer.close(ms(300))).await;
    assert_eq!((took, report.stats.written, report.stats.dropped), (300, 21, 6));
}
