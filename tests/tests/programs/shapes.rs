//! Data whose shape is not that of one plain struct: tags that are missing, columns of two types, lines of other programs, enums,
//! nested structs, and queries whose columns nobody knows.

use std::collections::BTreeMap;

use influx_client::{FromRow, LineProtocol, OwnedRow, OwnedValue, TagValue};
use influx_tests::support::with_database;

use crate::write_cpu;

#[tokio::test]
async fn a_tag_that_is_sometimes_missing() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    #[measurement("requests")]
    struct Request {
        #[timestamp]
        time: i64,
        #[tag]
        path: String,
        #[tag]
        user: Option<String>,
        millis: i64,
    }

    with_database("missing", |client| async move {
        let requests = vec![
            Request { time: 1, path: "/".into(), user: None, millis: 3 },
            Request { time: 2, path: "/".into(), user: Some("bob".into()), millis: 5 },
        ];
        client.write(&requests).await.unwrap();
        let back: Vec<Request> = client.influxql("SELECT * FROM requests").fetch_all().await.unwrap();
        assert_eq!(back, requests);
        let anonymous: Vec<Request> =
            client.influxql("SELECT * FROM requests WHERE \"user\" = ''").fetch_all().await.unwrap();
        assert_eq!(anonymous, requests[..1]);
    })
    .await;
}

#[tokio::test]
async fn a_column_with_two_types_over_time() {
    // Once an integer, later a float: InfluxDB keeps both, in shards of their own.
    with_database("two_types", |client| async move {
        client.write_lines("sensor value=3i 0").await.unwrap();
        client.write_lines("sensor value=3.5 1700000000000000000").await.unwrap();

        #[derive(FromRow)]
        struct Sensor {
            value: f64,
        }
        let values: Vec<Sensor> = client.influxql("SELECT value FROM sensor").fetch_all().await.unwrap();
        assert_eq!(values.iter().map(|row| row.value).collect::<Vec<_>>(), [3.0, 3.5]);

        // Text and number: a value of any type.
        client.write_lines("door state=\"open\" 0").await.unwrap();
        client.write_lines("door state=1 1700000000000000000").await.unwrap();
        #[derive(FromRow)]
        struct Door {
            state: OwnedValue,
        }
        let query = "SELECT state::float FROM door; SELECT state::string FROM door";
        let (floats, texts) = client.influxql(query).fetch_statements::<(Door, Door)>().await.unwrap();
        assert_eq!(floats[0].state.get::<f64>().unwrap(), 1.0);
        assert_eq!(texts[0].state.to_string(), "open");
    })
    .await;
}

#[tokio::test]
async fn what_telegraf_wrote() {
    #[derive(FromRow, Debug, PartialEq)]
    struct Disk {
        host: String,
        path: String,
        used: u64,
        used_percent: f64,
    }
    let telegraf = "disk,device=sda1,fstype=ext4,host=web-1,mode=rw,path=/ \
                    free=98019803136i,total=105555197952i,used=2145558528i,used_percent=2.142 1700000000000000000\n\
                    disk,device=sda2,fstype=ext4,host=web-1,mode=rw,path=/var/My\\ Data \
                    free=100i,total=200i,used=100i,used_percent=50 1700000000000000000\n";
    with_database("telegraf", move |client| async move {
        client.write_lines(telegraf).await.unwrap();
        let disks: Vec<Disk> = client
            .influxql("SELECT host, path, used, used_percent FROM disk WHERE host = $host")
            .bind("host", "web-1")
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(disks.len(), 2);
        assert!(disks.contains(&Disk {
            host: "web-1".into(),
            path: "/var/My Data".into(),
            used: 100,
            used_percent: 50.0
        }));
    })
    .await;
}

