//! Points without a time, and points that share one: nothing of them is lost without a word.

use std::collections::BTreeSet;
use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, Error, LineProtocol, Point, Precision, SameTime, Untimed};

#[derive(LineProtocol, Clone)]
struct Beat {
    n: i64,
}

fn beats() -> Vec<Beat> {
    (0..3).map(|n| Beat { n }).collect()
}

const LINES: &str = "Beat n=0i\nBeat n=1i\nBeat n=2i";

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().any_times(), Reply::status(204));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

/// The times in the lines that came.
fn times(server: &Server) -> Vec<Option<i64>> {
    server.lines().iter().map(|line| line.split(' ').nth(2).map(|time| time.parse().unwrap())).collect()
}

#[tokio::test]
async fn each_point_gets_a_time_of_its_own() {
    let (server, client) = start().await;
    client.write(&beats()).await.unwrap();
    client.write_iter(beats()).batch_points(2).await.unwrap();
    client.write_lines(LINES).await.unwrap();
    let times: Vec<i64> = times(&server).into_iter().flatten().collect();
    assert_eq!(times.iter().collect::<BTreeSet<_>>().len(), 9, "{times:?}");
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as i64;
    assert!(times.iter().all(|time| (now - 10_000_000_000..=now).contains(time)), "{times:?}");
}

/// That the points of a call share a time, and which.
fn shared(error: &Error, earlier: usize, later: usize) {
    assert!(error.is_encode() && error.delivery() == Some(Delivery::NotSent), "{error:?}");
    assert_eq!(error.rejected()[0].index(), Some(later));
    assert!(error.to_string().contains(&format!("the series and the time of point {earlier} ")), "{error}");
}

#[tokio::test]
async fn times_that_meet_by_the_precision_are_told() {
    for precision in [Precision::Ms, Precision::S] {
        let (server, client) = start().await;
        let apart = |n: i64| Point::new("m").field("f", n).timestamp(n * 400_000 + 1_000);
        let points: Vec<Point> = (0..3).map(apart).collect();
        shared(&client.write(&points).precision(precision).await.unwrap_err(), 0, 1);
        assert!(client.write(&points).await.is_ok(), "nanoseconds keep them apart");
        let both = client.write(&points).precision(precision).same_time(SameTime::Overwrite).await;
        assert_eq!(both.unwrap().points, 3);
        assert_eq!(server.requests().len(), 2, "nothing of the first was sent");
    }
    // stamps meet, too, unless the clock moves on between them
    let (_server, client) = start().await;
    for _ in 0..3 {
        let error = client.write(&beats()).precision(Precision::S).await.err();
        if let Some(error) = error {
            shared(&error, error.rejected()[0].index().unwrap() - 1, error.rejected()[0].index().unwrap());
            return;
        }
    }
    panic!("three seconds began within three points, three times");
}

#[tokio::test]
async fn the_points_of_a_call_are_compared_over_its_requests() {
    let (server, client) = start().await;
    let mut points: Vec<Point> = (0..10).map(|n| Point::new("m").field("f", n).timestamp(n)).collect();
    points.push(Point::new("m").field("f", 77).timestamp(3));
    shared(&client.write(&points).batch_points(2).await.unwrap_err(), 3, 10);
    let lines: String = (0..10).map(|n| format!("m f={n}i {n}\n")).collect();
    let lines = format!("# a comment\n{lines}m f=77i 3\n");
    shared(&client.write_lines(lines).batch_points(2).await.unwrap_err(), 4, 11);
    assert!(server.requests().is_empty());
    // a stream has no more than its requests
    points.push(Point::new("m").field("f", 78).timestamp(3));
    let error = client.write_iter(points).batch_points(2).await.unwrap_err();
    assert_eq!((error.points_written(), error.delivery()), (10, Some(Delivery::Partial)));
    assert_eq!(error.rejected()[0].index(), Some(11));
    // what the server puts together is no loss
    let both = [Point::new("m").field("f", 1).timestamp(1), Point::new("m").field("g", 2).timestamp(1)];
    assert!(client.write(&both).await.is_ok());
}

#[tokio::test]
async fn the_setting_says_what_becomes_of_points_without_a_time() {
    let (server, client) = start().await;
    let error = client.write(&beats()).untimed(Untimed::Refuse).await.unwrap_err();
    assert_eq!((error.rejected()[0].index(), error.delivery()), (Some(0), Some(Delivery::NotSent)));
    assert!(error.to_string().contains("has no timestamp"), "{error}");
    assert!(client.write_lines(LINES).untimed(Untimed::Refuse).await.unwrap_err().is_encode());
    assert!(server.requests().is_empty());
    // the server gives all of a request one time
    shared(&client.write(&beats()).untimed(Untimed::Server).await.unwrap_err(), 0, 1);
    let beats = beats();
    let one = client.write(&beats[..1]).untimed(Untimed::Server);
    assert_eq!(one.await.unwrap().points, 1);
    let all = client.write(&beats).untimed(Untimed::Server).same_time(SameTime::Overwrite);
    assert_eq!(all.await.unwrap().points, 3);
    assert!(times(&server).iter().all(Option::is_none));
    // of the client, and of each write
    let strict = Client::v1(server.url()).database("d").untimed(Untimed::Refuse).build().unwrap();
    assert!(strict.write(&beats).await.is_err());
    assert!(strict.write(&beats).untimed(Untimed::Stamp).await.is_ok());
}

#[tokio::test]
async fn a_batch_writer_tells_of_points_that_overwrote_others() {
    use influx_client::batch::BatchEvent;

    let (server, client) = start().await;
    let told = std::sync::Arc::new(std::sync::Mutex::new(0));
    let heard = std::sync::Arc::clone(&told);
    let writer = client.batch_writer().on_event(move |event| {
        if let BatchEvent::Written { overwritten, .. } = event {
            *heard.lock().unwrap() += overwritten;
        }
    });
    let writer = writer.build().unwrap();
    for n in [1, 1, 2, 3] {
        writer.write(&Point::new("m").field("f", n).timestamp(5)).await.unwrap();
    }
    writer.write(&Point::new("m").field("g", 1).timestamp(5)).await.unwrap();
    assert!(writer.close(Duration::from_secs(5)).await.is_complete());
    assert_eq!((server.lines().len(), *told.lock().unwrap()), (5, 2));
}
