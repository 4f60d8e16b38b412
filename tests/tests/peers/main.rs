//! The official Python client for 2.x as an independent judge: what both send for the same data, and what both read in the same answers.

use std::path::Path;

use chrono::{DateTime, TimeZone, Utc};
use influx_client::decode::Scratch;
use influx_client::decode::annotated_csv::iterpoints;
use influx_client::test_util::{Expect, Reply, Request, Server};
use influx_client::{Client, OwnedRow, OwnedValue, Point, Precision};
use influx_tests::support::{Python, left_out};
use serde_json::Value as Json;

const TIME: i64 = 1_700_000_000_123_456_789;

/// Python with the client; who has none does without.
fn python(test: &str) -> Option<Python> {
    Python::with_client()
        .map_err(|why| left_out(test, &format!("no Python with influxdb-client: {why}")))
        .ok()
}

fn points() -> Vec<Point> {
    let point = |name: &str| Point::new(name).timestamp(TIME);
    vec![
        point("trades")
            .tag("instrument", "AAPL")
            .tag("side", "BUY")
            .field("price", 189.25)
            .field("size", 100),
        point("my trades,x").tag("a b", "c,d").tag("e=f", "g=h i").field("k l,m=n", 0.1),
        point("m").field("s", "say \"x\" \\ and\nmore").field("t", true).field("u", false),
        point("m").tag("path", "C:\\dir\\file").field("i", i64::MIN).field("j", i64::MAX),
        point("温度").tag("ort", "Köln 🦀").field("é", -1.5),
        point("m").tag("b", "1").tag("a", "2").tag("empty", "").field("f", 1e-5),
    ]
}

async fn ours(url: &str) {
    let client = Client::v2(url).org("my desk").bucket("b/c").token("t").build().unwrap();
    client.write(points()).await.unwrap();
    for precision in [Precision::S, Precision::Ms, Precision::Us] {
        client.write(Point::new("p").field("f", 2.5).timestamp(TIME)).precision(precision).await.unwrap();
    }
    let query = client.flux("from(bucket: text)");
    let time: DateTime<Utc> =
        Utc.with_ymd_and_hms(1998, 3, 4, 5, 6, 7).unwrap() + chrono::Duration::microseconds(8);
    let query = query.bind("text", "a\"b\\c${1}\n").bind("int", -5).bind("float", 2.5).bind("flag", true);
    query.bind_time("time", time).bind("list", ["x", "y"]).execute().await.unwrap();
}

fn body(request: &Request) -> Json {
    serde_json::from_slice(request.body()).unwrap()
}

#[tokio::test]
async fn both_send_the_same() {
    let Some(python) = python("what the Python client sends") else { return };
    let [theirs, our] = [Server::start().await.unwrap(), Server::start().await.unwrap()];
    for server in [&theirs, &our] {
        server.expect(Expect::path("/api/v2/write").any_times(), Reply::status(204));
        server.expect(
            Expect::path("/api/v2/query").any_times(),
            Reply::status(200).header("X-Influxdb-Version", "v2.7.12"),
        );
    }
    let url = theirs.url().to_owned();
    let sent = tokio::task::spawn_blocking(move || python.run(include_str!("write.py"), &[&url], b""));
    sent.await.unwrap().unwrap();
    ours(our.url()).await;

    let (theirs, our) = (theirs.requests(), our.requests());
    assert_eq!((theirs.len(), our.len()), (5, 5));
    for (their, our) in theirs.iter().zip(&our) {
        assert_eq!((their.method(), their.path()), (our.method(), our.path()));
        let sorted = |request: &Request| {
            let mut params = request.params().to_vec();
            params.sort();
            params
        };
        assert_eq!(sorted(their), sorted(our));
        assert_eq!(their.header("authorization"), our.header("authorization"));
        if their.path() == "/api/v2/write" {
            let text = |request: &Request| request.text().trim_end_matches('\n').to_owned();
            // the same number
            assert_eq!(text(our), text(their).replace("1e-05", "0.00001"));
            continue;
        }
        let (their, our) = (body(their), body(our));
        assert_eq!(our["query"], their["query"]);
        assert_eq!(our["dialect"]["annotations"], their["dialect"]["annotations"]);
        let nodes = |body: &Json| -> Vec<(Json, Json)> {
            let body = body["extern"]["body"].as_array().unwrap().iter();
            body.map(|one| (one["assignment"]["id"]["name"].clone(), one["assignment"]["init"].clone()))
                .collect()
        };
        assert_eq!(nodes(&our), nodes(&their));
    }
}

