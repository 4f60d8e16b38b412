//! Random settings, schedules and servers against a naive model: every point ends exactly once, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use tokio::time::sleep;

use super::storage::{Fate, Storage};
use super::told::{Events, Told};
use super::*;
use crate::batch::builder::BatchWriterBuilder;
use crate::batch::event::{DropReason, Report};
use crate::batch::retry::RetryPolicy;
use crate::batch::settings::WhenFull;
use crate::error::Kind;

const TARGETS: [&str; 2] = ["d", "other"];

#[derive(Debug, Clone)]
enum Step {
    /// To which target, and what becomes of it.
    Give(usize, Fate),
    Pause(u64),
    Flush,
}

/// How the server takes a request.
#[derive(Debug, Clone, Copy)]
enum Mood {
    Works,
    Busy,
    BusyFor(u64),
    TooMany,
    /// It never answers; whether it stores the lines nevertheless.
    Hangs(bool),
    /// The connection is lost; whether it stores the lines nevertheless.
    Lost(bool),
}

#[derive(Debug, Clone)]
struct Case {
    steps: Vec<Step>,
    /// Of the first requests, with the milliseconds before their answers; it works then.
    moods: Vec<(Mood, u64)>,
    /// Bodies above it are too large.
    max_body: usize,
    batch: (usize, usize),
    in_flight: usize,
    when_full: WhenFull,
    interval: u64,
    jitter: u64,
    max_retries: Option<u32>,
    deadline: Duration,
}

fn step() -> impl Strategy<Value = Step> {
    let fate = prop_oneof![12 => Just(Fate::Stored), 3 => prop::sample::select(&Fate::ALL[..])];
    prop_oneof![
        16 => (0..TARGETS.len(), fate).prop_map(|(target, fate)| Step::Give(target, fate)),
        3 => (0_u64..400).prop_map(Step::Pause),
        1 => Just(Step::Flush),
    ]
}

fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![
        6 => Just(Mood::Works),
        2 => Just(Mood::Busy),
        1 => (0_u64..4).prop_map(Mood::BusyFor),
        1 => Just(Mood::TooMany),
        1 => any::<bool>().prop_map(Mood::Hangs),
        1 => any::<bool>().prop_map(Mood::Lost),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let when_full = prop::sample::select(vec![WhenFull::Wait, WhenFull::DropOldest, WhenFull::Reject]);
    let max_body = prop_oneof![Just(usize::MAX), 15_usize..100];
    let deadline = prop_oneof![3 => Just(LONG), 1 => (0_u64..3_000).prop_map(ms)];
    (
        (prop::collection::vec(step(), 0..80), prop::collection::vec((mood(), 0_u64..300), 0..30)),
        (max_body, 1_usize..8, 20_usize..150, 1_usize..4, when_full),
        (0_u64..500, 0_u64..200, prop::option::weighted(0.3, 0_u32..3), deadline),
    )
        .prop_map(|((steps, moods), (max_body, points, bytes, in_flight, when_full), times)| {
            let (interval, jitter, max_retries, deadline) = times;
            let batch = (points, bytes);
            Case {
                steps,
                moods,
                max_body,
                batch,
                in_flight,
                when_full,
                interval,
                jitter,
                max_retries,
                deadline,
            }
        })
}

impl Case {
    fn server(&self, storage: &Arc<Mutex<Storage>>) -> Server {
        let (storage, max_body) = (Arc::clone(storage), self.max_body);
        let mut moods = self.moods.clone().into_iter();
        Server::new(move |request| {
            let (mood, delay) = moods.next().unwrap_or((Mood::Works, 0));
            let bytes: usize = request.lines.iter().map(|line| line.len() + 1).sum();
            let works = || match bytes > max_body {
                true => Reply::error(413, "Request Entity Too Large"),
                false => storage.lock().unwrap().handle(&request.database, &request.lines),
            };
            if let Mood::Hangs(true) | Mood::Lost(true) = mood {
                works();
            }
            let reply = match mood {
                Mood::Works => works(),
                Mood::Busy => Reply::status(503),
                Mood::BusyFor(seconds) => Reply::busy(seconds),
                Mood::TooMany => Reply::status(429),
                Mood::Hangs(_) => Reply::silence(),
                Mood::Lost(_) => Reply::lost(Kind::Connection),
            };
            reply.after(ms(delay))
        })
    }

