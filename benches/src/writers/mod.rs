//! Points on their way to a server, in batches: one file per library, and the server.

mod encoder;
mod influx;
mod influxdb3_client;
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
}

impl Giving {
    /// What this thread does within `give`.
    fn by(give: impl FnOnce()) -> Giving {
        let (allocations, time) = (allocations::count(), thread_time());
        give();
        Giving { time: thread_time() - time, allocations: allocations::count() - allocations }
    }
}

impl std::iter::Sum for Giving {
    fn sum<I: Iterator<Item = Giving>>(all: I) -> Giving {
        all.fold(Giving::default(), |sum, one| Giving {
            time: sum.time + one.time,
            allocations: sum.allocations + one.allocations,
        })
    }
}

/// All of them, the encoder alone first.
pub fn all(server: &Server) -> Vec<Box<dyn Writer>> {
    vec![
        Box::new(encoder::Alone::default()),
        Box::new(influx::Task::new(server)),
        Box::new(influx::Threads::new(server, 1)),
        Box::new(influx::Threads::new(server, 4)),
        Box::new(questdb::Flushed::new(server)),
        Box::new(influxdb3_client::Awaited::new(server)),
    ]
}
