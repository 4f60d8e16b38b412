//! The limit of rows of a real InfluxDB 1.x: what it cuts is told, what is complete is not complained about.

use influx_client::{Client, OwnedRow, Point};
use influx_tests::support::{InfluxdOptions, own_influxd, with_database};

fn points(count: i64) -> Vec<Point> {
    (0..count).map(|i| Point::new("m").field("f", i as f64 + 0.5).timestamp(i + 1)).collect()
}

#[tokio::test]
async fn what_the_limit_cuts_is_told() {
    let options = InfluxdOptions { max_row_limit: Some(10), ..Default::default() };
    let Some(server) = own_influxd("limit of rows", options) else { return };
    let client = Client::v1(server.url()).database("d").build().unwrap();
    client.influxql("CREATE DATABASE d").execute().await.unwrap();
    client.write(&points(30)).await.unwrap();
    for text in ["SELECT f FROM m", "SELECT f FROM m; SELECT count(f) FROM m", "SELECT f FROM m GROUP BY t"] {
        let whole = || client.influxql(text).chunked(false);
        let mut rows = whole().fetch::<OwnedRow>();
        for _ in 0..10 {
            rows.next().await.unwrap().unwrap();
        }
        let error = rows.next().await.unwrap().unwrap_err();
        assert!(error.is_incomplete() && !error.is_retryable(), "{error:?}");
        assert!(
            error.decode_error().unwrap().is_row_limit() && error.to_string().contains("max-row-limit"),
            "{error}"
        );
        assert!(rows.next().await.is_none());
        for failed in [
            whole().fetch_all::<(i64, f64)>().await.map(|_| ()),
            whole().series::<OwnedRow>().all().await.map(|_| ()),
            whole().execute().await,
        ] {
            assert!(failed.unwrap_err().decode_error().unwrap().is_row_limit());
        }
    }
    let all = client.influxql("SELECT f FROM m").chunk_size(7).fetch_all::<(i64, f64)>().await.unwrap();
    assert_eq!(all.len(), 30);
    let few =
        client.influxql("SELECT f FROM m LIMIT 9").chunked(false).fetch_all::<(i64, f64)>().await.unwrap();
    assert_eq!(few.len(), 9);
}

/// 1.6 to 1.8 mark a series of more than 10,000 rows although it is complete, 1.12 does not.
#[tokio::test]
async fn what_is_complete_is_read() {
    with_database("complete rows", |client| async move {
        client.write(&points(12_000)).await.unwrap();
        for (text, rows, may_be_marked) in
            [("SELECT f FROM m", 12_000, true), ("SELECT f FROM m LIMIT 10000", 10_000, false)]
        {
            let mut stream = client.influxql(text).chunked(false).fetch::<(i64, f64)>();
            let mut read = 0;
            while let Some(row) = stream.next().await {
                row.unwrap();
                read += 1;
            }
            assert_eq!(read, rows);
            let partial = stream.series().unwrap().partial();
            assert!(may_be_marked || !partial);
            let warned = stream.messages().iter().any(|message| message.text.contains("marked as partial"));
            assert_eq!(warned, partial);
        }
        let series =
            client.influxql("SELECT f FROM m").chunk_size(1_000).series::<(i64, f64)>().all().await.unwrap();
        assert_eq!((series[0].rows.len(), series[0].columns.partial()), (12_000, false));
    })
    .await;
}
