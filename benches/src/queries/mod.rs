//! Whole queries against a real server: one row of the table per client and way to ask, one file per library.

mod influx;
mod influxdb;
mod python;
mod server;

use std::time::{Duration, Instant};

use crate::answer::{Compare, Load, Loads, Visit};

pub use server::Place;

/// What all of them ask for: every row.
const QUERY: &str = "SELECT * FROM cpu GROUP BY *";

/// From sending the query to a row.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub first: Duration,
    pub last: Duration,
}

/// One row of the table.
pub trait Question {
    fn name(&self) -> &str;

    fn ask(&self, place: &Place) -> Times;

    /// Whether all rows are right, in words.
    fn check(&self, place: &Place, loads: &Loads) -> String;
}

/// A client in Rust, and one way to ask with it.
trait Ask {
    const NAME: &'static str;

    /// Shows every row to `to` as soon as the client gives it.
    fn ask(place: &Place, to: &mut impl Visit) -> impl Future<Output = ()>;
}

impl<A: Ask> Question for A {
    fn name(&self) -> &str {
        A::NAME
    }

    fn ask(&self, place: &Place) -> Times {
        let mut watch = Watch { start: Instant::now(), first: None };
        place.runtime.block_on(A::ask(place, &mut watch));
        Times { first: watch.first.expect("a row"), last: watch.start.elapsed() }
    }

    fn check(&self, place: &Place, loads: &Loads) -> String {
        let mut compare = Compare::new(loads.iter());
        place.runtime.block_on(A::ask(place, &mut compare));
        compare.verdict()
    }
}

/// Takes the time of the first row.
struct Watch {
    start: Instant,
    first: Option<Duration>,
}

impl Visit for Watch {
    #[inline(always)]
    fn visit(&mut self, row: &Load<'_>) {
        if self.first.is_none() {
            self.first = Some(self.start.elapsed());
        }
        std::hint::black_box(row);
    }
}

/// All rows in the order of the table. The first is the one that ratios refer to. `python` has the packages of the Python clients.
pub fn all(python: Option<String>) -> Vec<Box<dyn Question>> {
    let mut all: Vec<Box<dyn Question>> = vec![
        Box::new(influx::Lent),
        Box::new(influx::Fetched),
        Box::new(influx::Whole),
        Box::new(influx::Gzip),
        Box::new(influxdb::Whole),
    ];
    if let Some(python) = python {
        all.push(Box::new(python::Aioinflux { python }));
    }
    all
}
