//! What a write makes of answers that are not what InfluxDB says to writes.

use std::time::{Duration, Instant};

use influx_client::batch::{BatchEvent, RetryPolicy};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, Error, Point};

fn points(count: i64) -> Vec<Point> {
    (0..count).map(|n| Point::new("m").field("f", n).timestamp(n)).collect()
}

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

/// The error of a write that gets this answer.
async fn answered(reply: Reply) -> Error {
    let (server, client) = start().await;
    server.expect(Expect::write(), reply);
    client.write(&points(2)).await.unwrap_err()
}

const PAGE: &str = "<html>\r\n<head><title>Welcome</title></head><body>nginx</body></html>";

#[tokio::test]
async fn success_has_no_document() {
    for status in [200, 201, 206, 207] {
        for (body, begin) in
            [(PAGE, "<html>"), ("{\"links\":{}}", "{\"links\""), ("{\"error\":\"why\"}", ": why")]
        {
            let error = answered(Reply::status(status).body(body)).await;
            assert_eq!(error.delivery(), Some(Delivery::Unknown), "{error:?}");
            assert!(error.is_retryable() && error.status() == Some(status));
            let shown = error.to_string();
            assert!(shown.contains(begin) && shown.contains("does the URL lead there?"), "{shown}");
        }
        let (server, client) = start().await;
        server.expect(Expect::write(), Reply::status(status).body(" \r\n"));
        assert_eq!(client.write(&points(2)).await.unwrap().points, 2, "a proxy makes 200 of 204");
    }
    for status in [200, 204] {
        let (server, client) = start().await;
        server.expect(Expect::write(), Reply::status(status).header("Content-Encoding", "gzip"));
        assert_eq!(client.write(&points(2)).await.unwrap().points, 2, "nothing is nothing, packed or not");
    }
    let said =
        "partial write error (1 accepted): 1/2 points rejected; first error: at line 2:5: no field set";
    let error =
        answered(Reply::status(201).body(format!("{{\"code\":\"invalid\",\"message\":{said:?}}}"))).await;
    assert_eq!(
        (error.rejected()[0].index(), error.dropped()),
        (Some(1), Some(1)),
        "a document that says otherwise"
    );
}

/// Nor does a count that is too large end in a panic.
#[tokio::test]
async fn more_points_than_were_sent_are_not_refused() {
    let (server, client) = start().await;
    let text = format!("partial write: points beyond retention policy dropped={}", u64::MAX);
    server.expect(Expect::write(), Reply::error(400, &text));
    let error = client.write(&points(4)).batch_points(1).await.unwrap_err();
    assert_eq!((error.delivery(), error.rejected().len()), (Some(Delivery::Unknown), 0), "{error:?}");
}

#[tokio::test]
async fn a_ping_is_answered_by_influxdb() {
    for (reply, version) in [
        (Reply::status(204), None),
        (Reply::status(204).header("X-Influxdb-Version", "v2.7.12"), Some("2.7.12")),
        (Reply::json("{\"version\":\"3.6.0\"}"), Some("3.6.0")),
        (Reply::json("{\"version\":\"1.8.10\"}").header("X-Influxdb-Version", "1.8.10"), Some("1.8.10")),
    ] {
        let (server, client) = start().await;
        server.expect(Expect::any(), reply);
        assert_eq!(client.ping().await.unwrap().version(), version);
    }
    for reply in
        [Reply::status(200).body(PAGE), Reply::json("{}"), Reply::json("[1]"), Reply::status(200).body("OK")]
    {
        let (server, client) = start().await;
        server.expect(Expect::any(), reply);
        let error = client.ping().await.unwrap_err();
        assert!(error.to_string().contains("does the URL lead there?"), "{error}");
    }
}

#[tokio::test]
async fn what_is_known_of_the_points() {
    let partial = "failure writing points to database: partial write: field type conflict: input field \"g\" on measurement \"n\" is type float, already exists as type string dropped=1";
    let code = |text: &str| format!("{{\"code\":\"x\",\"message\":{text:?}}}");
    for (reply, delivery) in [
        (Reply::status(520).body(PAGE), Delivery::Unknown),
        (Reply::status(507), Delivery::Unknown),
        (Reply::status(524).body(PAGE), Delivery::Unknown),
        (Reply::status(500).body(PAGE), Delivery::Unknown),
        (Reply::status(500), Delivery::Unknown),
        (Reply::error(500, "engine: error writing WAL entry: no space left on device"), Delivery::Unknown),
        (
            Reply::status(500).body(code(
                "unexpected error writing points to database: engine: cache-max-memory-size exceeded: (2/1)",
            )),
            Delivery::Unknown,
        ),
        (Reply::status(400).body(PAGE), Delivery::Unknown),
        (Reply::error(400, "field type conflict"), Delivery::Unknown),
        (Reply::status(422).body(code(partial)), Delivery::Partial),
        (Reply::error(400, "words that nobody knows"), Delivery::Unknown),
        (Reply::status(301).header("Location", "https://db/write"), Delivery::Rejected),
        (Reply::status(308), Delivery::Rejected),
        (Reply::status(401), Delivery::Rejected),
        (Reply::error(404, "database not found: \"d\""), Delivery::Rejected),
    ] {
        let error = answered(reply.clone()).await;
        assert_eq!(error.delivery(), Some(delivery), "{reply:?}: {error:?}");
    }
    // queued by a cluster
    let (server, client) = start().await;
    server.expect(Expect::write(), Reply::error(500, "write failed: hinted handoff queue not empty"));
    let written = client.write(&points(2)).await.unwrap();
    assert_eq!(written.points, 2);
    assert!(written.remark.unwrap().contains("hinted handoff"));
}

