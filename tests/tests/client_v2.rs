//! Clients of 2.x against a scripted server: what is sent, who sends it, and what is refused before anything is.

use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, ClientBuilder, Consistency, Delivery, OwnedRow, Point, Precision, V2};

const SECRET: &str = "hunter2";

fn v2(url: &str) -> ClientBuilder<V2> {
    Client::v2(url).org("my desk").bucket("market")
}

fn point() -> Point {
    Point::new("m").field("f", 1.0).timestamp(1_700_000_000_123_456_789_i64)
}

#[tokio::test]
async fn writes_go_to_the_bucket() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/write").any_times(), Reply::status(204));
    let client = v2(server.url()).token(SECRET).build().unwrap();
    client.write(point()).await.unwrap();
    client.write(point()).org("0123456789abcdef").bucket("a/b").precision(Precision::Us).await.unwrap();
    client.write_iter([point()]).precision(Precision::S).await.unwrap();
    client.write_lines("m f=1 1700000000123").precision(Precision::Ms).await.unwrap();
    let writer = client.batch_writer().build().unwrap();
    writer.write(&point()).await.unwrap();
    writer.to_bucket("audit").unwrap().write(&point()).await.unwrap();
    writer.close(Duration::from_secs(5)).await;

    let requests = server.requests();
    let sent: Vec<_> = requests
        .iter()
        .map(|request| {
            assert_eq!(request.header("authorization"), Some("Token hunter2"));
            let param = |name| request.param(name).unwrap_or_default();
            (param("org"), param("bucket"), param("precision"), request.lines().concat())
        })
        .collect();
    let ns = || "m f=1 1700000000123456789".to_owned();
    let mut expected = vec![
        ("my desk", "market", "ns", ns()),
        // 2.x knows microseconds by this name, which 1.x does not
        ("0123456789abcdef", "a/b", "us", "m f=1 1700000000123456".to_owned()),
        ("my desk", "market", "s", "m f=1 1700000000".to_owned()),
        ("my desk", "market", "ms", "m f=1 1700000000123".to_owned()),
        ("my desk", "market", "ns", ns()),
        ("my desk", "audit", "ns", ns()),
    ];
    assert_eq!(sent[..4], expected[..4]);
    // two targets are independent of one another
    let (mut rest, mut expected) = (sent[4..].to_vec(), expected.split_off(4));
    rest.sort_unstable();
    expected.sort_unstable();
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn what_another_generation_has_is_refused_before_sending() {
    let client = v2("http://127.0.0.1:1").token(SECRET).build().unwrap();
    let writes = [
        client.write(point()).database("d").await.unwrap_err(),
        client.write(point()).retention_policy("r").await.unwrap_err(),
        client.write(point()).consistency(Consistency::All).await.unwrap_err(),
    ];
    for error in writes {
        assert!(error.is_config() && error.to_string().contains("use .org(..) and .bucket(..)"), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent));
    }
    let writer = client.batch_writer().build().unwrap();
    assert!(writer.to_database("d").unwrap_err().is_config());
    assert!(writer.to_retention_policy("r").unwrap_err().is_config());
    assert!(client.batch_writer().database("d").build().unwrap_err().is_config());

    let old = Client::v1("http://127.0.0.1:1").database("d").build().unwrap();
    let error = old.write(point()).bucket("b").await.unwrap_err();
    assert_eq!(error.to_string(), "InfluxDB 1.x has databases, and no .bucket(..): use .database(..)");
    assert!(old.batch_writer().build().unwrap().to_bucket("b").unwrap_err().is_config());
    assert!(old.flux("from(bucket: b)").org("o").execute().await.unwrap_err().is_config());

    for (builder, says) in [
        (Client::v2("http://127.0.0.1:1").bucket("b"), "no organization is named"),
        (Client::v2("http://127.0.0.1:1").org("o"), "no bucket is named"),
    ] {
        let error = builder.build().unwrap().write(point()).await.unwrap_err();
        assert!(error.is_config() && error.to_string().starts_with(says), "{error}");
    }
    let nameless = Client::v2("http://127.0.0.1:1").org("o").build().unwrap();
    assert!(nameless.batch_writer().build().unwrap_err().to_string().contains(".bucket(\"..\")"));
    let error = Client::v2("http://127.0.0.1:1").build().unwrap().flux("x").raw().await.unwrap_err();
    assert!(error.to_string().starts_with("no organization is named"), "{error}");
}

