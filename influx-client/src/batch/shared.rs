//! What all handles and tasks of a batch writer share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::batch::accumulate::{Accumulator, Limits};
use crate::batch::encoder::Encoding;
use crate::batch::event::{BatchTarget, Stats};
use crate::batch::lane::{Lane, Wait};
use crate::batch::port::{self, Port};
use crate::batch::settings::Settings;
use crate::batch::tell::Teller;
use crate::config::session::Session;
use crate::config::times::Untimed;
use crate::config::writes::WriteConfig;
use crate::error::{Error, Result};
use crate::generation::write_route;
use crate::write::points;
use crate::write::send::Target;

pub(super) struct Shared {
    pub(super) session: Arc<Session>,
    /// How points are written that name no other target.
    pub(super) writes: WriteConfig,
    pub(super) settings: Settings,
    pub(super) teller: Teller,
    /// Turns true when the writer is closed.
    pub(super) closing: watch::Sender<bool>,
    pub(super) runtime: Handle,
    targets: Mutex<Targets>,
}

/// The ports of all targets, and the tasks that look after them.
#[derive(Default)]
struct Targets {
    ports: HashMap<BatchTarget, Arc<Port>>,
    tasks: Vec<AbortHandle>,
    closed: bool,
}

impl Shared {
    pub(super) fn new(
        session: Arc<Session>,
        writes: WriteConfig,
        settings: Settings,
        teller: Teller,
        runtime: Handle,
    ) -> Self {
        let (closing, targets) = (watch::Sender::new(false), Mutex::default());
        Shared { session, writes, settings, teller, closing, runtime, targets }
    }

    fn targets(&self) -> MutexGuard<'_, Targets> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The port of a target; `start` gives it its tasks when it is the first time.
    pub(super) fn port(
        &self,
        target: BatchTarget,
        start: impl FnOnce(&Arc<Port>) -> Vec<AbortHandle>,
    ) -> Result<Arc<Port>> {
        let mut targets = self.targets();
        if targets.closed {
            return Err(port::closed(None));
        }
        let Targets { ports, tasks, .. } = &mut *targets;
        match ports.entry(target) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(new) => {
                let port = Arc::new(self.new_port(new.key().clone())?);
                tasks.extend(start(&port));
                if port.lane().is_dead() {
                    return Err(port.closed());
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
            // what is sent again must be the same point
            untimed: Untimed::Stamp,
            ..self.writes.clone()
        };
        let encoding = Encoding::new(write.clone()).map_err(Error::encode)?;
        let writer = points::writer(&write).map_err(Error::encode)?;
        let to = Target { route: write_route(&write)?, gzip: write.is_gzipped() };
        let limits = Limits { points: write.batch_points, bytes: write.batch_bytes };
        let wait = Wait { age: settings.flush_interval, jitter: settings.jitter };
        let lane = Lane::new(Accumulator::new(writer, limits), settings.queue_bytes, wait);
        Ok(Port::new(target, to, encoding, lane))
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

    /// Takes no more targets; gives those there are.
    pub(super) fn close(&self) -> Vec<Arc<Port>> {
        let mut targets = self.targets();
        targets.closed = true;
        targets.ports.values().cloned().collect()
    }

    /// The tasks, to be stopped.
    pub(super) fn take_tasks(&self) -> Vec<AbortHandle> {
        std::mem::take(&mut self.targets().tasks)
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
