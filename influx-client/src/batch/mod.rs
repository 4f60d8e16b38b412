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
//! | `write(bucket, .., write_precision)` | | [`to_database`](BatchWriter::to_database), [`to_retention_policy`](BatchWriter::to_retention_policy), [`with_precision`](BatchWriter::with_precision) | |
//! | `flush()` | does nothing | [`flush`](BatchWriter::flush) | waits |

mod accumulate;
mod chance;
mod config;
mod doubt;
#[cfg(feature = "spool")]
mod durable;
#[cfg(not(feature = "spool"))]
#[path = "not_durable.rs"]
mod durable;
mod event;
mod give;
mod lane;
#[cfg(feature = "metrics")]
mod metrics;
mod pace;
mod port;
mod retry;
mod shared;
mod step;
#[cfg(test)]
mod tests;
mod waiting;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::Precision;

use crate::error::{Error, Result};
use port::Port;
use shared::Shared;
use waiting::{block, within};

pub use config::{BatchWriterBuilder, RequestFault, WhenFull};
pub use event::{BatchEvent, BatchTarget, DropReason, Report, Stats, Unsent};
pub use retry::RetryPolicy;

/// Takes points and writes them in batches, in the background. See the [module](self) for what it promises.
///
/// A handle is cheap to clone; all clones feed the same writer, from any thread. Call [`close`](Self::close) in the end: when the
/// last handle is dropped without it, what is unsent is dropped, and told to
/// [`on_event`](BatchWriterBuilder::on_event) and the log.
#[derive(Clone)]
pub struct BatchWriter {
    shared: Arc<Shared>,
    port: Arc<Port>,
    guard: Arc<Guard>,
}

/// Is dropped with the last handle.
struct Guard(Arc<Shared>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.stop(DropReason::NotClosed);
    }
}

impl BatchWriter {
    /// A handle of the same writer whose points go to another database. Each target has batches, a queue and requests of its own.
    ///
    /// # Errors
    ///
    /// An empty name, or a writer that is closed.
    ///
    /// ```no_run
    /// # async fn run(writer: influx_client::batch::BatchWriter) -> influx_client::Result<()> {
    /// use influx_client::Point;
    /// writer.to_database("audit")?.write(&Point::new("login").field("user", "ann")).await
    /// # }
    /// ```
    pub fn to_database(&self, name: impl Into<String>) -> Result<BatchWriter> {
        let database = name.into();
        if database.is_empty() {
            return Err(Error::config("the database's name is empty: name one"));
        }
        self.to(BatchTarget { database, retention_policy: None, ..self.port.target.clone() })
    }

    /// A handle of the same writer whose points go to another retention policy.
    ///
    /// # Errors
    ///
    /// An empty name, or a writer that is closed.
    pub fn to_retention_policy(&self, name: impl Into<String>) -> Result<BatchWriter> {
        let policy = name.into();
        if policy.is_empty() {
            return Err(Error::config("the retention policy's name is empty: name one"));
        }
        self.to(BatchTarget { retention_policy: Some(policy), ..self.port.target.clone() })
    }

    /// A handle of the same writer whose timestamps are written in another unit.
    ///
    /// # Errors
    ///
    /// A writer that is closed.
    pub fn with_precision(&self, precision: Precision) -> Result<BatchWriter> {
        self.to(BatchTarget { precision, ..self.port.target.clone() })
    }

    fn to(&self, target: BatchTarget) -> Result<BatchWriter> {
        let port = self.shared.port(target)?;
        Ok(BatchWriter { port, ..self.clone() })
    }

    /// Where the points of this handle go.
    pub fn target(&self) -> &BatchTarget {
        &self.port.target
    }

