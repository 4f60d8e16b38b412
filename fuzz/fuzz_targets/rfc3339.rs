//! Times as texts: what is read is what chrono reads, and a time that is written is read as the same.
#![no_main]

use chrono::{DateTime, Timelike};
use influx_core::{FromTimestamp, Moment, Timestamp};
use libfuzzer_sys::fuzz_target;

fn written(nanos: i64, offset: i32) -> Option<String> {
    String::from_moment(Moment { nanos, offset }).ok()
}

fn read_text(text: &str) {
    let ours = text.unix_nanos().ok().flatten();
    let theirs = DateTime::parse_from_rfc3339(text).ok();
    // chrono reads leap seconds and cuts a fraction finer than nanoseconds; both are refused here
    let leap = theirs.is_some_and(|time| time.nanosecond() >= 1_000_000_000);
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let cut = fraction.bytes().take_while(u8::is_ascii_digit).count() > 9;
    let theirs = theirs.and_then(|time| time.timestamp_nanos_opt());
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => assert_eq!(ours, theirs, "{text}"),
        (None, Some(theirs)) => assert!(leap || cut || text.contains('\u{2212}'), "{text} is {theirs}"),
        (Some(ours), None) => panic!("{text} was read as {ours}"),
        (None, None) => {}
    }
    if let Some(nanos) = ours {
        write_time(nanos, 0);
    }
}

fn write_time(nanos: i64, offset: i32) {
    match written(nanos, offset) {
        Some(text) => assert_eq!(text.unix_nanos().ok().flatten(), Some(nanos), "{text}"),
        None => assert!(nanos.checked_add(i64::from(offset) * 1_000_000_000).is_none(), "{nanos} {offset}"),
    }
}

fuzz_target!(|input: (i64, i16, &str)| {
    let (nanos, minutes, text) = input;
    read_text(text);
    write_time(nanos, 0);
    // offsets are whole minutes, less than a day
    write_time(nanos, i32::from(minutes) % (24 * 60) * 60);
});
