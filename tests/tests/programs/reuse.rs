//! A layer of one's own over the client: functions of any row type, many tasks with one client, a stop from outside.

use std::time::Duration;

use influx_client::{Client, FromRow, LineProtocol, RowFamily};
use influx_tests::support::with_database;

use crate::write_cpu;

#[derive(Clone)]
struct Store {
    client: Client,
}

impl Store {
    async fn save<T: LineProtocol>(&self, points: &[T]) -> influx_client::Result<u64> {
        Ok(self.client.write(points).await?.points)
    }

    async fn of_host<T: for<'r> FromRow<'r>>(&self, host: &str) -> influx_client::Result<Vec<T>> {
        self.client.influxql("SELECT * FROM cpu WHERE host = $host").bind("host", host).fetch_all().await
    }

    async fn count<T: RowFamily>(&self, query: &str) -> influx_client::Result<usize> {
        let mut rows = 0;
        self.client.influxql(query).for_each_row::<T>(|_| rows += 1).await?;
        Ok(rows)
    }
}

#[derive(LineProtocol, FromRow, Debug, Clone, PartialEq)]
#[measurement("cpu")]
struct Cpu {
    #[timestamp]
    time: i64,
    #[tag]
    host: String,
    usage: f64,
}

#[derive(FromRow)]
struct Lent<'r> {
    host: &'r str,
}

#[tokio::test]
async fn functions_of_any_row_type() {
    with_database("any_type", |client| async move {
        let store = Store { client };
        let cpu = Cpu { time: 5, host: "a".into(), usage: 0.5 };
        assert_eq!(store.save(std::slice::from_ref(&cpu)).await.unwrap(), 1);
        assert_eq!(store.of_host::<Cpu>("a").await.unwrap(), [cpu]);
        assert_eq!(store.of_host::<(i64, String, f64)>("a").await.unwrap(), [(5, "a".to_owned(), 0.5)]);
        assert_eq!(store.count::<Cpu>("SELECT * FROM cpu").await.unwrap(), 1);

        let mut longest = 0;
        let query = store.client.influxql("SELECT host, usage FROM cpu");
        query.for_each_row::<Lent<'_>>(|row| longest = longest.max(row.host.len())).await.unwrap();
        assert_eq!(longest, 1);
    })
    .await;
}

#[tokio::test]
async fn many_tasks_with_one_client() {
    with_database("tasks", |client| async move {
        let store = Store { client };
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move {
                    let host = format!("h{n}");
                    store.save(&[Cpu { time: n, host: host.clone(), usage: 0.5 }]).await?;
                    store.of_host::<Cpu>(&host).await
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap().len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_that_is_given_up() {
    with_database("given_up", |client| async move {
        write_cpu(&client).await.unwrap();
        let query = client.influxql("SELECT * FROM cpu").fetch_all::<(i64, String, String, f64)>();
        let rows = tokio::time::timeout(Duration::from_secs(30), query).await.unwrap().unwrap();
        assert_eq!(rows.len(), 21);

        // Whichever is first: the others are left, and the client goes on.
        tokio::select! {
            rows = client.influxql("SELECT * FROM cpu").fetch_all::<(i64, String, String, f64)>() => assert_eq!(rows.unwrap().len(), 21),
            () = tokio::time::sleep(Duration::ZERO) => {}
        }
        client.ping().await.unwrap();
    })
    .await;
}