    fn writer(&self, server: &Server) -> BatchWriterBuilder {
        let mut retry = RetryPolicy::new().base(ms(50)).max_delay(ms(2_500));
        if let Some(retries) = self.max_retries {
            retry = retry.max_retries(retries);
        }
        let (points, bytes) = self.batch;
        let builder = server.writer().batch_points(points).batch_bytes(bytes);
        let builder = builder.queue_bytes(bytes * (self.in_flight + 2)).when_full(self.when_full);
        let builder = builder.flush_interval(ms(self.interval)).jitter(ms(self.jitter));
        builder.max_in_flight(self.in_flight).retry(retry).request_timeout(SECOND)
    }

    async fn run(&self) {
        let storage = Arc::default();
        let server = self.server(&storage);
        let (builder, events) = Events::listen(self.writer(&server));
        let writer = builder.build().unwrap();
        let handles = TARGETS.map(|target| writer.to_database(target).unwrap());
        // of each target, by their numbers, with their places
        let mut given: [BTreeMap<i64, (usize, Fate)>; 2] = Default::default();
        for (n, step) in self.steps.iter().enumerate() {
            match step {
                Step::Give(target, fate) => {
                    let known = &mut given[*target];
                    match handles[*target].write_lines(&fate.line(n as i64)).await {
                        Ok(()) => drop(known.insert(n as i64, (known.len(), *fate))),
                        Err(error) => {
                            assert!(error.is_full() && self.when_full == WhenFull::Reject, "{error}")
                        }
                    }
                }
                Step::Pause(millis) => sleep(ms(*millis)).await,
                Step::Flush => {
                    writer.flush().await.unwrap();
                    assert_eq!(writer.stats().pending, 0);
                }
            }
            let stats = writer.stats();
            adds_up(&stats);
            assert_eq!(stats.given, given.iter().map(|points| points.len() as u64).sum::<u64>());
        }
        let (report, took) = timed(writer.close(self.deadline)).await;
        assert!(took <= self.deadline.as_millis(), "{took}");
        adds_up(&report.stats);
        assert_eq!(report.stats.pending, 0);
        // with time enough the server has an answer for all
        assert!(self.deadline < LONG || report.unsent.is_empty(), "{:?}", report.unsent);
        self.check_report(&report, &events);
        for (target, given) in TARGETS.iter().zip(&given) {
            let stored = storage.lock().unwrap().points(target);
            self.check_points(target, given, &stored, &events, report.stats.dropped == 0);
            self.check_requests(target, &server);
        }
        let ended = |end: &dyn Fn(&Told) -> usize| events.all().iter().map(end).sum::<usize>() as u64;
        let stats = report.stats;
        assert_eq!(
            stats.written,
            ended(&|told| if let Told::Written { points } = told { *points } else { 0 })
        );
        assert_eq!(stats.requests, server.requests().len() as u64);
        assert_eq!(stats.retries, events.retries().len() as u64);
    }

