//! The endpoints of 1.x that 2.x has, too, on a real server: what the client makes of its answers. `INFLUX_V2_URL` names the server,
//! `INFLUX_V2_TOKEN` a token that may do everything and `INFLUX_V2_BUCKET` a bucket; without the first the tests are left out.

use std::time::{SystemTime, UNIX_EPOCH};

use influx_client::{Client, Delivery, Format, OwnedRow, OwnedValue, Point};
use influx_tests::rows::{Usage, usage};
use influx_tests::support::left_out;

/// A client of the server, and a measurement that nobody else uses.
fn client(test: &str) -> Option<(Client, String)> {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = given("INFLUX_V2_URL") else {
        left_out(test, "INFLUX_V2_URL is not set");
        return None;
    };
    let (Some(token), Some(bucket)) = (given("INFLUX_V2_TOKEN"), given("INFLUX_V2_BUCKET")) else {
        panic!("INFLUX_V2_URL is set: set INFLUX_V2_TOKEN and INFLUX_V2_BUCKET, too");
    };
    // the tests show what the server says of lines
    let client =
        Client::v1(&url).basic_auth("any", token).database(bucket).check_lines(false).build().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    Some((client, format!("{}_{now}_{}", test.replace(' ', "_"), std::process::id())))
}

fn points(measurement: &str) -> [Point; 2] {
    let point = |host: &str, usage: f64, time: i64| {
        Point::new(measurement).tag("host", host).field("n", 7).field("usage", usage).timestamp(time)
    };
    [point("a", 0.5, 1), point("b", 2.0, 2)]
}

#[tokio::test]
async fn what_is_written_is_read_in_every_format() {
    let Some((client, name)) = client("formats") else { return };
    client.write(&points(&name)).await.unwrap();
    let query = || client.influxql(format!("SELECT * FROM {name} GROUP BY host"));
    for (chunked, gzip) in [(true, false), (false, false), (true, true), (false, true)] {
        let query = || query().chunked(chunked).gzip(gzip);
        for format in [Format::Json, Format::Msgpack] {
            let rows: Vec<Usage> = query().format(format).fetch_all().await.unwrap();
            assert_eq!(rows, [usage("a", 0.5), usage("b", 2.0)], "{chunked} {format:?}");
        }
        let back: Vec<Point> = query().fetch_all().await.unwrap();
        assert_eq!(back, points(&name), "chunked {chunked}");
    }
    let fields = client.v1().show_field_keys().measurement(&name).await.unwrap();
    assert_eq!(fields.len(), 2);
    client.v1().drop_measurement(&name).await.unwrap();
}

/// Chunked, 2.x answers with an empty body; in one document with `{}` or a result without series.
#[tokio::test]
async fn statements_without_rows_succeed() {
    let Some((client, name)) = client("no rows") else { return };
    client.write(&points(&name)).await.unwrap();
    for (chunked, gzip) in [(true, false), (false, false), (true, true), (false, true)] {
        let ask = |text: String| client.influxql(text).chunked(chunked).gzip(gzip);
        ask(format!("DELETE FROM {name} WHERE host = 'nobody'")).execute().await.unwrap();
        for format in [Format::Json, Format::Msgpack] {
            let none = ask("SELECT * FROM nobody_wrote_this".to_owned()).format(format);
            assert!(none.fetch_all::<OwnedRow>().await.unwrap().is_empty(), "{chunked} {gzip} {format:?}");
        }
        ask(format!("DROP MEASUREMENT {name}_{chunked}_{gzip}")).execute().await.unwrap();
    }
    let admin = client.v1();
    admin.delete_points().measurement(&name).tag("host", "a").await.unwrap();
    let left: Vec<Usage> = client.influxql(format!("SELECT * FROM {name}")).fetch_all().await.unwrap();
    assert_eq!(left, [usage("b", 2.0)]);
    admin.drop_measurement(&name).await.unwrap();
    assert!(!admin.show_measurements().await.unwrap().contains(&name));
    assert!(admin.show_tag_keys().measurement(&name).await.unwrap().is_empty());
}

#[tokio::test]
async fn errors_are_the_servers() {
    let Some((client, name)) = client("errors") else { return };
    let error = client.v1().create_database("x").await.unwrap_err();
    assert_eq!(error.server_message(), Some("not implemented: CREATE DATABASE"), "{error:?}");
    let error = client.influxql("SELECT * FROM m").database("nope").execute().await.unwrap_err();
    assert!(error.is_statement() && error.server_message() == Some("database not found: nope"), "{error:?}");
    let error = client.influxql("SELECT FROM").execute().await.unwrap_err();
    assert!(error.status() == Some(400) && error.to_string().contains("parse query"), "{error:?}");
    // 2.x refuses all lines for a bad one: they go again without it
    let lines = format!("{name} f=1 1\nbad line\n{name} f=2 2");
    let error = client.write_lines(lines).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(400), Some(Delivery::Partial)), "{error:?}");
    let refused: Vec<_> = error.rejected().iter().map(|one| (one.index(), one.reason())).collect();
    assert_eq!(refused, [(Some(1), "invalid field format")]);
    let rows: Vec<OwnedRow> = client.influxql(format!("SELECT f FROM {name}")).fetch_all().await.unwrap();
    assert_eq!(rows.len(), 2);
    let text = format!("SELECT * FROM {name}; SELECT * FROM {name}; SHOW DATABASES");
    let rows: Vec<OwnedRow> = client.influxql(text).fetch_all().await.unwrap();
    let bucket = OwnedValue::Str(client.database().unwrap().into());
    assert!(rows.iter().any(|row| row.values() == [bucket.clone()]), "{rows:?}");
}

/// What 2.x refuses as a whole, in part, and without naming a line.
#[tokio::test]
async fn a_batch_writer_finds_the_refused_lines() {
    let Some((client, name)) = client("batch") else { return };
    client.write(Point::new(&*name).field("f", 0.5).timestamp(1)).await.unwrap();
    let writer = client.batch_writer().batch_points(1_000).build().unwrap();
    for n in 2..1_000_i64 {
        let line = match n {
            7 | 500 => format!("{name} f=\"text\" {n}"),
            300 => format!("{name} f= {n}"),
            _ => format!("{name} f={n} {n}"),
        };
        writer.write_lines(&line).await.unwrap();
    }
    let report = writer.close(std::time::Duration::from_secs(20)).await;
    let mut refused: Vec<_> = report.rejected.iter().map(|one| one.index().unwrap()).collect();
    refused.sort_unstable();
    assert_eq!(refused, [5, 298, 498], "{:?}", report.rejected);
    assert_eq!((report.stats.written, report.stats.rejected), (995, 3), "{:?}", report.stats);
    let rows: Vec<OwnedRow> = client.influxql(format!("SELECT f FROM {name}")).fetch_all().await.unwrap();
    assert_eq!(rows.len(), 996);
    client.v1().drop_measurement(&name).await.unwrap();
}
