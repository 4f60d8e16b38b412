//! What a batch writer can be told.

use std::time::Duration;

use crate::batch::retry::RetryPolicy;

/// What a write does when the queue of its target is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// It waits for room: the server decides how fast points are taken.
    #[default]
    Wait,
    /// The oldest batch that waits is dropped, counted and handed to
    /// [`on_event`](crate::batch::BatchWriterBuilder::on_event).
    DropOldest,
    /// It fails, see [`Error::is_full`](crate::Error::is_full); the point is still the caller's.
    Reject,
}

/// What becomes of points whose request the server refuses: database, retention policy or path not found, not authorized, redirected,
/// a page of something that is no InfluxDB. Nothing of it is said about the points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RequestFault {
    /// They wait and are tried again under the [retry policy](crate::batch::BatchWriterBuilder::retry), with a
    /// [`BatchEvent::Retry`](crate::batch::BatchEvent::Retry) each time: a database that is created, a right that is given or an address that is put right delivers
    /// them.
    #[default]
    Wait,
    /// They are dropped at once, as [`DropReason::RequestRefused`](crate::batch::DropReason::RequestRefused): handed to
    /// [`on_event`](crate::batch::BatchWriterBuilder::on_event) and kept for the report.
    Drop,
}

/// How points wait and are sent; how they are written is not among it.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) flush_interval: Duration,
    pub(super) jitter: Duration,
    pub(super) queue_bytes: usize,
    pub(super) when_full: WhenFull,
    pub(super) in_flight: usize,
    pub(super) retry: RetryPolicy,
    pub(super) request_fault: RequestFault,
    pub(super) request_timeout: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            flush_interval: Duration::from_secs(1),
            jitter: Duration::ZERO,
            queue_bytes: 64 << 20,
            when_full: WhenFull::Wait,
            in_flight: 1,
            retry: RetryPolicy::new(),
            request_fault: RequestFault::default(),
            request_timeout: None,
        }
    }
}
