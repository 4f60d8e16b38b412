//! Tells what happens: to the log, to the caller's function, and in the report.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::batch::event::BatchEvent;
use crate::error::delivery::Rejected;
use crate::message;

/// Most refused points that are kept for the report.
const KEPT: usize = 1_000;

/// Most bytes of their lines; further ones are cut.
const KEPT_BYTES: usize = 4 << 20;

/// Refused points for the report.
#[derive(Default)]
struct Kept {
    points: Vec<Rejected>,
    bytes: usize,
}

pub(super) type OnEvent = Box<dyn Fn(&BatchEvent<'_>) + Send + Sync>;

/// Where events go.
pub(super) struct Teller {
    on_event: Option<OnEvent>,
    rejected: Mutex<Kept>,
}

impl Teller {
    pub(super) fn new(on_event: Option<OnEvent>) -> Self {
        Teller { on_event, rejected: Mutex::default() }
    }

    pub(super) fn tell(&self, event: &BatchEvent<'_>) {
        match event {
            BatchEvent::Recovered { folder, points, damaged_points, damaged_bytes } => {
                let folder = folder.to_string_lossy();
                let folder = message::line(&folder);
                if *damaged_bytes > 0 {
                    tracing::warn!(%folder, points, damaged_points, damaged_bytes, "points of an earlier writer are sent; some were damaged, or cut off by a crash");
                } else {
                    tracing::info!(%folder, points, "points of an earlier writer are sent");
                }
            }
            BatchEvent::Written { target, points, lines, overwritten, remark } => {
                tracing::debug!(%target, points, bytes = lines.len(), "points written");
                if *overwritten > 0 {
                    tracing::warn!(%target, overwritten, "points replaced values of others of the same series and time");
                }
                if let Some(remark) = remark {
                    let remark = message::line(remark);
                    tracing::warn!(%target, points, %remark, "points written, with a remark of the server");
                }
            }
            BatchEvent::Retry { target, failures, delay, error, lines } => {
                tracing::warn!(%target, failures, ?delay, %error, bytes = lines.len(), "a batch will be sent again");
            }
            BatchEvent::Rejected { target, rejected, error, .. } => {
                tracing::error!(%target, points = rejected.len(), %error, "points refused");
            }
            BatchEvent::Dropped { target, why, points, .. } => {
                tracing::error!(%target, points, %why, "points dropped");
            }
        }
        #[cfg(feature = "metrics")]
        crate::batch::metrics::count(event);
        if let Some(on_event) = &self.on_event {
            // a panic of the caller's function must not stop the delivery
            let told = catch_unwind(AssertUnwindSafe(|| on_event(event)));
            if told.is_err() {
                tracing::error!("the function of on_event panicked");
            }
        }
    }

    /// Keeps refused points for the report.
    pub(super) fn keep(&self, rejected: impl IntoIterator<Item = Rejected>) {
        let mut kept = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { points, bytes } = &mut *kept;
        let room = KEPT.saturating_sub(points.len());
        points.extend(rejected.into_iter().take(room).map(|one| {
            let length = one.line().map_or(0, str::len);
            let fits = *bytes + length <= KEPT_BYTES;
            *bytes += if fits { length } else { 0 };
            if fits { one } else { one.shortened() }
        }));
    }

    /// The refused points that were kept.
    pub(super) fn take_kept(&self) -> Vec<Rejected> {
        std::mem::take(&mut *self.rejected.lock().unwrap_or_else(PoisonError::into_inner)).points
    }
}