/// `Set-Cookie` of a real server, but for its value.
fn cookie(value: &str) -> Reply {
    let cookie = format!("influxdb-oss-session={value}; Path=/api/; Expires=Thu, 26 Nov 2026 14:00:00 GMT");
    Reply::status(204).header("Set-Cookie", cookie)
}

fn unauthorized() -> Reply {
    let body = r#"{"code":"unauthorized","message":"unauthorized access"}"#;
    Reply::status(401).header("Content-Type", "application/json").body(body)
}

#[tokio::test]
async fn a_session_is_begun_once_and_again_when_it_has_run_out() {
    let server = Server::start().await.unwrap();
    let client = v2(server.url()).session_auth("ann", SECRET).build().unwrap();
    server.expect(
        Expect::path("/api/v2/signin").header("authorization", "Basic YW5uOmh1bnRlcjI="),
        cookie("one"),
    );
    server.expect(
        Expect::path("/api/v2/write").header("cookie", "influxdb-oss-session=one").times(3),
        Reply::status(204),
    );
    // those that meet in the beginning wait for one cookie
    let (a, b, c) = tokio::join!(client.write(point()), client.write(point()), client.write(point()));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(server.requests().len(), 4);

    server.expect(Expect::path("/api/v2/write").header("cookie", "influxdb-oss-session=one"), unauthorized());
    server.expect(Expect::path("/api/v2/signin"), cookie("two"));
    server.expect(
        Expect::path("/api/v2/write").header("cookie", "influxdb-oss-session=two"),
        Reply::status(204),
    );
    client.write(point()).await.unwrap();
    let requests = server.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.path() == "/api/v2/signin" || request.header("authorization").is_none())
    );
    server.verify();
}

#[tokio::test]
async fn a_right_that_is_missing_is_no_session_that_has_run_out() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/signin").any_times(), cookie("one"));
    server.expect(Expect::path("/api/v2/write").any_times(), unauthorized());
    let client = v2(server.url()).session_auth("ann", SECRET).build().unwrap();
    for requests in [2, 3] {
        let before = server.requests().len();
        assert!(client.write(point()).await.unwrap_err().is_auth());
        // the first writes with a new cookie; the second tries its own, and a new one
        assert!(server.requests().len() - before <= requests);
    }
}

#[tokio::test]
async fn signing_in_that_fails_says_so() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/signin"), unauthorized());
    let client = v2(server.url()).session_auth("ann", SECRET).build().unwrap();
    let error = client.write(point()).await.unwrap_err();
    assert!(error.is_auth(), "{error:?}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    assert!(error.to_string().contains("signing in failed: unauthorized access"), "{error}");
    // something else listens there
    server.expect(Expect::path("/api/v2/signin"), Reply::status(200).body("<html>"));
    let error = client.flux("x").raw().await.unwrap_err();
    assert!(error.to_string().contains("without a cookie"), "{error}");
    assert!(!format!("{error:?}{client:?}").contains(SECRET));
    assert_eq!(server.requests().len(), 2);
}

/// In the URL they are no HTTP Basic, which the API of 2.x does not take.
#[tokio::test]
async fn user_and_password_in_the_url_sign_in() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/signin"), cookie("one"));
    server.expect(Expect::path("/api/v2/write"), Reply::status(204));
    let url = server.url().replace("http://", "http://ann:hunter2@");
    v2(&url).build().unwrap().write(point()).await.unwrap();
    server.verify();
}

#[tokio::test]
async fn influxql_asks_the_bucket_by_the_endpoint_of_1x() {
    let server = Server::start().await.unwrap();
    let body = r#"{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[1,0.5]]}]}]}"#;
    server.expect(
        Expect::query().param("db", "market").header("authorization", "Token hunter2"),
        Reply::json(body),
    );
    let client = v2(server.url()).token(SECRET).build().unwrap();
    let rows: Vec<(i64, f64)> = client.influxql("SELECT f FROM m").fetch_all().await.unwrap();
    assert_eq!(rows, [(1, 0.5)]);
    // `DELETE`, chunked: the database's own empty body
    server.expect(Expect::query(), Reply::status(200).header("X-Influxdb-Version", "v2.7.12"));
    client.influxql("DELETE FROM m").execute().await.unwrap();
    let error = client.v1().show_databases().await.unwrap_err();
    assert!(error.is_config() && error.to_string().contains("use client.v2()"), "{error}");
}

