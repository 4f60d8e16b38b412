use influx_core::{Dialect, LineWriter};
use proptest::prelude::*;

use super::*;
use crate::batch::accumulate::Limits;

#[derive(Debug, Clone)]
enum Step {
    /// A line with a name so long.
    Offer(usize),
    /// Some at once.
    OfferSome(Vec<usize>),
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
        6 => (1_usize..30).prop_map(Step::Offer),
        2 => prop::collection::vec(1_usize..30, 0..6).prop_map(Step::OfferSome),
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

/// A lane, and what must come of it.
struct Model {
    lane: Lane,
    max: usize,
    given: u64,
    longest: usize,
    /// The numbers of the points that were settled or handed back.
    ended: Vec<u64>,
    on_their_way: Vec<u64>,
    last_taken: Option<u64>,
    closed: bool,
    expected: Stats,
}

impl Model {
    fn new(points: usize, bytes: usize, max: usize) -> Model {
        Model {
            lane: lane(points, bytes, max),
            max,
            given: 0,
            longest: 0,
            ended: Vec::new(),
            on_their_way: Vec::new(),
            last_taken: None,
            closed: false,
            expected: Stats::default(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Offer(length) => self.offer(length),
            Step::OfferSome(lengths) => self.offer_some(&lengths),
            Step::Seal => drop(self.lane.seal()),
            Step::Take => {
                if let Some(batch) = self.lane.take(Instant::now()) {
                    assert!(self.last_taken < Some(batch));
                    self.last_taken = Some(batch);
                    self.on_their_way.push(batch);
                }
            }
            Step::Settle(at, rejected) if !self.on_their_way.is_empty() => {
                let (batch, part) = self.part(at);
                let rejected = rejected.min(part.points);
                self.lane.settle(batch, Outcome::Settled { rejected });
                self.expected.rejected += rejected as u64;
                self.expected.written += (part.points - rejected) as u64;
                self.ended.extend(numbers(&part));
            }
            Step::Drop(at) if !self.on_their_way.is_empty() => {
                let (batch, part) = self.part(at);
                self.lane.settle(batch, Outcome::Dropped { rejected: 0 });
                self.expected.dropped += part.points as u64;
                self.ended.extend(numbers(&part));
            }
            Step::Split(at) if !self.on_their_way.is_empty() => {
                let (batch, whole) = self.part(at);
                assert_eq!(self.lane.split(batch), whole.points > 1);
            }
            Step::DropOldest => {
                if let Some(lines) = self.lane.drop_oldest() {
                    self.expected.dropped += lines.points as u64;
                    self.ended.extend(numbers(&lines));
                }
            }
            Step::Close => {
                self.lane.close();
                self.closed = true;
            }
            _ => {}
        }
    }

    fn offer(&mut self, length: usize) {
        let line = format!("m{} f=1 {}\n", "x".repeat(length), self.given);
        self.longest = self.longest.max(line.len());
        match self.lane.offer_line(line.as_bytes()) {
            Offered::Taken { .. } => self.given += 1,
            Offered::Full => {
                assert!(self.lane.stats().pending_bytes >= self.max as u64 && !self.closed);
            }
            Offered::Closed => assert!(self.closed),
        }
    }

    fn offer_some(&mut self, lengths: &[usize]) {
        let (mut lines, mut ends) = (String::new(), Vec::new());
        for (at, length) in lengths.iter().enumerate() {
            let line = format!("m{} f=1 {}\n", "x".repeat(*length), self.given + at as u64);
            self.longest = self.longest.max(line.len());
            lines += &line;
            ends.push(lines.len());
        }
        let taken = self.lane.offer_lines(lines.as_bytes(), &ends);
        self.given += taken.count as u64;
        assert_eq!(taken.refused.is_none(), taken.count == lengths.len());
        assert!(taken.count == 0 || taken.end == self.given);
        match taken.refused {
            Some(Offered::Closed) => assert!(self.closed),
            Some(_) => assert!(self.lane.stats().pending_bytes >= self.max as u64 && !self.closed),
            None => {}
        }
    }

    fn part(&self, at: prop::sample::Index) -> (u64, Lines) {
        let batch = *at.get(&self.on_their_way);
        (batch, self.lane.part(batch).unwrap().clone())
    }

    /// What holds after every step.
    fn check(&mut self) {
        let Model { lane, expected, .. } = self;
        self.on_their_way.retain(|batch| lane.part(*batch).is_some());
        let stats = lane.stats();
        assert_eq!(stats.given, self.given);
        let ends = (stats.written, stats.rejected, stats.dropped);
        assert_eq!(ends, (expected.written, expected.rejected, expected.dropped));
        let all = stats.written + stats.rejected + stats.dropped + stats.spooled + stats.pending;
        assert_eq!(stats.given, all);
        assert!(stats.pending_bytes < (self.max + self.longest + 1) as u64);
        assert_eq!(lane.settled_below(lane.end()), stats.pending == 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// Every point that is taken ends exactly once; the counts add up after every step; batches leave in order; memory is
    /// bounded.
    #[test]
    fn every_point_ends_exactly_once(
        steps in prop::collection::vec(step(), 0..200), points in 1_usize..8, bytes in 20_usize..100, max in 100_usize..300,
    ) {
        let mut model = Model::new(points, bytes, max);
        for step in steps {
            model.take(step);
            model.check();
        }
        let Model { mut lane, mut ended, given, .. } = model;
        for lines in lane.hand_back() {
            ended.extend(numbers(&lines));
        }
        let stats = lane.stats();
        prop_assert_eq!(stats.pending, 0);
        prop_assert_eq!(stats.given, stats.written + stats.rejected + stats.dropped);
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

#[test]
fn memory_of_a_burst_serves_the_next_one() {
    let mut lane = lane(100, 10_000, 100_000);
    let mut memories = std::collections::HashSet::new();
    for burst in 0..5 {
        for _ in 0..1_000 {
            lane.offer_line(b"m f=1 1\n");
        }
        for batch in 10 * burst..10 * burst + 10 {
            assert_eq!(lane.take(Instant::now()), Some(batch));
            memories.insert(lane.part(batch).unwrap().bytes.as_ptr());
        }
        for batch in 10 * burst..10 * burst + 10 {
            lane.settle(batch, Outcome::Settled { rejected: 0 });
        }
        assert!(lane.has_many_spares());
    }
    assert!(memories.len() <= 13, "{}", memories.len());
    lane.release_spares();
    assert!(!lane.has_many_spares());
}
