//! What a full queue does to those who give points.

use tokio::time::sleep;

use super::told::Events;
use super::*;
use crate::batch::builder::BatchWriterBuilder;
use crate::batch::event::DropReason;
use crate::batch::settings::WhenFull;

/// Room for six lines of 13 bytes, in batches of two.
fn small(server: &Server, when_full: WhenFull) -> BatchWriterBuilder {
    server.writer().batch_bytes(26).queue_bytes(78).when_full(when_full)
}

#[tokio::test(start_paused = true)]
async fn a_write_waits_until_there_is_room() {
    let server = Server::new(|_| Reply::stored().after(ms(500)));
    let writer = small(&server, WhenFull::Wait).build().unwrap();
    let (_, took) = timed(give(&writer, 100..106)).await;
    assert_eq!((took, writer.stats().pending_bytes), (0, 78));
    assert!(writer.try_write(&point(106)).unwrap_err().is_full());
    // a settled batch makes room for two
    for (n, waits) in [(106, 500), (107, 0), (108, 500), (109, 0), (110, 500)] {
        assert_eq!(timed(give(&writer, [n])).await.1, waits, "{n}");
        assert!(writer.stats().pending_bytes <= 78);
    }
    writer.try_write(&point(111)).unwrap();
    assert_eq!(writer.stats().given, 12);
    let (report, took) = timed(writer.close(LONG)).await;
    assert!(report.is_complete() && took == 1_500, "{took} {report:?}");
    let all: Vec<i64> = server.requests().iter().flat_map(|request| request.numbers()).collect();
    assert_eq!(all, (100..112).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_get_room_in_the_end() {
    let server = Server::new(|_| Reply::stored().after(ms(100)));
    let writer = small(&server, WhenFull::Wait).build().unwrap();
    give(&writer, 100..106).await;
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let writer = writer.clone();
            tokio::spawn(async move { timed(give(&writer, [200 + n])).await.1 })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.push(task.await.unwrap());
    }
    took.sort_unstable();
    // two for each batch that is settled
    assert_eq!(took, (0..20).map(|n| 100 * (n / 2 + 1)).collect::<Vec<_>>());
    assert!(writer.close(LONG).await.is_complete());
    assert!(server.requests().iter().all(|request| request.lines.len() == 2));
}

#[tokio::test(start_paused = true)]
async fn a_point_that_waits_for_a_dead_server_is_not_taken() {
    let server = Server::new(|_| Reply::silence());
    let writer = small(&server, WhenFull::Wait).request_timeout(LONG).build().unwrap();
    give(&writer, 100..106).await;
    let waited = tokio::time::timeout(60 * SECOND, writer.write(&point(106))).await;
    assert!(waited.is_err());
    assert_eq!((writer.stats().given, writer.stats().pending_bytes), (6, 78));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_can_refuse_points() {
    let server = Server::new(|_| Reply::stored().after(ms(500)));
    let writer = small(&server, WhenFull::Reject).build().unwrap();
    let points: Vec<_> = (100..110).map(point).collect();
    let (result, took) = timed(writer.write_all(&points)).await;
    let error = result.unwrap_err();
    assert!(error.is_full() && took == 0, "{error}");
    assert_eq!((error.points_taken(), writer.stats().given), (6, 6));
    assert!(writer.write(&points[6]).await.unwrap_err().is_full());
    sleep(ms(501)).await;
    writer.write(&points[6]).await.unwrap();
    let report = writer.close(LONG).await;
    assert!(report.is_complete() && report.stats.given == 7, "{report:?}");
    let all: Vec<i64> = server.requests().iter().flat_map(|request| request.numbers()).collect();
    assert_eq!(all, (100..107).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_can_drop_the_oldest_batch_that_waits() {
    let server = Server::script([Reply::stored().after(ms(500))]);
    let (builder, events) = Events::listen(small(&server, WhenFull::DropOldest));
    let writer = builder.build().unwrap();
    give(&writer, 100..102).await;
    sleep(ms(10)).await;
    // what is on its way stays
    let (_, took) = timed(give(&writer, 102..111)).await;
    assert_eq!(took, 0, "nothing waits");
    let oldest = [vec![102, 103], vec![104, 105], vec![106, 107]];
    let dropped: Vec<_> = oldest.into_iter().map(|points| (points, DropReason::QueueFull)).collect();
    assert_eq!(events.dropped()[..2], dropped[..2]);
    assert_eq!(events.dropped().len(), 3);
    assert_eq!(events.dropped(), dropped);
    let stats = writer.stats();
    assert_eq!((stats.given, stats.dropped, stats.pending, stats.pending_bytes), (11, 6, 5, 65));
    let report = writer.close(LONG).await;
    assert_eq!((report.stats.written, report.stats.dropped), (5, 6));
    assert!(report.unsent.is_empty());
    assert_eq!(server.seen(), [(0, vec![100, 101]), (500, vec![108, 109]), (500, vec![110])]);
}
