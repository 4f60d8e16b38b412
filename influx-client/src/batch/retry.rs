//! How long to wait before the next try. No clock, no chance of its own.

use std::time::Duration;

/// When a batch is sent again that could not be delivered.
///
/// The wait before the n-th retry is a random part of `base * factor^(n-1)`, at most `max_delay`: full jitter, so that many
/// writers do not come back at once. A server's `Retry-After` can make it longer, up to `max_delay`, and never shorter.
///
/// The wait is the target's: when a batch is given up, the next one waits on where it stood, until the server answers for lines.
///
/// The default never gives up: base 5 s, factor 2, at most 125 s between tries. (The Python client's figures; it gives up after
/// 5 retries or 180 s, which [`max_retries`](Self::max_retries) and [`max_total`](Self::max_total) say.)
///
/// ```
/// use std::time::Duration;
/// use influx_client::batch::RetryPolicy;
///
/// let policy = RetryPolicy::new().base(Duration::from_secs(1)).max_retries(5).max_total(Duration::from_secs(180));
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct RetryPolicy {
    base: Duration,
    factor: f64,
    max_delay: Duration,
    max_retries: Option<u32>,
    max_total: Option<Duration>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            base: Duration::from_secs(5),
            factor: 2.0,
            max_delay: Duration::from_secs(125),
            max_retries: None,
            max_total: None,
        }
    }
}

impl RetryPolicy {
    /// The default.
    pub fn new() -> Self {
        RetryPolicy::default()
    }

    /// No retries: what cannot be delivered at once is dropped and handed back.
    pub fn never() -> Self {
        RetryPolicy::default().max_retries(0)
    }

    /// The longest wait before the first retry.
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// By how much the longest wait grows from one retry to the next; below 1 counts as 1.
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = factor.max(1.0);
        self
    }

    /// The longest wait of all, also where the server asks for more.
    pub fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// How often a batch is sent again before it is dropped and handed back.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// How long a batch is tried before it is dropped and handed back. What is left of that time is waited, even where the next try
    /// would be later, and then it is tried a last time.
    pub fn max_total(mut self, total: Duration) -> Self {
        self.max_total = Some(total);
        self
    }

    /// The wait after `failures` failures of a target behind each other. `asked` is the least that the server wants, `chance` is in
    /// 0 .. 1.
    pub(super) fn delay(&self, failures: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let power = self.factor.powi(i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX));
        let longest = (self.base.as_secs_f64() * power).min(self.max_delay.as_secs_f64());
        let jittered = Duration::try_from_secs_f64(longest * chance).unwrap_or(self.max_delay);
        // a wish lengthens the wait and never shortens it
        jittered.max(asked.unwrap_or_default()).min(self.max_delay)
    }

    /// How much of a wait a batch has that failed so often and is tried for so long; `None`: give it up. What is left of its time
    /// is waited, and then it is tried once more.
    pub(super) fn patience(&self, failures: u32, tried: Duration, wait: Duration) -> Option<Duration> {
        if self.max_retries.is_some_and(|most| failures > most) {
            return None;
        }
        match self.max_total.map(|total| total.saturating_sub(tried)) {
            Some(left) if left.is_zero() => None,
            Some(left) => Some(wait.min(left)),
            None => Some(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_longest_wait_doubles_up_to_its_limit() {
        let policy = RetryPolicy::new();
        let longest = |failures| policy.delay(failures, None, 1.0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 1_000].map(longest), [5, 10, 20, 40, 80, 125, 125]);
        assert_eq!(policy.delay(3, None, 0.0), Duration::ZERO, "full jitter");
    }

    #[test]
    fn the_servers_wish_is_a_lower_bound_and_capped() {
        let policy = RetryPolicy::new().max_delay(7 * SECOND);
        assert_eq!(policy.delay(1, Some(3 * SECOND), 0.0), 3 * SECOND);
        assert_eq!(policy.delay(1, Some(3_600 * SECOND), 0.5), 7 * SECOND);
        for none in [Some(Duration::ZERO), None] {
            assert_eq!(policy.delay(1, none, 1.0), 5 * SECOND, "no wish is no answer to how long");
        }
    }

    #[test]
    fn giving_up() {
        let policy = RetryPolicy::new().max_retries(2).max_total(100 * SECOND);
        let zero = Duration::ZERO;
        assert_eq!(policy.patience(2, zero, SECOND), Some(SECOND));
        assert_eq!(policy.patience(3, zero, SECOND), None);
        assert_eq!(policy.patience(1, 99 * SECOND, 2 * SECOND), Some(SECOND));
        assert_eq!(policy.patience(1, 100 * SECOND, zero), None);
        assert_eq!(RetryPolicy::never().patience(1, zero, zero), None);
    }

    proptest! {
        #[test]
        fn never_longer_than_the_limits(
            failures: u32, tried in 0_u64..1 << 40, asked in prop::option::of(0_u64..1 << 40), chance in 0.0_f64..1.0,
            base in 0_u64..1 << 40, factor in 0.0_f64..1e9, most in 0_u64..1 << 40, total in prop::option::of(0_u64..1 << 40),
        ) {
            let millis = Duration::from_millis;
            let mut policy = RetryPolicy::new().base(millis(base)).factor(factor).max_delay(millis(most));
            if let Some(total) = total {
                policy = policy.max_total(millis(total));
            }
            let wait = policy.delay(failures, asked.map(millis), chance);
            prop_assert!(wait <= millis(most));
            match policy.patience(failures, millis(tried), wait) {
                Some(has) => prop_assert!(has <= wait && total.is_none_or(|total| millis(tried) + has <= millis(total))),
                None => prop_assert!(total.is_some_and(|total| tried >= total)),
            }
        }
    }
}
