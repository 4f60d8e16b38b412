//! Queries against the scripted server: what is sent, what is read, and what is made of broken answers.

use std::io::Write;
use std::time::Duration;

use futures_util::StreamExt;
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, FromRow, Identifier, Precision};
use influx_tests::rows::{Usage, usage};

const ONE_SERIES: &str = r#"{"results":[{"statement_id":0,"series":[{"name":"cpu","columns":["time","host","usage"],"values":[[1,"a",0.5],[2,"b \u003c\"é",1e3]]}]}]}"#;

#[derive(FromRow)]
struct Host<'r> {
    host: &'r str,
}

async fn start() -> (Server, Client) {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

fn both() -> Vec<Usage> {
    vec![usage("a", 0.5), usage("b <\"é", 1000.0)]
}

#[tokio::test]
async fn reads_go_by_get_and_changes_by_post() {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json("{\"results\":[{\"statement_id\":0}]}\n"));
    let long = format!("SELECT * FROM m WHERE host = '{}'", "x".repeat(2_000));
    for (text, method) in [
        ("SELECT * FROM m", "GET"),
        ("SHOW DATABASES", "GET"),
        ("SELECT * INTO b FROM a", "POST"),
        ("DROP DATABASE \"x\"", "POST"),
        (long.as_str(), "POST"),
    ] {
        client.influxql(text).execute().await.unwrap();
        let request = server.requests().pop().unwrap();
        assert_eq!((request.method(), request.param("q")), (method, Some(text)));
        assert_eq!(request.body().is_empty(), method == "GET");
    }
    client.influxql("SELECT $a").bind("a", 1).execute().await.unwrap();
    assert_eq!(server.requests().pop().unwrap().method(), "POST");
}

