//! Which answers are worth another try, and what `Retry-After` says. No clock, no I/O.

use std::time::{Duration, SystemTime};

/// What a busy server says of itself, or of a part that is being closed, dropped or opened: gone in a moment, and so is the error. While
/// one database is dropped, 1.x says it to statements about any other.
const MOMENTARY: [&str; 7] = [
    "engine is closed",
    "index is closing",
    "max-concurrent-queries limit exceeded",
    "shard is being deleted",
    "shard is disabled",
    "store is closed",
    "tsdb: series file closed",
];

/// Whether the same statement may succeed in a moment, by the server's text.
pub(crate) fn statement_is_retryable(message: &str) -> bool {
    MOMENTARY.iter().any(|text| message.contains(text))
}

/// Whether the same request may succeed later, by status and the server's text.
pub(crate) fn status_is_retryable(status: u16, message: &str) -> bool {
    match status {
        408 | 425 | 429 | 502 | 503 | 504 => true,
        // InfluxDB 1.x files permanent faults under 500, too.
        500 => {
            ["timeout", "cache-max-memory-size", "engine is closed"].iter().any(|text| message.contains(text))
        }
        _ => false,
    }
}

/// The value of a `Retry-After` header: seconds, or a date from a proxy.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(http_date(value)?))?;
    Some(at.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Seconds since 1970 of `Wed, 21 Oct 2015 07:28:00 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let day: u64 = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = parts.next()?.parse().ok()?;
    let mut clock = parts.next()?.splitn(3, ':').map(str::parse::<u64>);
    let (h, m, s) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let in_range = (1970..10_000).contains(&year) && (1..=31).contains(&day) && h < 24 && m < 60 && s < 61;
    if parts.next()? != "GMT" || !in_range {
        return None;
    }
    // Days since 1970 in years that begin in March, so that the leap day is the last of its year.
    let (y, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let days = y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719_468;
    Some(days * 86_400 + h * 3_600 + m * 60 + s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for status in [408, 425, 429, 502, 503, 504] {
            assert!(status_is_retryable(status, ""), "{status}");
        }
        for status in [200, 204, 400, 401, 403, 404, 413, 422, 499, 500, 501, 505] {
            assert!(!status_is_retryable(status, "retention policy not found: nope"), "{status}");
        }
        assert!(status_is_retryable(500, "timeout"));
        assert!(status_is_retryable(500, "engine: cache-max-memory-size exceeded: (1/2)"));
        assert!(status_is_retryable(500, "engine is closed"));
    }

    #[test]
    fn statements() {
        for text in MOMENTARY {
            assert!(
                statement_is_retryable(text) && statement_is_retryable(&format!("shard 7: {text}")),
                "{text}"
            );
        }
        for text in ["", "timeout", "database not found: d", "measurement not found: engine", "not executed"]
        {
            assert!(!statement_is_retryable(text), "{text}");
        }
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470);
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:27:00 GMT", now), Some(Duration::ZERO));
        for bad in
            ["", "soon", "-1", "1.5", "Wed, 21 Oct 2015", "Wed, 41 Oct 2015 07:28:00 GMT", "x, 1 Foo 2 3 GMT"]
        {
            assert_eq!(retry_after(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn http_dates_around_leap_days() {
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
        assert_eq!(http_date("Fri, 01 Mar 2024 00:00:00 GMT"), Some(1_709_251_200));
    }
}
