//! VictoriaMetrics takes line protocol: what the encoder writes arrives. It stores floats alone, so that texts and
//! booleans are left aside.

use std::collections::BTreeMap;

use influx_client::{Client, Point};
use influx_tests::support::{VictoriaMetrics, left_out, offline};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The body of a `GET`.
async fn get(url: &str, target: &str) -> String {
    let host = url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!("GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_once("\r\n\r\n").expect("an HTTP answer").1.to_owned()
}

#[tokio::test]
async fn what_is_written_is_exported() {
    let server = match VictoriaMetrics::start() {
        Ok(server) => server,
        Err(why) if offline() => return left_out("VictoriaMetrics", &why),
        Err(why) => panic!("this test needs a real VictoriaMetrics: {why}"),
    };
    let client = Client::v1(server.url()).database("d").build().unwrap();
    client.ping().await.unwrap();
    let tags = ["plain", "a b", "a,b", "a=b", "é 漢 🦀", "\"quoted\"", "it's"];
    let start = 1_700_000_000_000_i64;
    let mut expected = BTreeMap::new();
    let mut points = Vec::new();
    for (i, tag) in tags.iter().enumerate() {
        let (float, int) = (0.1 + i as f64, -(i as i64));
        let time = start + i as i64;
        points.push(
            Point::new("weather")
                .tag("place", *tag)
                .field("temp", float)
                .field("n", int)
                .timestamp(time * 1_000_000),
        );
        expected.insert(("weather_temp".to_owned(), (*tag).to_owned()), (float, time));
        expected.insert(("weather_n".to_owned(), (*tag).to_owned()), (int as f64, time));
    }
    let written = client.write(&points).await.unwrap();
    assert_eq!(written.points, tags.len() as u64);

    get(server.url(), "/internal/force_flush").await;
    let query = "match%5B%5D=%7B__name__%3D~%22weather_.%2A%22%7D&start=1600000000&end=1800000000";
    let export = get(server.url(), &format!("/api/v1/export?{query}")).await;
    let mut seen = BTreeMap::new();
    for line in export.lines() {
        let series: serde_json::Value = serde_json::from_str(line).unwrap();
        let label = |name: &str| series["metric"][name].as_str().unwrap().to_owned();
        assert_eq!(label("db"), "d");
        let sample = (series["values"][0].as_f64().unwrap(), series["timestamps"][0].as_i64().unwrap());
        seen.insert((label("__name__"), label("place")), sample);
    }
    assert_eq!(seen, expected);
}