#[tokio::test]
async fn an_enum_as_tag() {
    #[derive(TagValue, Debug, Clone, Copy, PartialEq)]
    #[tag_value(rename_all = "kebab-case")]
    enum State {
        InTransit,
        Delivered,
    }

    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Parcel {
        #[timestamp]
        time: i64,
        #[tag]
        state: State,
        grams: i64,
    }

    with_database("enum", |client| async move {
        let parcels = [
            Parcel { time: 1, state: State::InTransit, grams: 200 },
            Parcel { time: 2, state: State::Delivered, grams: 300 },
        ];
        client.write(&parcels).await.unwrap();
        let delivered: Vec<Parcel> = client
            .influxql("SELECT * FROM Parcel WHERE state = $state")
            .bind("state", State::Delivered.wire())
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(delivered, parcels[1..]);

        // A spelling that the enum has not.
        client.write_lines("Parcel,state=lost grams=1i 3").await.unwrap();
        let error = client.influxql("SELECT * FROM Parcel").fetch_all::<Parcel>().await.unwrap_err();
        assert!(error.to_string().contains("in-transit"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_nested_struct() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Position {
        lat: f64,
        lon: f64,
    }

    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    #[measurement("taxi")]
    struct Taxi {
        #[timestamp]
        time: i64,
        #[tag]
        plate: String,
        #[field(flatten)]
        position: Position,
    }

    with_database("nested", |client| async move {
        let taxi = Taxi { time: 7, plate: "B-XY 1".into(), position: Position { lat: 52.5, lon: 13.4 } };
        client.write(&taxi).await.unwrap();
        let back: Taxi = client.influxql("SELECT * FROM taxi").fetch_one().await.unwrap();
        assert_eq!(back, taxi);
    })
    .await;
}

#[tokio::test]
async fn any_query_as_a_table() {
    async fn table(client: &influx_client::Client, query: &str) -> influx_client::Result<String> {
        let mut text = String::new();
        for series in client.influxql(query).series::<OwnedRow>().all().await? {
            text += &format!("-- {}\n", series.columns);
            text += &series.columns.names().collect::<Vec<_>>().join("|");
            text += "\n";
            for row in &series.rows {
                let cells: Vec<String> = row.values().iter().map(|value| value.to_string()).collect();
                text += &cells.join("|");
                text += "\n";
            }
        }
        Ok(text)
    }

    with_database("table", |client| async move {
        write_cpu(&client).await.unwrap();
        let shown = table(&client, "SELECT max(usage) FROM cpu GROUP BY host").await.unwrap();
        assert!(shown.contains("-- cpu,host=a\ntime|max\n2023-11-15T02:40:00Z|0.9\n"), "{shown}");
        let shown = table(&client, "SHOW MEASUREMENTS").await.unwrap();
        assert!(shown.contains("name\ncpu\n"), "{shown}");
        let shown = table(&client, "SHOW FIELD KEYS").await.unwrap();
        assert!(shown.contains("usage|float"), "{shown}");
        let shown = table(&client, "SHOW RETENTION POLICIES").await.unwrap();
        assert!(shown.contains("autogen|0s|168h0m0s|1|"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn columns_that_only_the_answer_knows() {
    #[derive(FromRow)]
    struct Any {
        #[timestamp]
        time: i64,
        #[tag]
        host: String,
        #[field(flatten)]
        rest: BTreeMap<String, OwnedValue>,
    }

    with_database("unknown", |client| async move {
        client.write_lines("m,host=a x=1,y=\"two\",z=true 5").await.unwrap();
        let any: Any = client.influxql("SELECT * FROM m").fetch_one().await.unwrap();
        assert_eq!((any.time, any.host.as_str()), (5, "a"));
        assert_eq!(any.rest.keys().collect::<Vec<_>>(), ["x", "y", "z"]);
        assert_eq!(any.rest["y"].to_string(), "two");

        // All of it as texts, the time too.
        let texts: Vec<BTreeMap<String, OwnedValue>> =
            client.influxql("SELECT * FROM m").fetch_all().await.unwrap();
        assert_eq!(texts[0]["time"].to_string(), "1970-01-01T00:00:00.000000005Z");
        let (time, y): (String, String) = client.influxql("SELECT y FROM m").fetch_one().await.unwrap();
        assert_eq!((time.as_str(), y.as_str()), ("1970-01-01T00:00:00.000000005Z", "two"));
    })
    .await;
}
