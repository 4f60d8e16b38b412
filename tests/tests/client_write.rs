//! Writing against the scripted server: splitting, refusals, lost connections.

use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, Point, Precision};

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

fn points(count: i64) -> Vec<Point> {
    (0..count).map(|i| Point::new("m").field("f", i).timestamp(i)).collect()
}

fn lines(range: std::ops::Range<i64>) -> Vec<String> {
    range.map(|i| format!("m f={i}i {i}")).collect()
}

#[tokio::test]
async fn large_writes_are_split_in_order() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(4), Reply::status(204));
    let written = client.write(&points(10)).batch_points(3).await.unwrap();
    assert_eq!((written.points, written.requests), (10, 4));
    assert_eq!(written.bytes, server.requests().iter().map(|r| r.body().len() as u64).sum::<u64>());
    assert_eq!(server.lines(), lines(0..10));
}

#[tokio::test]
async fn split_by_bytes() {
    let (server, client) = start().await;
    server.expect(Expect::write().any_times(), Reply::status(204));
    client.write(&points(10)).batch_bytes(25).await.unwrap();
    assert_eq!(server.lines(), lines(0..10));
    assert!(server.requests().iter().all(|request| request.body().len() <= 25));
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn nothing_is_sent_for_no_points() {
    let (server, client) = start().await;
    let none: [Point; 0] = [];
    assert_eq!(client.write(&none).await.unwrap().requests, 0);
    assert_eq!(client.write_iter(none).await.unwrap().requests, 0);
    assert!(client.write_lines("\n# comment\n").await.unwrap_err().is_config());
    server.verify();
}

#[tokio::test]
async fn nothing_is_sent_when_a_point_cannot_be_encoded() {
    let (server, client) = start().await;
    let mut points = points(10);
    points[7] = Point::new("m").field("f", f64::NAN);
    let error = client.write(&points).batch_points(2).await.unwrap_err();
    assert!(error.is_encode(), "{error:?}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    assert_eq!(error.encode_error().unwrap().index(), Some(7));
    assert_eq!(error.rejected()[0].index(), Some(7));
    assert_eq!(error.points_written(), 0);
    server.verify();
}

#[tokio::test]
async fn an_iterator_tells_how_many_were_written_before_the_bad_one() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(3), Reply::status(204));
    let source = points(20).into_iter().enumerate();
    let source = source.map(|(i, p)| if i == 7 { Point::new("m").field("f", f64::NAN) } else { p });
    let error = client.write_iter(source).batch_points(2).await.unwrap_err();
    assert!(error.is_encode() && error.is_partial(), "{error:?}");
    assert_eq!((error.points_written(), error.rejected()[0].index()), (6, Some(7)));
    assert!(error.to_string().ends_with("(6 points were written before)"), "{error}");
    assert_eq!(server.lines(), lines(0..6));
}

#[tokio::test]
async fn an_iterator_of_borrowed_points_is_streamed() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(3), Reply::status(204));
    let points = points(8);
    let written = client.write_iter(points.iter().filter(|_| true)).batch_points(3).await.unwrap();
    assert_eq!((written.points, written.requests), (8, 3));
    assert_eq!(server.lines(), lines(0..8));
}

#[tokio::test]
async fn a_write_can_be_spawned() {
    let (server, client) = start().await;
    server.expect(Expect::write(), Reply::status(204));
    let points = points(2);
    tokio::spawn(IntoFuture::into_future(client.write(&points))).await.unwrap().unwrap();
    server.verify();
}

#[tokio::test]
async fn raw_lines_go_as_they_are() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(2).param("precision", "s"), Reply::status(204));
    let text = "m f=\"a\nb\" 1\n# note\nm f=\"c\" 2";
    let written = client.write_lines(text).precision(Precision::S).batch_points(2).await.unwrap();
    assert_eq!((written.points, written.requests), (3, 2));
    let bodies: String = server.requests().iter().map(|request| request.text().into_owned()).collect();
    assert_eq!(bodies, text);
    let error = client.write_lines("m f=1\r\nm f=2\r\n").await.unwrap_err();
    assert!(error.to_string().starts_with("line 0: ends in CR LF"), "{error}");
    assert!(client.write_lines("m f=1 1").precision(Precision::Us).await.unwrap_err().is_config());
}

#[tokio::test]
async fn gzip_when_asked_for() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(2), Reply::status(204));
    client.write(&points(1000)).gzip(true).await.unwrap();
    client.write(&points(1000)).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].header("content-encoding"), Some("gzip"));
    assert!(requests[0].wire_body().len() * 3 < requests[0].body().len());
    assert_eq!(requests[0].lines(), lines(0..1000));
    assert_eq!(requests[1].header("content-encoding"), None);
}

#[tokio::test]
async fn too_large_is_halved_down_to_the_lines_that_fit() {
    let (server, client) = start().await;
    // 8 lines, then 4 are too many; 2 pass, but for one pair with a line that nobody takes.
    let big = "x".repeat(100);
    let mut points = points(8);
    points[5] = Point::new("m").field("f", big.clone());
    let too_large = || Reply::error(413, "Request Entity Too Large");
    server.expect(Expect::write().body_contains("f=0i").body_contains("f=7i"), too_large());
    server.expect(Expect::write().body_contains("f=0i").body_contains("f=3i"), too_large());
    server.expect(Expect::write().body_contains(&big).times(3), too_large());
    server.expect(Expect::write().times(4), Reply::status(204));
    let error = client.write(&points).await.unwrap_err();
    assert_eq!(error.status(), Some(413));
    assert!(error.is_partial(), "{error:?}");
    assert_eq!(error.points_written(), 7);
    let rejected = error.rejected();
    assert_eq!((rejected.len(), rejected[0].index()), (1, Some(5)));
    assert!(rejected[0].reason().starts_with("the line alone is too large"), "{}", rejected[0]);
    server.verify();
}

