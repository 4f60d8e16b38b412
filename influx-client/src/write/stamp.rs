//! The time of points that have none: what is sent again must be the same point.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// How far stamps may run ahead of the clock before they go back to it: longer than a burst of points needs, shorter than what a
/// clock that was wrong may spoil.
const AHEAD: i64 = 5_000_000_000;

/// The time now in nanoseconds since 1970, later than all that were told before: two points of one series never share one. After
/// a clock that was far ahead and is right again, stamps go back to it.
pub(crate) fn now() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(i64::MIN);
    let now = clock();
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last, now)));
    let last = last.unwrap_or(i64::MIN);
    if is_too_far(last, now) {
        tracing::warn!(
            seconds = last.saturating_sub(now) / 1_000_000_000,
            "the clock went back: points that were stamped before carry a time in the future"
        );
    }
    after(last, now)
}

fn clock() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}

/// The stamp after `last` by a clock that shows `now`.
fn after(last: i64, now: i64) -> i64 {
    if is_too_far(last, now) { now } else { last.saturating_add(1).max(now) }
}

fn is_too_far(last: i64, now: i64) -> bool {
    last.saturating_sub(now) > AHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_equal() {
        let times = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..1_000).map(|_| super::now()).collect::<Vec<_>>()))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a thread")).collect::<Vec<_>>()
        });
        let mut unique = times.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), times.len());
    }

    #[test]
    fn a_clock_that_was_ahead_does_not_mark_points_for_ever() {
        const YEAR: i64 = 365 * 86_400 * 1_000_000_000;
        let now = 50 * YEAR;
        assert_eq!(after(now + 10 * YEAR, now), now, "ten years ahead, then right");
        assert_eq!(
            after(now + 1_000_000_000, now),
            now + 1_000_000_001,
            "a clock that is put right by a second"
        );
        assert_eq!(after(now, now), now + 1);
        assert_eq!(after(now - YEAR, now), now);
        assert_eq!(after(i64::MAX, i64::MAX), i64::MAX);
        assert_eq!(after(i64::MIN, i64::MIN), i64::MIN + 1);
    }
}
