//! Which answers are worth another try. No clock, no I/O.

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
        // a query of 2.x that found no place among those that wait
        400 => message == "queue length exceeded",
        // InfluxDB files permanent faults under 500, too.
        500 => {
            ["timeout", "cache-max-memory-size", "engine is closed"].iter().any(|text| message.contains(text))
        }
        501 | 505 => false,
        502.. => true,
        _ => false,
    }
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
        assert!(status_is_retryable(400, "queue length exceeded"));
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
}
