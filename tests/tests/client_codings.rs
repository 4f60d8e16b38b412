//! How answers are packed: all spellings of gzip, members behind members, and what was not asked for.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, Point};

const ROWS: &str =
    r#"{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[1,0.5]]}]}]}"#;

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

async fn answered(reply: Reply) -> (Server, Client) {
    let server = Server::start().await.unwrap();
    server.expect(Expect::any().any_times(), reply);
    let client = Client::v1(server.url()).database("d").build().unwrap();
    (server, client)
}

#[tokio::test]
async fn every_spelling_of_gzip() {
    let members = [packed(&ROWS[..20]), packed(&ROWS[20..])].concat();
    for (name, body) in
        [("GZIP", packed(ROWS)), ("x-gzip", packed(ROWS)), ("gzip", members), ("identity", ROWS.into())]
    {
        let (_server, client) = answered(Reply::json(body).header("Content-Encoding", name)).await;
        let rows: Vec<(i64, f64)> = client.influxql("SELECT f FROM m").gzip(true).fetch_all().await.unwrap();
        assert_eq!(rows, [(1, 0.5)], "{name}");
    }
}

#[tokio::test]
async fn other_codings_are_named() {
    let (_server, client) =
        answered(Reply::json(&b"\x0b\x02\x80"[..]).header("Content-Encoding", "br")).await;
    let error = client.influxql("SELECT f FROM m").fetch_all::<(i64, f64)>().await.unwrap_err();
    assert!(error.to_string().contains("(Content-Encoding: \"br\")"), "{error}");
    let refusal = Reply::status(400).body(&b"\x0b\x02\x80"[..]).header("Content-Encoding", "zstd");
    let (_server, client) = answered(refusal).await;
    let error = client.influxql("SELECT f FROM m").execute().await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert!(error.to_string().contains("(Content-Encoding: \"zstd\")"), "{error}");
    // what became of points is still decided by what can be read of the answer
    let error = client.write(Point::new("m").field("f", 1.5)).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(400), Some(Delivery::Unknown)), "{error}");
    let (_server, client) = answered(Reply::status(204).header("Content-Encoding", "br")).await;
    client.write(Point::new("m").field("f", 1.5)).await.unwrap();
}
