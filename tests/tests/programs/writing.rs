//! What is written: files, threads, the same point again, exact numbers and times.

use std::time::Duration;

use influx_client::{FromRow, LineProtocol, Point, Precision};
use influx_tests::support::with_database;

#[tokio::test]
async fn the_rows_of_a_csv_file() {
    #[derive(LineProtocol)]
    #[measurement("weather")]
    struct Weather {
        #[timestamp]
        time: String,
        #[tag]
        city: String,
        celsius: f64,
        wind: Option<i64>,
    }
    let csv = "time,city,celsius,wind\n\
               2024-01-01T00:00:00Z,Bonn,3.5,12\n\
               2024-01-01T01:00:00Z,Bonn,3.0,\n\
               2024-01-01T00:00:00+01:00,New York,-1.5,7\n";

    with_database("csv", move |client| async move {
        let rows = csv.lines().skip(1).map(|line| {
            let mut cells = line.split(',');
            Weather {
                time: cells.next().unwrap().to_owned(),
                city: cells.next().unwrap().to_owned(),
                celsius: cells.next().unwrap().parse().unwrap(),
                wind: cells.next().unwrap().parse().ok(),
            }
        });
        let written = client.write_iter(rows).await.unwrap();
        assert_eq!(written.points, 3);

        #[derive(FromRow)]
        struct Sum {
            celsius: i64,
            wind: i64,
        }
        let count: Sum = client
            .influxql("SELECT count(celsius) AS celsius, count(wind) AS wind FROM weather")
            .fetch_one()
            .await
            .unwrap();
        assert_eq!((count.celsius, count.wind), (3, 2));
    })
    .await;
}

#[tokio::test]
async fn from_several_threads() {
    with_database("threads", |client| async move {
        let writer = client.batch_writer().flush_interval(Duration::from_millis(50)).build().unwrap();
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let writer = writer.clone();
                std::thread::spawn(move || {
                    for i in 0..500 {
                        let point = Point::new("work").tag("thread", thread).field("step", i);
                        writer.write_blocking(&point).unwrap();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let report = writer.close(Duration::from_secs(30)).await;
        assert!(report.is_complete(), "{:?}", report.stats);

        let (_, count): (i64, i64) =
            client.influxql("SELECT count(step) FROM work").fetch_one().await.unwrap();
        assert_eq!(count, 2_000);
    })
    .await;
}

#[tokio::test]
async fn upsert() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Stock {
        #[timestamp]
        time: i64,
        #[tag]
        item: String,
        left: Option<i64>,
        price: Option<f64>,
    }

    with_database("upsert", |client| async move {
        let at = |left, price| Stock { time: 1_000, item: "nut".into(), left, price };
        client.write(&at(Some(10), Some(0.5))).await.unwrap();
        // The same series and time: the field that is given is replaced, the other one stays.
        client.write(&at(Some(9), None)).await.unwrap();
        let stock: Stock = client.influxql("SELECT * FROM Stock").fetch_one().await.unwrap();
        assert_eq!(stock, at(Some(9), Some(0.5)));
    })
    .await;
}

#[tokio::test]
async fn nanoseconds_make_the_round_trip() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Tick {
        #[timestamp]
        time: jiff::Timestamp,
        n: i64,
    }

    with_database("nanos", |client| async move {
        let ticks: Vec<Tick> = (0..3)
            .map(|n| Tick {
                time: jiff::Timestamp::from_nanosecond(1_700_000_000_123_456_789 + i128::from(n)).unwrap(),
                n,
            })
            .collect();
        client.write(&ticks).await.unwrap();
        let back: Vec<Tick> = client.influxql("SELECT * FROM Tick").fetch_all().await.unwrap();
        assert_eq!(back, ticks);
        let second: Tick = client
            .influxql("SELECT * FROM Tick WHERE time = $time")
            .bind_time("time", ticks[1].time)
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(second.n, 1);
    })
    .await;
}

#[tokio::test]
async fn integers_beyond_two_to_the_53() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Order {
        #[timestamp]
        time: i64,
        id: i64,
        checksum: u64,
    }

    with_database("integers", |client| async move {
        let orders = vec![
            Order { time: 1, id: 9_007_199_254_740_993, checksum: 1 },
            Order { time: 2, id: i64::MIN, checksum: i64::MAX as u64 },
        ];
        client.write(&orders).await.unwrap();
        let back: Vec<Order> = client.influxql("SELECT * FROM \"Order\"").fetch_all().await.unwrap();
        assert_eq!(back, orders);
        let found: Order = client
            .influxql("SELECT * FROM \"Order\" WHERE id = $id")
            .bind("id", 9_007_199_254_740_993_i64)
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(found, orders[0]);

        // 1.x has no unsigned integers: what does not fit is refused before anything is sent. 2.x has them.
        let largest = Order { time: 3, id: 0, checksum: u64::MAX };
        if client.bucket().is_some() {
            client.write(&largest).await.unwrap();
            let back: Vec<Order> = client.influxql("SELECT * FROM \"Order\"").fetch_all().await.unwrap();
            assert_eq!(back.last(), Some(&largest));
        } else {
            let error = client.write(&largest).await.unwrap_err();
            assert!(error.to_string().contains("checksum"), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn whole_seconds_of_a_device() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Beat {
        #[timestamp(unit = "s")]
        time: u32,
        ok: bool,
    }

    with_database("seconds", |client| async move {
        let beat = Beat { time: 1_700_000_000, ok: true };
        client.write(&beat).precision(Precision::S).await.unwrap();
        let back: Beat = client.influxql("SELECT * FROM Beat").fetch_one().await.unwrap();
        assert_eq!(back, beat);
    })
    .await;
}
