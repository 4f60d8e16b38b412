//! Times: most of a table's rows are of the minute of the row before.

use core::cell::Cell;

use crate::decode::cells::near::Near;
use crate::rfc3339;

/// The minute and the day that were read last.
#[derive(Debug, Default)]
pub(crate) struct Minute {
    /// `2024-01-01T00:00`, as it is written, the first byte the lowest.
    text: Cell<u128>,
    /// When it begins, in nanoseconds since 1970.
    nanos: Cell<i64>,
    /// `2024-01-01T`, and when it begins.
    day: Cell<u128>,
    day_nanos: Cell<i64>,
}

/// The bytes of a day and the letter behind it.
const DAY: u128 = (1 << (8 * 11)) - 1;

/// How many bytes must be there from a time on: its minute, seconds, and sixteen bytes with the digits of the fraction.
const TIME: usize = 40;

const SECOND: i64 = 1_000_000_000;

/// What a digit of the fraction counts, by how many there are.
static UNITS: [u32; 10] = [0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// A time in UTC, and what is behind it.
#[inline(always)]
pub(crate) fn time<'b>(near: Near<'b>, b: &'b [u8], minute: &Minute) -> Option<(i64, Near<'b>)> {
    if !near.has(b, TIME) {
        return None;
    }
    let text = near.sixteen();
    if text != minute.text.get() {
        other_minute(text, minute)?;
    }
    let (tens, ones) = (near.digit(17), near.digit(18));
    if near.byte(16) != b':' || tens > 5 || ones > 9 {
        return None;
    }
    let nanos = minute.nanos.get() + (i64::from(tens) * 10 + i64::from(ones)) * SECOND;
    if near.byte(19) == b'Z' {
        return Some((nanos, near.behind(20)));
    }
    let fraction = near.behind(20);
    let count = fraction.digits().count();
    let end = fraction.behind(count);
    let unit = *UNITS.get(count)?;
    if near.byte(19) != b'.' || unit == 0 || end.byte(0) != b'Z' {
        return None;
    }
    Some((nanos + end.number_before(count) as i64 * i64::from(unit), end.behind(1)))
}

#[inline(never)]
fn other_minute(text: u128, minute: &Minute) -> Option<()> {
    if text & DAY != minute.day.get() {
        other_day(text, minute)?;
    }
    let [.., hours, hour, colon, tens, ones] = text.to_le_bytes();
    let [hours, hour, tens, ones] = [hours, hour, tens, ones].map(|byte| i64::from(byte.wrapping_sub(b'0')));
    let (hour, minutes) = (hours * 10 + hour, tens * 10 + ones);
    if colon != b':' || hours > 2 || hour > 23 || tens > 5 || ones > 9 || hour - hours * 10 > 9 {
        return None;
    }
    let nanos = minute.day_nanos.get() + (hour * 60 + minutes) * 60 * SECOND;
    minute.text.set(text);
    minute.nanos.set(nanos);
    Some(())
}

#[cold]
#[inline(never)]
fn other_day(text: u128, minute: &Minute) -> Option<()> {
    let mut whole = *b"0000-00-00T00:00:00Z";
    whole[..11].copy_from_slice(&text.to_le_bytes()[..11]);
    let nanos = rfc3339::parse(&whole)?.nanos;
    // the whole day can be said
    nanos.checked_add(24 * 60 * 60 * SECOND)?;
    minute.day.set(text & DAY);
    minute.day_nanos.set(nanos);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scaled;

    #[test]
    fn as_the_careful_reader_reads_them() {
        let minute = Minute::default();
        let mut texts: Vec<String> = [
            "2024-02-29T12:34:56Z",
            "2024-02-29T12:34:56.5Z",
            "2024-02-29T12:34:59.123456789Z",
            "1969-12-31T23:59:59.999999999Z",
            "1677-09-22T00:13:00Z",
            "2262-04-10T23:46:59.9Z",
        ]
        .map(Into::into)
        .into();
        texts.extend((0..scaled(10_000, 20)).map(|n| rfc3339::to_text(n * 7_777_777_777_777)));
        for text in texts {
            let padded = format!("{}{text},{}", " ".repeat(16), " ".repeat(30));
            // SAFETY: sixteen bytes are before it.
            let near = unsafe { Near::new(padded.as_bytes(), 16) };
            let found = time(near, padded.as_bytes(), &minute).map(|(nanos, end)| (nanos, end.byte(0)));
            assert_eq!(found, rfc3339::parse_nanos(&text).map(|nanos| (nanos, b',')), "{text}");
        }
    }

    #[test]
    fn what_is_left_to_the_careful_reader() {
        let minute = Minute::default();
        for text in [
            "2024-02-30T12:34:56Z",
            "2024-02-29T12:34:60Z",
            "2024-02-29T12:34:5:Z",
            "2024-02-29T12:34:56",
            "2024-02-29T12:34:56.Z",
            "2024-02-29T12:34:56.1234567891Z",
            "2024-02-29T12:34:56+01:00",
            "2024-02-29T12:34:56.5+01:00",
            "2024-02-29T24:00:00Z",
            "2024-02-29T1x:00:00Z",
            "2024-02-29T12:60:00Z",
            "2024-02-29T12;00:00Z",
            "2262-04-11T23:47:16Z",
            "9999-01-01T00:00:00Z",
            "",
        ] {
            let padded = format!("{}{text},{}", " ".repeat(16), " ".repeat(40));
            // SAFETY: sixteen bytes are before it.
            let near = unsafe { Near::new(padded.as_bytes(), 16) };
            assert!(time(near, padded.as_bytes(), &minute).is_none(), "{text}");
        }
    }
}
