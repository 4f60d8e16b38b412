//! What a dashboard asks: newest values, means over time, gaps, the largest, several aggregates.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};
use influx_client::{FromRow, SeriesRow};
use influx_tests::support::with_database;

use crate::write_cpu;

/// 2023-11-15T00:00:00Z, when the points of `write_cpu` begin.
fn start() -> DateTime<Utc> {
    Utc.timestamp_opt(1_700_006_400, 0).unwrap()
}

#[tokio::test]
async fn newest_value_per_host() {
    #[derive(FromRow)]
    struct Newest {
        #[timestamp]
        time: DateTime<Utc>,
        #[tag]
        host: String,
        #[field(rename = "last")]
        usage: f64,
    }

    with_database("newest", |client| async move {
        write_cpu(&client).await.unwrap();
        let newest: Vec<Newest> =
            client.influxql("SELECT last(usage) FROM cpu GROUP BY host").fetch_all().await.unwrap();
        let hosts: Vec<_> = newest.iter().map(|row| (row.host.as_str(), row.usage)).collect();
        assert_eq!(hosts, [("a", 0.9), ("b", 1.1), ("c", 0.7)]);
        assert_eq!(newest[0].time, start() + chrono::TimeDelta::minutes(160));
        assert_eq!(newest[2].time, start() + chrono::TimeDelta::minutes(40));
    })
    .await;
}

#[tokio::test]
async fn mean_per_hour() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Hour {
        #[timestamp]
        time: DateTime<Utc>,
        mean: f64,
    }

    with_database("hourly", |client| async move {
        write_cpu(&client).await.unwrap();
        let hours: Vec<Hour> = client
            .influxql(
                "SELECT mean(usage) FROM cpu WHERE host = $host AND time >= $from AND time < $to GROUP BY time(1h)",
            )
            .bind("host", "a")
            .bind_time("from", start())
            .bind_time("to", start() + chrono::TimeDelta::hours(3))
            .fetch_all()
            .await
            .unwrap();
        let means: Vec<_> = hours.iter().map(|hour| (hour.time, (hour.mean * 10.0).round())).collect();
        let hour = chrono::TimeDelta::hours(1);
        assert_eq!(means, [(start(), 2.0), (start() + hour, 5.0), (start() + hour * 2, 8.0)]);
    })
    .await;
}

#[tokio::test]
async fn gaps_are_none() {
    #[derive(FromRow)]
    struct Hour {
        #[tag]
        host: String,
        mean: Option<f64>,
    }

    with_database("gaps", |client| async move {
        write_cpu(&client).await.unwrap();
        let query = "SELECT mean(usage) FROM cpu WHERE time >= $from AND time < $to GROUP BY time(1h), host fill(null)";
        let hours: Vec<Hour> = client
            .influxql(query)
            .bind_time("from", start())
            .bind_time("to", start() + chrono::TimeDelta::hours(3))
            .fetch_all()
            .await
            .unwrap();
        let of_c: Vec<bool> =
            hours.iter().filter(|hour| hour.host == "c").map(|hour| hour.mean.is_some()).collect();
        assert_eq!(of_c, [true, false, false]);
        assert_eq!(hours.len(), 9);
    })
    .await;
}

