//! What a real 2.x refuses and hides, who may do what, and what the client makes of it.

use std::time::{Duration, SystemTime};

use influx_client::batch::RequestFault;
use influx_client::{Client, Delivery, OwnedRow, OwnedValue, Point, Precision};
use influx_tests::support::{v2_server, with_bucket};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(measurement: &str, time: i64) -> Point {
    Point::new(measurement).field("f", 1.0).timestamp(time)
}

async fn count(client: &Client, measurement: &str) -> usize {
    let query = client.influxql(format!("SELECT * FROM \"{measurement}\""));
    query.fetch_all::<OwnedRow>().await.unwrap().len()
}

/// Where a line cannot be parsed 2.x stores nothing: the others go without it.
#[tokio::test]
async fn lines_that_cannot_be_parsed() {
    with_bucket("v2 unparsable", |client| async move {
        let lines = "m f=1 1\nbad line\nm f=2 2\nworse\nm f=3 3";
        let error = client.write_lines(lines).check_lines(false).await.unwrap_err();
        let rejected: Vec<_> = error.rejected().iter().map(|one| (one.index(), one.is_certain())).collect();
        assert_eq!(rejected, [(Some(1), true), (Some(3), true)], "{error:?}");
        assert_eq!((error.delivery(), error.points_written()), (Some(Delivery::Partial), 3), "{error:?}");
        assert_eq!(count(&client, "m").await, 3);
        let error = client.write_lines("bad1\nbad2").check_lines(false).await.unwrap_err();
        assert_eq!((error.delivery(), error.rejected().len()), (Some(Delivery::Rejected), 2), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn names_that_2x_refuses_or_hides_are_refused_before_sending() {
    with_bucket("v2 names", |client| async move {
        for key in ["time", "_field", "_measurement"] {
            let error = client.write(at("m", 1).tag(key, "x")).await.unwrap_err();
            assert!(error.is_encode(), "{key}: {error:?}");
            let line = format!("m,{key}=x f=1 1");
            let error = client.write_lines(&*line).await.unwrap_err();
            assert_eq!(error.delivery(), Some(Delivery::NotSent), "{key}: {error:?}");
            // as the server says it
            let error = client.write_lines(line).check_lines(false).await.unwrap_err();
            assert_eq!(error.status(), Some(400), "{key}: {error:?}");
            assert_eq!((error.delivery(), error.rejected().len()), (Some(Delivery::Rejected), 1), "{key}");
        }
        // stored, and Flux would fail on them or show null
        for key in ["_value", "_time", "_start", "_stop"] {
            let error = client.write(at("m", 1).tag(key, "x")).await.unwrap_err();
            assert!(error.is_encode() && error.to_string().contains("is a column of Flux"), "{error:?}");
            let error = client.write_lines(format!("m,{key}=x f=1 1")).await.unwrap_err();
            assert_eq!(error.delivery(), Some(Delivery::NotSent), "{key}: {error:?}");
        }
        let error = client.write(Point::new("m").field("time", 1).field("f", 1)).await.unwrap_err();
        assert!(error.is_encode(), "{error:?}");
        let error = client.write_lines("m,a=1,a=2 f=1 1").check_lines(false).await.unwrap_err();
        assert_eq!((error.delivery(), error.rejected().len()), (Some(Delivery::Rejected), 1), "{error:?}");
        assert_eq!(count(&client, "m").await, 0);
    })
    .await;
}

#[tokio::test]
async fn conflicts_of_types_and_old_points() {
    with_bucket("v2 conflicts", |client| async move {
        client.write(at("m", 1)).await.unwrap();
        let points = [at("m", 2), Point::new("m").field("f", "text").timestamp(3), at("m", 4)];
        let error = client.write(&points).await.unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(422), Some(Delivery::Partial)), "{error:?}");
        assert_eq!(error.rejected()[0].index(), Some(1), "{error:?}");
        assert_eq!(count(&client, "m").await, 3);

        let admin = client.v2();
        let bucket = admin.find_bucket(client.bucket().unwrap()).await.unwrap().unwrap();
        admin.update_bucket(&bucket).retention(HOUR).shard_group_duration(HOUR).await.unwrap();
        let now = SystemTime::now();
        let points = [
            Point::new("old").field("f", 1.5).timestamp(now),
            Point::new("old").field("f", 2.5).timestamp(now - Duration::from_secs(7_200)),
        ];
        let error = client.write(&points).await.unwrap_err();
        assert_eq!((error.dropped(), error.delivery()), (Some(1), Some(Delivery::Partial)), "{error:?}");
        assert_eq!(count(&client, "old").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_only_2x_stores() {
    with_bucket("v2 values", |client| async move {
        let point =
            Point::new("m").field("u", u64::MAX).field("i", i64::MIN).field("empty", "").timestamp(1_999);
        client.write(&point).precision(Precision::Us).await.unwrap();
        let rows: Vec<OwnedRow> = client
            .influxql("SELECT * FROM m")
            .format(influx_client::Format::Msgpack)
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(rows[0].get("u"), Some(&OwnedValue::U64(u64::MAX)));
        assert_eq!(rows[0].get("i"), Some(&OwnedValue::I64(i64::MIN)));
        assert_eq!(rows[0].get("time"), Some(&OwnedValue::Time(1_000)));
        // CSV has no other empty text than null
        let text = "from(bucket: b) |> range(start: 0) |> filter(fn: (r) => r._field == \"empty\")";
        let rows: Vec<OwnedRow> =
            client.flux(text).bind("b", client.bucket().unwrap()).fetch_all().await.unwrap();
        assert_eq!(rows[0].get("_value"), Some(&OwnedValue::Null));
    })
    .await;
}

#[tokio::test]
async fn places_that_are_not_there() {
    with_bucket("v2 places", |client| async move {
        let error = client.write(at("m", 1)).bucket("no such bucket").await.unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(404), Some(Delivery::Rejected)), "{error:?}");
        let error = client.write(at("m", 1)).org("no such organization").await.unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(404), Some(Delivery::Rejected)), "{error:?}");
        // ids are as good as names
        let bucket = client.v2().find_bucket(client.bucket().unwrap()).await.unwrap().unwrap();
        let org = bucket.org_id.clone().unwrap();
        client.write(at("m", 1)).bucket(bucket.id.to_string()).org(org.to_string()).await.unwrap();
        assert_eq!(count(&client, "m").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_do_what() {
    with_bucket("v2 rights", |client| async move {
        let server = v2_server("v2 rights").await.unwrap();
        let bucket = client.bucket().unwrap();
        let stranger = server.clone().bucket(bucket).token("nobody's token").build().unwrap_err();
        assert!(stranger.is_config(), "a token has no blank");
        let stranger = server.bucket(bucket).token("nobodys_token").build().unwrap();
        for error in [
            stranger.write(at("m", 1)).await.unwrap_err(),
            stranger.influxql("SELECT * FROM m").execute().await.unwrap_err(),
            stranger.flux("buckets()").execute().await.unwrap_err(),
        ] {
            assert!(error.is_auth() && !error.is_retryable(), "{error:?}");
            assert!(!format!("{error:?}").contains("nobodys_token"), "{error:?}");
        }
        stranger.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_batch_writer_delivers_what_can_be_delivered() {
    with_bucket("v2 batches", |client| async move {
        client.write_lines("a f=1 1").await.unwrap();
        let writer =
            client.batch_writer().batch_points(1_000).request_fault(RequestFault::Drop).build().unwrap();
        for n in 0..5_000_i64 {
            writer
                .write(&Point::new("m").tag("t", (n % 7).to_string()).field("n", n).timestamp(n + 1))
                .await
                .unwrap();
        }
        writer.write_lines("a f=2 2\na f=\"x\" 3\na f=4 4").await.unwrap();
        let lost = writer.to_bucket("no such bucket").unwrap();
        lost.write(&at("m", 1)).await.unwrap();
        let report = writer.close(Duration::from_secs(30)).await;
        assert_eq!((report.stats.written, report.stats.rejected), (5_002, 1), "{report:?}");
        let why = |text: &str| report.rejected.iter().filter(|one| one.reason().contains(text)).count();
        assert_eq!((why("field type conflict"), why("there is no such bucket")), (1, 1), "{report:?}");
        assert_eq!(report.stats.dropped, 1, "{report:?}");
        assert_eq!(count(&client, "m").await, 5_000);
        assert_eq!(count(&client, "a").await, 3);
    })
    .await;
}

#[tokio::test]
async fn bodies_are_compressed_when_asked() {
    with_bucket("v2 gzip", |client| async move {
        let points: Vec<_> = (1..2_000).map(|n| at("m", n)).collect();
        client.write(&points).gzip(true).await.unwrap();
        assert_eq!(count(&client, "m").await, points.len());
    })
    .await;
}
