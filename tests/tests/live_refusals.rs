//! What a real InfluxDB 1.x refuses, and what the client makes of it.

use std::time::{Duration, SystemTime};

use influx_client::{Delivery, FromRow, Point};
use influx_tests::rows::{Usage, usage};
use influx_tests::support::{with_database, with_v1_database};

#[tokio::test]
async fn refused_lines_are_mapped_to_points() {
    with_database("refused", |client| async move {
        client.write(Point::new("cpu").field("usage", 0.5).timestamp(1)).await.unwrap();
        let points = [
            Point::new("cpu").field("usage", 1.5).timestamp(2),
            Point::new("cpu").field("usage", "high").timestamp(3),
            Point::new("cpu").field("usage", 2.5).timestamp(4),
        ];
        let error = client.write(&points).await.unwrap_err();
        assert!(error.is_partial(), "{error:?}");
        assert_eq!((error.dropped(), error.rejected().len()), (Some(1), 1));
        assert_eq!((error.rejected()[0].index(), error.rejected()[0].is_certain()), (Some(1), true));
        assert!(error.rejected()[0].reason().contains("field type conflict"), "{error}");
        let lines = "m f=1 1\nbad line\nm f=2 2\nworse\n";
        let error = client.write_lines(lines).check_lines(false).await.unwrap_err();
        // as sent: with a stamp
        let given =
            |line: &'_ str| line.trim_end_matches(|c: char| c == ' ' || c.is_ascii_digit()).to_owned();
        let rejected: Vec<_> =
            error.rejected().iter().map(|r| (r.index().unwrap(), given(r.line().unwrap()))).collect();
        assert_eq!(rejected, [(1, "bad line".to_owned()), (3, "worse".to_owned())]);
        assert_eq!(error.delivery(), Some(Delivery::Partial));
        let error = client.write_lines("bad1\nbad2").check_lines(false).await.unwrap_err();
        assert_eq!((error.delivery(), error.rejected().len()), (Some(Delivery::Rejected), 2));
        #[derive(FromRow)]
        struct Count {
            count: i64,
        }
        for (from, rows) in [("cpu", 3), ("m", 2)] {
            let field = if from == "cpu" { "usage" } else { "f" };
            let query = client.influxql(format!("SELECT count({field}) FROM {from}"));
            assert_eq!(query.fetch_one::<Count>().await.unwrap().count, rows, "{from}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_type_conflict_within_one_write_is_explained() {
    with_database("conflict", |client| async move {
        let points =
            [Point::new("new").field("f", 1.5).timestamp(1), Point::new("new").field("f", 1).timestamp(2)];
        let error = client.write(&points).await.unwrap_err();
        // Where the server names no point it may have stored some.
        assert!(matches!(error.delivery(), Some(Delivery::Unknown | Delivery::Partial)), "{error:?}");
        assert_eq!(error.rejected()[0].index(), Some(1), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn points_beyond_the_retention_policy_are_reported() {
    with_v1_database("retention", |client| async move {
        let database = client.database().unwrap();
        let policy = format!("CREATE RETENTION POLICY \"hour\" ON \"{database}\" DURATION 1h REPLICATION 1");
        client.influxql(policy).execute().await.unwrap();
        let now = SystemTime::now();
        let points = [
            Point::new("m").field("f", 1.5).timestamp(now),
            Point::new("m").field("f", 2.5).timestamp(now - Duration::from_secs(7_200)),
        ];
        let error = client.write(&points).retention_policy("hour").await.unwrap_err();
        assert_eq!((error.dropped(), error.delivery()), (Some(1), Some(Delivery::Partial)), "{error:?}");
        // 1.12 says more, and `outside`
        let reason = error.rejected()[0].reason();
        assert!(
            ["beyond", "outside"].iter().any(|word| reason.contains(&format!("{word} retention policy"))),
            "{reason}"
        );
        let error = client.write(&points[1]).retention_policy("hour").await.unwrap_err();
        assert_eq!((error.rejected()[0].index(), error.delivery()), (Some(0), Some(Delivery::Rejected)));
        let error = client.write(&points).retention_policy("nope").await.unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(500), Some(Delivery::Rejected)), "{error:?}");
        assert!(!error.is_retryable(), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn errors_of_queries() {
    with_v1_database("query errors", |client| async move {
        let error = client.influxql("SELECT").execute().await.unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains("error parsing query"), "{error}");
        let error = client.influxql("SELECT * FROM m").database("nope").execute().await.unwrap_err();
        assert!(error.is_statement(), "{error:?}");
        assert_eq!(error.server_message(), Some("database not found: nope"));
        let error = client.write_lines("m f=1").database("nope").await.unwrap_err();
        assert_eq!((error.status(), error.delivery()), (Some(404), Some(Delivery::Rejected)));
        let none = client.influxql("SELECT * FROM nothing").fetch_all::<Usage>().await.unwrap();
        assert!(none.is_empty());
        // Of several statements, the first error is told and the rows before it come.
        client.write(Point::new("cpu").tag("host", "a").field("usage", 0.5)).await.unwrap();
        let text = "SELECT * FROM cpu; SELECT * FROM nope.autogen.m; SELECT * FROM cpu";
        let mut rows = client.influxql(text).fetch::<Usage>();
        assert_eq!(rows.next().await.unwrap().unwrap(), usage("a", 0.5));
        let error = rows.next().await.unwrap().unwrap_err();
        assert_eq!(error.decode_error().unwrap().statement_id(), Some(1), "{error:?}");
        assert!(rows.next().await.is_none());
    })
    .await;
}

/// The server tells one reason of several; the batch writer finds them all.
#[tokio::test]
async fn the_batch_writer_finds_what_the_server_does_not_tell() {
    with_database("untold", |client| async move {
        client.write_lines("a f=1 1\nb f=1 1\nc f=1 1").await.unwrap();
        let lines = "a f=2 2\na f=\"x\" 3\nc f=\"x\" 4\nb f=\"x\" 5\nb f=3 6";
        let error = client.write_lines(lines).await.unwrap_err();
        assert!(error.rejected().len() < 3, "it does tell: {error:?}");
        let writer = client.batch_writer().build().unwrap();
        writer.write_lines(lines).await.unwrap();
        let mut report = writer.close(Duration::from_secs(30)).await;
        assert_eq!((report.stats.written, report.stats.rejected), (2, 3), "{report:?}");
        report.rejected.sort_by_key(|one| one.index());
        let found: Vec<_> = report.rejected.iter().map(|one| (one.index().unwrap(), one.reason())).collect();
        for ((index, reason), (at, says)) in
            found.iter().zip([(1, "measurement \"a\""), (2, "measurement \"c\""), (3, "measurement \"b\"")])
        {
            assert!(*index == at && reason.contains(says), "{found:?}");
        }
    })
    .await;
}
