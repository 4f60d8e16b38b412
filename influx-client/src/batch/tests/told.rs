//! What the writer tells, as it comes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::numbers;
use crate::batch::builder::BatchWriterBuilder;
use crate::batch::event::{BatchEvent, DropReason};
use crate::error::delivery::Rejected;

/// An event; points are told apart by their times.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    Written { points: usize },
    Retry { failures: u32, delay: Duration, error: String },
    Rejected { database: String, points: Vec<i64>, rejected: Vec<Rejected> },
    Dropped { database: String, points: Vec<i64>, why: DropReason },
}

/// All events so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Events(Arc<Mutex<Vec<Told>>>);

impl Events {
    pub(super) fn listen(builder: BatchWriterBuilder) -> (BatchWriterBuilder, Events) {
        let events = Events::default();
        let all = events.clone();
        let builder = builder.on_event(move |event| all.0.lock().unwrap().push(told(event)));
        (builder, events)
    }

    pub(super) fn all(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }

    /// Why each retry was, and after how long it was to be.
    pub(super) fn retries(&self) -> Vec<(u32, Duration, String)> {
        let retry = |told| match told {
            Told::Retry { failures, delay, error } => Some((failures, delay, error)),
            _ => None,
        };
        self.all().into_iter().filter_map(retry).collect()
    }

    /// The delays before the retries, in milliseconds.
    pub(super) fn delays(&self) -> Vec<u128> {
        self.retries().iter().map(|(_, delay, _)| delay.as_millis()).collect()
    }

    /// Which points were dropped, and why.
    pub(super) fn dropped(&self) -> Vec<(Vec<i64>, DropReason)> {
        let dropped = |told| match told {
            Told::Dropped { points, why, .. } => Some((points, why)),
            _ => None,
        };
        self.all().into_iter().filter_map(dropped).collect()
    }
}

fn told(event: &BatchEvent<'_>) -> Told {
    match event {
        BatchEvent::Recovered { .. } => panic!("there is no spool: {event:?}"),
        BatchEvent::Written { points, lines, .. } => {
            assert_eq!(numbers(lines).len(), *points);
            Told::Written { points: *points }
        }
        BatchEvent::Retry { failures, delay, error, lines, .. } => {
            assert!(!lines.is_empty());
            Told::Retry { failures: *failures, delay: *delay, error: error.to_string() }
        }
        BatchEvent::Rejected { target, rejected, lines, .. } => Told::Rejected {
            database: target.database.clone(),
            points: numbers(lines),
            rejected: rejected.to_vec(),
        },
        BatchEvent::Dropped { target, why, points, lines } => {
            let told = Told::Dropped { database: target.database.clone(), points: numbers(lines), why: *why };
            assert!(matches!(&told, Told::Dropped { points: lines, .. } if lines.len() == *points));
            told
        }
    }
}
