//! What goes wrong, told apart; and a user's code that is tested without a server.

use std::time::Duration;

use influx_client::test_util::{Expect, Reply, Server};
use influx_client::{Client, Delivery, FromRow, LineProtocol, Point};
use influx_tests::support::{InfluxdOptions, own_influxd, v1_url, with_database, with_v1_database};

#[derive(LineProtocol, FromRow, Debug)]
#[measurement("cpu")]
struct Cpu {
    #[tag]
    host: String,
    usage: f64,
}

fn cpu() -> Cpu {
    Cpu { host: "a".into(), usage: 0.5 }
}

#[tokio::test]
async fn the_server_is_away() {
    // A port that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::v1(format!("http://127.0.0.1:{port}")).database("d").build().unwrap();
    let error = client.write(&cpu()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(error.is_retryable(), "{error}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));

    let error = client.influxql("SELECT * FROM cpu").fetch_all::<Cpu>().await.unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[tokio::test]
async fn there_is_no_such_database() {
    with_v1_database("nowhere", |client| async move {
        let error = client.write(&cpu()).database("no such database").await.unwrap_err();
        assert_eq!(error.status(), Some(404));
        assert!(error.to_string().contains("database not found"), "{error}");
        let error = client
            .influxql("SELECT * FROM cpu")
            .database("no such database")
            .fetch_all::<Cpu>()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("database not found"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn nobody_named_a_database() {
    with_v1_database("unnamed", |client| async move {
        let name = client.database().unwrap().to_owned();
        client.write(&cpu()).await.unwrap();
        let Some(url) = v1_url("unnamed") else { return };
        let client = Client::v1(url).build().unwrap();
        let error = client.write(&cpu()).await.unwrap_err();
        assert!(error.is_config() && error.to_string().contains(".database("), "{error}");
        let error = client.influxql("SELECT * FROM cpu").fetch_all::<Cpu>().await.unwrap_err();
        assert!(error.is_statement() && error.to_string().contains(".database("), "{error}");
        let rows: Vec<Cpu> = client.influxql("SELECT * FROM cpu").database(name).fetch_all().await.unwrap();
        assert_eq!(rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_type() {
    with_database("wrong_type", |client| async move {
        client.write(&cpu()).await.unwrap();
        let points = vec![
            Point::new("cpu").tag("host", "a").field("usage", 0.25),
            Point::new("cpu").tag("host", "a").field("usage", "much"),
        ];
        let error = client.write(&points).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Partial));
        assert_eq!(error.rejected().len(), 1);
        assert_eq!(error.rejected()[0].index(), Some(1));
        assert!(error.to_string().contains("field type conflict"), "{error}");

        #[derive(FromRow, Debug)]
        #[allow(dead_code)]
        struct Whole {
            usage: i64,
        }
        let error = client.influxql("SELECT usage FROM cpu").fetch_all::<Whole>().await.unwrap_err();
        assert!(error.decode_error().is_some());
        assert!(error.to_string().contains("holds float 0.5 where i64 was expected"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_writer_tells_what_was_refused() {
    with_database("refused", |client| async move {
        client.write(&cpu()).await.unwrap();
        let writer = client.batch_writer().build().unwrap();
        writer.write(&cpu()).await.unwrap();
        writer.write(&Point::new("cpu").tag("host", "a").field("usage", "much")).await.unwrap();
        let report = writer.close(Duration::from_secs(30)).await;
        assert!(!report.is_complete());
        assert_eq!((report.stats.written, report.stats.rejected), (1, 1));
        assert!(report.rejected[0].reason().contains("field type conflict"), "{:?}", report.rejected);
    })
    .await;
}

#[tokio::test]
async fn a_query_with_a_mistake() {
    with_database("mistake", |client| async move {
        let error = client.influxql("SELEC * FROM cpu").execute().await.unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains("SELEC"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_bad_password() {
    let Some(server) = own_influxd("bad password", InfluxdOptions { auth: true, ..Default::default() })
    else {
        return;
    };
    let first = Client::v1(server.url()).build().unwrap();
    first.v1().create_admin_user("root", "right").await.unwrap();
    let client = Client::v1(server.url()).database("d").basic_auth("root", "wr0ng").build().unwrap();
    let error = client.write(&cpu()).await.unwrap_err();
    assert!(error.is_auth() && !error.is_retryable());
    assert!(!error.to_string().contains("wr0ng"), "{error}");
    let error = client.influxql("SHOW DATABASES").execute().await.unwrap_err();
    assert!(error.is_auth(), "{error}");
}

/// The code of a user, to be tested.
async fn store_all(client: &Client, hosts: &[&str]) -> Result<u64, String> {
    let points: Vec<Cpu> = hosts.iter().map(|host| Cpu { host: (*host).into(), usage: 1.0 }).collect();
    for _ in 0..3 {
        match client.write(&points).await {
            Ok(written) => return Ok(written.points),
            Err(error) if error.is_retryable() => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => return Err(error.to_string()),
        }
    }
    Err("gave up".into())
}

#[tokio::test]
async fn without_a_server() {
    let server = Server::start().await.unwrap();
    server.expect(Expect::write(), Reply::status(503));
    server.expect(Expect::write(), Reply::status(204));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    assert_eq!(store_all(&client, &["a", "b"]).await, Ok(2));
    // The points of the refused request were sent, too.
    let points = server.points();
    assert_eq!(points.len(), 4);
    assert_eq!(points[3].tags().next(), Some(("host", "b")));
    server.verify();

    // And a query's answer.
    let server = Server::start().await.unwrap();
    let stored = Point::new("cpu").tag("host", "a").field("usage", 0.5).timestamp(1);
    server.expect(Expect::query(), Reply::points([stored]));
    let client = Client::v1(server.url()).database("d").build().unwrap();
    let rows: Vec<Cpu> = client.influxql("SELECT * FROM cpu").fetch_all().await.unwrap();
    assert_eq!((rows[0].host.as_str(), rows[0].usage), ("a", 0.5));
    server.verify();
}
