//! The header `Retry-After`. No clock.

use std::time::{Duration, SystemTime};

/// The value of a `Retry-After` header: seconds, or a date in one of the three forms that RFC 9110 knows, from a proxy.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
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
