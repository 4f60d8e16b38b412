//! What runs a batch writer: the tasks of each target, from the first point to the end.

use std::sync::Arc;

use tokio::task::AbortHandle;

use crate::batch::accumulate::Lines;
use crate::batch::durable::Durable;
use crate::batch::event::{BatchEvent, BatchTarget, DropReason, Report, Unsent};
use crate::batch::port::Port;
use crate::batch::shared::Shared;
use crate::batch::worker;
use crate::error::Result;

pub(super) struct Engine {
    pub(super) shared: Arc<Shared>,
    pub(super) durable: Option<Arc<Durable>>,
}

impl Engine {
    pub(super) fn new(shared: Shared, durable: Option<Durable>) -> Self {
        Engine { shared: Arc::new(shared), durable: durable.map(Arc::new) }
    }

    /// The port of a target; its tasks are started when it is the first time.
    pub(super) fn port(&self, target: BatchTarget) -> Result<Arc<Port>> {
        self.shared.port(target, |port| self.start(port))
    }

    fn start(&self, port: &Arc<Port>) -> Vec<AbortHandle> {
        let mut tasks = Vec::new();
        #[cfg(feature = "spool")]
        if let Some(durable) = &self.durable {
            port.lane().spool();
            let load = Arc::clone(durable).load_again_and_again(Arc::clone(&self.shared), Arc::clone(port));
            tasks.push(self.attended(port, load));
        }
        for _ in 0..self.shared.settings.in_flight {
            let run = worker::run(Arc::clone(&self.shared), self.durable.clone(), Arc::clone(port));
            tasks.push(self.attended(port, run));
        }
        tasks
    }

    /// Starts a task whose end, if it comes too early, is the port's.
    fn attended(&self, port: &Arc<Port>, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let attendant = port.attend();
        let task = async move {
            task.await;
            attendant.leave();
        };
        self.shared.runtime.spawn(task).abort_handle()
    }

    /// Takes no more points and sends what there is; gives the number that all points of each target are below.
    pub(super) fn close(&self) -> Vec<(Arc<Port>, u64)> {
        let ports = self.shared.close().into_iter();
        let ends = ports.map(|port| (Arc::clone(&port), port.close())).collect();
        self.shared.closing.send_replace(true);
        ends
    }

    /// Stops everything; what is left is handed back.
    pub(super) fn stop(&self, why: DropReason) -> Report {
        let ports = self.shared.close();
        let tasks = self.shared.take_tasks();
        let left = match &self.durable {
            Some(durable) => durable.hand_back(&self.shared, &ports),
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
            let (why, points) = (*why, *points);
            self.shared.teller.tell(&BatchEvent::Dropped { target, why, points, lines });
        }
        let unsent = unsent.into_iter().map(|(_, unsent)| unsent).collect();
        Report { stats: self.shared.stats(), rejected: self.shared.teller.take_kept(), unsent }
    }
}
