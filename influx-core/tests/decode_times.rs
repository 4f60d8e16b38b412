//! Times of results: RFC 3339 and epochs to each time type, exact, and what is refused.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Options, iterpoints_with};
use influx_core::{
    DecodeError, FromRow, FromTimestamp, FromTimestampUnit, OwnedValue, Planner, Precision, Row,
};

struct At<T>(T);

impl<'r, T: FromTimestamp> FromRow<'r> for At<T> {
    const SLOTS: usize = 1;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("At");
        p.timestamp("time", "time", T::NULLABLE)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        T::take(row, 0).map(At)
    }
}

/// Units of `U`: 0 ns, 1 us, 2 ms, 3 s.
struct Units<T, const U: u8>(T);

fn unit(number: u8) -> Precision {
    [Precision::Ns, Precision::Us, Precision::Ms, Precision::S][usize::from(number)]
}

impl<'r, T: FromTimestampUnit, const U: u8> FromRow<'r> for Units<T, U> {
    const SLOTS: usize = 1;
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        p.enter("Units");
        p.timestamp("time", "time", T::NULLABLE)?;
        p.leave();
        Ok(())
    }
    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        T::take(row, 0, unit(U)).map(Units)
    }
}

fn read<T: for<'r> FromRow<'r>>(cell: &str, epoch: Option<Precision>) -> Result<T, DecodeError> {
    let body =
        format!(r#"{{"results":[{{"series":[{{"name":"m","columns":["time"],"values":[[{cell}]]}}]}}]}}"#);
    let mut scratch = Scratch::new();
    let options = Options::new().epoch(epoch);
    let row = iterpoints_with::<T>(body.as_bytes(), &mut scratch, options).next();
    row.expect("one row")
}

fn nanos(cell: &str, epoch: Option<Precision>) -> Result<i64, DecodeError> {
    read::<Units<i64, 0>>(cell, epoch).map(|Units(value)| value)
}

#[test]
fn texts_and_epochs() {
    for (cell, expected) in [
        (r#""1970-01-01T00:00:00Z""#, 0),
        (r#""2023-11-14T22:13:20.000000001Z""#, 1_700_000_000_000_000_001),
        (r#""2023-11-14T23:13:20.000000001+01:00""#, 1_700_000_000_000_000_001),
        (r#""2023-11-14T16:43:20.5-05:30""#, 1_700_000_000_500_000_000),
        (r#""1969-12-31T23:59:59.999999999Z""#, -1),
        (r#""1677-09-21T00:12:43.145224192Z""#, i64::MIN),
        (r#""2262-04-11T23:47:16.854775807Z""#, i64::MAX),
    ] {
        assert_eq!(nanos(cell, None).unwrap(), expected, "{cell}");
        assert_eq!(
            nanos(cell, Some(Precision::Ms)).unwrap(),
            expected,
            "texts are read whatever was asked for"
        );
    }
    assert_eq!(nanos("-1", Some(Precision::Ns)).unwrap(), -1);
    assert_eq!(nanos("1700000000123", Some(Precision::Ms)).unwrap(), 1_700_000_000_123_000_000);
    assert_eq!(nanos("1700000000", Some(Precision::S)).unwrap(), 1_700_000_000_000_000_000);
    assert_eq!(nanos("9223372036854775807", Some(Precision::Ns)).unwrap(), i64::MAX);
}

#[test]
fn what_is_no_time() {
    for (cell, epoch, word) in [
        ("1700000000", None, "epoch"),
        ("1.5", Some(Precision::S), "not a time in s"),
        ("9223372036854775807", Some(Precision::S), "not a time in s"),
        ("9223372036854775808", Some(Precision::Ns), "not a time in ns"),
        ("true", None, "a time was expected"),
        ("null", None, "is null where a time was expected; make it an Option"),
        (r#""yesterday""#, None, "an RFC 3339 time"),
        (r#""2023-11-14T22:13:20""#, None, "an RFC 3339 time"),
        (r#""2023-02-29T00:00:00Z""#, None, "an RFC 3339 time"),
        (r#""2023-11-14T24:00:00Z""#, None, "an RFC 3339 time"),
        (r#""2023-11-14T00:00:00.0000000001Z""#, None, "an RFC 3339 time"),
        (r#""2262-04-11T23:47:16.854775808Z""#, None, "an RFC 3339 time"),
        (r#""""#, None, "an RFC 3339 time"),
    ] {
        let error = nanos(cell, epoch).expect_err(cell);
        assert!(error.is_mismatch() && error.to_string().contains(word), "{cell}: {error}");
        assert_eq!(error.field(), Some("time"));
    }
    assert_eq!(read::<Units<Option<i64>, 0>>("null", None).unwrap().0, None);
    assert_eq!(read::<At<Option<SystemTime>>>("null", None).unwrap().0, None);
}

#[test]
fn units_are_whole_or_refused() {
    let cell = r#""2023-11-14T22:13:20.123Z""#;
    assert_eq!(read::<Units<i64, 2>>(cell, None).unwrap().0, 1_700_000_000_123);
    assert_eq!(read::<Units<u64, 1>>(cell, None).unwrap().0, 1_700_000_000_123_000);
    let error = read::<Units<i64, 3>>(cell, None).err().expect("123 ms are no second");
    assert!(error.to_string().contains("no whole number of s; use a finer unit"), "{error}");
    assert_eq!(read::<Units<u32, 3>>(r#""2023-11-14T22:13:20Z""#, None).unwrap().0, 1_700_000_000);
    assert!(read::<Units<i32, 2>>(cell, None).is_err());
    assert!(read::<Units<u64, 0>>("-1", Some(Precision::Ns)).is_err());
    assert_eq!(read::<Units<i128, 0>>("-1", Some(Precision::Ns)).unwrap().0, -1);
}

/// Wherever a text is asked for, the time is one, whatever the server wrote it as.
#[test]
fn times_are_texts() {
    let text = "2023-11-14T22:13:20.5Z";
    let written = format!("\"{text}\"");
    let cells = [
        (written.as_str(), None),
        (written.as_str(), Some(Precision::Ns)),
        ("1700000000500000000", Some(Precision::Ns)),
        ("1700000000500", Some(Precision::Ms)),
    ];
    for (cell, epoch) in cells {
        assert_eq!(read::<(String,)>(cell, epoch).unwrap(), (text.to_owned(),), "{cell}");
        assert_eq!(read::<(Option<Box<str>>,)>(cell, epoch).unwrap(), (Some(text.into()),));
        let map = read::<BTreeMap<String, String>>(cell, epoch).unwrap();
        assert_eq!(map.get("time").map(String::as_str), Some(text));
        let any = read::<(OwnedValue,)>(cell, epoch).unwrap().0;
        assert_eq!(any.get::<String>().unwrap(), text);
    }
    // a text in another zone stays as it is written
    assert_eq!(
        read::<(String,)>(r#""2024-01-01T00:00:00+02:00""#, None).unwrap().0,
        "2024-01-01T00:00:00+02:00"
    );
}

#[test]
fn system_times_and_texts() {
    let after = read::<At<SystemTime>>(r#""1970-01-01T00:00:01.5Z""#, None).unwrap().0;
    assert_eq!(after, SystemTime::UNIX_EPOCH + Duration::from_millis(1_500));
    let before = read::<At<SystemTime>>("-1", Some(Precision::Ms)).unwrap().0;
    assert_eq!(before, SystemTime::UNIX_EPOCH - Duration::from_millis(1));
    for text in [
        "2023-11-14T22:13:20.123456789Z",
        "2023-11-14T23:13:20.5+01:00",
        "1969-12-31T19:00:00-05:30",
        "1970-01-01T00:00:00Z",
    ] {
        assert_eq!(read::<At<String>>(&format!("\"{text}\""), None).unwrap().0, text);
    }
    assert_eq!(read::<At<String>>("1500", Some(Precision::Ms)).unwrap().0, "1970-01-01T00:00:01.5Z");
}

#[cfg(feature = "chrono")]
mod chrono {
    use super::*;
    use ::chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
    use influx_core::FromNaiveTimestamp;
    use proptest::prelude::*;

    struct Naive(NaiveDateTime);

    impl<'r> FromRow<'r> for Naive {
        const SLOTS: usize = 1;
        fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
            p.enter("Naive");
            p.timestamp("time", "time", <NaiveDateTime as FromNaiveTimestamp>::NULLABLE)
        }
        fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
            <NaiveDateTime as FromNaiveTimestamp>::take(row, 0).map(Naive)
        }
    }

    #[test]
    fn zones() {
        let cell = r#""2023-11-14T23:13:20.25+01:00""#;
        let utc = read::<At<DateTime<Utc>>>(cell, None).unwrap().0;
        assert_eq!(utc.to_rfc3339(), "2023-11-14T22:13:20.250+00:00");
        let fixed = read::<At<DateTime<FixedOffset>>>(cell, None).unwrap().0;
        assert_eq!(fixed.to_rfc3339(), "2023-11-14T23:13:20.250+01:00");
        assert_eq!(read::<Naive>(cell, None).unwrap().0.to_string(), "2023-11-14 22:13:20.250");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

        #[test]
        fn every_instant_as_chrono_reads_it(value: i64, digits in 0_usize..10, offset in -1_439_i32..1_440) {
            let zone = FixedOffset::east_opt(offset * 60).expect("an offset");
            let time = DateTime::from_timestamp_nanos(value).with_timezone(&zone);
            let fraction = format!("{:09}", time.timestamp_subsec_nanos());
            let fraction = if digits == 0 { String::new() } else { format!(".{}", &fraction[..digits]) };
            let text = format!("{}{fraction}{}", time.format("%Y-%m-%dT%H:%M:%S"), time.format("%:z"));
            let expected = DateTime::parse_from_rfc3339(&text).expect("chrono reads it").timestamp_nanos_opt();
            prop_assert_eq!(nanos(&format!("\"{text}\""), None).ok(), expected, "{}", text);
        }

        #[test]
        fn any_text_as_chrono_reads_it(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-][0-2][0-9]:[0-5][0-9])") {
            let expected = DateTime::parse_from_rfc3339(&text).ok().and_then(|time| time.timestamp_nanos_opt());
            prop_assert_eq!(nanos(&format!("\"{text}\""), None).ok(), expected, "{}", text);
        }

        #[test]
        fn a_text_written_is_read_again(value: i64) {
            let text = read::<At<String>>(&value.to_string(), Some(Precision::Ns)).expect("a time").0;
            prop_assert_eq!(nanos(&format!("\"{text}\""), None).ok(), Some(value));
            prop_assert_eq!(DateTime::parse_from_rfc3339(&text).expect("chrono reads it").timestamp_nanos_opt(), Some(value));
        }
    }
}

#[cfg(feature = "time")]
#[test]
fn time_crate() {
    use time::OffsetDateTime;
    let time = read::<At<OffsetDateTime>>(r#""2023-11-14T23:13:20.25+01:00""#, None).unwrap().0;
    assert_eq!(time.unix_timestamp_nanos(), 1_700_000_000_250_000_000);
    assert_eq!(time.offset().whole_hours(), 1);
}

#[cfg(feature = "jiff")]
#[test]
fn jiff_crate() {
    use jiff::{Timestamp, Zoned};
    let cell = r#""2023-11-14T23:13:20.25+01:00""#;
    assert_eq!(read::<At<Timestamp>>(cell, None).unwrap().0.as_nanosecond(), 1_700_000_000_250_000_000);
    assert_eq!(read::<At<Zoned>>(cell, None).unwrap().0.hour(), 23);
    assert_eq!(
        read::<At<Zoned>>("0", Some(Precision::Ns)).unwrap().0.to_string(),
        "1970-01-01T00:00:00+00:00[UTC]"
    );
}
