//! What `close` waits for, and what it hands back.

use tokio::time::sleep;

use super::told::{Events, Told};
use super::*;
use crate::batch::event::{DropReason, Report, Unsent};
use crate::batch::retry::RetryPolicy;

/// What was handed back: where each piece was to go, and its points.
fn unsent(report: &Report) -> Vec<(String, Vec<i64>)> {
    let piece = |one: &Unsent| {
        let points = numbers(&one.lines);
        assert_eq!(points.len(), one.points);
        (one.target.to_string(), points)
    };
    let mut all: Vec<_> = report.unsent.iter().map(piece).collect();
    // targets come in any order, the pieces of one in theirs
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[tokio::test(start_paused = true)]
async fn close_returns_at_its_deadline_and_hands_back_the_rest() {
    let server = Server::script([Reply::stored(), Reply::silence(), Reply::silence()]);
    let (builder, events) = Events::listen(server.writer().batch_points(2));
    let writer = builder.build().unwrap();
    let other = writer.to_database("other").unwrap();
    give(&writer, 0..7).await;
    give(&other, 50..51).await;
    let (report, took) = timed(writer.close(ms(5_432))).await;
    assert_eq!(took, 5_432);
    let pieces = [("d", vec![2, 3]), ("d", vec![4, 5]), ("d", vec![6]), ("other", vec![50])];
    assert_eq!(unsent(&report), pieces.map(|(target, points)| (target.to_owned(), points)));
    let stats = report.stats;
    assert_eq!(
        (stats.given, stats.written, stats.dropped, stats.pending, stats.pending_bytes),
        (8, 2, 6, 0, 0)
    );
    assert!(!report.is_complete() && report.rejected.is_empty());
    let dropped = events.dropped();
    assert!(dropped.len() == 4 && dropped.iter().all(|(_, why)| *why == DropReason::Deadline), "{dropped:?}");

    // nothing leaves any more, and nobody waits for an answer
    let before = server.times().len();
    sleep(ms(1)).await;
    assert_eq!(server.on_their_way("d").0, 0);
    sleep(LONG).await;
    assert_eq!(server.times().len(), before);
    assert!(other.write(&point(1)).await.unwrap_err().is_closed());
    assert!(other.to_database("more").unwrap_err().is_closed());
    assert_eq!(timed(other.close(LONG)).await.1, 0, "closing again hands back nothing");
}

#[tokio::test(start_paused = true)]
async fn close_returns_as_soon_as_all_is_settled() {
    let server = Server::new(|_| Reply::stored().after(ms(300)));
    let writer = server.writer().batch_points(2).build().unwrap();
    give(&writer, 0..3).await;
    sleep(ms(100)).await;
    let (report, took) = timed(writer.close(60 * SECOND)).await;
    assert!(report.is_complete() && took == 500, "{took} {report:?}");
    assert_eq!(server.times(), [0, 300]);
    let writer = server.writer().build().unwrap();
    let (report, took) = timed(writer.close(SECOND)).await;
    assert!(report.is_complete() && took == 0);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_of_zero_hands_back_all() {
    let server = Server::script([]);
    let writer = server.writer().batch_points(2).build().unwrap();
    give(&writer, 0..3).await;
    let (report, took) = timed(writer.close(Duration::ZERO)).await;
    assert_eq!(took, 0);
    let back: Vec<i64> = report.unsent.iter().flat_map(|one| numbers(&one.lines)).collect();
    assert_eq!((back, report.stats.dropped), (vec![0, 1, 2], 3));
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_retry_is_tried_once_more_at_once() {
    let server = Server::script([Reply::busy(3_000)]);
    let writer = server.writer().retry(RetryPolicy::new().max_delay(LONG)).batch_points(1).build().unwrap();
    give(&writer, 0..2).await;
    sleep(10 * SECOND).await;
    let (report, took) = timed(writer.close(60 * SECOND)).await;
    assert!(report.is_complete() && took == 0, "{took} {report:?}");
    assert_eq!(server.seen(), [(0, vec![0]), (10_000, vec![0]), (10_000, vec![1])]);
}

#[tokio::test(start_paused = true)]
async fn what_fails_again_after_close_waits_as_its_policy_says() {
    let server = Server::new(|_| Reply::busy(3_000));
    let writer =
        server.writer().retry(RetryPolicy::new().max_delay(4 * SECOND)).batch_points(1).build().unwrap();
    give(&writer, 0..2).await;
    sleep(SECOND).await;
    let (report, took) = timed(writer.close(10 * SECOND)).await;
    assert_eq!((took, server.times()), (10_000, vec![0, 1_000, 5_000, 9_000]));
    assert_eq!(unsent(&report), [("d".to_owned(), vec![0]), ("d".to_owned(), vec![1])]);
    assert_eq!((report.stats.requests, report.stats.retries, report.stats.dropped), (4, 4, 2));
}

#[tokio::test(start_paused = true)]
async fn close_wakes_those_who_wait() {
    let server = Server::new(|_| Reply::silence());
    let builder = server.writer().batch_points(2).batch_bytes(26).queue_bytes(78);
    let writer = builder.build().unwrap();
    give(&writer, 100..106).await;
    let other = writer.clone();
    let waiting = tokio::spawn(async move { timed(other.write(&point(106))).await });
    sleep(ms(40)).await;
    let report = writer.close(SECOND).await;
    let (result, took) = waiting.await.unwrap();
    assert!(result.unwrap_err().is_closed());
    assert_eq!((took, report.stats.given, report.stats.dropped), (40, 6, 6));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_stops_at_once_and_says_what_was_unsent() {
    let server = Server::new(|_| Reply::silence());
    let (builder, events) = Events::listen(server.writer().batch_points(2));
    let writer = builder.build().unwrap();
    let last = writer.to_database("other").unwrap();
    give(&writer, 0..3).await;
    sleep(ms(10)).await;
    drop(writer);
    sleep(ms(10)).await;
    assert_eq!((events.all(), server.on_their_way("d").0), (vec![], 1));
    drop(last);
    let dropped = |points| Told::Dropped { database: "d".to_owned(), points, why: DropReason::NotClosed };
    assert_eq!(events.all(), [dropped(vec![0, 1]), dropped(vec![2])]);
    sleep(ms(1)).await;
    assert_eq!(server.on_their_way("d").0, 0);
    sleep(LONG).await;
    assert_eq!(server.times(), [0]);
}
