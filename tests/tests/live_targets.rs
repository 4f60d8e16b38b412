//! What rows become, read from a real 1.x server in both of its formats.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use influx_client::{Client, Format, FromRow, OwnedRow, OwnedValue, Point, Serde, SeriesRow};
use influx_tests::support::with_database;

const START: i64 = 1_700_000_000_000_000_000;

/// Three series; among the values are whole floats, integers beyond 2^53, empty and hostile texts.
fn points() -> Vec<Point> {
    let at = |host: &str, n: i64| {
        let point = Point::new("load avg").tag("host", host).timestamp(START + n);
        point.field("usage", n as f64).field("count", i64::MAX - n).field("ok", n % 2 == 0)
    };
    let mut points: Vec<Point> = (0..5).map(|n| at("a", n)).collect();
    points.push(at("b, =c", 5).tag("rack", "r 1").field("text", "say \"<&>\"\n\\"));
    points.push(at("b, =c", 6).field("text", ""));
    points
}

#[derive(FromRow, Debug, PartialEq)]
struct Load {
    #[timestamp]
    time: i64,
    #[tag]
    host: String,
    #[tag]
    rack: Option<String>,
    usage: f64,
    count: i64,
    ok: bool,
    text: Option<String>,
}

async fn written(client: &Client) {
    client.write(&points()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn both_formats_give_the_same_rows() {
    with_database("both_formats", |client| async move {
        written(&client).await;
        for text in [r#"SELECT * FROM "load avg""#, r#"SELECT * FROM "load avg" GROUP BY *"#] {
            let read = async |format, chunk| {
                let query = client.influxql(text).format(format).chunk_size(chunk);
                let mut rows: Vec<Load> = query.fetch_all().await.unwrap();
                rows.sort_by_key(|row| row.time);
                rows
            };
            let json = read(Format::Json, 10_000).await;
            assert_eq!((json.len(), json[3].usage, json[3].count), (7, 3.0, i64::MAX - 3));
            assert_eq!(json[5].text.as_deref(), Some("say \"<&>\"\n\\"));
            assert_eq!((json[6].text.as_deref(), json[6].rack.as_deref()), (Some(""), None));
            assert_eq!(read(Format::Msgpack, 10_000).await, json);
            assert_eq!(read(Format::Msgpack, 1).await, json);
            assert_eq!(read(Format::Json, 2).await, json);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn points_are_read_and_written_again() {
    with_database("points_again", |client| async move {
        written(&client).await;
        let read = async || {
            let query = client.influxql(r#"SELECT * FROM "load avg" GROUP BY *"#);
            let mut points: Vec<Point> = query.fetch_all().await.unwrap();
            points.sort_by_key(Point::unix_nanos);
            points
        };
        let sorted = |points: &[Point]| -> Vec<String> {
            let shown = |point: &Point| {
                let tags: BTreeMap<_, _> = point.tags().collect();
                let fields: BTreeMap<_, _> =
                    point.fields().map(|(name, value)| (name, format!("{value:?}"))).collect();
                format!("{} {tags:?} {fields:?} {:?}", point.measurement(), point.unix_nanos())
            };
            points.iter().map(shown).collect()
        };
        let back = read().await;
        assert_eq!(sorted(&back), sorted(&points()));
        client.influxql("DROP MEASUREMENT \"load avg\"").execute().await.unwrap();
        assert!(read().await.is_empty());
        // whole floats stay floats: the server would refuse them as integers, or store others
        client.write(&back).await.unwrap();
        assert_eq!(sorted(&read().await), sorted(&points()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_struct() {
    with_database("without_struct", |client| async move {
        written(&client).await;
        let usage = || client.influxql(r#"SELECT usage FROM "load avg" WHERE host = 'a'"#);
        let tuples: Vec<(DateTime<Utc>, f64)> = usage().fetch_all().await.unwrap();
        assert_eq!(tuples[4], (DateTime::from_timestamp_nanos(START + 4), 4.0));
        let maps: Vec<BTreeMap<String, OwnedValue>> =
            usage().format(Format::Msgpack).fetch_all().await.unwrap();
        assert_eq!(maps[4]["usage"], OwnedValue::F64(4.0));
        let rows: Vec<OwnedRow> = usage().fetch_all().await.unwrap();
        assert_eq!(rows[4].get("time").unwrap().value(), influx_client::ValueRef::Time(START + 4));
        let through: Vec<Serde<(i64, f64)>> = usage().fetch_all().await.unwrap();
        assert_eq!(through[4].0, (START + 4, 4.0));

        let grouped = || client.influxql(r#"SELECT count(usage), last(text) FROM "load avg" GROUP BY host"#);
        let rows: Vec<SeriesRow<(i64, i64, Option<String>)>> = grouped().fetch_all().await.unwrap();
        let keys: Vec<_> = rows.iter().map(|row| (row.series.to_string(), row.row.1)).collect();
        assert_eq!(keys, [("load avg,host=a".to_owned(), 5), ("load avg,host=b, =c".to_owned(), 2)]);
        for size in [1, 10_000] {
            let query = client.influxql(r#"SELECT usage FROM "load avg" GROUP BY host"#).chunk_size(size);
            let series = query.series::<(i64, f64)>().all().await.unwrap();
            let shape: Vec<_> =
                series.iter().map(|one| (one.columns.name().unwrap(), one.rows.len())).collect();
            assert_eq!(shape, [("load avg", 5), ("load avg", 2)]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn infinities_arrive_in_msgpack_and_are_an_error_in_json() {
    with_database("infinities", |client| async move {
        written(&client).await;
        let logarithm = || client.influxql(r#"SELECT ln(usage) AS x FROM "load avg" WHERE host = 'a'"#);
        let rows: Vec<(i64, f64)> = logarithm().format(Format::Msgpack).fetch_all().await.unwrap();
        assert_eq!(rows[0].1, f64::NEG_INFINITY);
        assert_eq!(rows[1].1, 0.0);
        let error = logarithm().fetch_all::<(i64, f64)>().await.unwrap_err();
        assert!(error.to_string().contains("or ask for msgpack"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_in_msgpack() {
    with_database("msgpack_errors", |client| async move {
        let run = async |text: &str| {
            client.influxql(text).format(Format::Msgpack).fetch_all::<OwnedRow>().await.unwrap_err()
        };
        let error = run("SELEC").await;
        assert!(
            error.status() == Some(400) && error.to_string().contains("found SELEC, expected"),
            "{error}"
        );
        let error = run("SELECT nope(x) FROM m").await;
        assert!(error.to_string().contains("undefined function nope()"), "{error}");
        let error = client.influxql("SELECT * FROM m").database("nope").format(Format::Msgpack);
        let error = error.execute().await.unwrap_err();
        assert!(error.to_string().contains("database not found: nope"), "{error}");
    })
    .await;
}