    /// Sends what waits, and returns when all that was given to any handle before is settled: written, rejected or dropped.
    ///
    /// It can be awaited anywhere, also outside of a runtime.
    ///
    /// ```no_run
    /// # async fn run(writer: influx_client::batch::BatchWriter) -> influx_client::Result<()> {
    /// writer.write_lines("cpu usage=0.5").await?;
    /// writer.flush().await?;
    /// assert_eq!(writer.stats().pending, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The runtime on which the writer was built has ended: what is not settled will not be, and
    /// [`close`](Self::close) hands it back.
    pub async fn flush(&self) -> Result<()> {
        for (port, below) in self.sealed() {
            port.settled_below(below).await?;
        }
        Ok(())
    }

    /// As [`flush`](Self::flush), for plain threads: it blocks where that would wait.
    ///
    /// ```no_run
    /// # fn run(writer: influx_client::batch::BatchWriter) {
    /// use influx_client::Point;
    ///
    /// std::thread::spawn(move || {
    ///     writer.write_blocking(&Point::new("m").field("f", 1))?;
    ///     writer.flush_blocking()
    /// });
    /// # }
    /// ```
    ///
    /// In async code it holds up its thread. A multi-threaded runtime goes on with its other threads; where this call finds that
    /// it blocks the only thread of the writer's own runtime, it fails after two seconds.
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Self::flush), and a call that blocks the writer's runtime.
    pub fn flush_blocking(&self) -> Result<()> {
        let sealed = self.sealed();
        block(&self.shared.runtime, None, |patience| {
            sealed.iter().try_for_each(|(port, below)| port.settled_below_blocking(*below, &patience))
        })
    }

    /// Each target, and the number that all its points so far are below. They leave now.
    fn sealed(&self) -> Vec<(Arc<Port>, u64)> {
        self.shared.ports().into_iter().map(|port| (Arc::clone(&port), port.seal())).collect()
    }

    /// What became of the points that all handles were given so far.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Takes no more points, sends what waits, and returns when all of it is settled, or at the deadline: what is not
    /// delivered by then is handed back. Other handles find the writer closed.
    ///
    /// It can be awaited anywhere, also outside of a runtime. When the runtime on which the writer was built has ended, it returns
    /// at once.
    ///
    /// ```no_run
    /// # async fn run(writer: influx_client::batch::BatchWriter) {
    /// let report = writer.close(std::time::Duration::from_secs(30)).await;
    /// for unsent in &report.unsent {
    ///     eprintln!("{} points for {} were not delivered", unsent.points, unsent.target);
    /// }
    /// # }
    /// ```
    pub async fn close(self, deadline: Duration) -> Report {
        let ends = self.shared.close();
        let all = async {
            for (port, end) in ends {
                // who sends no more leaves points to be handed back
                let _ = port.settled_below(end).await;
            }
        };
        // whether in time or not: what is left is handed back
        let _ = within(deadline, all).await;
        self.shared.stop(DropReason::Deadline)
    }

    /// As [`close`](Self::close), for plain threads: it blocks where that would wait.
    ///
    /// ```no_run
    /// # fn run(writer: influx_client::batch::BatchWriter) {
    /// let report = writer.close_blocking(std::time::Duration::from_secs(30));
    /// assert!(report.is_complete(), "{:?}", report.stats);
    /// # }
    /// ```
    ///
    /// In async code it holds up its thread. A multi-threaded runtime goes on with its other threads; where this call finds that
    /// it blocks the only thread of the writer's own runtime, it hands back after two seconds what is not delivered
    /// ([`DropReason::NoRuntime`]).
    pub fn close_blocking(self, deadline: Duration) -> Report {
        let ends = self.shared.close();
        let runs = block(&self.shared.runtime, Some(deadline), |patience| {
            for (port, end) in ends {
                let _ = port.settled_below_blocking(end, &patience);
            }
            patience.runs()
        });
        self.shared.stop(if runs { DropReason::Deadline } else { DropReason::NoRuntime })
    }
}

impl fmt::Debug for BatchWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handles = Arc::strong_count(&self.guard);
        f.debug_struct("BatchWriter")
            .field("target", self.target())
            .field("handles", &handles)
            .finish_non_exhaustive()
    }
}