#[tokio::test]
async fn a_refusal_as_a_whole_does_not_hide_the_other_lines() {
    // 2.x stores nothing when a line cannot be parsed: the others go again, as 1.x stores them
    let (server, client) = start().await;
    let refused = "{\"code\":\"invalid\",\"message\":\"unable to parse 'm f=1i 1': why\"}";
    server.expect(Expect::write(), Reply::status(400).body(refused));
    server.expect(Expect::write(), Reply::status(204));
    let error = client.write(&points(3)).await.unwrap_err();
    assert_eq!(error.delivery(), Some(Delivery::Partial), "{error:?}");
    assert_eq!((error.points_written(), error.rejected()[0].index()), (2, Some(1)));
    assert_eq!(server.requests()[1].lines(), ["m f=0i 0", "m f=2i 2"]);
}

#[tokio::test]
async fn a_body_that_drips_does_not_hold_the_status_up() {
    let drips = |status| {
        let pieces = std::iter::repeat_n(b"x".to_vec(), 400);
        Reply::status(status).chunks(pieces).piece_delay(Duration::from_millis(300))
    };
    let started = Instant::now();
    let writes = [500, 400, 200].map(|status| tokio::spawn(answered(drips(status))));
    for (write, status) in writes.into_iter().zip([500, 400, 200]) {
        let error = write.await.unwrap();
        assert_eq!((error.status(), error.delivery()), (Some(status), Some(Delivery::Unknown)));
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

/// A server that does not know gzip: it reads packed bytes as text.
async fn without_gzip(refusal: Reply) -> Server {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write().header("content-encoding", "gzip").any_times(), refusal);
    server.expect(Expect::write().any_times(), Reply::status(204));
    server
}

#[tokio::test]
async fn a_server_that_cannot_unpack_gets_plain_bodies() {
    for refusal in [
        Reply::status(400).body("invalid utf-8"),
        Reply::error(400, "invalid utf-8"),
        Reply::error(400, "unable to parse '\u{1f}\u{fffd}\u{8}': missing fields"),
        Reply::status(415),
    ] {
        let server = without_gzip(refusal.clone()).await;
        let client = Client::v1(server.url()).database("d").gzip(true).build().unwrap();
        assert_eq!(client.write(&points(5)).await.unwrap().requests, 2, "one plain try");
        assert_eq!(client.write(&points(5)).await.unwrap().requests, 1, "it is known then");

        let server = without_gzip(refusal).await;
        let client = Client::v1(server.url()).database("d").gzip(true).build().unwrap();
        let writer = client.batch_writer().batch_points(500).build().unwrap();
        writer.write_all(&points(1_000)).await.unwrap();
        let report = writer.close(Duration::from_secs(20)).await;
        assert!(report.is_complete() && report.stats.requests == 3, "{:?}", report.stats);
    }
}

#[tokio::test]
async fn nothing_is_refused_by_pages_and_proxies() {
    let pages = [
        Reply::status(520).body(PAGE),
        Reply::status(507),
        Reply::status(500).body(PAGE),
        Reply::status(500),
        Reply::status(200).body(PAGE),
        Reply::status(301).header("Location", "https://db.example.com/write"),
        Reply::status(308),
        Reply::status(404).body("x".repeat(400 << 10)),
        Reply::error(404, "database not found: \"d\""),
        Reply::error(401, "authorization failed"),
        Reply::status(403).body(PAGE),
        Reply::status(400).body("Client sent an HTTP request to an HTTPS server.\n"),
    ];
    for page in pages {
        let (server, client) = start().await;
        server.expect(Expect::write().times(3), page.clone());
        server.expect(Expect::write().any_times(), Reply::status(204));
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = std::sync::Arc::clone(&told);
        let retry = RetryPolicy::new().base(Duration::from_millis(1));
        let writer = client.batch_writer().batch_points(5_000).retry(retry).on_event(move |event| {
            let text = match event {
                BatchEvent::Retry { error, .. } => error.to_string(),
                BatchEvent::Written { .. } => String::new(),
                other => panic!("{other:?}"),
            };
            heard.lock().unwrap().push(text);
        });
        let writer = writer.build().unwrap();
        writer.write_all(&points(5_000)).await.unwrap();
        let report = writer.close(Duration::from_secs(20)).await;
        assert!(report.is_complete() && report.stats.requests == 4, "{page:?}: {:?}", report.stats);
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 4, "loudly");
        assert!(told.iter().all(|text| text.len() <= 4 << 10), "{told:?}");
    }
}
