//! When a target is tried next. The wait belongs to the target and not to a batch: a batch that is given up leaves it to the next
//! one, until an answer comes. No clock of its own.

use std::time::Duration;

use tokio::time::Instant;

use crate::batch::retry::RetryPolicy;

/// The time after a wait, which may be longer than there are times for.
pub(super) fn after(now: Instant, wait: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);
    now + wait.min(FAR)
}

/// The failures of a target since its last answer.
#[derive(Debug, Default)]
pub(super) struct Pace {
    failures: u32,
    last: Option<Instant>,
    until: Option<Instant>,
}

impl Pace {
    /// A request that began at `started` failed; gives the wait from now on. `asked` is the least that the server wants, `chance`
    /// is in 0 .. 1.
    pub(super) fn failed(
        &mut self,
        policy: &RetryPolicy,
        started: Instant,
        now: Instant,
        asked: Option<Duration>,
        chance: f64,
    ) -> Duration {
        // of requests that were on their way at once, the first failure counts
        if self.last.is_none_or(|last| started >= last) {
            self.failures = self.failures.saturating_add(1);
            self.until = Some(after(now, policy.delay(self.failures, asked, chance)));
            self.last = Some(now);
        } else if let Some(asked) = asked {
            self.until = self.until.max(Some(after(now, policy.delay(0, Some(asked), 0.0))));
        }
        self.wait(now)
    }

    /// The target answered for lines.
    pub(super) fn answered(&mut self) {
        *self = Pace::default();
    }

    /// How long nothing should be sent.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

/// How long a batch is tried.
#[derive(Debug, Default)]
pub(super) struct Patience {
    failures: u32,
    since: Option<Instant>,
}

impl Patience {
    /// Its turn came; what it waits for its target counts.
    pub(super) fn begins(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    /// How many of its requests failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// How much of that wait it has before its next request; `None`: it is given up.
    pub(super) fn has(&self, policy: &RetryPolicy, now: Instant, wait: Duration) -> Option<Duration> {
        let tried = self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        policy.patience(self.failures, tried, wait)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_next_batch_goes_on_where_the_last_one_stood() {
        let policy = RetryPolicy::new().base(SECOND);
        let (mut pace, start) = (Pace::default(), Instant::now());
        for (n, wait) in [1, 2, 4, 8, 16].into_iter().enumerate() {
            let now = start + SECOND * n as u32;
            assert_eq!(pace.failed(&policy, now, now, None, 1.0), SECOND * wait);
        }
        pace.answered();
        assert_eq!(pace.wait(start), Duration::ZERO);
        assert_eq!(pace.failed(&policy, start, start, None, 1.0), SECOND);
    }

    #[test]
    fn requests_at_once_fail_once() {
        let policy = RetryPolicy::new().base(SECOND);
        let (mut pace, start) = (Pace::default(), Instant::now());
        let later = start + SECOND;
        for _ in 0..8 {
            assert_eq!(pace.failed(&policy, start, later, None, 1.0), SECOND);
        }
        assert_eq!(
            pace.failed(&policy, start, later, Some(7 * SECOND), 1.0),
            7 * SECOND,
            "the longest wish counts"
        );
        assert_eq!(pace.failed(&policy, later, later, None, 1.0), 2 * SECOND);
    }

    #[test]
    fn no_wait_is_too_long() {
        let policy = RetryPolicy::new().base(Duration::MAX).max_delay(Duration::MAX);
        let now = Instant::now();
        for asked in [None, Some(Duration::MAX)] {
            let mut pace = Pace::default();
            assert!(pace.failed(&policy, now, now, asked, 1.0) > 10_000 * 86_400 * SECOND);
            assert!(pace.failed(&policy, now - SECOND, now, Some(Duration::MAX), 1.0) > SECOND);
        }
    }

    #[test]
    fn what_is_left_of_the_time_is_waited_and_tried_once() {
        let policy = RetryPolicy::new().max_total(30 * SECOND);
        let (mut patience, start) = (Patience::default(), Instant::now());
        patience.begins(start);
        patience.failed();
        assert_eq!(patience.has(&policy, start + SECOND, 60 * SECOND), Some(29 * SECOND));
        patience.failed();
        assert_eq!(patience.has(&policy, start + 30 * SECOND, 60 * SECOND), None);
    }

    proptest! {
        /// The wait is never shorter than what the server asks for, but for the longest one of the policy.
        #[test]
        fn the_servers_wish_is_a_lower_bound(
            wishes in prop::collection::vec(prop::option::of(0_u64..100_000), 1..20), chance in 0.0_f64..1.0,
            base in 0_u64..10_000, most in 0_u64..50_000,
        ) {
            let millis = Duration::from_millis;
            let policy = RetryPolicy::new().base(millis(base)).max_delay(millis(most));
            let (mut pace, mut now) = (Pace::default(), Instant::now());
            for wish in wishes {
                let wait = pace.failed(&policy, now, now, wish.map(millis), chance);
                prop_assert!(wait <= millis(most));
                prop_assert!(wait >= millis(wish.unwrap_or(0).min(most)));
                now += wait;
            }
        }
    }
}
