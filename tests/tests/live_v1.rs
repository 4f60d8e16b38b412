//! Against a real InfluxDB 1.x.

use influx_client::Point;
use influx_tests::support::with_database;

#[tokio::test]
async fn ping_tells_the_version() {
    with_database("ping", |client| async move {
        let pong = client.ping().await.unwrap();
        assert!(pong.version().unwrap().starts_with(|c: char| c.is_ascii_digit()), "{pong:?}");
    })
    .await;
}

#[tokio::test]
async fn write_smoke() {
    with_database("smoke", |client| async move {
        let w = client.write(Point::new("m").field("f", 1.5).timestamp(1)).await.unwrap();
        assert_eq!((w.points, w.requests), (1, 1));
        let body = client.influxql("SELECT * FROM m").raw().await.unwrap();
        assert_eq!(body, "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"m\",\"columns\":[\"time\",\"f\"],\"values\":[[1,1.5]]}]}]}\n");
    })
    .await;
}