#[tokio::test]
async fn a_flux_query_is_json() {
    let server = Server::start().await.unwrap();
    server.expect(
        Expect::path("/api/v2/query").any_times(),
        Reply::status(200).header("X-Influxdb-Version", "v2.7.12"),
    );
    let client = v2(server.url()).token(SECRET).build().unwrap();
    let text = "from(bucket: b) |> range(start: s)";
    let rows: Vec<OwnedRow> = client
        .flux(text)
        .bind("b", "market")
        .bind_time("s", -1_i64)
        .now(7_i64)
        .pivot()
        .gzip(true)
        .fetch_all()
        .await
        .unwrap();
    assert!(rows.is_empty());
    let request = &server.requests()[0];
    assert_eq!((request.method(), request.param("org")), ("POST", Some("my desk")));
    assert_eq!(
        (request.header("content-type"), request.header("accept-encoding")),
        (Some("application/json"), Some("gzip"))
    );
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    let pivot = r#"pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#;
    assert_eq!(body["query"], format!("{text}\n|> {pivot}"));
    assert_eq!(body["type"], "flux");
    assert_eq!(body["now"], "1970-01-01T00:00:00.000000007Z");
    assert_eq!(body["dialect"]["annotations"], serde_json::json!(["datatype", "group", "default"]));
    let assigned = |at: usize| &body["extern"]["body"][at]["assignment"];
    assert_eq!((&assigned(0)["id"]["name"], &assigned(0)["init"]["value"]), (&"b".into(), &"market".into()));
    assert_eq!(assigned(1)["init"]["value"], "1969-12-31T23:59:59.999999999Z");
    assert_eq!(body.get("params"), None);
    // Cloud
    let query = client.flux("from(bucket: params.b)").bind("b", "market").as_params(true);
    query.org("0123456789abcdef").execute().await.unwrap();
    let request = &server.requests()[1];
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!((&body["params"]["b"], body.get("extern")), (&"market".into(), None));
    assert_eq!(request.param("org"), Some("0123456789abcdef"));
}

#[tokio::test]
async fn a_name_behind_a_dollar_is_refused_before_sending() {
    let client = v2("http://127.0.0.1:1").token(SECRET).build().unwrap();
    let error = client.flux("from(bucket: $b)").bind("b", "x").execute().await.unwrap_err();
    assert!(error.is_config() && error.to_string().contains("write b without the $"), "{error}");
}

#[tokio::test]
async fn errors_of_queries_say_what_may_be_behind_them() {
    let server = Server::start().await.unwrap();
    let client = v2(server.url()).token(SECRET).build().unwrap();
    let answer = |status, code: &str, message: &str| {
        let body = serde_json::json!({"code": code, "message": message}).to_string();
        Reply::status(status).header("X-Platform-Error-Code", code).body(body)
    };
    let ask = |reply: Reply| {
        server.expect(Expect::path("/api/v2/query"), reply);
        let query = client.flux("from(bucket: b)").bind("b", "x");
        async move { query.execute().await.unwrap_err() }
    };
    let error = ask(answer(404, "not found", "could not find bucket \"x\"")).await;
    assert!(
        error.status() == Some(404) && error.to_string().contains("or this token may not read it"),
        "{error}"
    );
    let error = ask(answer(400, "invalid", "queue length exceeded")).await;
    assert!(error.is_retryable(), "{error}");
    let error = ask(answer(400, "invalid", "error @1:1-1:2: undefined identifier b")).await;
    assert!(!error.is_retryable() && error.to_string().contains("undefined identifier b"), "{error}");
    let error = ask(Reply::status(403).body("Flux query service disabled. Verify flux-enabled=true in the [http] section of the InfluxDB config.\n")).await;
    assert!(error.to_string().contains("flux-enabled=true"), "{error}");
}

