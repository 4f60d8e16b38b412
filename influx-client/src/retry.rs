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
        408 | 425 | 429 => true,
        // InfluxDB files permanent faults under 500, too.
        500 => {
            ["timeout", "cache-max-memory-size", "engine is closed"].iter().any(|text| message.contains(text))
        }
        501 | 505 => false,
        502.. => true,
        _ => false,
    }
}

/// The value of a `Retry-After` header: seconds, or a date in one of the three forms that RFC 9110 knows, from a proxy.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // more seconds than there are numbers for is as long as can be
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for status in [408, 425, 429, 502, 503, 504, 507, 520, 524, 599] {
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
    fn retry_after_in_all_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_767);
        for (value, seconds) in [
            ("120", 120),
            (" 0 ", 0),
            ("99999999999999999999999", u64::MAX),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 10),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 10),
            ("Sun Nov  6 08:49:37 1994", 10),
            ("Sun, 06 Nov 1994 08:49:26 GMT", 0),
            ("Thu, 29 Feb 1996 08:49:27 GMT", 41_472_000),
        ] {
            assert_eq!(retry_after(value, now), Some(Duration::from_secs(seconds)), "{value}");
        }
        for bad in [
            "",
            "soon",
            "-1",
            "+1",
            "1.5",
            "1 s",
            "Wed, 21 Oct 2015",
            "Wed, 41 Oct 2015 07:28:00 GMT",
            "x, 1 Foo 2 3 GMT",
        ] {
            assert_eq!(retry_after(bad, now), None, "{bad}");
        }
    }
}
