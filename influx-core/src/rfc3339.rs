//! RFC 3339 to nanoseconds since 1970 and back, exact to the last of nine fraction digits.

use core::fmt::Write;

/// An instant and the offset it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub(crate) nanos: i64,
    /// Seconds east of UTC; `None` when the text names no zone.
    pub(crate) offset: Option<i32>,
}

const NANOS: i128 = 1_000_000_000;

/// Reads `YYYY-MM-DDTHH:MM:SS[.fraction][Z|+hh:mm|-hh:mm]`. `None`: another form, no such day or time, a fraction finer than
/// nanoseconds, or outside of `i64` nanoseconds.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Option<Parsed> {
    let (nanos, offset) = parse_any(text)?;
    Some(Parsed { nanos: i64::try_from(nanos).ok()?, offset })
}

/// Whether a text is an instant, but one that nanoseconds in 64 bits cannot say.
pub(crate) fn is_too_far(text: &str) -> bool {
    parse_any(text.as_bytes())
        .is_some_and(|(nanos, offset)| offset.is_some() && i64::try_from(nanos).is_err())
}

/// As [`parse`], of any year of four digits: nanoseconds since 1970, and the offset.
#[inline(always)]
fn parse_any(text: &[u8]) -> Option<(i128, Option<i32>)> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let two = |at: usize| digits(&head[at..at + 2]);
    let separators =
        [head[4], head[7], head[13], head[16]] == *b"--::" && matches!(head[10], b'T' | b't' | b' ');
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if !separators || !(1..=12).contains(&month) || day == 0 || day > month_days(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = fraction(rest)?;
    let offset = zone_offset(zone)?;
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    let seconds = seconds - i64::from(offset.unwrap_or(0));
    Some((i128::from(seconds) * NANOS + i128::from(fraction), offset))
}

/// Reads an instant; a text without a zone is none.
pub fn parse_nanos(text: &str) -> Option<i64> {
    parse(text.as_bytes()).filter(|parsed| parsed.offset.is_some()).map(|parsed| parsed.nanos)
}

/// Writes an instant as `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, without trailing zeros, as the servers do.
pub(crate) fn to_text(nanos: i64) -> String {
    let mut text = to_exact_text(nanos);
    let plain = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.').len();
    text.truncate(plain);
    text.push('Z');
    text
}

/// Writes an instant as `YYYY-MM-DDTHH:MM:SS.fffffffffZ`: with nine digits, as all servers compare it exactly.
///
/// ```
/// use influx_core::rfc3339::to_exact_text;
/// assert_eq!(to_exact_text(0), "1970-01-01T00:00:00.000000000Z");
/// assert_eq!(to_exact_text(-1), "1969-12-31T23:59:59.999999999Z");
/// assert_eq!(to_exact_text(i64::MIN), "1677-09-21T00:12:43.145224192Z");
/// assert_eq!(to_exact_text(i64::MAX), "2262-04-11T23:47:16.854775807Z");
/// ```
pub fn to_exact_text(nanos: i64) -> String {
    let (seconds, fraction) = (nanos.div_euclid(NANOS as i64), nanos.rem_euclid(NANOS as i64));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let mut text = String::with_capacity(30);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    // writing to a String cannot fail
    let _ = write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:09}Z");
    text
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// The fraction in nanoseconds, and what follows it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else { return Some((0, text)) };
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (kept, finer) = text[..length].split_at(length.min(9));
    if length == 0 || finer.iter().any(|&digit| digit != b'0') {
        return None;
    }
    let missing = 9 - kept.len() as u32;
    Some((digits(kept)? * 10_i64.pow(missing), &text[length..]))
}

fn zone_offset(zone: &[u8]) -> Option<Option<i32>> {
    match zone {
        [] => Some(None),
        [b'Z' | b'z'] => Some(Some(0)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
            let valid = hours < 24 && minutes < 60;
            valid.then_some(Some(if *sign == b'-' { -seconds } else { seconds }))
        }
        _ => None,
    }
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; March is the year's first month here, so that the leap day is the
/// last day of a year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}