#[tokio::test]
async fn rows_of_two_measurements() {
    with_database("two", |client| async move {
        client
            .write_lines("temperature,room=hall value=21.5 1\nhumidity,room=hall value=40 1")
            .await
            .unwrap();

        // One struct for both, which says where each row is from.
        #[derive(FromRow, Debug, PartialEq)]
        struct Reading {
            #[measurement]
            kind: String,
            room: String,
            value: f64,
        }
        let mut readings: Vec<Reading> =
            client.influxql("SELECT room, value FROM temperature, humidity").fetch_all().await.unwrap();
        readings.sort_by(|a, b| a.kind.cmp(&b.kind));
        assert_eq!(
            readings,
            [
                Reading { kind: "humidity".into(), room: "hall".into(), value: 40.0 },
                Reading { kind: "temperature".into(), room: "hall".into(), value: 21.5 },
            ]
        );

        // A struct of one measurement alone, with the name beside it.
        #[derive(FromRow)]
        struct Value {
            value: f64,
        }
        let rows: Vec<SeriesRow<Value>> =
            client.influxql("SELECT value FROM temperature, humidity").fetch_all().await.unwrap();
        let by_name: BTreeMap<_, _> =
            rows.iter().map(|row| (row.series.name().unwrap(), row.row.value)).collect();
        assert_eq!(by_name.get("temperature"), Some(&21.5));
    })
    .await;
}

#[tokio::test]
async fn five_panels_in_one_request() {
    #[derive(FromRow)]
    struct Mean {
        mean: f64,
    }
    #[derive(FromRow)]
    struct Max {
        max: f64,
        host: String,
    }
    #[derive(FromRow)]
    struct Count {
        count: u64,
    }
    #[derive(FromRow)]
    struct Host {
        value: String,
    }
    #[derive(FromRow)]
    struct Alarm {
        text: String,
    }

    with_database("panels", |client| async move {
        write_cpu(&client).await.unwrap();
        let text = "SELECT mean(usage) FROM cpu; \
                    SELECT max(usage), host FROM cpu; \
                    SELECT count(usage) FROM cpu GROUP BY host; \
                    SHOW TAG VALUES FROM cpu WITH KEY = host; \
                    SELECT text FROM alarms";
        let (mean, max, counts, hosts, alarms) =
            client.influxql(text).fetch_statements::<(Mean, Max, Count, Host, Alarm)>().await.unwrap();
        assert!((mean[0].mean - 0.6).abs() < 1e-9, "{}", mean[0].mean);
        assert_eq!((max[0].max, max[0].host.as_str()), (1.1, "b"));
        assert_eq!(counts.iter().map(|count| count.count).collect::<Vec<_>>(), [9, 9, 3]);
        assert_eq!(hosts.iter().map(|host| host.value.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(alarms.iter().map(|alarm| alarm.text.as_str()).collect::<Vec<_>>(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn top_ten() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Top {
        top: f64,
        host: String,
    }

    with_database("top", |client| async move {
        let mut lines = String::new();
        for i in 0..30 {
            lines += &format!("cpu,host=h{i} usage={i} {i}\n");
        }
        client.write_lines(lines).await.unwrap();
        let mut top: Vec<Top> =
            client.influxql("SELECT top(usage, host, 10) FROM cpu").fetch_all().await.unwrap();
        top.sort_by(|a, b| b.top.total_cmp(&a.top));
        assert_eq!(top.len(), 10);
        assert_eq!(top[0], Top { top: 29.0, host: "h29".into() });
        assert_eq!(top[9].host, "h20");
    })
    .await;
}

#[tokio::test]
async fn several_aggregates_of_one_field() {
    #[derive(FromRow)]
    struct Summary {
        host: String,
        mean: f64,
        max: f64,
        #[field(rename = "percentile")]
        median: f64,
        p95: f64,
        count: i64,
    }

    with_database("summary", |client| async move {
        write_cpu(&client).await.unwrap();
        let query = "SELECT mean(usage), max(usage), percentile(usage, 50), percentile(usage, 95) AS p95, count(usage) \
                     FROM cpu GROUP BY host";
        let summaries: Vec<Summary> = client.influxql(query).fetch_all().await.unwrap();
        let b = summaries.iter().find(|summary| summary.host == "b").unwrap();
        assert_eq!((b.max, b.p95, b.count), (1.1, 1.1, 9));
        assert!((b.mean - 0.7).abs() < 1e-9 && (b.median - 0.6).abs() < 0.11, "{} {}", b.mean, b.median);
    })
    .await;
}
