//! Types of timestamps, and their units.

use super::*;

macro_rules! timed {
    ($name:ident, $attr:meta, $ty:ty) => {
        #[derive(LineProtocol)]
        struct $name {
            #[$attr]
            t: $ty,
            f: bool,
        }
    };
}
timed!(System, timestamp, std::time::SystemTime);
timed!(Chrono, timestamp, chrono::DateTime<chrono::FixedOffset>);
timed!(Naive, timestamp(assume_utc), Option<chrono::NaiveDateTime>);
timed!(Text, timestamp, &'static str);
timed!(Micros, timestamp(unit = "us"), Option<u64>);
timed!(Time, timestamp, time::OffsetDateTime);
timed!(Jiff, timestamp, Option<jiff::Timestamp>);

#[test]
fn timestamp_types_and_precisions() {
    let at = |precision, point: &dyn LineProtocol| {
        let mut writer = LineWriter::new(Dialect::V1).precision(precision);
        writer
            .write(point)
            .map(|()| String::from_utf8(writer.take()).unwrap().split(' ').nth(2).unwrap_or("").to_owned())
    };
    let epoch = std::time::UNIX_EPOCH;
    let nanos = std::time::Duration::from_nanos;
    assert_eq!(at(Precision::Ns, &System { t: epoch - nanos(1), f: true }).unwrap(), "-1\n");
    assert_eq!(at(Precision::S, &System { t: epoch - nanos(1), f: true }).unwrap(), "-1\n");
    let chrono = chrono::DateTime::parse_from_rfc3339("2024-01-31T13:00:00.5+01:00").unwrap();
    assert_eq!(at(Precision::Ms, &Chrono { t: chrono, f: true }).unwrap(), "1706702400500\n");
    assert_eq!(
        at(Precision::Ns, &Naive { t: Some(chrono.naive_utc()), f: true }).unwrap(),
        "1706702400500000000\n"
    );
    assert_eq!(at(Precision::Ns, &Naive { t: None, f: true }).unwrap(), "");
    assert_eq!(
        at(Precision::Us, &Text { t: "2024-01-31T13:00:00.5+01:00", f: true }).unwrap(),
        "1706702400500000\n"
    );
    assert_eq!(at(Precision::Ns, &Micros { t: Some(7), f: true }).unwrap(), "7000\n");
    assert_eq!(at(Precision::Ns, &Time { t: time::OffsetDateTime::UNIX_EPOCH, f: true }).unwrap(), "0\n");
    assert_eq!(at(Precision::Ns, &Jiff { t: Some(jiff::Timestamp::UNIX_EPOCH), f: true }).unwrap(), "0\n");

    let wrong = at(Precision::Ns, &Text { t: "noon", f: true }).unwrap_err().to_string();
    assert!(wrong.starts_with("point 0 (Text), timestamp \"noon\": is no RFC 3339 time"), "{wrong}");
    let wrong = at(Precision::Ns, &Micros { t: Some(u64::MAX), f: true }).unwrap_err().to_string();
    assert!(wrong.contains("is `us` the right unit?"), "{wrong}");
    let far = chrono::DateTime::parse_from_rfc3339("2300-01-01T00:00:00Z").unwrap();
    let wrong = at(Precision::Ns, &Chrono { t: far, f: true }).unwrap_err().to_string();
    assert!(wrong.contains("years 1677 to 2262"), "{wrong}");
}
