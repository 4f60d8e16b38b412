//! RFC 3339 text to nanoseconds and back.
