//! The settings of a batch writer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::{Dialect, LineWriter, Nan, Precision};
use tokio::runtime::Handle;

use super::durable::{self, Durable};
use super::event::{BatchEvent, BatchTarget};
use super::retry::RetryPolicy;
use super::shared::{OnEvent, Shared};
use super::{BatchWriter, Guard};
use crate::config::WriteConfig;
use crate::error::{Error, Result};
use crate::runtime;
use crate::session::Session;

/// What a write does when the queue of its target is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits for room: the server decides how fast points are taken.
    #[default]
    Wait,
    /// The oldest batch that waits is dropped, counted and handed to
    /// [`on_event`](BatchWriterBuilder::on_event).
    DropOldest,
    /// It fails, see [`Error::is_full`](crate::Error::is_full); the point is still the caller's.
    Reject,
}

/// What becomes of points whose request the server refuses: database, retention policy or path not found, not authorized, redirected,
/// a page of something that is no InfluxDB. Nothing of it is said about the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RequestFault {
    /// They wait and are tried again under the [retry policy](BatchWriterBuilder::retry), with a
    /// [`BatchEvent::Retry`] each time: a database that is created, a right that is given or an address that is put right delivers
    /// them.
    #[default]
    Wait,
    /// They are dropped at once, as [`DropReason::RequestRefused`](super::DropReason::RequestRefused): handed to
    /// [`on_event`](BatchWriterBuilder::on_event) and kept for the report.
    Drop,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) write: WriteConfig,
    pub(super) flush_interval: Duration,
    pub(super) jitter: Duration,
    pub(super) queue_bytes: usize,
    pub(super) when_full: WhenFull,
    pub(super) in_flight: usize,
    pub(super) retry: RetryPolicy,
    pub(super) request_fault: RequestFault,
    pub(super) request_timeout: Option<Duration>,
}

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
    settings: Settings,
    on_event: Option<OnEvent>,
    #[cfg(feature = "spool")]
    spool: Option<crate::spool::SpoolSettings>,
    problem: Option<String>,
}

impl BatchWriterBuilder {
    pub(crate) fn new(session: &Arc<Session>) -> Self {
        let write = WriteConfig { batch_points: 5_000, batch_bytes: 1 << 20, ..session.config.write.clone() };
        BatchWriterBuilder {
            session: Arc::clone(session),
            settings: Settings {
                write,
                flush_interval: Duration::from_secs(1),
                jitter: Duration::ZERO,
                queue_bytes: 64 << 20,
                when_full: WhenFull::Wait,
                in_flight: 1,
                retry: RetryPolicy::new(),
                request_fault: RequestFault::default(),
                request_timeout: None,
            },
            on_event: None,
            #[cfg(feature = "spool")]
            spool: None,
            problem: None,
        }
    }

    /// The database of points that name no other, instead of the client's.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.settings.write.database = Some(name.into());
        self
    }

    /// The retention policy of points that name no other, instead of the client's.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        self.settings.write.retention_policy = Some(name.into());
        self
    }

    /// The unit in which timestamps are written, see [`V1Builder::precision`](crate::V1Builder::precision). Points without
    /// a timestamp are stamped when they are given: with units coarser than nanoseconds, those of one series within one unit
    /// are one point to the server.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.settings.write.precision = precision;
        self
    }

    /// What becomes of floats that are NaN or infinite, instead of the client's choice, see
    /// [`V1Builder::nan`](crate::V1Builder::nan).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let writer = client.batch_writer().nan(influx_client::Nan::Skip).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn nan(mut self, nan: Nan) -> Self {
        self.settings.write.nan = nan;
        self
    }

    /// A tag for every point that has none of that key, beside those of the client. Raw lines are not changed.
    pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        if let Err(error) = LineWriter::new(Dialect::V1).default_tag(&key, value.as_str()) {
            self.check(false, &format!("the default tag {key:?} cannot be written: {error}"));
        }
        self.settings.write.default_tags.retain(|(known, _)| *known != key);
        self.settings.write.default_tags.push((key, value));
        self
    }

    /// How many points make a batch; default 5,000.
    pub fn batch_points(mut self, points: usize) -> Self {
        self.check(points > 0, "batch_points(0) would write nothing: give 1 or more");
        self.settings.write.batch_points = points.max(1);
        self
    }

    /// How many bytes of lines make a batch, before compression; default 1 MiB. A single longer line is a batch of its own.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.check(bytes > 0, "batch_bytes(0) would write nothing: give 1 or more");
        self.settings.write.batch_bytes = bytes.max(1);
        self
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
    /// [`when_full`](Self::when_full).
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
        self.check((1..=256).contains(&requests), "max_in_flight takes 1 to 256");
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
        self.check(!limit.is_zero(), "a request timeout of 0 would always run out");
        self.settings.request_timeout = Some(limit);
        self
    }

    /// Whether bodies are compressed, see [`V1Builder::gzip`](crate::V1Builder::gzip).
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.settings.write.gzip = gzip;
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
    pub fn spool(mut self, settings: crate::spool::SpoolSettings) -> Self {
        self.spool = Some(settings);
        self
    }

    /// The writer. Its tasks run on the Tokio runtime that this is called on, and end with it; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The first mistake in the settings, no database, no Tokio runtime with I/O and time, or a spool that cannot be opened.
    pub fn build(mut self) -> Result<BatchWriter> {
        let write = &self.settings.write;
        let least = write.batch_bytes.saturating_mul(self.settings.in_flight + 2);
        if self.settings.queue_bytes < least {
            let text = format!(
                "queue_bytes must hold the batches that fill, wait and are on their way: give {least} or more, or smaller batches"
            );
            self.check(false, &text);
        }
        if let Some(problem) = self.problem {
            return Err(Error::config(problem));
        }
        let write = &self.settings.write;
        let Some(database) = write.database.clone().filter(|name| !name.is_empty()) else {
            return Err(Error::config(
                "no database is named: give one to the client or to the batch writer (.database(\"..\"))",
            ));
        };
        let target = BatchTarget {
            database,
            retention_policy: write.retention_policy.clone(),
            precision: write.precision,
        };
        runtime::check()?;
        let runtime = Handle::current();
        #[cfg(feature = "spool")]
        let opened = self.spool.as_ref().map(|spool| Durable::open(spool, &self.settings)).transpose()?;
        #[cfg(not(feature = "spool"))]
        let opened: Option<(Durable, ())> = None;
        let (durable, recovered) = opened.map(|(durable, recovered)| (Arc::new(durable), recovered)).unzip();
        let shared = Arc::new(Shared::new(self.session, self.settings, self.on_event, runtime, durable));
        let port = shared.port(target)?;
        if let Some(recovered) = recovered {
            durable::begin(&shared, recovered);
        }
        let guard = Arc::new(Guard(Arc::clone(&shared)));
        Ok(BatchWriter { shared, port, guard })
    }

    fn check(&mut self, ok: bool, problem: &str) {
        if !ok && self.problem.is_none() {
            self.problem = Some(problem.to_owned());
        }
    }
}

impl fmt::Debug for BatchWriterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWriterBuilder")
            .field("endpoint", &self.session.config.endpoint)
            .field("settings", &self.settings)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
