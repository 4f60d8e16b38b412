//! Clients in Python, each run in a process of its own that takes the times itself, without its start.

use std::process::Command;
use std::time::Duration;

use super::{Place, QUERY, Question, Times};
use crate::answer::Loads;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/queries.py");

/// aioinflux 0.9: `query` and `iterpoints`.
pub(super) struct Aioinflux {
    /// The interpreter that has it.
    pub(super) python: String,
}

impl Question for Aioinflux {
    fn name(&self) -> &str {
        "aioinflux 0.9 (Python)"
    }

    fn ask(&self, place: &Place) -> Times {
        run(&self.python, place).0
    }

    fn check(&self, place: &Place, loads: &Loads) -> String {
        let (_, sum, verdict) = run(&self.python, place);
        if sum == loads.sum().values { verdict } else { "no: other values".to_owned() }
    }
}

/// Times, sum of the values, verdict.
fn run(python: &str, place: &Place) -> (Times, u64, String) {
    let output = Command::new(python)
        .args(["-W", "ignore", PROGRAM, place.url(), Place::DATABASE, QUERY])
        .output()
        .expect("Python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.trim().splitn(4, ' ');
    let mut next = || words.next().expect("four words");
    let mut seconds = || Duration::from_secs_f64(next().parse().expect("seconds"));
    let times = Times { first: seconds(), last: seconds() };
    let sum = next().parse().expect("a sum");
    (times, sum, next().to_owned())
}
