//! Real InfluxDB 1.x servers that are set up to refuse: users, small bodies; and one that goes away.

use influx_client::{Client, ClientBuilder, Delivery, Point, V1};
use influx_tests::support::{Influxd, InfluxdOptions, own_influxd};

fn client(server: &Influxd, set: impl FnOnce(ClientBuilder<V1>) -> ClientBuilder<V1>) -> Client {
    set(Client::v1(server.url()).database("d")).build().unwrap()
}

fn points(count: i64) -> Vec<Point> {
    (0..count).map(|i| Point::new("m").field("f", i).timestamp(i + 1)).collect()
}

#[tokio::test]
async fn users_and_their_rights() {
    let Some(server) = own_influxd("users", InfluxdOptions { auth: true, ..Default::default() }) else {
        return;
    };
    let nobody = client(&server, |b| b);
    nobody.influxql("CREATE USER root WITH PASSWORD 'r:@/' WITH ALL PRIVILEGES").execute().await.unwrap();
    let root = client(&server, |b| b.basic_auth("root", "r:@/"));
    root.v1().create_database("d").await.unwrap();
    for text in ["CREATE USER bob WITH PASSWORD 'pw'", "GRANT READ ON d TO bob"] {
        root.influxql(text).execute().await.unwrap();
    }
    let bob = client(&server, |b| b.basic_auth("bob", "pw"));
    let stranger = client(&server, |b| b.basic_auth("bob", "hunter2"));

    root.write(&points(2)).await.unwrap();
    let url = server.url().replace("http://", "http://root:r%3A%40%2F@");
    Client::v1(url).database("d").build().unwrap().write(&points(2)).await.unwrap();
    bob.influxql("SELECT * FROM m").execute().await.unwrap();

    let error = bob.write(&points(2)).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(403), Some(Delivery::Rejected)), "{error:?}");
    assert!(
        error.is_auth() && error.server_message().unwrap().contains("not authorized to write"),
        "{error}"
    );
    let error = bob.influxql("DROP DATABASE d").execute().await.unwrap_err();
    assert!(error.is_auth() || error.is_statement(), "{error:?}");
    for (who, says) in
        [(nobody, "unable to parse authentication credentials"), (stranger, "authorization failed")]
    {
        for error in [
            who.write(&points(1)).await.unwrap_err(),
            who.influxql("SELECT * FROM m").execute().await.unwrap_err(),
            who.v1().create_database("e").await.unwrap_err(),
        ] {
            assert!(error.is_auth() && !error.is_retryable(), "{error:?}");
            assert_eq!((error.status(), error.server_message()), (Some(401), Some(says)));
            assert!(!format!("{error:?}{}", error.report()).contains("hunter2"));
        }
        who.ping().await.unwrap();
    }
}

#[tokio::test]
async fn too_large_bodies_are_halved_until_they_fit() {
    let options = InfluxdOptions { max_body_size: Some(2_000), ..Default::default() };
    let Some(server) = own_influxd("small bodies", options) else { return };
    let client = client(&server, |b| b);
    client.v1().create_database("d").await.unwrap();
    // From one that is a little too large to one that is still being sent when the server closes the connection.
    for count in [300, 1_000, 100_000] {
        let points = points(count);
        let written = client.write(&points).batch_points(1_000_000).await.unwrap();
        assert_eq!(written.points, count as u64);
        assert!(written.requests > 2, "{written:?}");
        #[derive(influx_client::FromRow)]
        struct Count {
            count: i64,
        }
        let query = client.influxql("SELECT count(f) FROM m");
        assert_eq!(query.fetch_one::<Count>().await.unwrap().count, count);
    }
    let long = Point::new("m").field("text", "x".repeat(3_000));
    let error = client.write(&long).await.unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Some(413), Some(Delivery::Rejected)), "{error:?}");
    assert_eq!(error.rejected()[0].index(), Some(0));
}

#[tokio::test]
async fn a_server_that_is_gone() {
    let Some(server) = own_influxd("gone", InfluxdOptions::default()) else { return };
    let client = client(&server, |b| b);
    client.v1().create_database("d").await.unwrap();
    client.write(&points(1)).await.unwrap();
    drop(server);
    let error = client.write(&points(1)).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    let error = client.write(&points(1)).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
}
