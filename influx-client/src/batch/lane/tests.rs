use influx_core::{Dialect, LineWriter};
use proptest::prelude::*;

use super::super::accumulate::Limits;
use super::*;

#[derive(Debug, Clone)]
enum Step {
    Offer(usize),
    Seal,
    Take,
    /// Which batch on its way, and how many of its lines are refused.
    Settle(prop::sample::Index, usize),
    Drop(prop::sample::Index),
    Split(prop::sample::Index),
    DropOldest,
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    use prop::sample::Index;
    prop_oneof![
        8 => (1_usize..30).prop_map(Step::Offer),
        1 => Just(Step::Seal),
        4 => Just(Step::Take),
        4 => (any::<Index>(), 0_usize..3).prop_map(|(at, n)| Step::Settle(at, n)),
        1 => any::<Index>().prop_map(Step::Drop),
        2 => any::<Index>().prop_map(Step::Split),
        1 => Just(Step::DropOldest),
        1 => prop_oneof![20 => Just(Step::Seal), 1 => Just(Step::Close)],
    ]
}

/// The numbers of the points in these lines, checked against `first`.
fn numbers(lines: &Lines) -> Vec<u64> {
    let text = std::str::from_utf8(&lines.bytes).expect("text");
    let all: Vec<u64> = text.lines().map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!((all.len(), all[0]), (lines.points, lines.first));
    all
}

fn lane(points: usize, bytes: usize, max: usize) -> Lane {
    let accumulator = Accumulator::new(LineWriter::new(Dialect::V1), Limits { points, bytes });
    Lane::new(accumulator, max, Wait { age: Duration::from_secs(3_600), jitter: Duration::ZERO })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// Every point that is taken ends exactly once; the counts add up after every step; batches leave in order; memory is
    /// bounded.
    #[test]
    fn every_point_ends_exactly_once(
        steps in prop::collection::vec(step(), 0..200), points in 1_usize..8, bytes in 20_usize..100, max in 100_usize..300,
    ) {
        let mut lane = lane(points, bytes, max);
        let (mut given, mut longest) = (0_u64, 0);
        let (mut ended, mut last_taken) = (Vec::new(), None);
        let (mut on_their_way, mut closed) = (Vec::new(), false);
        let mut expected = Stats::default();
        for step in steps {
            match step {
                Step::Offer(length) => {
                    let line = format!("m{} f=1 {given}\n", "x".repeat(length));
                    longest = longest.max(line.len());
                    match lane.offer_line(line.as_bytes()) {
                        Offered::Taken { .. } => given += 1,
                        Offered::Full => prop_assert!(lane.stats().pending_bytes >= max as u64 && !closed),
                        Offered::Closed => prop_assert!(closed),
                    }
                }
                Step::Seal => drop(lane.seal()),
                Step::Take => {
                    if let Some(batch) = lane.take(Instant::now()) {
                        prop_assert!(last_taken < Some(batch));
                        last_taken = Some(batch);
                        on_their_way.push(batch);
                    }
                }
                Step::Settle(at, rejected) if !on_their_way.is_empty() => {
                    let batch = *at.get(&on_their_way);
                    let part = lane.part(batch).unwrap().clone();
                    let rejected = rejected.min(part.points);
                    lane.settle(batch, Outcome::Settled { rejected });
                    expected.rejected += rejected as u64;
                    expected.written += (part.points - rejected) as u64;
                    ended.extend(numbers(&part));
                }
                Step::Drop(at) if !on_their_way.is_empty() => {
                    let batch = *at.get(&on_their_way);
                    let part = lane.part(batch).unwrap().clone();
                    lane.settle(batch, Outcome::Dropped { rejected: 0 });
                    expected.dropped += part.points as u64;
                    ended.extend(numbers(&part));
                }
                Step::Split(at) if !on_their_way.is_empty() => {
                    let batch = *at.get(&on_their_way);
                    let whole = lane.part(batch).unwrap().clone();
                    prop_assert_eq!(lane.split(batch), whole.points > 1);
                }
                Step::DropOldest => {
                    if let Some(lines) = lane.drop_oldest() {
                        expected.dropped += lines.points as u64;
                        ended.extend(numbers(&lines));
                    }
                }
                Step::Close => {
                    lane.close();
                    closed = true;
                }
                _ => {}
            }
            on_their_way.retain(|batch| lane.part(*batch).is_some());
            let stats = lane.stats();
            prop_assert_eq!(stats.given, given);
            prop_assert_eq!((stats.written, stats.rejected, stats.dropped), (expected.written, expected.rejected, expected.dropped));
            prop_assert_eq!(stats.given, stats.written + stats.rejected + stats.dropped + stats.spooled + stats.pending);
            prop_assert!(stats.pending_bytes < (max + longest + 1) as u64);
            prop_assert_eq!(lane.settled_below(lane.end()), stats.pending == 0);
        }
        for lines in lane.hand_back() {
            ended.extend(numbers(&lines));
        }
        prop_assert_eq!(lane.stats().pending, 0);
        prop_assert!(lane.stats().given == lane.stats().written + lane.stats().rejected + lane.stats().dropped);
        ended.sort_unstable();
        prop_assert_eq!(ended, (0..given).collect::<Vec<_>>());
    }
}

#[test]
fn memory_is_used_again() {
    let mut lane = lane(100, 10_000, 100_000);
    let mut memories = std::collections::HashSet::new();
    for batch in 0..10 {
        for _ in 0..100 {
            lane.offer_line(b"m f=1 1\n");
        }
        assert_eq!(lane.take(Instant::now()), Some(batch));
        memories.insert(lane.part(batch).unwrap().bytes.as_ptr());
        lane.settle(batch, Outcome::Settled { rejected: 0 });
    }
    assert!(memories.len() <= 3, "{}", memories.len());
}
