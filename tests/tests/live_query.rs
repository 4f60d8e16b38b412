//! Queries against a real InfluxDB 1.x: several statements in one request, rows that are left in the middle, and bound times.

use std::ops::ControlFlow;
use std::time::Duration;

use influx_client::{Client, FromRow, InfluxQl, LineProtocol, Precision, Query};
use influx_tests::support::{with_database, with_v1_database};

#[derive(LineProtocol, FromRow, Debug, Clone, PartialEq)]
#[measurement("cpu")]
struct Load {
    #[timestamp]
    time: i64,
    #[tag]
    host: String,
    usage: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Mean {
    #[tag]
    host: String,
    mean: f64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Count {
    count: i64,
}

fn load(time: i64, host: &str, usage: f64) -> Load {
    Load { time, host: host.to_owned(), usage }
}

/// 2023-11-14T22:13:20Z.
const NOW: i64 = 1_700_000_000_000_000_000;

#[tokio::test]
async fn several_statements_in_one_request() {
    with_database("statements", |client| async move {
        let loads = [load(NOW, "a", 0.5), load(NOW + 1, "b", 1.5), load(NOW + 2, "b", 2.5)];
        client.write(&loads).await.unwrap();
        let text = "SELECT * FROM cpu; SELECT mean(usage) FROM cpu GROUP BY host; SELECT * FROM nothing; \
                    SHOW MEASUREMENTS; SELECT count(usage) FROM cpu";
        type Parts = (Load, Mean, Load, (String,), Count);
        for query in [
            client.influxql(text),
            client.influxql(text).chunk_size(1),
            client.influxql(text).chunked(false),
            client.influxql(text).format(influx_client::Format::Msgpack),
        ] {
            let (all, means, none, names, counts) = query.fetch_statements::<Parts>().await.unwrap();
            assert_eq!(all, loads);
            let mean = |host: &str, mean| Mean { host: host.to_owned(), mean };
            assert_eq!(means, [mean("a", 0.5), mean("b", 2.0)]);
            assert_eq!((none.len(), names, counts), (0, vec![("cpu".to_owned(),)], vec![Count { count: 3 }]));
        }
        // and some have a result without any row
        let Some(database) = client.database() else { return };
        client.influxql("SHOW USERS; SELECT * FROM cpu").fetch_statements::<((), Load)>().await.unwrap();
        // statements that change something have no rows
        let name = format!("{database}_2");
        let text = format!("CREATE DATABASE {name}; SELECT * FROM cpu; DROP DATABASE {name}");
        let (_, all, _) = client.influxql(text).fetch_statements::<((), Load, ())>().await.unwrap();
        assert_eq!(all, loads);
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_fails_is_named() {
    with_database("failing", |client| async move {
        client.write(&load(NOW, "a", 0.5)).await.unwrap();
        let text = "SELECT * FROM cpu; SELECT foo(usage) FROM cpu; SELECT * FROM cpu";
        let error = client.influxql(text).fetch_statements::<(Load, Load, Load)>().await.unwrap_err();
        assert!(error.is_statement() && error.to_string().contains("(statement 1)"), "{error}");
        assert_eq!(error.server_message(), Some("undefined function foo()"));
        assert_eq!(error.decode_error().unwrap().statement_id(), Some(1));

        let two = || client.influxql("SELECT * FROM cpu; SELECT * FROM cpu");
        let error = two().fetch_statements::<(Load,)>().await.unwrap_err();
        assert!(error.to_string().contains("answered 2 statements, and rows of 1 were asked for"), "{error}");
        let error = two().fetch_statements::<(Load, Load, ())>().await.unwrap_err();
        assert!(error.to_string().contains("answered 2 statements, and rows of 3 were asked for"), "{error}");
        assert_eq!(two().fetch_statements::<(Load, Load)>().await.unwrap().1.len(), 1);
    })
    .await;
}

async fn running(client: &Client) -> usize {
    let queries = client.v1().show_queries().await.unwrap();
    queries.iter().filter(|query| query.query.contains("FROM big")).count()
}

#[tokio::test]
async fn a_closure_that_stops_ends_the_query_on_the_server() {
    with_v1_database("stopping", |client| async move {
        #[derive(LineProtocol)]
        #[measurement("big")]
        struct Big {
            #[timestamp]
            time: i64,
            text: String,
        }
        let rows = (0..200_000).map(|time| Big { time: NOW + time, text: format!("{time:0200}") });
        client.write_iter(rows).await.unwrap();
        let mut seen = 0;
        let query = client.influxql("SELECT * FROM big").chunk_size(100);
        let stopped = query.try_for_each_row::<(i64, String), _>(|(time, _)| {
            seen += 1;
            if time == NOW + 2_000 { ControlFlow::Break(time - NOW) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(stopped.await.unwrap(), ControlFlow::Break(2_000));
        assert_eq!(seen, 2_001);
        for _ in 0..100 {
            if running(&client).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the query still runs, 10 s after it was left");
    })
    .await;
}

#[tokio::test]
async fn bound_times_are_compared_to_the_nanosecond() {
    with_database("bound times", |client| async move {
        // before 1970, without a fraction and with all digits of one, and the first and last that servers take as text
        let times = [i64::MIN + 4, -86_400_000_000_001, 0, NOW, NOW + 123_456_789, i64::MAX - 1];
        for time in times {
            let around = [time - 1, time, time + 1].map(|time| load(time, "a", 0.5));
            let stored: Vec<Load> =
                around.into_iter().filter(|load| (i64::MIN + 2..i64::MAX).contains(&load.time)).collect();
            client.write(&stored).await.unwrap();
            let found = async |operator: &str| -> Vec<i64> {
                let text =
                    format!("SELECT * FROM cpu WHERE time {operator} $t AND time >= $from AND time <= $to");
                let bounded = |query: Query<InfluxQl>| {
                    let (from, to) = (stored[0].time, stored[stored.len() - 1].time);
                    query.bind_time("t", time).bind_time("from", from).bind_time("to", to)
                };
                let rows = bounded(client.influxql(text)).fetch_all::<Load>().await.unwrap();
                rows.iter().map(|load| load.time).collect()
            };
            let expected = |keep: fn(&i64, &i64) -> bool| -> Vec<i64> {
                stored.iter().map(|load| load.time).filter(|stored| keep(stored, &time)).collect()
            };
            assert_eq!(found("=").await, [time]);
            assert_eq!(found(">=").await, expected(i64::ge), "{time}");
            assert_eq!(found("<=").await, expected(i64::le), "{time}");
            assert_eq!(found(">").await, expected(i64::gt), "{time}");
            assert_eq!(found("<").await, expected(i64::lt), "{time}");
        }
    })
    .await;
}

#[tokio::test]
async fn bound_times_stand_wherever_times_do() {
    with_database("bound times in places", |client| async move {
        let second = 1_000_000_000;
        let loads: Vec<Load> = (0..10).map(|i| load(NOW + i * second, "a", i as f64)).collect();
        client.write(&loads).await.unwrap();
        let count = async |text: &str| {
            let query =
                client.influxql(text).bind_time("t", NOW + 5 * second).bind("d", Duration::from_secs(2));
            query.fetch_all::<Load>().await.unwrap().len()
        };
        assert_eq!(count("SELECT * FROM cpu WHERE time >= $t").await, 5);
        assert_eq!(count("SELECT * FROM cpu WHERE $t <= time").await, 5);
        assert_eq!(count("SELECT * FROM cpu WHERE time >= $t - $d").await, 7);
        assert_eq!(count("SELECT * FROM cpu WHERE time < $t + 1s").await, 6);
        assert_eq!(count("SELECT * FROM (SELECT * FROM cpu WHERE time >= $t)").await, 5);
        assert_eq!(count("SELECT * FROM cpu WHERE time >= $t tz('America/New_York')").await, 5);
        let means: Vec<(i64, Option<f64>)> = client
            .influxql("SELECT mean(usage) FROM cpu WHERE time >= $from AND time < $to GROUP BY time(5s)")
            .bind_time("from", NOW)
            .bind_time("to", NOW + 10 * second)
            .epoch(Precision::S)
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(means, [(NOW / second, Some(2.0)), (NOW / second + 5, Some(7.0))]);
        client
            .influxql("DELETE FROM cpu WHERE time < $t")
            .bind_time("t", NOW + 5 * second)
            .execute()
            .await
            .unwrap();
        assert_eq!(count("SELECT * FROM cpu").await, 5);
    })
    .await;
}
