//! Durations as the server prints them: `168h0m0s`, `1.5s`, `24µs`.

use std::time::Duration;

use influx_core::{FromValue, Mismatch, ValueRef};

/// A duration in a column of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Printed(pub(crate) Duration);

impl<'r> FromValue<'r> for Printed {
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Str(text) => {
                parse(text).map(Printed).ok_or(Mismatch::expected("a duration such as 1h30m"))
            }
            _ => Err(Mismatch::expected("a duration such as 1h30m")),
        }
    }
}

/// Exact to the nanosecond; `None` for anything but numbers with units.
fn parse(text: &str) -> Option<Duration> {
    let mut nanos: u128 = 0;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, tail) = rest.split_at(number);
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        let unit: u128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        nanos = nanos.checked_add(whole.parse::<u128>().ok()?.checked_mul(unit)?)?;
        if digits.contains('.') {
            let scale = 10_u128.checked_pow(fraction.len().try_into().ok()?)?;
            nanos = nanos.checked_add(fraction.parse::<u128>().ok()?.checked_mul(unit)? / scale)?;
        }
        rest = tail;
    }
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_prints_them() {
        for (text, nanos) in [
            ("0s", 0),
            ("1ns", 1),
            ("24µs", 24_000),
            ("1.1us", 1_100),
            ("1.000001ms", 1_000_001),
            ("1.5s", 1_500_000_000),
            ("1m2.000000003s", 62_000_000_003),
            ("168h0m0s", 604_800_000_000_000),
            ("2562047h47m16.854775807s", i64::MAX as u64),
        ] {
            assert_eq!(parse(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
        for bad in ["", "1", "s", "-1s", "1d", "1.s", ".5s", "1..5s", "1s2", "1 s", "99999999999999999999h"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
