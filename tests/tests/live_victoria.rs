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

/// Points of a measurement, and the samples that they are: by name and place the value and the time in milliseconds.
type Samples = BTreeMap<(String, String), (f64, i64)>;

fn points(measurement: &str) -> (Vec<Point>, Samples) {
    let tags = ["plain", "a b", "a,b", "a=b", "é 漢 🦀", "\"quoted\"", "it's"];
    let (mut points, mut expected) = (Vec::new(), BTreeMap::new());
    for (i, tag) in tags.iter().enumerate() {
        let (float, int) = (0.1 + i as f64, -(i as i64));
        let time = 1_700_000_000_000 + i as i64;
        let point = Point::new(measurement).tag("place", *tag).field("temp", float).field("n", int);
        points.push(point.timestamp(time * 1_000_000));
        expected.insert((format!("{measurement}_temp"), (*tag).to_owned()), (float, time));
        expected.insert((format!("{measurement}_n"), (*tag).to_owned()), (int as f64, time));
    }
    (points, expected)
}

/// What the server has of a measurement; `db` is the label that it adds.
async fn exported(server: &VictoriaMetrics, measurement: &str, db: Option<&str>) -> Samples {
    get(server.url(), "/internal/force_flush").await;
    let query =
        format!("match%5B%5D=%7B__name__%3D~%22{measurement}_.%2A%22%7D&start=1600000000&end=1800000000");
    let export = get(server.url(), &format!("/api/v1/export?{query}")).await;
    let mut seen = BTreeMap::new();
    for line in export.lines() {
        let series: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(series["metric"]["db"].as_str(), db);
        let label = |name: &str| series["metric"][name].as_str().unwrap().to_owned();
        let sample = (series["values"][0].as_f64().unwrap(), series["timestamps"][0].as_i64().unwrap());
        seen.insert((label("__name__"), label("place")), sample);
    }
    seen
}

#[tokio::test]
async fn what_is_written_is_exported() {
    let server = match VictoriaMetrics::start() {
        Ok(server) => server,
        Err(why) if offline() => return left_out("VictoriaMetrics", &why),
        Err(why) => panic!("this test needs a real VictoriaMetrics: {why}"),
    };
    let v1 = Client::v1(server.url()).database("d").build().unwrap();
    v1.ping().await.unwrap();
    // it has a parser of its own behind the endpoint of 2.x, and looks at neither organization nor bucket
    let v2 = Client::v2(server.url()).org("o").bucket("b").token("t").build().unwrap();
    for (client, measurement, db) in [(v1, "weather", Some("d")), (v2, "climate", None)] {
        let (points, expected) = points(measurement);
        let written = client.write(&points).await.unwrap();
        assert_eq!(written.points, points.len() as u64);
        assert_eq!(exported(&server, measurement, db).await, expected, "{measurement}");
    }
}
