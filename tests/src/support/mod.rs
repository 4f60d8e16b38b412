//! Real servers: found or fetched, started on free ports, stopped with the test.
//!
//! | variable | says |
//! |---|---|
//! | `INFLUXD`, `VICTORIA_METRICS` | path of the server's program |
//! | `INFLUX_V1_URL` | use this InfluxDB 1.x server for the live suite and start none |
//! | `INFLUX_V2_URL`, `INFLUX_V2_ORG`, `INFLUX_V2_TOKEN`, `INFLUX_V2_BUCKET` | an InfluxDB 2.x for the live suite, and a token that may do everything; without a token a server that was never set up is set up. None is started |
//! | `INFLUX_TESTS_PYTHON` | a Python with pip, for the official Python client as a judge; without any its tests are left out |
//! | `INFLUXD_V2` | path of the influxd of a 2.x, for the soak with `--server v2` |
//! | `INFLUX_TESTS_OFFLINE=1` | leave tests out whose server is neither there nor fetchable, instead of failing |

use std::io::Write;

mod database;
mod find;
mod peer;
mod process;
mod restart;

pub use database::{own_influxd, v1_url, v2_server, with_bucket, with_database, with_v1_database};
pub use find::{INFLUXD, Program, VICTORIA_METRICS};
pub use peer::Python;
pub use process::{Influxd, InfluxdOptions, VictoriaMetrics};
pub use restart::MortalInfluxd;

/// Whether tests without a server are left out instead of failing.
pub fn offline() -> bool {
    std::env::var_os("INFLUX_TESTS_OFFLINE").is_some_and(|value| value == "1")
}

/// Says in the test's output that it was left out, and why.
pub fn left_out(what: &str, why: &str) {
    // Not by `eprintln!`, which the test harness keeps to itself when a test passes.
    let _ = writeln!(std::io::stderr(), "left out: {what}: {why}");
}
