//! What is asked for: input of users, patterns, times of a zone.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};
use influx_client::{FromRow, Identifier, LineProtocol, Point, Regex};
use influx_tests::support::with_database;

use crate::write_cpu;

#[tokio::test]
async fn hostile_input_of_a_user() {
    #[derive(FromRow, Debug)]
    struct Note {
        text: String,
    }

    with_database("hostile", |client| async move {
        let hostile = "x' OR 1=1; DROP MEASUREMENT notes --\n\"$who\" \\' é";
        client.write(&Point::new("notes").tag("who", "bob").field("text", hostile)).await.unwrap();
        client.write(&Point::new("notes").tag("who", "eve").field("text", "plain")).await.unwrap();

        let found: Vec<Note> = client
            .influxql("SELECT text FROM notes WHERE text = $text")
            .bind("text", hostile)
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, hostile);

        // A parameter is no text: between quotes it would be compared with its name.
        let error = client
            .influxql("SELECT text FROM notes WHERE who = '$who'")
            .bind("who", "bob")
            .fetch_all::<Note>()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("write $who without them"), "{error}");

        let none: Vec<Note> = client
            .influxql("SELECT text FROM notes WHERE who = $who")
            .bind("who", hostile)
            .fetch_all()
            .await
            .unwrap();
        assert!(none.is_empty());

        // Names of columns and measurements come from users, too.
        let rows: Vec<Note> = client
            .influxql("SELECT $column FROM $measurement")
            .bind("column", Identifier("text".into()))
            .bind("measurement", Identifier("notes".into()))
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(rows.len(), 2);
        let evil = "notes; DROP MEASUREMENT notes";
        let rows: Vec<Note> = client
            .influxql("SELECT text FROM $measurement")
            .bind("measurement", Identifier(evil.into()))
            .fetch_all()
            .await
            .unwrap();
        assert!(rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn hosts_by_a_pattern() {
    with_database("pattern", |client| async move {
        write_cpu(&client).await.unwrap();
        let rows: Vec<(i64, f64)> = client
            .influxql("SELECT usage FROM cpu WHERE host =~ $hosts")
            .bind("hosts", Regex("^(a|c)$".into()))
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(rows.len(), 12);
        // A duration of GROUP BY time is bound, too.
        let rows: Vec<(i64, Option<f64>)> = client
            .influxql("SELECT max(usage) FROM cpu WHERE time >= $from AND time < $to GROUP BY time($every)")
            .bind_time("from", 1_700_006_400_000_000_000)
            .bind_time("to", 1_700_017_200_000_000_000)
            .bind("every", Duration::from_secs(5_400))
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(rows.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn times_of_a_zone_with_chrono() {
    #[derive(LineProtocol, FromRow, Debug, PartialEq)]
    struct Visit {
        #[timestamp]
        time: DateTime<FixedOffset>,
        people: i64,
    }

    with_database("chrono", |client| async move {
        let berlin = FixedOffset::east_opt(2 * 3_600).unwrap();
        let visit = Visit { time: berlin.with_ymd_and_hms(2024, 7, 1, 0, 30, 0).unwrap(), people: 3 };
        client.write(&visit).await.unwrap();
        let back: Visit = client.influxql("SELECT * FROM Visit").fetch_one().await.unwrap();
        assert_eq!(back.time, visit.time);

        // The day of the visitors, which began yesterday by UTC.
        let day = NaiveDate::from_ymd_opt(2024, 7, 1).unwrap();
        let midnight = berlin.from_local_datetime(&day.and_hms_opt(0, 0, 0).unwrap()).unwrap();
        let today: Vec<Visit> = client
            .influxql("SELECT * FROM Visit WHERE time >= $from AND time < $to")
            .bind_time("from", midnight)
            .bind_time("to", midnight + chrono::TimeDelta::days(1))
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(today, [visit]);
    })
    .await;
}

#[tokio::test]
async fn days_of_a_zone_with_jiff() {
    #[derive(LineProtocol)]
    struct Visit {
        #[timestamp]
        time: jiff::Zoned,
        people: i64,
    }
    #[derive(FromRow)]
    struct Day {
        #[timestamp]
        time: jiff::Timestamp,
        sum: i64,
    }

    with_database("jiff", |client| async move {
        let berlin = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
        let visit = |day, hour| Visit {
            time: jiff::civil::date(2024, 7, day).at(hour, 30, 0, 0).to_zoned(berlin.clone()).unwrap(),
            people: 2,
        };
        client.write(&[visit(1, 0), visit(1, 23), visit(2, 0)]).await.unwrap();

        // Days that begin when they do in Berlin.
        let first = visit(1, 0).time.start_of_day().unwrap();
        let query = "SELECT sum(people) FROM Visit WHERE time >= $from AND time < $to \
                     GROUP BY time(1d) tz('Europe/Berlin')";
        let days: Vec<Day> = client
            .influxql(query)
            .bind_time("from", &first)
            .bind_time("to", first.checked_add(jiff::Span::new().days(2)).unwrap())
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(days.iter().map(|day| day.sum).collect::<Vec<_>>(), [4, 2]);
        assert_eq!(days[0].time.to_zoned(berlin), first);
    })
    .await;
}