    /// What the report says is what the events said.
    fn check_report(&self, report: &Report, events: &Events) {
        let (mut rejected, mut gave_up, mut unsent) = (Vec::new(), Vec::new(), Vec::new());
        let (mut refused, mut dropped) = (0, 0);
        for told in events.all() {
            match told {
                Told::Rejected { rejected: some, points, .. } => {
                    refused += points.len() as u64;
                    rejected.extend(some);
                }
                Told::Dropped { points, why, .. } => {
                    dropped += points.len() as u64;
                    match why {
                        DropReason::Deadline => unsent.extend(points),
                        DropReason::RetriesExhausted => gave_up.extend(points),
                        DropReason::QueueFull => assert_eq!(self.when_full, WhenFull::DropOldest),
                        DropReason::NotClosed
                        | DropReason::Damaged
                        | DropReason::RequestRefused
                        | DropReason::NoRuntime => {
                            panic!("{why}")
                        }
                    }
                }
                _ => {}
            }
        }
        assert_eq!((report.stats.rejected, report.stats.dropped), (refused, dropped));
        let lost = |one: &&crate::error::delivery::Rejected| one.reason().contains("gave up");
        let in_report: Vec<_> = report
            .rejected
            .iter()
            .filter(lost)
            .flat_map(|one| numbers(one.line().unwrap().as_bytes()))
            .collect();
        assert_eq!(in_report, gave_up);
        assert_eq!(report.rejected.iter().filter(|one| !lost(one)).cloned().collect::<Vec<_>>(), rejected);
        let handed_back: Vec<_> = report.unsent.iter().flat_map(|one| numbers(&one.lines)).collect();
        assert_eq!(handed_back, unsent);
    }

    /// Each point is stored, or rejected for its own fault, or dropped by a policy: exactly one of these.
    fn check_points(
        &self,
        target: &str,
        given: &BTreeMap<i64, (usize, Fate)>,
        stored: &[i64],
        events: &Events,
        no_drops: bool,
    ) {
        let (mut rejected, mut dropped) = (BTreeSet::new(), BTreeSet::new());
        let mut may_be_stored = BTreeSet::new();
        for told in events.all() {
            match told {
                Told::Rejected { database, points, rejected: some } if database == target => {
                    assert_eq!(points.len(), some.len());
                    for one in some {
                        let n = numbers(one.line().unwrap().as_bytes())[0];
                        let (place, fate) = given[&n];
                        let line = fate.line(n);
                        assert_eq!((one.index(), one.line()), (Some(place), Some(&*line)));
                        let too_large = line.len() + 1 > self.max_body;
                        assert!(too_large || one.reason().contains(fate.reason()), "{one}");
                        assert!(points.contains(&n) && rejected.insert(n), "{n} twice");
                    }
                }
                Told::Dropped { database, points, why } if database == target => {
                    for n in points {
                        assert!(given.contains_key(&n) && dropped.insert(n), "{n} twice");
                        if why != DropReason::QueueFull {
                            may_be_stored.insert(n);
                        }
                    }
                }
                _ => {}
            }
        }
        assert!(rejected.is_disjoint(&dropped));
        assert!(!no_drops || dropped.is_empty());
        for (n, (_, fate)) in given {
            let ends = rejected.contains(n) || dropped.contains(n);
            assert!(ends || stored.contains(n), "{n} ({fate:?}) is lost");
            assert!(!stored.contains(n) || !ends || may_be_stored.contains(n), "{n} ends twice");
        }
        assert!(stored.iter().all(|n| given.contains_key(n)));
        if self.in_flight == 1 {
            assert!(stored.is_sorted(), "{stored:?}");
        }
    }

    /// No more requests at once than allowed; one at a time, none overtakes and nothing stored is sent again.
    fn check_requests(&self, target: &str, server: &Server) {
        assert!(server.on_their_way(target).1 <= self.in_flight);
        if self.in_flight > 1 {
            return;
        }
        let mut behind = (-1, false);
        for request in server.requests().iter().filter(|request| request.database == target) {
            let good = request.lines.iter().filter(|line| Fate::of(line) == Fate::Stored);
            let good: Vec<i64> = good.flat_map(|line| numbers(line.as_bytes())).collect();
            let (Some(first), Some(last)) = (good.first(), good.last()) else { continue };
            let (at, stored) = behind;
            assert!(*first > at || *first == at && !stored, "{first} behind {behind:?}");
            behind = if request.written { (*last, true) } else { (*first, false) };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn every_point_ends_exactly_once(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(timed(case.run()));
    }
}
