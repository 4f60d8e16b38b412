//! What all handles and tasks of a batch writer share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use influx_core::{Dialect, LineWriter};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::accumulate::{Accumulator, Limits, Lines};
use super::config::Settings;
use super::durable::Durable;
use super::event::{BatchEvent, BatchTarget, DropReason, Report, Stats, Unsent};
use super::lane::{Lane, Wait};
use super::port::{self, Port};
use super::worker;
use crate::config::WriteConfig;
use crate::delivery::Rejected;
use crate::error::{Error, Result};
use crate::generation::v1;
use crate::message;
use crate::session::Session;
use crate::stamp;
use crate::write::WriteTarget;

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

pub(super) struct Shared {
    pub(super) session: Arc<Session>,
    pub(super) settings: Settings,
    /// Turns true when the writer is closed.
    pub(super) closing: watch::Sender<bool>,
    on_event: Option<OnEvent>,
    pub(super) runtime: Handle,
    targets: Mutex<Targets>,
    rejected: Mutex<Kept>,
    pub(super) durable: Option<Arc<Durable>>,
}

#[derive(Default)]
struct Targets {
    ports: HashMap<BatchTarget, Arc<Port>>,
    tasks: Vec<AbortHandle>,
    closed: bool,
}

impl Shared {
    pub(super) fn new(
        session: Arc<Session>,
        settings: Settings,
        on_event: Option<OnEvent>,
        runtime: Handle,
        durable: Option<Arc<Durable>>,
    ) -> Self {
        Shared {
            session,
            settings,
            closing: watch::Sender::new(false),
            on_event,
            runtime,
            targets: Mutex::default(),
            rejected: Mutex::default(),
            durable,
        }
    }

    fn targets(&self) -> MutexGuard<'_, Targets> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The port of a target; its tasks are started when it is the first time.
    pub(super) fn port(self: &Arc<Self>, target: BatchTarget) -> Result<Arc<Port>> {
        let mut targets = self.targets();
        if targets.closed {
            return Err(port::closed(None));
        }
        let Targets { ports, tasks, .. } = &mut *targets;
        match ports.entry(target) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(new) => {
                let port = Arc::new(self.new_port(new.key().clone())?);
                #[cfg(feature = "spool")]
                if let Some(durable) = &self.durable {
                    port.lane().spool();
                    let load = Arc::clone(durable).load_again_and_again(Arc::clone(self), Arc::clone(&port));
                    tasks.push(self.attended(&port, load));
                }
                for _ in 0..self.settings.in_flight {
                    let run = worker::run(Arc::clone(self), Arc::clone(&port));
                    tasks.push(self.attended(&port, run));
                }
                if port.lane().is_dead() {
                    return Err(port.closed());
                }
                Ok(Arc::clone(new.insert(port)))
            }
        }
    }

    /// Starts a task whose end, if it comes too early, is the port's.
    fn attended(&self, port: &Arc<Port>, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let attendant = port.attend();
        let task = async move {
            task.await;
            attendant.leave();
        };
        self.runtime.spawn(task).abort_handle()
    }

    fn new_port(&self, target: BatchTarget) -> Result<Port> {
        let settings = &self.settings;
        let write = WriteConfig {
            database: Some(target.database.clone()),
            retention_policy: target.retention_policy.clone(),
            precision: target.precision,
            ..settings.write.clone()
        };
        let mut writer = LineWriter::new(Dialect::V1)
            .precision(v1::wire_precision(target.precision))
            .nan(write.nan)
            .clock(stamp::now);
        for (key, value) in &write.default_tags {
            writer.default_tag(key, value.as_str()).map_err(Error::encode)?;
        }
        let to = WriteTarget { params: v1::write_params(&write)?, gzip: write.gzip };
        let limits = Limits { points: write.batch_points, bytes: write.batch_bytes };
        let wait = Wait { age: settings.flush_interval, jitter: settings.jitter };
        let lane = Lane::new(Accumulator::new(writer, limits), settings.queue_bytes, wait);
        Ok(Port::new(target, to, lane))
    }

    /// The error of a point that line protocol cannot carry.
    #[cold]
    pub(super) fn not_encoded(&self, error: Error) -> Error {
        error.without(self.session.http.secrets())
    }

    pub(super) fn ports(&self) -> Vec<Arc<Port>> {
        self.targets().ports.values().cloned().collect()
    }

    pub(super) fn stats(&self) -> Stats {
        let mut all = Stats::default();
        self.ports().iter().for_each(|port| all.add(&port.lane().stats()));
        all
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
        super::metrics::count(event);
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

    /// Runs in the background until it ends or the writer stops.
    #[cfg(feature = "spool")]
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.targets().tasks.push(self.runtime.spawn(task).abort_handle());
    }

    /// The port of a target that points were given for.
    #[cfg(feature = "spool")]
    pub(super) fn known_port(&self, target: &BatchTarget) -> Option<Arc<Port>> {
        self.targets().ports.get(target).cloned()
    }

    /// Tells the disk what is settled.
    pub(super) fn acknowledge(&self, port: &Port) {
        if let Some(durable) = &self.durable {
            durable.acknowledge(self, port);
        }
    }

    /// Takes no more points and sends what there is; gives the number that all points of each target are below.
    pub(super) fn close(&self) -> Vec<(Arc<Port>, u64)> {
        let ports: Vec<_> = {
            let mut targets = self.targets();
            targets.closed = true;
            targets.ports.values().cloned().collect()
        };
        let ends = ports.into_iter().map(|port| (Arc::clone(&port), port.close())).collect();
        self.closing.send_replace(true);
        ends
    }

    /// Stops everything; what is left is handed back.
    pub(super) fn stop(&self, why: DropReason) -> Report {
        let (ports, tasks) = {
            let mut targets = self.targets();
            targets.closed = true;
            (targets.ports.values().cloned().collect::<Vec<_>>(), std::mem::take(&mut targets.tasks))
        };
        let left = match &self.durable {
            Some(durable) => durable.hand_back(self, &ports),
            None => ports.iter().map(|port| port.lane().hand_back()).collect(),
        };
        let mut unsent = Vec::new();
        for (port, lines) in ports.iter().zip(left) {
            let why = if port.lane().is_dead() { DropReason::NoRuntime } else { why };
            let unsent_of = |lines: Lines| Unsent {
                target: port.target.clone(),
                points: lines.points,
                lines: lines.bytes,
            };
            unsent.extend(lines.into_iter().map(|lines| (why, unsent_of(lines))));
            port.tell_settled();
        }
        tasks.iter().for_each(AbortHandle::abort);
        for (why, Unsent { target, points, lines }) in &unsent {
            self.tell(&BatchEvent::Dropped { target, why: *why, points: *points, lines });
        }
        let unsent = unsent.into_iter().map(|(_, unsent)| unsent).collect();
        let rejected =
            std::mem::take(&mut *self.rejected.lock().unwrap_or_else(PoisonError::into_inner)).points;
        Report { stats: self.stats(), rejected, unsent }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("settings", &self.settings)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
