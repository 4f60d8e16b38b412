//! The settings of a batch writer, and its beginning.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::Dialect;
use tokio::runtime::Handle;

#[cfg(feature = "spool")]
use crate::batch::durable::Durable;
use crate::batch::engine::Engine;
use crate::batch::event::{BatchEvent, BatchTarget};
use crate::batch::retry::RetryPolicy;
use crate::batch::settings::{RequestFault, Settings, WhenFull};
use crate::batch::shared::Shared;
use crate::batch::tell::{OnEvent, Teller};
use crate::batch::writer::BatchWriter;
use crate::config::session::Session;
use crate::config::setters::write_setters;
use crate::config::writes::{WriteConfig, WriteSettings};
use crate::error::{Error, Result};
use crate::http::runtime;
#[cfg(feature = "spool")]
use crate::spool::settings::SpoolSettings;

/// Settings of a batch writer: what [`Client::batch_writer`](crate::Client::batch_writer) returns.
///
/// Setters never fail; the first mistake is kept and [`build`](Self::build) returns it.
///
/// ```no_run
/// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
/// use std::time::Duration;
/// use influx_client::batch::{BatchEvent, RetryPolicy, WhenFull};
///
/// let writer = client
///     .batch_writer()
///     .batch_points(5_000)
///     .flush_interval(Duration::from_secs(1))
///     .queue_bytes(64 << 20)
///     .when_full(WhenFull::Wait)
///     .retry(RetryPolicy::new().max_total(Duration::from_secs(3_600)))
///     .on_event(|event| {
///         if let BatchEvent::Rejected { rejected, .. } = event {
///             rejected.iter().for_each(|point| eprintln!("{point}"));
///         }
///     })
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct BatchWriterBuilder {
    session: Arc<Session>,
    writes: WriteSettings,
    settings: Settings,
    on_event: Option<OnEvent>,
    #[cfg(feature = "spool")]
    spool: Option<SpoolSettings>,
}

impl BatchWriterBuilder {
    pub(crate) fn new(session: &Arc<Session>) -> Self {
        let writes = WriteConfig { batch_points: 5_000, batch_bytes: 1 << 20, ..session.writes.clone() };
        BatchWriterBuilder {
            session: Arc::clone(session),
            writes: WriteSettings::new(writes),
            settings: Settings::default(),
            on_event: None,
            #[cfg(feature = "spool")]
            spool: None,
        }
    }

    write_setters! { "points that name no other":
        database
        retention_policy
        bucket
        org
    }

    write_setters! { "this batch writer":
        /// Points without a timestamp are stamped when they are given: with units coarser than nanoseconds, those of one series
        /// within one unit are one point to the server.
        precision
        nan
        /// It takes the place of the client's of that key.
        default_tag
        /// Default 5,000.
        batch_points
        /// Default 1 MiB.
        batch_bytes
        gzip
    }

    /// How long a point waits for others at most; default 1 s.
    pub fn flush_interval(mut self, interval: Duration) -> Self {
        self.settings.flush_interval = interval;
        self
    }

    /// A random part of this is added to each [`flush_interval`](Self::flush_interval), so that many writers do not send at
    /// once; default 0.
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.settings.jitter = jitter;
        self
    }

    /// How many bytes of lines may wait or be on their way, for each target; default 64 MiB. What happens beyond it says
    /// [`when_full`](Self::when_full). Memory that a burst needed is kept for the next one, within this limit, until nothing was
    /// given for ten seconds.
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.settings.queue_bytes = bytes;
        self
    }

    /// What a write does when the queue is full; default [`WhenFull::Wait`].
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.settings.when_full = when_full;
        self
    }

    /// How many requests are on their way at once, for each target; default 1, which keeps the lines in their order: of two
    /// points of one series and time the later one wins.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.writes.problem.check((1..=256).contains(&requests), "max_in_flight takes 1 to 256");
        self.settings.in_flight = requests.clamp(1, 256);
        self
    }

    /// When and how often a batch is sent again; by default until it is delivered.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// What becomes of points whose request is refused, and not they themselves; default [`RequestFault::Wait`].
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::batch::RequestFault;
    /// let writer = client.batch_writer().request_fault(RequestFault::Drop).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_fault(mut self, fault: RequestFault) -> Self {
        self.settings.request_fault = fault;
        self
    }

    /// Longest time from sending a request to the head of its answer, instead of the client's.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.writes.problem.check_limit(limit, "request timeout");
        self.settings.request_timeout = Some(limit);
        self
    }

    /// A function that is told what happens: batches written, failures that are tried again, points refused or dropped, with
    /// their lines. It is called by the tasks that send, so it should be quick; for a stream of events, send them to a channel.
    pub fn on_event(mut self, function: impl Fn(&BatchEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_event = Some(Box::new(function));
        self
    }

    /// Keeps on disk what is not delivered, so that it survives the process; the next writer of the same folder sends it, before
    /// anything else. A write returns when its lines are in the spool.
    ///
    /// What does not fit into [`queue_bytes`](Self::queue_bytes) waits on disk alone: memory is bounded by that and two batches
    /// more, however long the server is gone, and about 100 bytes for each 64 KiB on disk; where several targets are written
    /// to in turn, point by point, for each point. When the spool is full, too, a write does what [`when_full`](Self::when_full)
    /// says. A target that is behind leaves an eighth of the spool to the others.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::SpoolSettings;
    /// let writer = client.batch_writer().spool(SpoolSettings::new("/var/spool/market")).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "spool")]
    pub fn spool(mut self, settings: SpoolSettings) -> Self {
        self.spool = Some(settings);
        self
    }

    /// The writer. Its tasks run on the Tokio runtime that this is called on, and end with it; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The first mistake in the settings, no database, no Tokio runtime with I/O and time, or a spool that cannot be opened.
    pub fn build(mut self) -> Result<BatchWriter> {
        let WriteSettings { config: writes, mut problem, .. } = self.writes;
        let least = writes.batch_bytes.saturating_mul(self.settings.in_flight + 2);
        let text = format!(
            "queue_bytes must hold the batches that fill, wait and are on their way: give {least} or more, or smaller batches"
        );
        problem.check(self.settings.queue_bytes >= least, &text);
        problem.result()?;
        let Some(database) = writes.database.clone() else {
            let what = match writes.dialect {
                Dialect::V2 => "bucket",
                Dialect::V1 | Dialect::V3 => "database",
            };
            return Err(Error::config(format!(
                "no {what} is named: give one to the client or to the batch writer (.{what}(\"..\"))"
            )));
        };
        let target = BatchTarget {
            database,
            retention_policy: writes.retention_policy.clone(),
            precision: writes.precision,
        };
        runtime::check()?;
        let runtime = Handle::current();
        #[cfg(feature = "spool")]
        let opened =
            self.spool.as_ref().map(|spool| Durable::open(spool, &self.settings, writes.batch_bytes));
        #[cfg(feature = "spool")]
        let (durable, recovered) = opened.transpose()?.unzip();
        #[cfg(not(feature = "spool"))]
        let durable = None;
        let teller = Teller::new(self.on_event.take());
        let shared = Shared::new(self.session, writes, self.settings, teller, runtime);
        let engine = Engine::new(shared, durable);
        let port = engine.port(target)?;
        #[cfg(feature = "spool")]
        if let Some(recovered) = recovered {
            engine.begin(recovered);
        }
        Ok(BatchWriter::new(engine, port))
    }
}

impl fmt::Debug for BatchWriterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWriterBuilder")
            .field("endpoint", &self.session.http.connection().endpoint)
            .field("writes", &self.writes)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