#[tokio::test]
async fn all_cookies_go_and_none_is_told() {
    const COOKIE: &str = "Q29va2llT2ZBU2Vzc2lvbg==";
    let server = Server::start().await.unwrap();
    let of_proxy = cookie(COOKIE).header("Set-Cookie", "route=eu; Path=/");
    server.expect(Expect::path("/api/v2/signin"), of_proxy);
    let told = format!(
        r#"{{"code":"internal error","message":"cookie influxdb-oss-session={COOKIE} on route eu"}}"#
    );
    server.expect(
        Expect::any().any_times(),
        Reply::status(500).header("Content-Type", "application/json").body(told),
    );
    let client = v2(server.url()).session_auth("ann", SECRET).build().unwrap();
    let errors = [
        client.write(point()).await.unwrap_err(),
        client.flux("x").raw().await.unwrap_err(),
        client.v2().find_bucket("x").await.unwrap_err(),
        client.ping().await.unwrap_err(),
    ];
    for error in errors {
        let shown = format!("{error} {error:?} {:?}", error.server_message());
        assert!(!shown.contains(COOKIE) && shown.contains("*** on route eu"), "{shown}");
    }
    let sent = format!("influxdb-oss-session={COOKIE}; route=eu");
    assert_eq!(server.requests()[1].header("cookie"), Some(&*sent));
    assert!(!format!("{client:?}").contains(COOKIE));
}

/// Real servers answer 401 there, as if the password were wrong.
#[tokio::test]
async fn influxql_has_no_session() {
    let server = Server::start().await.unwrap();
    let client = v2(server.url()).session_auth("ann", SECRET).build().unwrap();
    let error = client.influxql("SHOW MEASUREMENTS").raw().await.unwrap_err();
    assert!(error.is_config() && error.to_string().contains(".token("), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_sign_in_that_fails_fails_all_that_wait_for_it() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/signin").any_times(), Reply::silence());
    let limit = Duration::from_millis(300);
    let client = v2(server.url()).session_auth("ann", SECRET).request_timeout(limit).build().unwrap();
    let begun = std::time::Instant::now();
    let errors =
        futures_util::future::join_all((0..20).map(|_| async { client.write(point()).await.unwrap_err() }))
            .await;
    // one after the other would be 6 s
    assert!(begun.elapsed() < 5 * limit, "{:?}", begun.elapsed());
    for error in errors {
        assert!(error.is_timeout() && error.is_retryable(), "{error:?}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent), "{error:?}");
    }
}

#[tokio::test]
async fn a_sign_in_that_may_work_later_is_tried_again() {
    for (reply, status, after) in [
        (Reply::status(503).retry_after(7), 503, Some(Duration::from_secs(7))),
        (Reply::status(429).retry_after(9), 429, Some(Duration::from_secs(9))),
        (Reply::status(502).body("<html>"), 502, None),
    ] {
        let server = Server::start().await.unwrap();
        server.expect(Expect::path("/api/v2/signin"), reply);
        let error =
            v2(server.url()).session_auth("ann", SECRET).build().unwrap().write(point()).await.unwrap_err();
        assert_eq!((error.status(), error.retry_after()), (Some(status), after), "{error}");
        assert!(error.is_retryable(), "{error}");
        assert_eq!(error.delivery(), Some(Delivery::NotSent));
    }
    let server = Server::start().await.unwrap();
    server.expect(Expect::path("/api/v2/signin"), Reply::cut());
    let error =
        v2(server.url()).session_auth("ann", SECRET).build().unwrap().write(point()).await.unwrap_err();
    assert!(error.is_retryable() && error.delivery() == Some(Delivery::NotSent), "{error:?}");
}

/// A proxy that speaks HTTP/1.0 ends the body with the connection, as a cut does.
#[tokio::test]
async fn a_body_that_only_the_connection_ends_is_complete_behind_an_empty_line() {
    use std::io::{Read, Write};
    let body = "#datatype,string,long,long\r\n#group,false,false,false\r\n#default,_result,,\r\n,result,table,n\r\n,,0,1\r\n,,0,2\r\n\r\n";
    for (length, complete) in
        [(body.len(), true), (body.len() - 2, false), (body.len() - 9, false), (0, false)]
    {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                let mut piece = [0; 4_096];
                let length = stream.read(&mut piece).unwrap();
                request.extend_from_slice(&piece[..length]);
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\n";
            write!(stream, "{head}{}", &body[..length]).unwrap();
        });
        let answer = v2(&url).token(SECRET).build().unwrap().flux("x").fetch_all::<OwnedRow>().await;
        server.join().unwrap();
        match answer {
            Ok(rows) => assert!(complete && rows.len() == 2, "{length}: {rows:?}"),
            Err(error) => assert!(!complete && error.to_string().contains("incomplete"), "{length}: {error}"),
        }
    }
}
