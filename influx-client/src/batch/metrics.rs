//! Counters for the `metrics` crate, one for each outcome.

use crate::batch::event::BatchEvent;

/// Counts an event under the names `influx_batch_points_written_total`, `.._rejected_total`, `.._dropped_total`,
/// `influx_batch_bytes_written_total` and `influx_batch_retries_total`, with the label `target`.
pub(super) fn count(event: &BatchEvent<'_>) {
    match event {
        BatchEvent::Recovered { .. } => {}
        BatchEvent::Written { target, points, lines, .. } => {
            metrics::counter!("influx_batch_points_written_total", "target" => target.to_string())
                .increment(*points as u64);
            metrics::counter!("influx_batch_bytes_written_total", "target" => target.to_string())
                .increment(lines.len() as u64);
        }
        BatchEvent::Retry { target, .. } => {
            metrics::counter!("influx_batch_retries_total", "target" => target.to_string()).increment(1);
        }
        BatchEvent::Rejected { target, rejected, .. } => {
            metrics::counter!("influx_batch_points_rejected_total", "target" => target.to_string())
                .increment(rejected.len() as u64);
        }
        BatchEvent::Dropped { target, points, .. } => {
            metrics::counter!("influx_batch_points_dropped_total", "target" => target.to_string())
                .increment(*points as u64);
        }
    }
}