/// As `read.py` writes it.
fn plain(value: &OwnedValue, theirs: &Json) -> Json {
    match value {
        OwnedValue::Null => Json::Null,
        OwnedValue::Bool(bool) => (*bool).into(),
        OwnedValue::I64(int) => (*int).into(),
        OwnedValue::U64(int) => (*int).into(),
        // the digits of the other are read as they are written: in base 16
        OwnedValue::F64(float) => {
            match theirs.as_str().and_then(|text| text.strip_prefix("float ")).and_then(hex) {
                Some(same) if same.to_bits() == float.to_bits() || same.is_nan() && float.is_nan() => {
                    theirs.clone()
                }
                _ => format!("float {float:?}").into(),
            }
        }
        OwnedValue::Time(nanos) => format!("time {}", nanos.div_euclid(1_000)).into(),
        // it leaves the line ends as the server sends them, which are others than those that were stored
        other if theirs.as_str().is_some_and(|text| text.replace("\r\n", "\n") == other.to_string()) => {
            theirs.clone()
        }
        other => other.to_string().into(),
    }
}

/// `-0x1.8p+3` of Python.
fn hex(text: &str) -> Option<f64> {
    match text {
        "nan" => return Some(f64::NAN),
        "inf" => return Some(f64::INFINITY),
        "-inf" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let (mantissa, exponent) = rest.strip_prefix("0x")?.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).ok()?;
    let power = exponent.parse::<i32>().ok()? - 4 * i32::try_from(fraction.len()).ok()?;
    // in two steps, as the smallest powers are no numbers
    Some(sign * digits as f64 * 2_f64.powi(power / 2) * 2_f64.powi(power - power / 2))
}

/// The rows and the error behind them, with nothing between them but what `plain` takes for the same; `Err` says what is not.
fn compare(theirs: &Json, body: &[u8]) -> Result<(), String> {
    let mut scratch = Scratch::new();
    let (mut rows, mut error) = (Vec::new(), None);
    for row in iterpoints::<OwnedRow>(body, &mut scratch) {
        match row {
            Ok(row) => rows.push(row),
            Err(found) => {
                error = Some(found.server_message().map_or_else(|| found.to_string(), str::to_owned))
            }
        }
    }
    if error.as_deref() != theirs["error"].as_str() {
        return Err(format!("{error:?}, and theirs {}", theirs["error"]));
    }
    let their_rows = theirs["rows"].as_array().ok_or("no rows")?;
    if rows.len() != their_rows.len() {
        return Err(format!("{} rows, and theirs {}", rows.len(), their_rows.len()));
    }
    for (our, their) in rows.iter().zip(their_rows) {
        let their = their.as_array().ok_or("no row")?;
        let our: Vec<Json> = our.values().iter().zip(their).map(|(our, their)| plain(our, their)).collect();
        if our != *their {
            return Err(format!("{our:?}, and theirs {their:?}"));
        }
    }
    Ok(())
}

#[test]
fn both_read_the_same() {
    let Some(python) = python("what the Python client reads") else { return };
    let mut files = Vec::new();
    for folder in ["v2", "v1new"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(folder);
        files.extend(std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()));
    }
    // only with all annotations is it told what the cells are
    files.retain(|file| {
        let body = std::fs::read(file).unwrap();
        let has = |text: &str| body.windows(text.len()).any(|at| at == text.as_bytes());
        let is_csv = file.extension().is_some_and(|name| name == "csv");
        is_csv && ["#datatype,", "#group,", "#default,"].into_iter().all(has)
    });
    files.sort();
    let paths: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let theirs = python.run(include_str!("read.py"), &[], paths.join("\n").as_bytes()).unwrap();
    let theirs: Vec<Json> = serde_json::from_str(theirs.trim_end().lines().last().unwrap()).unwrap();
    assert!(files.len() > 30 && files.len() == theirs.len(), "{} {}", files.len(), theirs.len());
    for (file, theirs) in files.iter().zip(&theirs) {
        compare(theirs, &std::fs::read(file).unwrap())
            .unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    }
}
