use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use influx_core::{Dialect, LineWriter, Point};
use proptest::prelude::*;

use super::super::{Outcome, Wait};
use super::*;
use crate::batch::accumulate::{Accumulator, Limits, Lines};

#[derive(Debug, Clone)]
enum Step {
    /// A point with a name so long, as a line or as a point.
    Offer(usize, bool),
    /// What is owed goes to disk, or that fails.
    Pay(Disk),
    Load,
    Seal,
    Take,
    Settle(prop::sample::Index, usize),
    Drop(prop::sample::Index),
    Split(prop::sample::Index),
    /// A record is lost, or the first of its lines.
    Lose(prop::sample::Index, bool),
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Disk {
    /// The newest record may be made longer.
    Joins,
    Works,
    Fails,
    HasNoRoom,
}

fn step() -> impl Strategy<Value = Step> {
    use prop::sample::Index;
    let disk = prop_oneof![
        4 => Just(Disk::Works), 4 => Just(Disk::Joins), 1 => Just(Disk::Fails), 1 => Just(Disk::HasNoRoom)
    ];
    prop_oneof![
        10 => (1_usize..30, any::<bool>()).prop_map(|(length, line)| Step::Offer(length, line)),
        5 => disk.prop_map(Step::Pay),
        3 => Just(Step::Load),
        1 => Just(Step::Seal),
        4 => Just(Step::Take),
        4 => (any::<Index>(), 0_usize..3).prop_map(|(at, n)| Step::Settle(at, n)),
        1 => any::<Index>().prop_map(Step::Drop),
        1 => any::<Index>().prop_map(Step::Split),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(at, whole)| Step::Lose(at, whole)),
        1 => prop_oneof![20 => Just(Step::Seal), 1 => Just(Step::Close)],
    ]
}

/// The lane, a disk that is a map, and what became of the points.
struct Model {
    lane: Lane,
    disk: BTreeMap<u64, Vec<String>>,
    next_id: u64,
    given: u64,
    longest: usize,
    ended: Vec<u64>,
    on_their_way: Vec<u64>,
    last_taken: Option<u64>,
    closed: bool,
    /// Bytes of a batch.
    batch: usize,
    /// Records that lost a part: what is behind it would get wrong numbers.
    cut: BTreeSet<u64>,
}

