//! When a batch leaves.

use tokio::time::sleep;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_point_leaves_when_its_interval_is_over_and_not_before() {
    let server = Server::script([]);
    let writer = server.writer().flush_interval(ms(250)).build().unwrap();
    give(&writer, [1]).await;
    sleep(ms(100)).await;
    give(&writer, [2]).await;
    sleep(ms(149)).await;
    assert_eq!((server.seen(), writer.stats().pending), (vec![], 2));
    sleep(ms(751)).await;
    give(&writer, [3]).await;
    sleep(SECOND).await;
    assert_eq!(server.seen(), [(250, vec![1, 2]), (1_250, vec![3])], "the oldest point counts");
    assert_eq!((writer.stats().written, writer.stats().requests), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn jitter_is_added_to_the_interval() {
    let server = Server::script([]);
    let writer = server.writer().flush_interval(ms(200)).jitter(ms(500)).build().unwrap();
    for n in 0..60 {
        give(&writer, [n]).await;
        sleep(SECOND).await;
    }
    let waits: Vec<u64> = server.times().iter().enumerate().map(|(n, at)| at - 1_000 * n as u64).collect();
    assert_eq!(waits.len(), 60);
    assert!(waits.iter().all(|wait| (200..=700).contains(wait)), "{waits:?}");
    // by chance once in 2^60
    assert!(waits.iter().any(|wait| *wait < 450) && waits.iter().any(|wait| *wait > 450), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_leaves_at_once() {
    let server = Server::script([]);
    let writer = server.writer().batch_points(3).build().unwrap();
    sleep(ms(10)).await;
    give(&writer, 0..5).await;
    sleep(ms(10)).await;
    assert_eq!(server.seen(), [(10, vec![0, 1, 2])]);
    give(&writer, [5]).await;
    sleep(ms(10)).await;
    assert_eq!(server.seen()[1..], [(20, vec![3, 4, 5])]);

    let server = Server::script([]);
    let writer = server.writer().batch_bytes(26).flush_interval(ms(70)).build().unwrap();
    give(&writer, 100..102).await;
    sleep(ms(10)).await;
    assert_eq!(server.seen(), [(0, vec![100, 101])], "just full");
    give(&writer, [102]).await;
    sleep(ms(10)).await;
    // a line that does not fit begins a batch, and an interval
    give(&writer, [1_000_000]).await;
    sleep(SECOND).await;
    assert_eq!(server.seen()[1..], [(20, vec![102]), (90, vec![1_000_000])]);
    writer.write(&Point::new("x".repeat(50)).field("f", 1).timestamp(7)).await.unwrap();
    sleep(SECOND).await;
    assert_eq!(server.seen()[3..], [(1_020, vec![7])], "alone, and full at once");
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_request_is_on_its_way_leaves_when_it_is_answered() {
    let server = Server::script([Reply::stored().after(ms(300))]);
    let writer = server.writer().flush_interval(ms(100)).batch_points(2).build().unwrap();
    give(&writer, 0..5).await;
    sleep(ms(280)).await;
    give(&writer, [5]).await;
    sleep(SECOND).await;
    assert_eq!(server.seen(), [(0, vec![0, 1]), (300, vec![2, 3]), (300, vec![4, 5])]);

    let server = Server::script([Reply::stored().after(ms(300))]);
    let writer = server.writer().flush_interval(ms(100)).batch_points(2).build().unwrap();
    give(&writer, 0..3).await;
    sleep(SECOND).await;
    assert_eq!(server.seen(), [(0, vec![0, 1]), (300, vec![2])], "long due, not yet full");
}

/// The line that fills a batch opens the next one, too: another sender must look after that.
#[tokio::test(start_paused = true)]
async fn the_interval_holds_while_other_requests_hang() {
    for in_flight in 2..=4 {
        let hangs = |lines: usize| if lines == 2 { Reply::silence() } else { Reply::stored() };
        let server = Server::new(move |request| hangs(request.lines.len()));
        let builder = server.writer().batch_bytes(30).flush_interval(ms(50)).max_in_flight(in_flight);
        let writer = builder.build().unwrap();
        let hanging = in_flight as i64 - 1;
        for n in 0..=2 * hanging {
            sleep(ms(10)).await;
            give(&writer, [100 + n]).await;
        }
        sleep(SECOND).await;
        let mut expected: Vec<_> =
            (0..hanging).map(|n| (30 + 20 * n as u64, vec![100 + 2 * n, 101 + 2 * n])).collect();
        expected.push((60 + 20 * hanging as u64, vec![100 + 2 * hanging]));
        assert_eq!(server.seen(), expected, "{in_flight} at once");
        assert_eq!(server.on_their_way("d"), (in_flight - 1, in_flight));
    }
}
