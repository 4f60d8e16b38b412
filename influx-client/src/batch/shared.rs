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

use super::accumulate::{Accumulator, Limits};
use super::config::Settings;
use super::durable::Durable;
use super::event::{BatchEvent, BatchTarget, DropReason, Report, Stats, Unsent};
use super::lane::{Lane, Wait};
use super::port::{self, Port};
use super::{stamp, worker};
use crate::config::WriteConfig;
use crate::delivery::Rejected;
use crate::dialect::v1;
use crate::error::{Error, Result};
use crate::session::Session;
use crate::write::WriteTarget;

/// Most refused points that are kept for the report.
const KEPT: usize = 1_000;

pub(super) type OnEvent = Box<dyn Fn(&BatchEvent<'_>) + Send + Sync>;

pub(super) struct Shared {
    pub(super) session: Arc<Session>,
    pub(super) settings: Settings,
    /// Turns true when the writer is closed.
    pub(super) closing: watch::Sender<bool>,
    on_event: Option<OnEvent>,
    runtime: Handle,
    targets: Mutex<Targets>,
    rejected: Mutex<Vec<Rejected>>,
    pub(super) durable: Option<Arc<Durable>>,
}

#[derive(Default)]
struct Targets {
    ports: HashMap<BatchTarget, Arc<Port>>,
    tasks: Vec<AbortHandle>,
    closed: bool,
    /// Points of an earlier process are still on their way into the lanes.
    #[cfg(feature = "spool")]
    replaying: bool,
}

impl Shared {
    pub(super) fn new(
        session: Arc<Session>,
        settings: Settings,
        on_event: Option<OnEvent>,
        runtime: Handle,
        durable: Option<Arc<Durable>>,
    ) -> Self {
        let targets = Targets {
            #[cfg(feature = "spool")]
            replaying: durable.is_some(),
            ..Targets::default()
        };
        Shared {
            session,
            settings,
            closing: watch::Sender::new(false),
            on_event,
            runtime,
            targets: Mutex::new(targets),
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
            return Err(port::closed());
        }
        #[cfg(feature = "spool")]
        let replaying = targets.replaying;
        let Targets { ports, tasks, .. } = &mut *targets;
        match ports.entry(target) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(new) => {
                let port = Arc::new(self.new_port(new.key().clone())?);
                #[cfg(feature = "spool")]
                if self.durable.is_some() {
                    port.lane().journal(replaying);
                }
                for _ in 0..self.settings.in_flight {
                    let run = worker::run(Arc::clone(self), Arc::clone(&port));
                    tasks.push(self.runtime.spawn(run).abort_handle());
                }
                Ok(Arc::clone(new.insert(port)))
            }
        }
    }

    fn new_port(&self, target: BatchTarget) -> Result<Port> {
        let settings = &self.settings;
        let write = WriteConfig {
            database: Some(target.database.clone()),
            retention_policy: target.retention_policy.clone(),
            precision: target.precision,
            ..settings.write.clone()
        };
        let mut writer =
            LineWriter::new(Dialect::V1).precision(v1::wire_precision(target.precision)).clock(stamp::now);
        for (key, value) in &write.default_tags {
            writer.default_tag(key, value.as_str()).map_err(Error::encode)?;
        }
        let to = WriteTarget { params: v1::write_params(&write)?, gzip: write.gzip };
        let limits = Limits { points: write.batch_points, bytes: write.batch_bytes };
        let wait = Wait { age: settings.flush_interval, jitter: settings.jitter };
        let lane = Lane::new(Accumulator::new(writer, limits), settings.queue_bytes, wait);
        Ok(Port::new(target, to, lane))
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
            BatchEvent::Written { target, points, bytes } => {
                tracing::debug!(%target, points, bytes, "points written");
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
    pub(super) fn keep(&self, rejected: &[Rejected]) {
        let mut kept = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(kept.len()).min(rejected.len());
        kept.extend_from_slice(&rejected[..room]);
    }

    /// Runs in the background until it ends or the writer stops.
    #[cfg(feature = "spool")]
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.targets().tasks.push(self.runtime.spawn(task).abort_handle());
    }

    /// The points of an earlier process are in the lanes: others may follow.
    #[cfg(feature = "spool")]
    pub(super) fn replayed(&self) {
        let ports: Vec<_> = {
            let mut targets = self.targets();
            targets.replaying = false;
            targets.ports.values().cloned().collect()
        };
        for port in ports {
            port.lane().release();
            port.tell_settled();
        }
    }

    /// Tells the disk what is settled.
    pub(super) fn acknowledge(&self, port: &Port) {
        if let Some(durable) = &self.durable {
            durable.acknowledge(port);
        }
    }

    /// Takes no more points and sends what there is.
    pub(super) fn close(&self) {
        let ports: Vec<_> = {
            let mut targets = self.targets();
            targets.closed = true;
            targets.ports.values().cloned().collect()
        };
        ports.iter().for_each(|port| port.close());
        self.closing.send_replace(true);
    }

    /// Stops everything; what is left is handed back.
    pub(super) fn stop(&self, why: DropReason) -> Report {
        let (ports, tasks) = {
            let mut targets = self.targets();
            targets.closed = true;
            (targets.ports.values().cloned().collect::<Vec<_>>(), std::mem::take(&mut targets.tasks))
        };
        let mut unsent = Vec::new();
        for port in &ports {
            let (lines, on_disk) = {
                let mut lane = port.lane();
                (lane.hand_back(), lane.is_journaled())
            };
            for lines in lines.into_iter().filter(|_| !on_disk) {
                let target = port.target.clone();
                unsent.push(Unsent { target, points: lines.points, lines: lines.bytes });
            }
            port.tell_settled();
        }
        tasks.iter().for_each(AbortHandle::abort);
        if let Some(durable) = &self.durable {
            durable.rest();
        }
        for Unsent { target, points, lines } in &unsent {
            self.tell(&BatchEvent::Dropped { target, why, points: *points, lines });
        }
        let rejected = std::mem::take(&mut *self.rejected.lock().unwrap_or_else(PoisonError::into_inner));
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
