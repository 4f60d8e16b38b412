//! Lines to disk before a write returns, and off it when they are settled.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use influx_core::Precision;

use super::config::WhenFull;
use super::event::BatchTarget;
use super::port::Port;
use super::shared::Shared;
use crate::error::{Error, Kind, Result};
use crate::spool::{
    Append, Descriptor, Fsync, RealFs, RecordId, Spool, SpoolError, SpoolFull, SpoolSettings,
};
use crate::write::line_ends;

/// The spool of a batch writer.
pub(super) struct Durable {
    /// `None` once the writer has ended: the folder is free for the next one then.
    spool: Mutex<Option<Spool<RealFs>>>,
    fsync: Fsync,
}

impl Durable {
    /// Opens the spool; gives the records that an earlier writer left.
    pub(super) fn open(settings: &SpoolSettings, when_full: WhenFull) -> Result<(Durable, Vec<Descriptor>)> {
        let fs = RealFs::new(settings.folder());
        let when_full = match when_full {
            WhenFull::DropOldest => SpoolFull::DropOldest,
            WhenFull::Wait | WhenFull::Reject => SpoolFull::Refuse,
        };
        let (spool, recovered) = Spool::open(fs, settings, when_full).map_err(failed)?;
        if recovered.damaged_bytes > 0 {
            tracing::error!(
                folder = %settings.folder().display(), bytes = recovered.damaged_bytes, places = recovered.damaged_places,
                records = recovered.lost.len(), "the spool was damaged; what could be read is sent"
            );
        }
        let records = recovered.records;
        Ok((Durable { spool: Mutex::new(Some(spool)), fsync: settings.fsync_policy() }, records))
    }

    fn spool(&self) -> MutexGuard<'_, Option<Spool<RealFs>>> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the points below `end` are on disk. Syncing takes milliseconds, so it is not done on an async thread.
    pub(super) async fn keep(self: Arc<Self>, port: Arc<Port>, end: u64) -> Result<()> {
        if self.fsync != Fsync::Always {
            return self.keep_blocking(&port, end);
        }
        let kept = tokio::task::spawn_blocking(move || self.keep_blocking(&port, end)).await;
        kept.unwrap_or_else(|_| {
            Err(Error::new(Kind::Spool, "the runtime ended before the lines were on disk"))
        })
    }

    /// Who waits for the spool meanwhile finds its lines on disk, too: all that wait share one write and one sync.
    pub(super) fn keep_blocking(&self, port: &Port, end: u64) -> Result<()> {
        let mut spool = self.spool();
        if port.lane().is_durable(end) {
            return Ok(());
        }
        let Some(spool) = spool.as_mut() else { return Err(super::port::closed()) };
        let taken = port.lane().take_journal();
        let Some((journal, end)) = taken else { return Ok(()) };
        let target = target_bytes(&port.target);
        match spool.append(Append::new(&target, journal.points, &journal.bytes), Instant::now()) {
            Ok(record) => {
                let settled = {
                    let mut lane = port.lane();
                    lane.recorded(record.0, end);
                    // they may have been sent before they were on disk
                    lane.acknowledged()
                };
                take_off(spool, &settled);
                warn_of_dropped(spool);
                Ok(())
            }
            Err(error) => {
                port.lane().restore_journal(journal);
                Err(failed(error))
            }
        }
    }

    /// Takes off the disk what is settled. If that fails it is sent again by the next writer, which changes nothing on the server.
    pub(super) fn acknowledge(&self, port: &Port) {
        let settled = port.lane().acknowledged();
        if let Some(spool) = self.spool().as_mut().filter(|_| !settled.is_empty()) {
            take_off(spool, &settled);
        }
    }

    /// The writer ends: what is on disk is made to stay there, and the folder is free.
    pub(super) fn rest(&self) {
        let Some(mut spool) = self.spool().take() else { return };
        if self.fsync != Fsync::Never
            && let Err(error) = spool.sync()
        {
            tracing::error!(%error, "the spool cannot be synced");
        }
    }
}

