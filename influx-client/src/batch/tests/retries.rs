//! When and how often a batch is tried again.

use std::time::SystemTime;

use tokio::time::sleep;

use super::told::{Events, Told};
use super::*;
use crate::batch::event::DropReason;
use crate::batch::retry::RetryPolicy;
use crate::batch::settings::RequestFault;
use crate::error::Kind;

/// As the timer rounds: up to whole milliseconds.
fn rounded(delay: Duration) -> u64 {
    u64::try_from(delay.as_nanos().div_ceil(1_000_000)).unwrap()
}

/// A policy whose delays are those that the server asks for.
fn asked() -> RetryPolicy {
    RetryPolicy::new().base(Duration::ZERO)
}

#[tokio::test(start_paused = true)]
async fn delays_are_random_parts_of_a_growing_limit() {
    const FAILURES: usize = 8;
    let mut first = Vec::new();
    for _ in 0..40 {
        let server = Server::script(vec![Reply::status(503); FAILURES]);
        let retry = RetryPolicy::new().base(ms(100)).factor(3.0).max_delay(ms(5_000));
        let (builder, events) = Events::listen(server.writer().retry(retry).batch_points(1));
        let writer = builder.build().unwrap();
        give(&writer, [1]).await;
        writer.flush().await.unwrap();
        let (retries, times) = (events.retries(), server.times());
        let numbers: Vec<u32> = retries.iter().map(|(failures, ..)| *failures).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
        let limits = [100, 300, 900, 2_700, 5_000, 5_000, 5_000, 5_000].map(ms);
        for (n, (limit, (_, delay, _))) in limits.iter().zip(&retries).enumerate() {
            assert!(delay <= limit, "{n}: {delay:?}");
            assert_eq!(times[n + 1] - times[n], rounded(*delay), "{n}");
        }
        first.push(retries[0].1);
        assert_eq!((times.len(), writer.stats().retries), (FAILURES + 1, FAILURES as u64));
    }
    // by chance once in 2^40
    assert!(
        first.iter().any(|delay| *delay < ms(50)) && first.iter().any(|delay| *delay > ms(50)),
        "{first:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_servers_wish_is_the_least_up_to_the_longest_delay() {
    let replies = [Reply::busy(7), Reply::busy(0), Reply::busy(3_600).after(ms(100)), Reply::busy("soon")];
    let server = Server::script(replies);
    let retry = RetryPolicy::new().base(ms(1)).max_delay(20 * SECOND);
    let (builder, events) = Events::listen(server.writer().retry(retry).batch_points(1));
    let writer = builder.build().unwrap();
    give(&writer, [1]).await;
    writer.flush().await.unwrap();
    let delays = events.delays();
    assert_eq!((delays[0], delays[2]), (7_000, 20_000));
    assert!(
        delays[1] <= 2 && delays[3] <= 8,
        "no wish, and one that is not understood: the policy's own {delays:?}"
    );
}

/// Seconds since 1970 as `Thu, 01 Jan 1970 00:00:00 GMT`.
fn http_date(seconds: u64) -> String {
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // years that begin in March, so that the leap day is the last of its year
    let z = days + 719_468;
    let era = z / 146_097;
    let doe = z % 146_097;
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + u64::from(month <= 2);
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (h, m, s) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    format!("{weekday}, {day:02} {} {year} {h:02}:{m:02}:{s:02} GMT", name[month as usize - 1])
}

#[tokio::test(start_paused = true)]
async fn the_servers_wish_may_be_a_date() {
    let unix = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let at = unix().as_secs() + 9_000;
    let dates = [at, at + 10_000_000, 1_445_412_480].map(http_date);
    let server = Server::script(dates.map(Reply::busy));
    let retry = asked().max_delay(10_000 * SECOND);
    let (builder, events) = Events::listen(server.writer().retry(retry).batch_points(1));
    let writer = builder.build().unwrap();
    let before = unix();
    give(&writer, [1]).await;
    writer.flush().await.unwrap();
    let delays: Vec<Duration> = events.retries().iter().map(|(_, delay, _)| *delay).collect();
    let wish = Duration::from_secs(at);
    // the date is compared with the clock on the wall, which moves
    assert!(delays[0] <= wish - before && delays[0] >= wish.saturating_sub(unix()), "{delays:?}");
    assert_eq!(delays[1..], [10_000 * SECOND, Duration::ZERO], "capped, and over");
    assert_eq!(
        server.times()[1..],
        [rounded(delays[0]), rounded(delays[0]) + 10_000_000, rounded(delays[0]) + 10_000_000]
    );
}

#[tokio::test(start_paused = true)]
async fn after_the_last_retry_a_batch_is_dropped_and_handed_back() {
    let busy = Reply::error(503, "too busy").asking(2);
    let server = Server::script([Reply::busy(2), Reply::busy(2), busy]);
    let retry = asked().max_retries(2);
    let (builder, events) = Events::listen(server.writer().retry(retry).batch_points(2));
    let writer = builder.build().unwrap();
    give(&writer, 0..4).await;
    let (report, took) = timed(writer.close(LONG)).await;
    // the next batch waits on: the server wants to be left alone
    assert_eq!((took, server.times()), (6_000, vec![0, 2_000, 4_000, 6_000]));
    assert_eq!(events.dropped(), [(vec![0, 1], DropReason::RetriesExhausted)]);
    assert_eq!(events.all().last(), Some(&Told::Written { points: 2 }), "the next one is not held up");
    let handed: Vec<_> = report.rejected.iter().map(|one| (one.index(), one.line().unwrap())).collect();
    assert_eq!(handed, [(Some(0), "m f=0i 0"), (Some(1), "m f=1i 1")]);
    assert!(
        report.rejected[0].reason().contains("gave up") && report.rejected[0].reason().contains("too busy")
    );
    let stats = report.stats;
    assert_eq!((stats.written, stats.dropped, stats.requests, stats.retries), (2, 2, 4, 2));
    assert!(report.unsent.is_empty());

    let server = Server::script([Reply::busy(2)]);
    let (builder, events) = Events::listen(server.writer().retry(asked().max_retries(0)).batch_points(1));
    let writer = builder.build().unwrap();
    give(&writer, 0..2).await;
    let (report, took) = timed(writer.close(LONG)).await;
    assert_eq!((took, report.stats.retries), (2_000, 0));
    assert_eq!(events.dropped(), [(vec![0], DropReason::RetriesExhausted)]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_tried_for_so_long_in_all() {
    // what is left of the time is waited, and then it is tried a last time
    for (total, times) in [(11, vec![0, 4_000, 8_000, 11_000]), (12, vec![0, 4_000, 8_000, 12_000])] {
        let server = Server::new(|_| Reply::busy(4));
        let (builder, events) = Events::listen(server.writer().retry(asked().max_total(total * SECOND)));
        let writer = builder.batch_points(1).build().unwrap();
        give(&writer, [1]).await;
        let (_, took) = timed(writer.flush()).await;
        assert_eq!((&server.times(), took as u64), (&times, times[times.len() - 1]));
        assert_eq!(events.dropped(), [(vec![1], DropReason::RetriesExhausted)]);
        // each batch has the whole time, of which the first part is the wait for the target
        give(&writer, [2]).await;
        let (_, took) = timed(writer.flush()).await;
        assert_eq!(
            (server.times()[times.len()] - took as u64, took),
            (times[times.len() - 1] + 4_000 - took as u64, u128::from(total) * 1_000)
        );
    }
    // a wish beyond the total: the rest of the time, and a last try, for each batch
    let server = Server::new(|_| Reply::busy(60));
    let (builder, events) = Events::listen(server.writer().retry(asked().max_total(30 * SECOND)));
    let writer = builder.batch_points(1).build().unwrap();
    give(&writer, 0..3).await;
    let (_, took) = timed(writer.flush()).await;
    assert_eq!((server.times(), took), (vec![0, 30_000, 60_000, 90_000], 90_000));
    assert_eq!(events.dropped().len(), 3);
    // the time that the server takes counts
    let server = Server::new(|_| Reply::silence());
    let builder = server.writer().request_timeout(3 * SECOND).retry(asked().max_total(9 * SECOND));
    let writer = builder.batch_points(1).build().unwrap();
    give(&writer, [1]).await;
    let (report, took) = timed(writer.close(LONG)).await;
    assert_eq!((took, server.times()), (9_000, vec![0, 3_000, 6_000]));
    assert_eq!(report.stats.dropped, 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_fails_at_exactly_the_limit() {
    for (limit, millis) in [(Some(ms(1_500)), 1_500), (None, 60_000)] {
        let answers = [millis + 1, millis - 1].map(|delay| Reply::stored().after(ms(delay)));
        let server = Server::script([Reply::silence()].into_iter().chain(answers));
        let mut builder = server.writer().batch_points(1);
        if let Some(limit) = limit {
            builder = builder.request_timeout(limit);
        }
        let (builder, events) = Events::listen(builder);
        let writer = builder.build().unwrap();
        give(&writer, [1]).await;
        let (_, took) = timed(writer.flush()).await;
        assert_eq!(server.times(), [0, millis, 2 * millis]);
        assert_eq!(took as u64, 3 * millis - 1);
        assert!(events.retries()[0].2.contains("request timeout"), "{:?}", events.retries());
        assert_eq!(server.on_their_way("d"), (0, 1), "nobody waits for it any more");
    }
}

#[tokio::test(start_paused = true)]
async fn which_failures_are_tried_again() {
    let lost = [Kind::Connect, Kind::ConnectTimeout, Kind::Timeout, Kind::Connection].map(Reply::lost);
    let full = "engine: cache-max-memory-size exceeded: (1/2)";
    let mut replies = [408, 425, 429, 502, 503, 504].map(Reply::status).to_vec();
    replies.extend(lost);
    replies.extend([Reply::error(500, "timeout"), Reply::error(500, full)]);
    let (count, server) = (replies.len(), Server::script(replies));
    let writer = server.writer().batch_points(2).build().unwrap();
    give(&writer, 0..4).await;
    let (report, took) = timed(writer.close(LONG)).await;
    assert!(report.is_complete() && took == 0, "{report:?}");
    assert_eq!((report.stats.requests, report.stats.retries), (count as u64 + 2, count as u64));
    let mut expected = vec![vec![0, 1]; count + 1];
    expected.push(vec![2, 3]);
    assert_eq!(server.requests().iter().map(|request| request.numbers()).collect::<Vec<_>>(), expected);

    // what is the request's fault waits, too, or goes by the setting
    for (status, text) in [
        (301, ""),
        (308, ""),
        (401, "authorization failed"),
        (403, "\"bob\" user is not authorized to write to database \"d\""),
        (404, "database not found: \"d\""),
        (500, "retention policy not found: x"),
        (400, "database is required"),
        (400, ""),
        (400, "words that nobody knows"),
    ] {
        let server = Server::script(vec![Reply::error(status, text); 40]);
        let (builder, events) = Events::listen(server.writer().batch_points(2));
        let writer = builder.build().unwrap();
        give(&writer, 0..4).await;
        let report = writer.close(LONG).await;
        assert!(report.is_complete(), "{status} {text}: {report:?}");
        assert_eq!((report.stats.rejected, report.stats.dropped), (0, 0));
        assert!(events.retries().len() > 30, "{status} {text}: told each time");

        let server = Server::script(vec![Reply::error(status, text); 3]);
        let builder = server.writer().batch_points(1).request_fault(RequestFault::Drop);
        let (builder, events) = Events::listen(builder);
        let writer = builder.build().unwrap();
        give(&writer, 0..4).await;
        let report = writer.close(LONG).await;
        assert_eq!(
            (report.stats.dropped, report.stats.written, report.stats.requests),
            (3, 1, 4),
            "{status} {text}"
        );
        assert_eq!(events.dropped()[0], (vec![0], DropReason::RequestRefused));
        assert_eq!(report.rejected[0].line(), Some("m f=0i 0"), "handed back whole");
    }
}

#[tokio::test(start_paused = true)]
async fn no_time_is_too_long() {
    let server = Server::script([Reply::busy(u64::MAX), Reply::stored()]);
    let most = Duration::MAX;
    let builder = server.writer().retry(RetryPolicy::new().base(most).max_delay(most).max_total(most));
    let writer = builder.flush_interval(most).jitter(most).request_timeout(most).build().unwrap();
    give(&writer, 0..2).await;
    sleep(SECOND).await;
    let other = writer.clone();
    let flush = tokio::spawn(async move { other.flush().await });
    sleep(SECOND).await;
    let report = writer.close(most).await;
    assert!(flush.await.unwrap().is_ok());
    assert!(report.is_complete() && report.stats.requests == 2, "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn failures_of_one_batch_do_not_count_for_the_next() {
    let server = Server::new(|request| if request.at < 10_000 { Reply::busy(5) } else { Reply::stored() });
    let writer = server.writer().retry(asked().max_retries(1)).batch_points(1).build().unwrap();
    give(&writer, 0..3).await;
    writer.flush().await.unwrap();
    sleep(SECOND).await;
    // but the wait goes on where it stood
    assert_eq!(server.seen()[..3], [(0, vec![0]), (5_000, vec![0]), (10_000, vec![1])]);
    assert_eq!((writer.stats().dropped, writer.stats().written), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_batch_may_fail_as_often_as_the_whole() {
    let server = Server::script([
        Reply::busy(1),
        Reply::status(413),
        Reply::busy(1),
        Reply::stored(),
        Reply::busy(1),
        Reply::stored(),
    ]);
    let writer = server.writer().retry(asked().max_retries(1)).batch_points(2).build().unwrap();
    give(&writer, 0..2).await;
    let (report, took) = timed(writer.close(LONG)).await;
    assert!(report.is_complete() && took == 3_000, "{took} {report:?}");

    let text = "partial write: field type conflict: input field \"f\" on measurement \"m\" is type integer, already exists as type float dropped=1";
    let server = Server::script([Reply::busy(1), Reply::error(400, text), Reply::busy(1), Reply::stored()]);
    let writer = server.writer().retry(asked().max_retries(1)).batch_points(2).build().unwrap();
    writer.write_lines("other f=1i 1\nm f=1i 2").await.unwrap();
    let (report, took) = timed(writer.close(LONG)).await;
    assert_eq!((took, report.stats.written, report.stats.rejected), (2_000, 1, 1), "{report:?}");
    assert_eq!(server.seen()[2..], [(1_000, vec![1]), (2_000, vec![1])]);
}
