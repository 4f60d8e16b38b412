//! Durations of Flux, which may be negative, and have months.

use std::ops::Neg;
use std::time::Duration;

use crate::error::{Error, Result};

/// A duration of Flux: calendar months and an exact time, together forward or backward, to be bound by
/// [`Query::bind`](crate::Query::bind).
///
/// Months are as long as the calendar says, and are never made of days: 30 days stay 30 days. A plain [`Duration`] can be bound as it
/// is.
///
/// ```
/// use std::time::Duration;
/// use influx_client::FluxDuration;
///
/// let quarter = FluxDuration::months(3);
/// let an_hour_ago = -FluxDuration::exact(Duration::from_secs(3_600));
/// let both = FluxDuration::months(1).and(Duration::from_secs(86_400));
/// # let _ = (quarter, an_hour_ago, both);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FluxDuration {
    months: u32,
    exact: Duration,
    negative: bool,
}

impl FluxDuration {
    /// Months of the calendar.
    pub fn months(months: u32) -> FluxDuration {
        FluxDuration { months, exact: Duration::ZERO, negative: false }
    }

    /// Years of the calendar: twelve months each.
    pub fn years(years: u16) -> FluxDuration {
        FluxDuration::months(u32::from(years) * 12)
    }

    /// As long as this, whatever the calendar says.
    pub fn exact(duration: Duration) -> FluxDuration {
        FluxDuration { months: 0, exact: duration, negative: false }
    }

    /// Longer by this, whatever the calendar says.
    pub fn and(mut self, duration: Duration) -> FluxDuration {
        self.exact = self.exact.saturating_add(duration);
        self
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Its parts, largest first, without those that are 0; a duration of 0 has one. The server counts nanoseconds in 64 bits.
    pub(super) fn parts(&self) -> Result<Vec<(u64, &'static str)>> {
        if self.exact.as_nanos() > i64::MAX as u128 {
            return Err(Error::config(format!(
                "a duration of {:?} is longer than Flux has: 292 years at most, or months, which have no such end",
                self.exact
            )));
        }
        let exact = [(self.exact.as_secs(), "s"), (u64::from(self.exact.subsec_nanos()), "ns")];
        let mut parts = vec![(u64::from(self.months), "mo")];
        parts.extend(exact);
        parts.retain(|(count, _)| *count > 0);
        Ok(if parts.is_empty() { vec![(0, "ns")] } else { parts })
    }
}

impl From<Duration> for FluxDuration {
    fn from(duration: Duration) -> Self {
        FluxDuration::exact(duration)
    }
}

impl Neg for FluxDuration {
    type Output = FluxDuration;

    /// As long, in the other direction.
    fn neg(mut self) -> FluxDuration {
        self.negative = !self.negative;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_exact() {
        const DAY: u64 = 86_400;
        let max = Duration::from_nanos(i64::MAX as u64);
        for (duration, expected) in [
            (FluxDuration::exact(Duration::from_secs(30 * DAY)), vec![(30 * DAY, "s")]),
            (Duration::from_millis(1_500).into(), vec![(1, "s"), (500_000_000, "ns")]),
            (Duration::from_nanos(1).into(), vec![(1, "ns")]),
            (FluxDuration::exact(Duration::ZERO), vec![(0, "ns")]),
            (FluxDuration::months(0), vec![(0, "ns")]),
            (FluxDuration::years(2).and(Duration::from_secs(1)), vec![(24, "mo"), (1, "s")]),
            (max.into(), vec![(9_223_372_036, "s"), (854_775_807, "ns")]),
        ] {
            assert_eq!(duration.parts().unwrap(), expected);
            assert_eq!((-duration).parts().unwrap(), expected);
            assert!((-duration).is_negative() && !(-(-duration)).is_negative());
        }
        for long in [max + Duration::from_nanos(1), Duration::from_secs(u64::MAX), Duration::MAX] {
            let error = FluxDuration::from(long).parts().unwrap_err();
            assert!(error.is_config() && error.to_string().contains("292 years"), "{error}");
        }
    }
}
