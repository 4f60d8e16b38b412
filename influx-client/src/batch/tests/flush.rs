//! What `flush` waits for.

use tokio::time::sleep;

use super::*;
use crate::batch::retry::RetryPolicy;

#[tokio::test(start_paused = true)]
async fn flush_returns_when_all_is_settled() {
    let server = Server::new(|_| Reply::stored().after(ms(40)));
    let writer = server.writer().batch_points(2).build().unwrap();
    assert_eq!(timed(writer.flush()).await.1, 0, "nothing was given");
    give(&writer, 0..5).await;
    let (_, took) = timed(writer.flush()).await;
    assert_eq!((took, writer.stats().written, writer.stats().pending), (120, 5, 0));
    assert_eq!(server.seen(), [(0, vec![0, 1]), (40, vec![2, 3]), (80, vec![4])]);
    assert_eq!(timed(writer.flush()).await.1, 0, "all is settled");
}

#[tokio::test(start_paused = true)]
async fn flush_does_not_wait_for_the_interval() {
    let server = Server::script([]);
    let writer = server.writer().flush_interval(ms(500)).jitter(ms(500)).build().unwrap();
    give(&writer, [1]).await;
    sleep(ms(3)).await;
    assert_eq!(timed(writer.flush()).await.1, 0);
    // the interval of what comes then is its own
    give(&writer, [2]).await;
    sleep(ms(2_000)).await;
    let times = server.times();
    assert_eq!(times[0], 3);
    assert!((503..=1_003).contains(&times[1]), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_retries_and_for_what_is_given_up() {
    let server = Server::script([Reply::busy(9), Reply::busy(4)]);
    let writer = server.writer().batch_points(2).build().unwrap();
    give(&writer, 0..3).await;
    let (_, took) = timed(writer.flush()).await;
    assert_eq!((took, writer.stats().written), (13_000, 3));

    let refused = Reply::error(400, "unable to parse 'm f=1i 1': why");
    let server = Server::script([Reply::busy(9), Reply::busy(9), refused]);
    let retry = RetryPolicy::new().base(Duration::ZERO).max_retries(1);
    let writer = server.writer().retry(retry).batch_points(1).build().unwrap();
    give(&writer, 0..2).await;
    let (_, took) = timed(writer.flush()).await;
    assert_eq!((took, writer.stats().dropped, writer.stats().rejected), (18_000, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn flush_does_not_wait_for_points_given_later() {
    let server = Server::new(|request| match request.numbers()[0] {
        100.. => Reply::silence(),
        _ => Reply::stored().after(ms(50)),
    });
    for in_flight in [1, 4] {
        let writer = server.writer().max_in_flight(in_flight).batch_points(2).build().unwrap();
        give(&writer, 0..3).await;
        let other = writer.clone();
        let later = tokio::spawn(async move {
            sleep(ms(10)).await;
            give(&other, 100..105).await;
            // of this one the first knows nothing
            other.flush().await.unwrap();
        });
        let (_, took) = timed(writer.flush()).await;
        assert_eq!(took, if in_flight == 1 { 100 } else { 50 });
        sleep(SECOND).await;
        assert!(!later.is_finished());
        later.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn flush_covers_all_targets_and_handles() {
    let server =
        Server::new(|request| Reply::stored().after(ms(if request.database == "slow" { 700 } else { 100 })));
    let writer = server.writer().build().unwrap();
    let (slow, other) = (writer.to_database("slow").unwrap(), writer.clone());
    give(&slow, [1]).await;
    give(&other, [2]).await;
    let both = [writer.clone(), slow.clone()]
        .map(|handle| tokio::spawn(async move { timed(handle.flush()).await.1 }));
    for flushed in both {
        assert_eq!(flushed.await.unwrap(), 700);
    }
    assert_eq!(server.times(), [0, 0]);
    assert_eq!(writer.stats().written, 2);
}