fn take_off(spool: &mut Spool<RealFs>, records: &[u64]) {
    let ids: Vec<RecordId> = records.iter().copied().map(RecordId).collect();
    if !ids.is_empty()
        && let Err(error) = spool.acknowledge(&ids)
    {
        tracing::warn!(%error, "what was delivered stays in the spool for now");
    }
}

fn warn_of_dropped(spool: &mut Spool<RealFs>) {
    let dropped = spool.take_dropped();
    if !dropped.is_empty() {
        let points: u64 = dropped.iter().map(|one| u64::from(one.record.points)).sum();
        tracing::warn!(points, "the spool is full: the oldest points are in memory alone");
    }
}

/// Puts the points of an earlier writer in front, and syncs from time to time if that was chosen.
pub(super) fn begin(shared: &Arc<Shared>, records: Vec<Descriptor>) {
    let Some(durable) = shared.durable.clone() else { return };
    if let Fsync::Interval(interval) = durable.fsync {
        let durable = Arc::clone(&durable);
        shared.spawn(sync_again_and_again(durable, interval));
    }
    if records.is_empty() {
        return shared.replayed();
    }
    let writer = Arc::clone(shared);
    shared.spawn(async move {
        for record in records {
            replay(&writer, &durable, record.id).await;
        }
        writer.replayed();
    });
}

async fn sync_again_and_again(durable: Arc<Durable>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        let durable = Arc::clone(&durable);
        let synced = tokio::task::spawn_blocking(move || {
            let mut spool = durable.spool();
            match spool.as_mut().filter(|spool| spool.sync_due().is_some()) {
                Some(spool) => spool.sync(),
                None => Ok(()),
            }
        });
        if let Ok(Err(error)) = synced.await {
            tracing::error!(%error, "the spool cannot be synced");
        }
    }
}

async fn replay(shared: &Arc<Shared>, durable: &Durable, id: RecordId) {
    let record = durable.spool().as_mut().map(|spool| spool.read(id));
    let record = match record {
        Some(Ok(record)) => record,
        Some(Err(error)) => return tracing::error!(%error, "a record of the spool is lost"),
        None => return,
    };
    let (Some(target), Ok(ends)) = (target_of(&record.target), line_ends(&record.lines)) else {
        return tracing::error!(%id, "a record of the spool holds no lines of this writer; it stays there");
    };
    let Ok(port) = shared.port(target) else { return };
    let mut start = 0;
    let lines = ends.into_iter().map(|end| &record.lines[std::mem::replace(&mut start, end)..end]);
    port.replay(id.0, lines).await;
}

/// Database, retention policy and unit, with zeros between them, which no name can hold.
fn target_bytes(target: &BatchTarget) -> Vec<u8> {
    let policy = target.retention_policy.as_deref().unwrap_or_default();
    [&target.database, policy, target.precision.as_str()].join("\0").into_bytes()
}

fn target_of(bytes: &[u8]) -> Option<BatchTarget> {
    let mut parts = std::str::from_utf8(bytes).ok()?.split('\0');
    let (database, policy, unit) = (parts.next()?, parts.next()?, parts.next()?);
    let units = [Precision::Ns, Precision::Us, Precision::Ms, Precision::S];
    Some(BatchTarget {
        database: database.to_owned(),
        retention_policy: (!policy.is_empty()).then(|| policy.to_owned()),
        precision: units.into_iter().find(|known| known.as_str() == unit)?,
    })
}

fn failed(error: SpoolError) -> Error {
    let kind = match error {
        SpoolError::Settings(_) => Kind::Config,
        SpoolError::Full { .. } => Kind::Full,
        _ => Kind::Spool,
    };
    Error::new(kind, error.to_string()).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_back() {
        for (policy, precision) in
            [(None, Precision::Ns), (Some("a week"), Precision::S), (Some("é"), Precision::Us)]
        {
            let target = BatchTarget {
                database: "market \n x".to_owned(),
                retention_policy: policy.map(str::to_owned),
                precision,
            };
            assert_eq!(target_of(&target_bytes(&target)), Some(target));
        }
        assert_eq!(target_of(b"a"), None);
        assert_eq!(target_of(b"a\0b\0weeks"), None);
    }
}