#[tokio::test]
async fn options_reach_the_wire() {
    let (server, client) = start().await;
    server.expect(Expect::query().any_times(), Reply::json(r#"{"results":[]}"#));
    let params = |server: &Server| {
        let mut params = server.requests().pop().unwrap().params().to_vec();
        params.retain(|(name, _)| name != "q");
        params.sort();
        params.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    client.influxql("SELECT 1").execute().await.unwrap();
    assert_eq!(params(&server), "chunk_size=10000 chunked=true db=d epoch=ns");
    let query =
        client.influxql("SELECT 1").epoch(Precision::Us).chunk_size(5).database("e").retention_policy("r");
    query.execute().await.unwrap();
    assert_eq!(params(&server), "chunk_size=5 chunked=true db=e epoch=u rp=r");
    let query = client.influxql("SELECT 1").chunked(false).bind("a", "x'").bind("b", Identifier("y".into()));
    query.execute().await.unwrap();
    assert_eq!(params(&server), r#"db=d epoch=ns params={"a":"x'","b":{"identifier":"y"}}"#);
}

#[tokio::test]
async fn mistakes_send_nothing() {
    let (server, client) = start().await;
    for query in [
        client.influxql("  "),
        client.influxql("SELECT $a").bind("a", f64::NAN),
        client.influxql("SELECT $a").bind("a b", 1),
        client.influxql("SELECT 1").chunk_size(0),
        client.influxql("SELECT 1").timeout(Duration::ZERO),
    ] {
        let error = query.execute().await.unwrap_err();
        assert!(error.is_config(), "{error:?}");
    }
    assert!(client.v1().create_database("").await.unwrap_err().is_config());
    server.verify();
}

#[tokio::test]
async fn every_split_of_an_answer_gives_the_same_rows() {
    let (server, client) = start().await;
    for at in 1..ONE_SERIES.len() {
        let (head, tail) = ONE_SERIES.as_bytes().split_at(at);
        server.expect(Expect::query(), Reply::json("").chunks([head, tail]));
        let rows: Vec<Usage> = client.influxql("SELECT * FROM cpu").fetch_all().await.unwrap();
        assert_eq!(rows, both(), "split at {at}");
    }
}

#[tokio::test]
async fn the_verbs() {
    let (server, client) = start().await;
    let empty = r#"{"results":[{"statement_id":0}]}"#;
    let single = ONE_SERIES.replace(r#",[2,"b \u003c\"é",1e3]"#, "");
    let query = || client.influxql("SELECT * FROM cpu");
    let next = |body: &str| server.expect(Expect::query(), Reply::json(body));

    next(ONE_SERIES);
    let streamed: Vec<_> = query().fetch::<Usage>().map(Result::unwrap).collect().await;
    assert_eq!(streamed, both());
    next(ONE_SERIES);
    let mut seen = Vec::new();
    query().for_each_row::<Usage>(|row| seen.push(row)).await.unwrap();
    assert_eq!(seen, both());
    next(ONE_SERIES);
    let mut hosts = String::new();
    query().for_each_row::<Host<'_>>(|row| hosts += row.host).await.unwrap();
    assert_eq!(hosts, "ab <\"é");
    next(ONE_SERIES);
    let mut batches = query().batches::<Host<'_>>();
    let mut seen = 0;
    while let Some(batch) = batches.next().await {
        // several rows of a batch live side by side
        let rows: Vec<Host<'_>> = batch.unwrap().collect::<Result<_, _>>().unwrap();
        seen += rows.iter().map(|row| row.host.len()).sum::<usize>();
    }
    assert_eq!(seen, hosts.len());
    next(ONE_SERIES);
    let series = query().series::<Usage>().all().await.unwrap();
    assert_eq!((series.len(), series[0].columns.name(), &series[0].rows), (1, Some("cpu"), &both()));
    next(&single);
    assert_eq!(query().fetch_one::<Usage>().await.unwrap(), usage("a", 0.5));
    next(&single);
    assert_eq!(query().fetch_optional::<Usage>().await.unwrap(), Some(usage("a", 0.5)));
    next(empty);
    assert_eq!(query().fetch_optional::<Usage>().await.unwrap(), None);
    next(empty);
    assert!(query().fetch_one::<Usage>().await.unwrap_err().is_no_rows());
    next(ONE_SERIES);
    let error = query().fetch_one::<Usage>().await.unwrap_err();
    assert!(error.to_string().contains("has more: limit it (LIMIT 1;"), "{error}");
    next(ONE_SERIES);
    query().execute().await.unwrap();
    next(ONE_SERIES);
    assert_eq!(query().raw().await.unwrap(), ONE_SERIES);
    server.verify();
}

#[tokio::test]
async fn a_stream_tells_series_and_statement() {
    let (server, client) = start().await;
    let body = r#"{"results":[{"statement_id":0,"series":[{"name":"cpu","tags":{"host":"a"},"columns":["time","usage"],"values":[[1,0.5]]}],"partial":true}]}
{"results":[{"statement_id":0,"series":[{"name":"cpu","tags":{"host":""},"columns":["time","usage"],"values":[[1,2]]}]}]}
{"results":[{"statement_id":1,"series":[{"name":"mem","columns":["time","usage"],"values":[[1,3]]}],"messages":[{"level":"warning","text":"old"}]}]}
"#;
    server.expect(Expect::query(), Reply::json(body));
    let mut rows = client.influxql("SELECT 1; SELECT 2").fetch::<Usage>();
    let mut seen = Vec::new();
    while let Some(row) = rows.next().await {
        let row = row.unwrap();
        let series = rows.series().unwrap();
        seen.push((series.statement_id(), series.to_string(), row.host, row.usage));
    }
    let expected = [
        (Some(0), "cpu,host=a".to_owned(), Some("a".to_owned()), 0.5),
        (Some(0), "cpu,host=".to_owned(), None, 2.0),
        (Some(1), "mem".to_owned(), None, 3.0),
    ];
    assert_eq!(seen, expected);
    assert_eq!(&*rows.messages()[0].text, "old");
}

#[tokio::test]
async fn errors_of_statements_come_after_the_rows_before_them_and_end_the_stream() {
    let (server, client) = start().await;
    let body = format!(
        "{ONE_SERIES}\n{{\"results\":[{{\"statement_id\":1,\"error\":\"database not found: nope\"}}]}}\n{ONE_SERIES}"
    );
    server.expect(Expect::query(), Reply::json(body));
    let mut rows = client.influxql("SELECT 1; SELECT 2").fetch::<Usage>();
    assert_eq!(rows.next().await.unwrap().unwrap(), both()[0]);
    assert_eq!(rows.next().await.unwrap().unwrap(), both()[1]);
    let error = rows.next().await.unwrap().unwrap_err();
    assert!(error.is_statement() && !error.is_decode() && !error.is_retryable(), "{error:?}");
    assert_eq!(error.server_message(), Some("database not found: nope"));
    assert_eq!(error.decode_error().unwrap().statement_id(), Some(1));
    assert!(rows.next().await.is_none(), "an error ends the stream");
    assert!(rows.next().await.is_none());
}

#[tokio::test]
async fn an_answer_that_is_cut_is_an_error_after_its_rows() {
    let (server, client) = start().await;
    let row_end = ONE_SERIES.find("],[2").unwrap() + 1;
    for cut in [0, 10, row_end, ONE_SERIES.len() - 1, ONE_SERIES.len()] {
        for chunked in [true, false] {
            let reply = Reply::json("");
            let reply = if chunked { reply.chunks([ONE_SERIES]) } else { reply.body(ONE_SERIES) };
            server.expect(Expect::query(), reply.cut_after(cut));
            let mut rows = client.influxql("SELECT 1").fetch::<Usage>();
            let mut good = 0;
            let error = loop {
                match rows.next().await.expect("a cut answer never just ends") {
                    Ok(_) => good += 1,
                    Err(error) => break error,
                }
            };
            assert!(error.is_incomplete() && error.is_retryable(), "{cut}: {error:?}");
            assert_eq!(
                good,
                if cut >= ONE_SERIES.len() - 5 { 2 } else { usize::from(cut >= row_end) },
                "{cut}"
            );
            assert!(rows.next().await.is_none());
        }
    }
}

#[tokio::test]
async fn an_answer_that_ends_well_but_promises_more_is_an_error() {
    let (server, client) = start().await;
    let body = ONE_SERIES.replace("}]}]}", "}],\"partial\":true}]}\n");
    server.expect(Expect::query(), Reply::json(body));
    let error = client.influxql("SELECT 1").fetch_all::<Usage>().await.unwrap_err();
    assert!(error.is_incomplete(), "{error:?}");
}

#[tokio::test]
async fn silence_within_an_answer_runs_into_the_read_timeout() {
    let server = Server::start().await.unwrap();
    let client = Client::v1(server.url()).read_timeout(Duration::from_millis(50)).build().unwrap();
    let row_end = ONE_SERIES.find("],[2").unwrap() + 1;
    server.expect(Expect::query(), Reply::json("").chunks([ONE_SERIES]).stall_after(row_end));
    let mut rows = client.influxql("SELECT 1").fetch::<Usage>();
    assert_eq!(rows.next().await.unwrap().unwrap(), both()[0]);
    let error = rows.next().await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(error.to_string().contains("read timeout"), "{error}");
}

#[tokio::test]
async fn a_query_has_its_own_timeout() {
    let (server, client) = start().await;
    server.expect(Expect::query(), Reply::json(ONE_SERIES).delay(Duration::from_secs(30)));
    let error = client.influxql("SELECT 1").timeout(Duration::from_millis(50)).execute().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("50ms"), "{error}");
}

#[tokio::test]
async fn http_errors_in_every_shape() {
    let (server, client) = start().await;
    for (reply, says) in [
        (Reply::error(400, "error parsing query"), "error parsing query"),
        (Reply::status(401).header("X-Influxdb-Error", "from the header"), "from the header"),
        (Reply::status(404).body("404 page not found\n"), "404 page not found"),
        (Reply::status(422).body(r#"{"code":"invalid","message":"not for you"}"#), "not for you"),
        (Reply::status(503).body("busy").cut_after(2), "bu"),
    ] {
        let status = reply.clone();
        server.expect(Expect::query(), status);
        let error = client.influxql("SELECT 1").fetch_all::<Usage>().await.unwrap_err();
        assert_eq!(error.server_message(), Some(says));
        assert!(error.to_string().contains(says) && error.to_string().contains("GET http://"), "{error}");
        assert_eq!(error.delivery(), None);
    }
    server.expect(Expect::query(), Reply::status(401));
    let error = client.influxql("SELECT 1").execute().await.unwrap_err();
    assert!(error.is_auth() && error.server_message().is_none(), "{error:?}");
}

#[tokio::test]
async fn rows_that_do_not_fit_name_what_is_wrong() {
    let (server, client) = start().await;
    server.expect(Expect::query(), Reply::json(ONE_SERIES.replace("usage", "load")));
    let error = client.influxql("SELECT 1").fetch_all::<Usage>().await.unwrap_err();
    assert!(error.is_decode(), "{error:?}");
    let detail = error.decode_error().unwrap();
    assert_eq!((detail.struct_name(), detail.column()), (Some("Usage"), Some("usage")));
    server.expect(Expect::query(), Reply::status(200).body("<html>welcome</html>"));
    let error = client.influxql("SELECT 1").fetch_all::<Usage>().await.unwrap_err();
    assert!(!error.to_string().is_empty() && !error.is_config(), "{error:?}");
}

#[tokio::test]
async fn databases_are_created_with_quoted_names() {
    let (server, client) = start().await;
    let text = "CREATE DATABASE \"a\\\"; DROP DATABASE \\\"b\"";
    server.expect(Expect::query().param("q", text), Reply::json(r#"{"results":[{"statement_id":0}]}"#));
    client.v1().create_database("a\"; DROP DATABASE \"b").await.unwrap();
    server.verify();
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_unpacked() {
    let (server, client) = start().await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(ONE_SERIES.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let query = || client.influxql("SELECT 1").gzip(true);
    let reply = || Reply::json("").header("Content-Encoding", "gzip");
    for at in 1..packed.len() {
        server.expect(Expect::query(), reply().chunks([&packed[..at], &packed[at..]]));
        assert_eq!(query().fetch_all::<Usage>().await.unwrap(), both());
    }
    assert!(server.requests().iter().all(|request| request.header("accept-encoding") == Some("gzip")));
    // Cut although HTTP ends well, as a broken proxy does it.
    server.expect(Expect::query(), reply().body(&packed[..packed.len() - 9]));
    assert!(query().fetch_all::<Usage>().await.unwrap_err().is_incomplete());
}
