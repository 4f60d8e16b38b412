//! What an earlier writer left in the spool.

use std::sync::Arc;
use std::time::Duration;

use crate::batch::durable::target::target_of;
use crate::batch::durable::{Durable, failed};
use crate::batch::engine::Engine;
use crate::batch::event::BatchEvent;
use crate::batch::shared::Shared;
use crate::spool::fs::RealFs;
use crate::spool::recover::Recovered;
use crate::spool::settings::Fsync;
use crate::spool::wal::Spool;

impl Engine {
    /// Puts the points of an earlier writer in front, and syncs from time to time if that was chosen.
    pub(super) fn begin(&self, recovered: Recovered) {
        let (shared, Some(durable)) = (&self.shared, self.durable.clone()) else { return };
        let mut points = 0;
        for record in recovered.records {
            let port = target_of(&record.target).map(|target| self.port(target));
            let Some(Ok(port)) = port else {
                tracing::error!(id = %record.id, "a record of the spool has no target of this writer; it stays there");
                continue;
            };
            port.lane().park(record.id.0, record.points.into());
            port.tell_moved();
            points += u64::from(record.points);
        }
        let damaged_points = recovered.lost.iter().map(|lost| u64::from(lost.points)).sum();
        let (folder, damaged_bytes) = (&*durable.folder, recovered.damaged_bytes);
        if points + damaged_bytes > 0 {
            shared.teller.tell(&BatchEvent::Recovered { folder, points, damaged_points, damaged_bytes });
        }
        if let Fsync::Interval(interval) = durable.fsync {
            shared.spawn(sync_again_and_again(Arc::clone(shared), durable, interval));
        }
    }
}

async fn sync_again_and_again(shared: Arc<Shared>, durable: Arc<Durable>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        let (shared, durable) = (Arc::clone(&shared), Arc::clone(&durable));
        let sync = |spool: &mut Spool<RealFs>| match spool.sync_due() {
            Some(_) => spool.sync(),
            None => Ok(()),
        };
        let synced = tokio::task::spawn_blocking(move || durable.with_spool(&shared, sync)).await;
        if let Ok(Some(Err(error))) = synced {
            let error = failed(error);
            tracing::error!(%error, "the spool cannot be synced");
        }
    }
}
