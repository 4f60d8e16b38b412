//! Points on their way to a server, in batches: one file per library, and the server.

mod encoder;
mod influx;
mod influxdb3_client;
mod python;
mod questdb;
mod server;

use std::sync::Arc;
use std::time::Duration;

use crate::allocations;
use crate::data::Trade;
use crate::measure::thread_time;

pub use server::{Seen, Server};

/// How many points are sent in one request, by all of them.
pub const BATCH: usize = 5_000;

/// One row of the table.
pub trait Writer {
    fn name(&self) -> &str;

    /// Gives all points so many times, and returns when all of them are delivered.
    fn give(&mut self, points: &Arc<[Trade]>, passes: usize) -> Giving;

    /// How many times it gives them, when the others do so many times.
    fn passes(&self, passes: usize) -> usize {
        passes
    }

    /// Whether its allocations are known.
    fn counts_allocations(&self) -> bool {
        true
    }

    /// Whether it sends anything.
    fn sends(&self) -> bool {
        true
    }
}

/// What the threads did that gave points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Giving {
    /// How long they ran on a processor, all together.
    pub time: Duration,
    pub allocations: u64,
    /// How long all threads of another process ran for it.
    pub elsewhere: Duration,
}

impl Giving {
    /// What this thread does within `give`.
    fn by(give: impl FnOnce()) -> Giving {
        let (allocations, time) = (allocations::count(), thread_time());
        give();
        Giving {
            time: thread_time() - time,
            allocations: allocations::count() - allocations,
            elsewhere: Duration::ZERO,
        }
    }
}

impl std::iter::Sum for Giving {
    fn sum<I: Iterator<Item = Giving>>(all: I) -> Giving {
        all.fold(Giving::default(), |sum, one| Giving {
            time: sum.time + one.time,
            allocations: sum.allocations + one.allocations,
            elsewhere: sum.elsewhere + one.elsewhere,
        })
    }
}

/// All of them, the encoder alone first; the Python client where there is an interpreter that has it.
pub fn all(server: &Server, points: &[Trade], python: Option<&str>) -> Vec<Box<dyn Writer>> {
    let mut all: Vec<Box<dyn Writer>> = vec![
        Box::new(encoder::Alone::default()),
        Box::new(influx::Task::new(server)),
        Box::new(influx::Together::new(server)),
        Box::new(influx::Threads::new(server, 1)),
        Box::new(influx::Threads::new(server, 4)),
        Box::new(influx::Spooled::new(server)),
        Box::new(questdb::Flushed::tcp(server)),
        Box::new(questdb::Flushed::http(server)),
        Box::new(influxdb3_client::Awaited::new(server)),
    ];
    if let Some(python) = python {
        all.push(Box::new(python::Batching::new(server, points, python)));
    }
    all
}
