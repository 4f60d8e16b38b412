//! The batch writer: a background task that collects points, sends them in batches, and sends again what fails.
//!
//! # Is
//!
//! - Every point that is taken ends in exactly one of: written, rejected (the server refused it; reported with its line and
//!   reason), dropped (by a policy that you chose, or by the deadline of [`close`](BatchWriter::close); handed back). The counts
//!   always add up: [`Stats`].
//! - With one request on its way at a time, the default, lines reach the server in the order in which they were given.
//! - A line that the server refuses never holds up those behind it: it is found, by halving where the server does not name it,
//!   and the others are stored.
//! - Only the database's own words about points refuse a point. Everything else, whatever its status, leaves the batch waiting, with a
//!   [`BatchEvent::Retry`] each time; of what is the request's fault and not the points' (404, 401, redirects) see
//!   [`request_fault`](BatchWriterBuilder::request_fault).
//! - A full queue makes [`write`](BatchWriter::write) wait, by default; memory does not grow.
//! - [`flush`](BatchWriter::flush) returns when all that was given before it is settled; [`close`](BatchWriter::close) returns by
//!   its deadline, whatever the server does. Both can be awaited in plain threads, too, or called there as
//!   [`flush_blocking`](BatchWriter::flush_blocking) and [`close_blocking`](BatchWriter::close_blocking).
//! - When the Tokio runtime on which it was built ends, writes and `flush` fail, nobody waits for ever, and `close` hands back
//!   what is unsent, or leaves it in the spool.
//! - Points without a timestamp are stamped when they are given, so that sending them again cannot make a second point.
//! - A database that is gone, or a server that is slow for one, does not delay the points of another.
//!
//! # Is not
//!
//! - Safe against a crash of your process, unless it has a spool (feature `spool`): what waits in memory is lost with it. With a
//!   spool, nothing that a write returned for is lost to a crash of the process, and with `Fsync::Always` none to a loss of power.
//!   What does not fit into memory waits in the spool, too.
//! - A guarantee against points that are stored twice under *other* timestamps: raw lines and points keep those that you gave.
//!
//! ```no_run
//! # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
//! use std::time::Duration;
//! use influx_client::Point;
//!
//! let writer = client.batch_writer().build()?;
//! for n in 0..1_000_000 {
//!     writer.write(&Point::new("n").field("n", n)).await?;
//! }
//! let report = writer.close(Duration::from_secs(30)).await;
//! assert!(report.is_complete(), "{:?}", report.stats);
//! # Ok(())
//! # }
//! ```
//!
//! # The options of influxdb-client (Python)
//!
//! | `WriteOptions`, `WriteApi` | default there | here | default here |
//! |---|---|---|---|
//! | `batch_size` | 1,000 records | [`batch_points`](BatchWriterBuilder::batch_points) | 5,000 points |
//! | | no limit | [`batch_bytes`](BatchWriterBuilder::batch_bytes) | 1 MiB |
//! | `flush_interval` | 1 s | [`flush_interval`](BatchWriterBuilder::flush_interval) | 1 s |
//! | `jitter_interval` | 0 | [`jitter`](BatchWriterBuilder::jitter) | 0 |
//! | | memory grows | [`queue_bytes`](BatchWriterBuilder::queue_bytes), [`when_full`](BatchWriterBuilder::when_full) | 64 MiB, [`WhenFull::Wait`] |
//! | `retry_interval` | 5 s | [`RetryPolicy::base`] | 5 s |
//! | `exponential_base` | 2 | [`RetryPolicy::factor`] | 2 |
//! | `max_retry_delay` | 125 s | [`RetryPolicy::max_delay`] | 125 s |
//! | `max_retries` | 5 | [`RetryPolicy::max_retries`] | no limit |
//! | | refused | [`request_fault`](BatchWriterBuilder::request_fault) | waits |
//! | `max_retry_time` | 180 s | [`RetryPolicy::max_total`] | no limit |
//! | `max_close_wait` | 300 s | the deadline of [`close`](BatchWriter::close) | you say it |
//! | `write_scheduler` | one thread for all clients | [`max_in_flight`](BatchWriterBuilder::max_in_flight) | 1 for each target |
//! | `success_callback`, `error_callback`, `retry_callback` | | [`on_event`](BatchWriterBuilder::on_event) | |
//! | `point_settings` | | [`default_tag`](BatchWriterBuilder::default_tag) | |
//! | `write(bucket, .., write_precision)` | | [`to_bucket`](BatchWriter::to_bucket), of 1.x [`to_database`](BatchWriter::to_database) and [`to_retention_policy`](BatchWriter::to_retention_policy), [`with_precision`](BatchWriter::with_precision) | |
//! | `flush()` | does nothing | [`flush`](BatchWriter::flush) | waits |

mod accumulate;
pub(crate) mod builder;
mod chance;
mod doubt;
#[cfg(feature = "spool")]
mod durable;
#[cfg(not(feature = "spool"))]
#[path = "not_durable.rs"]
mod durable;
mod encoder;
mod engine;
pub(crate) mod event;
mod give;
mod lane;
#[cfg(feature = "metrics")]
mod metrics;
mod pace;
mod port;
#[cfg(feature = "spool")]
mod recover;
pub(crate) mod retry;
pub(crate) mod settings;
mod shared;
mod step;
mod tell;
#[cfg(test)]
mod tests;
mod waiting;
mod worker;
pub(crate) mod writer;

pub use builder::BatchWriterBuilder;
pub use event::{BatchEvent, BatchTarget, DropReason, Report, Stats, Unsent};
pub use retry::RetryPolicy;
pub use settings::{RequestFault, WhenFull};
pub use writer::BatchWriter;
