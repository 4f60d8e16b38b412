//! Settings: what the builder takes, what it refuses, and that it never tells secrets.

use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientBuilder, Consistency, Point, Precision, V1};

fn v1() -> ClientBuilder<V1> {
    Client::v1("http://localhost:8086")
}

#[test]
fn mistakes_are_kept_for_build() {
    let cases: [(ClientBuilder<V1>, &str); 14] = [
        (v1().database(""), "the database's name is empty"),
        (v1().retention_policy(""), "the retention policy's name is empty"),
        (v1().basic_auth("", "x"), "the user's name is empty"),
        (v1().basic_auth("a:b", "x"), "the user's name contains ':'"),
        (v1().batch_points(0), "batch_points(0) would write nothing"),
        (v1().batch_bytes(0), "batch_bytes(0) would write nothing"),
        (v1().connect_timeout(Duration::ZERO), "a connect timeout of 0"),
        (v1().request_timeout(Duration::ZERO), "a request timeout of 0"),
        (v1().read_timeout(Duration::ZERO), "a read timeout of 0"),
        (v1().user_agent("a\nb"), "the user agent \"a\\nb\" is not a header value"),
        (v1().default_tag("", "x"), "the default tag \"\" cannot be written"),
        (v1().default_tag("host", "a\nb"), "the default tag \"host\" cannot be written"),
        (v1().default_tag("host", "a").default_tag("host", "b"), "the default tag \"host\" is given twice"),
        (v1().batch_points(0).database(""), "batch_points(0)"),
    ];
    for (builder, says) in cases {
        let error = builder.build().unwrap_err();
        assert!(error.is_config(), "{error:?}");
        assert!(error.to_string().starts_with(says), "{error}");
    }
}

#[test]
fn secrets_are_never_shown() {
    let secret = "hunter2";
    for builder in [
        v1().basic_auth("me", secret),
        Client::v1(format!("http://me:{secret}@localhost:8086")),
        Client::v1(format!("http://me:x/{secret}@localhost:8086")).batch_points(0),
    ] {
        assert!(!format!("{builder:?}{builder:#?}").contains(secret), "{builder:?}");
        match builder.build() {
            Ok(client) => {
                let request = client.write(Point::new("m").field("f", 1.0));
                let query = client.influxql("SELECT $x").bind("x", secret);
                let all = format!("{client:?}{client:#?}{request:?}{query:?}");
                assert!(!all.contains(secret), "{all}");
                // Nor in the form in which it travels.
                assert!(!all.contains("bWU6aHVudGVyMg"), "{all}");
            }
            Err(error) => {
                assert!(!format!("{error}{error:?}{}", error.report()).contains(secret), "{error:?}")
            }
        }
    }
}

#[tokio::test]
async fn secrets_are_not_in_errors_of_requests() {
    let client = Client::v1("http://me:hunter2@127.0.0.1:1").database("d").build().unwrap();
    let error = client.write(Point::new("m").field("f", 1.0)).await.unwrap_err();
    assert!(error.is_connect() && error.is_retryable(), "{error:?}");
    let all = format!("{error}{error:?}{}", error.report());
    assert!(!all.contains("hunter2") && !all.contains("bWU6aHVudGVyMg"), "{all}");
    assert_eq!(
        error.to_string(),
        "POST http://127.0.0.1:1/write: cannot connect; is a server listening there?"
    );
    assert!(error.report().to_lowercase().contains("refused"), "{}", error.report());
}

#[tokio::test]
async fn a_host_without_an_address_is_told_from_one_without_a_server() {
    let client = Client::v1("http://no..name:8086").database("d").build().unwrap();
    let error = client.write(Point::new("m").field("f", 1.0)).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(
        error.to_string(),
        "POST http://no..name:8086/write: cannot connect: the host's name leads to no address; is it spelled right?"
    );
}

#[tokio::test]
async fn settings_reach_the_wire() {
    let server = Server::start().await.unwrap();
    server.expect(
        Expect::write()
            .param("db", "a b&c")
            .param("rp", "week")
            .param("precision", "ms")
            .param("consistency", "all"),
        Reply::status(204),
    );
    server.expect(Expect::write().param("db", "other").param("precision", "ns"), Reply::status(204));
    server.expect(Expect::query().param("db", "a b&c").param("rp", "week"), Reply::json("{\"results\":[]}"));
    let client = Client::v1(server.url())
        .database("a b&c")
        .retention_policy("week")
        .precision(Precision::Ms)
        .consistency(Consistency::All)
        .basic_auth("me", "pw")
        .default_tag("host", "h 1")
        .user_agent("tester/1")
        .build()
        .unwrap();
    let point = Point::new("m").field("f", 1).timestamp(1_700_000_000_123_456_789_i64);
    client.write(&point).await.unwrap();
    client.write(&point).database("other").precision(Precision::Us).await.unwrap();
    client.influxql("SELECT * FROM m").execute().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].text(), "m,host=h\\ 1 f=1i 1700000000123\n");
    assert!(requests[1].text().ends_with(" 1700000000123456789\n"), "{}", requests[1].text());
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Basic bWU6cHc="));
        assert_eq!(request.header("user-agent"), Some("tester/1"));
        assert_eq!(request.header("accept-encoding"), Some("identity"));
        assert_eq!(request.param("u"), None);
    }
    server.verify();
}

#[tokio::test]
async fn credentials_in_the_url_are_sent_and_lose_against_the_builder() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::ping().times(2), Reply::status(204));
    let url = server.url().replace("http://", "http://me:p%40w@");
    Client::v1(&url).build().unwrap().ping().await.unwrap();
    Client::v1(&url).basic_auth("me", "pw").build().unwrap().ping().await.unwrap();
    let sent: Vec<_> =
        server.requests().iter().map(|r| r.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [Some("Basic bWU6cEB3".into()), Some("Basic bWU6cHc=".into())]);
}

#[tokio::test]
async fn ping_reads_version_and_build() {
    let server = Server::start().await.unwrap();
    let reply = Reply::status(204).header("X-Influxdb-Version", "v2.7.12").header("X-Influxdb-Build", "OSS");
    server.expect(Expect::ping(), reply);
    server.expect(Expect::ping(), Reply::status(204));
    let client = Client::v1(server.url()).build().unwrap();
    let pong = client.ping().await.unwrap();
    assert_eq!((pong.version(), pong.build()), (Some("2.7.12"), Some("OSS")));
    assert_eq!(client.ping().await.unwrap().version(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn unix_sockets_work() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let path = std::env::temp_dir().join(format!("influx-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let len = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 No Content\r\nX-Influxdb-Version: 1.8.10\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&head[..len]).into_owned()
    });
    let client = Client::v1(format!("unix://{}", path.display())).build().unwrap();
    assert_eq!(client.ping().await.unwrap().version(), Some("1.8.10"));
    assert!(serving.await.unwrap().starts_with("GET /ping HTTP/1.1\r\n"));
    std::fs::remove_file(&path).unwrap();
}
