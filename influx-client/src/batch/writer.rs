//! The handle of a batch writer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::Precision;

use crate::batch::engine::Engine;
use crate::batch::event::{BatchTarget, DropReason, Report, Stats};
use crate::batch::port::Port;
use crate::batch::waiting::{block, within};
use crate::config::writes::{has_buckets, has_databases};
use crate::error::{Error, Result};

/// Takes points and writes them in batches, in the background. See the [module](crate::batch) for what it promises.
///
/// A handle is cheap to clone; all clones feed the same writer, from any thread. Call [`close`](Self::close) in the end: when the
/// last handle is dropped without it, what is unsent is dropped, and told to
/// [`on_event`](crate::batch::BatchWriterBuilder::on_event) and the log.
#[derive(Clone)]
pub struct BatchWriter {
    pub(super) engine: Arc<Engine>,
    pub(super) port: Arc<Port>,
    guard: Arc<Guard>,
}

/// Is dropped with the last handle.
struct Guard(Arc<Engine>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.stop(DropReason::NotClosed);
    }
}

impl BatchWriter {
    pub(super) fn new(engine: Engine, port: Arc<Port>) -> Self {
        let engine = Arc::new(engine);
        BatchWriter { guard: Arc::new(Guard(Arc::clone(&engine))), engine, port }
    }

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
        has_databases(self.engine.shared.writes.dialect, "to_database")?;
        self.to(BatchTarget { database, retention_policy: None, ..self.port.target.clone() })
    }

    /// A handle of the same writer whose points go to another bucket of the organization, for clients of 2.x.
    ///
    /// # Errors
    ///
    /// An empty name, or a writer that is closed.
    ///
    /// ```no_run
    /// # async fn run(writer: influx_client::batch::BatchWriter) -> influx_client::Result<()> {
    /// use influx_client::Point;
    /// writer.to_bucket("audit")?.write(&Point::new("login").field("user", "ann")).await
    /// # }
    /// ```
    pub fn to_bucket(&self, name: impl Into<String>) -> Result<BatchWriter> {
        let database = name.into();
        if database.is_empty() {
            return Err(Error::config("the bucket's name is empty: name one"));
        }
        has_buckets(self.engine.shared.writes.dialect, "to_bucket")?;
        self.to(BatchTarget { database, ..self.port.target.clone() })
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
        has_databases(self.engine.shared.writes.dialect, "to_retention_policy")?;
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
        let port = self.engine.port(target)?;
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
        block(&self.engine.shared.runtime, None, |patience| {
            sealed.iter().try_for_each(|(port, below)| port.settled_below_blocking(*below, &patience))
        })
    }

    /// Each target, and the number that all its points so far are below. They leave now.
    fn sealed(&self) -> Vec<(Arc<Port>, u64)> {
        self.engine.shared.ports().into_iter().map(|port| (Arc::clone(&port), port.seal())).collect()
    }

    /// What became of the points that all handles were given so far.
    pub fn stats(&self) -> Stats {
        self.engine.shared.stats()
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
        let ends = self.engine.close();
        let all = async {
            for (port, end) in ends {
                // who sends no more leaves points to be handed back
                let _ = port.settled_below(end).await;
            }
        };
        // whether in time or not: what is left is handed back
        let _ = within(deadline, all).await;
        self.engine.stop(DropReason::Deadline)
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
        let ends = self.engine.close();
        let runs = block(&self.engine.shared.runtime, Some(deadline), |patience| {
            for (port, end) in ends {
                let _ = port.settled_below_blocking(end, &patience);
            }
            patience.runs()
        });
        self.engine.stop(if runs { DropReason::Deadline } else { DropReason::NoRuntime })
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