#[tokio::test]
async fn too_large_said_before_the_body_is_read() {
    let (server, client) = start().await;
    server.expect(Expect::write(), Reply::error(413, "Request Entity Too Large").before_body());
    server.expect(Expect::write().times(2), Reply::status(204));
    let written = client.write(&points(10)).await.unwrap();
    assert_eq!((written.points, written.requests), (10, 3));
}

#[tokio::test]
async fn refused_lines_do_not_stop_the_next_body() {
    let (server, client) = start().await;
    let message = "partial write: unable to parse 'm f=1i 1': why dropped=0";
    server.expect(Expect::write().body_contains("f=0i"), Reply::error(400, message));
    server.expect(Expect::write().body_contains("f=2i"), Reply::status(204));
    let late = "partial write: points beyond retention policy dropped=1";
    server.expect(Expect::write().body_contains("f=4i"), Reply::error(400, late));
    let error = client.write(&points(5)).batch_points(2).await.unwrap_err();
    assert!(error.is_partial() && !error.is_retryable());
    assert_eq!((error.points_written(), error.dropped()), (2, Some(1)));
    let rejected: Vec<_> = error.rejected().iter().map(|r| (r.index(), r.reason())).collect();
    assert_eq!(rejected, [(Some(1), "why"), (Some(4), "points beyond retention policy")]);
    assert_eq!(error.server_message(), Some(message));
}

#[tokio::test]
async fn other_refusals_stop() {
    for (status, text) in [
        (400, "database is required"),
        (404, "database not found: \"d\""),
        (403, "no"),
        (500, "retention policy not found: x"),
    ] {
        let (server, client) = start().await;
        server.expect(Expect::write(), Reply::status(204));
        server.expect(Expect::write(), Reply::error(status, text));
        let error = client.write(&points(6)).batch_points(2).await.unwrap_err();
        assert_eq!((error.status(), error.server_message()), (Some(status), Some(text)));
        assert_eq!((error.delivery(), error.points_written()), (Some(Delivery::Partial), 2), "{error:?}");
        assert_eq!(error.is_auth(), status == 403);
        server.verify();
    }
}

#[tokio::test]
async fn overload_is_retryable_and_says_when() {
    let (server, client) = start().await;
    let reply = Reply::status(503).body("request throttled, queue full\n").retry_after(7);
    server.expect(Expect::write(), reply);
    let error = client.write(&points(1)).await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.server_message(), Some("request throttled, queue full"));
    assert_eq!(error.delivery(), Some(Delivery::Unknown));
}

#[tokio::test]
async fn a_lost_connection_leaves_the_outcome_unknown() {
    let (server, client) = start().await;
    server.expect(Expect::write(), Reply::cut());
    let error = client.write(&points(1)).await.unwrap_err();
    assert_eq!(error.delivery(), Some(Delivery::Unknown), "{error:?}");
    assert!(error.is_retryable() && !error.is_connect() && !error.is_timeout());
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(server.requests().len(), 1, "a write is not sent again behind the caller's back");
}

#[tokio::test]
async fn silence_runs_into_the_request_timeout() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write(), Reply::silence());
    let client =
        Client::v1(server.url()).database("d").request_timeout(Duration::from_millis(50)).build().unwrap();
    let error = client.write(&points(1)).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
    assert_eq!(error.delivery(), Some(Delivery::Unknown));
    assert!(error.to_string().ends_with("no answer within 50ms (request timeout)"), "{error}");
}

#[tokio::test]
async fn redirects_are_reported_not_followed() {
    let (server, client) = start().await;
    let to = "https://u:hunter2@db.example.com/write?p=hunter2";
    server.expect(Expect::write(), Reply::status(307).header("Location", to));
    let error = client.write(&points(1)).await.unwrap_err();
    let text = "redirected to https://db.example.com/write: give that address to the client";
    assert_eq!(error.server_message(), Some(text));
    assert_eq!(error.delivery(), Some(Delivery::Rejected));
    assert!(!format!("{error:?}").contains("hunter2"));
    server.verify();
}

#[tokio::test]
async fn a_database_must_be_named() {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).build().unwrap();
    let error = client.write(&points(1)).await.unwrap_err();
    assert!(error.is_config() && error.to_string().starts_with("no database is named"), "{error}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    server.expect(Expect::write().param("db", "x"), Reply::status(204));
    client.write(&points(1)).database("x").await.unwrap();
    server.verify();
}

#[tokio::test]
async fn the_scripted_server_hands_back_typed_points() {
    let (server, client) = start().await;
    server.expect(Expect::write().times(2), Reply::status(204));
    let point =
        Point::new("m x").tag("t", "a,b").field("s", "line\nfeed \"q\" \\").field("f", 0.1).field("b", true);
    let at = |nanos: i64| point.clone().timestamp(nanos);
    client.write(&[at(1), at(2_000_000_000)]).await.unwrap();
    client.write(at(3_999_999_999)).precision(Precision::S).await.unwrap();
    assert_eq!(server.points(), [at(1), at(2_000_000_000), at(3_000_000_000)]);
}