fn number(line: &str) -> u64 {
    line.trim_end().rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

fn numbers(lines: &Lines) -> Vec<u64> {
    let text = std::str::from_utf8(&lines.bytes).expect("text");
    let all: Vec<u64> = text.lines().map(number).collect();
    assert_eq!(all, (lines.first..lines.first + lines.points as u64).collect::<Vec<_>>());
    all
}

impl Model {
    fn new(points: usize, bytes: usize, max: usize) -> Model {
        let accumulator = Accumulator::new(LineWriter::new(Dialect::V1), Limits { points, bytes });
        let wait = Wait { age: Duration::from_secs(3_600), jitter: Duration::ZERO };
        let mut lane = Lane::new(accumulator, max, wait);
        lane.spool();
        let (disk, ended, on_their_way) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (next_id, given, longest, last_taken, closed) = (0, 0, 0, None, false);
        let (cut, batch) = (BTreeSet::new(), bytes);
        Model { lane, disk, next_id, given, longest, ended, on_their_way, last_taken, closed, batch, cut }
    }

    /// As the durable part does it when a batch is settled: those that are named may not hold anything that is not settled.
    fn acknowledge(&mut self) {
        for id in self.lane.acknowledged() {
            let lines = self.disk.remove(&id).unwrap_or_default();
            let open = lines.iter().map(|line| number(line)).find(|number| !self.ended.contains(number));
            assert_eq!(open, None, "record {id} is acknowledged too early");
        }
    }

    fn pay(&mut self, disk: Disk) {
        while let Some(debt) = self.lane.take_debt() {
            assert!(debt.owed.points > 0);
            if disk == Disk::Fails || disk == Disk::HasNoRoom {
                self.lane.restore(debt, disk == Disk::HasNoRoom);
                return;
            }
            let newest = self.disk.last_key_value().map(|(id, _)| *id);
            let short = |lines: &Vec<String>| lines.iter().map(String::len).sum::<usize>() < self.batch;
            let join = debt.join.filter(|id| {
                let fits = Some(*id) == newest && self.disk.get(id).is_some_and(short);
                disk == Disk::Joins && fits && !self.cut.contains(id)
            });
            let id = join.unwrap_or(self.next_id);
            self.next_id += 1;
            let lines: Vec<String> = std::str::from_utf8(&debt.owed.bytes)
                .expect("text")
                .split_inclusive('\n')
                .map(str::to_owned)
                .collect();
            assert_eq!(lines.len(), debt.owed.points as usize);
            self.disk.entry(id).or_default().extend(lines);
            self.lane.recorded(debt, id);
            self.acknowledge();
        }
        assert!(self.lane.is_kept(self.lane.end()));
    }

    fn load(&mut self) {
        while let Some(next) = self.lane.next_load() {
            match next {
                Load::Aside => self.lane.load_aside(),
                Load::Record(id) => {
                    let lines = self.disk.get(&id).cloned().unwrap_or_default();
                    let points = self.parked(id).expect("it is parked").points;
                    let lost = self.lane.load(id, lines.iter().map(|line| line.as_bytes()));
                    assert_eq!(lost, points - lines.len() as u64);
                }
            }
        }
    }

    fn parked(&self, id: u64) -> Option<Parked> {
        self.lane.disk.as_ref()?.parked.iter().find(|parked| parked.id == id).copied()
    }

    /// The last lines of a record, or all of them, leave the disk. Of those behind a gap the numbers could not be known.
    fn lose(&mut self, id: u64, whole: bool) {
        let Some(lines) = self.disk.get_mut(&id) else { return };
        self.cut.insert(id);
        let lost = lines.split_off(if whole { 0 } else { lines.len() - 1 });
        let all = lines.is_empty();
        if all {
            self.disk.remove(&id);
        }
        if self.parked(id).is_some() {
            self.ended.extend(lost.iter().map(|line| number(line)));
        }
        let points = if all { u64::MAX } else { lost.len() as u64 };
        let dropped = self.lane.lose(id, points);
        assert!(dropped == 0 || all);
    }

    fn part(&self, at: prop::sample::Index) -> Option<(u64, Lines)> {
        let batch = *(!self.on_their_way.is_empty()).then(|| at.get(&self.on_their_way))?;
        Some((batch, self.lane.part(batch)?.clone()))
    }

    fn settle(&mut self, batch: u64, part: &Lines, outcome: Outcome) {
        self.ended.extend(numbers(part));
        self.lane.settle(batch, outcome);
        self.acknowledge();
    }

    fn offer(&mut self, length: usize, as_line: bool) {
        let (name, n) = ("x".repeat(length), self.given);
        let line = format!("{name} f=1i {n}\n");
        self.longest = self.longest.max(line.len());
        let offered = if as_line {
            let taken = self.lane.offer_lines(line.as_bytes(), &[line.len()]);
            taken.refused.unwrap_or(Offered::Taken { wake: taken.wake, end: taken.end })
        } else {
            let timestamp = i64::try_from(n).expect("few points");
            self.lane.offer(&Point::new(&name).field("f", 1).timestamp(timestamp)).expect("a good point")
        };
        match offered {
            Offered::Taken { end, .. } => {
                self.given += 1;
                assert_eq!(end, self.given);
            }
            Offered::Full => assert!(!self.closed && self.lane.owes_too_much() == Some(true)),
            Offered::Closed => assert!(self.closed),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Offer(length, as_line) => self.offer(length, as_line),
            Step::Pay(disk) => self.pay(disk),
            Step::Load => self.load(),
            Step::Seal => drop(self.lane.seal()),
            Step::Take => {
                if let Some(batch) = self.lane.take(Instant::now()) {
                    let first = self.lane.part(batch).map(|lines| lines.first);
                    assert!(self.last_taken < first, "out of order");
                    self.last_taken = first;
                    self.on_their_way.push(batch);
                }
            }
            Step::Settle(at, rejected) => {
                if let Some((batch, part)) = self.part(at) {
                    let rejected = rejected.min(part.points);
                    self.settle(batch, &part, Outcome::Settled { rejected });
                }
            }
            Step::Drop(at) => {
                if let Some((batch, part)) = self.part(at) {
                    self.settle(batch, &part, Outcome::Dropped { rejected: 0 });
                }
            }
            Step::Split(at) => {
                if let Some((batch, part)) = self.part(at) {
                    assert_eq!(self.lane.split(batch), part.points > 1);
                }
            }
            Step::Lose(at, whole) => {
                let ids: Vec<u64> = self.disk.keys().copied().collect();
                if !ids.is_empty() {
                    self.lose(*at.get(&ids), whole);
                }
            }
            Step::Close => {
                self.lane.close();
                self.lane.seal();
                self.closed = true;
            }
        }
        let lane = &self.lane;
        self.on_their_way.retain(|batch| lane.part(*batch).is_some());
    }

    fn check(&self, max: usize, batch: usize) {
        let stats = self.lane.stats();
        assert_eq!(stats.given, self.given);
        assert_eq!(
            stats.given,
            stats.written + stats.rejected + stats.dropped + stats.spooled + stats.pending
        );
        // in memory: the queue, a record that is loaded, and what is on its way to disk
        let most = max + 2 * batch + 4 * self.longest;
        assert!(stats.pending_bytes <= most as u64, "{stats:?}, {most}");
        let ended: BTreeSet<u64> = self.ended.iter().copied().collect();
        assert_eq!(ended.len(), self.ended.len(), "a point ended twice");
        let first = (0..).find(|number| !ended.contains(number)).expect("a number");
        assert!(self.lane.settled_below(first.min(self.given)) || stats.on_disk > 0);
        assert!(!self.lane.settled_below(self.given) || stats.pending == 0, "{stats:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Every point that is taken ends exactly once: settled, lost with the disk and counted, handed back, or on disk.
    #[test]
    fn nothing_is_lost_between_memory_and_disk(
        steps in prop::collection::vec(step(), 0..300), earlier in prop::collection::vec(1_u64..5, 0..3),
        points in 1_usize..8, bytes in 20_usize..100, max in 100_usize..400,
    ) {
        let mut model = Model::new(points, bytes, max);
        for points in earlier {
            let lines = (model.given..model.given + points).map(|n| format!("e f=1i {n}\n")).collect();
            model.disk.insert(model.next_id, lines);
            model.lane.park(model.next_id, points);
            (model.next_id, model.given, model.longest) = (model.next_id + 1, model.given + points, 10);
        }
        for step in steps {
            model.step(step);
            model.check(max, bytes);
        }
        let lines = model.lane.hand_back();
        let handed_back: Vec<u64> = lines.iter().flat_map(numbers).collect();
        prop_assert!(handed_back.is_sorted());
        let on_disk: BTreeSet<u64> = model.disk.values().flatten().map(|line| number(line)).collect();
        for n in 0..model.given {
            let (ended, back) = (model.ended.contains(&n), handed_back.contains(&n));
            prop_assert!(!(ended && back), "{n} ended and is handed back");
            prop_assert!(ended || back || on_disk.contains(&n), "{n} is lost");
        }
        let stats = model.lane.stats();
        prop_assert_eq!((stats.pending, stats.pending_bytes, stats.on_disk), (0, 0, 0));
        prop_assert_eq!(stats.given, stats.written + stats.rejected + stats.dropped + stats.spooled);
    }

    /// With a disk and a server that work, all is delivered in order, however little fits into memory.
    #[test]
    fn what_went_to_disk_is_delivered_in_order(
        steps in prop::collection::vec(step(), 0..300), points in 1_usize..8, bytes in 20_usize..100, max in 60_usize..300,
    ) {
        let mut model = Model::new(points, bytes, max);
        let harmless = |step: &Step| matches!(step, Step::Offer(..) | Step::Seal | Step::Load | Step::Take | Step::Pay(Disk::Works | Disk::Joins));
        for step in steps.into_iter().filter(harmless) {
            model.step(step);
            model.check(max, bytes);
        }
        let mut rounds = 0;
        while model.lane.stats().pending > 0 {
            for step in [Step::Pay(Disk::Works), Step::Load, Step::Seal, Step::Take] {
                model.step(step);
            }
            let batch = model.on_their_way[0];
            let part = model.lane.part(batch).expect("it is on its way").clone();
            model.settle(batch, &part, Outcome::Settled { rejected: 0 });
            model.step(Step::Seal);
            rounds += 1;
            prop_assert!(rounds < 10_000);
        }
        prop_assert_eq!(&model.ended, &(0..model.given).collect::<Vec<_>>());
        prop_assert!(model.lane.settled_below(model.given) && model.disk.is_empty());
        prop_assert_eq!(model.lane.stats().written, model.given);
    }
}
