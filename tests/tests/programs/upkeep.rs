//! What an operator does: old data, lists of hosts, copies into other databases.

use std::time::{Duration, SystemTime};

use influx_client::{FromRow, Point};
use influx_tests::support::with_v1_database;

use crate::write_cpu;

#[tokio::test]
async fn deleting_old_data() {
    with_v1_database("delete", |client| async move {
        let day = Duration::from_secs(86_400);
        let now = SystemTime::now();
        for age in 0..4 {
            let point = Point::new("log").tag("host", "a").field("n", age).timestamp(now - day * age);
            client.write(&point).await.unwrap();
        }
        let admin = client.v1();
        admin.delete_points().measurement("log").before(now - day - day / 2).await.unwrap();
        let left: Vec<(i64, i64)> = client.influxql("SELECT n FROM log").fetch_all().await.unwrap();
        assert_eq!(left.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [1, 0]);

        admin.drop_measurement("log").await.unwrap();
        assert!(admin.show_measurements().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn hosts_by_tag_values() {
    with_v1_database("hosts", |client| async move {
        write_cpu(&client).await.unwrap();
        let values = client.v1().show_tag_values("host").measurement("cpu").await.unwrap();
        let hosts: Vec<_> = values.into_iter().map(|row| row.value).collect();
        assert_eq!(hosts, ["a", "b", "c"]);

        // Only those of one region.
        let values =
            client.v1().show_tag_values("host").measurement("cpu").tag("region", "us").await.unwrap();
        assert_eq!(values.len(), 1);
        assert_eq!(values[0].value, "c");
    })
    .await;
}

#[tokio::test]
async fn a_measurement_copied_to_another_database() {
    with_v1_database("copy", |client| async move {
        write_cpu(&client).await.unwrap();
        let copy = format!("{}_copy", client.database().unwrap());
        client.v1().create_database(&copy).await.unwrap();

        let mut batches = client.influxql("SELECT * FROM cpu GROUP BY *").batches::<Point>();
        while let Some(batch) = batches.next().await {
            let points: Vec<Point> = batch.unwrap().collect::<Result<_, _>>().unwrap();
            client.write(&points).database(&copy).await.unwrap();
        }

        #[derive(FromRow, Debug, PartialEq)]
        struct Cpu {
            #[timestamp]
            time: i64,
            host: String,
            region: String,
            usage: f64,
        }
        let query = "SELECT * FROM cpu";
        let here: Vec<Cpu> = client.influxql(query).fetch_all().await.unwrap();
        let there: Vec<Cpu> = client.influxql(query).database(&copy).fetch_all().await.unwrap();
        client.v1().drop_database(&copy).await.unwrap();
        assert_eq!(here.len(), 21);
        assert_eq!(here, there);
    })
    .await;
}

#[tokio::test]
async fn a_retention_policy_that_forgets() {
    with_v1_database("retention", |client| async move {
        let admin = client.v1();
        admin.create_retention_policy("week", Duration::from_secs(7 * 86_400)).await.unwrap();
        let point = Point::new("cpu").field("usage", 0.5);
        client.write(&point).retention_policy("week").await.unwrap();
        let policies = admin.show_retention_policies().await.unwrap();
        let week = policies.iter().find(|policy| policy.name == "week").unwrap();
        assert_eq!(week.duration, Some(Duration::from_secs(7 * 86_400)));
        let rows: Vec<(i64, f64)> = client.influxql("SELECT usage FROM week.cpu").fetch_all().await.unwrap();
        assert_eq!(rows.len(), 1);

        // A point that is older than the policy keeps is refused, and said so.
        let old = Point::new("cpu")
            .field("usage", 0.5)
            .timestamp(SystemTime::now() - Duration::from_secs(30 * 86_400));
        let error = client.write(&old).retention_policy("week").await.unwrap_err();
        assert_eq!(error.rejected().len(), 1, "{error}");
        assert!(error.to_string().contains("retention policy"), "{error}");
    })
    .await;
}
