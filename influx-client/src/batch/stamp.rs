//! The time of points that have none: what is sent again must be the same point.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// The time now in nanoseconds since 1970, later than all that were told before: two points of one series never share one.
pub(super) fn now() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(i64::MIN);
    let now = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    };
    let later = |last: i64| Some(last.saturating_add(1).max(now));
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later).unwrap_or(now);
    last.saturating_add(1).max(now)
}

#[cfg(test)]
mod tests {
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
}
