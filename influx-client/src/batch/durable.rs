//! Lines to disk before a write returns, and off it when they are settled.

pub(super) mod target;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::batch::accumulate::Lines;
use crate::batch::event::{BatchEvent, DropReason};
use crate::batch::lane::disk::{Debt, Load};
use crate::batch::port::{self, Port};
use crate::batch::settings::{Settings, WhenFull};
use crate::batch::shared::Shared;
use crate::batch::waiting::block;
use crate::error::{Error, Kind, Result};
use crate::spool::error::SpoolError;
use crate::spool::fs::RealFs;
use crate::spool::recover::Recovered;
use crate::spool::settings::{Fsync, SpoolFull, SpoolSettings};
use crate::spool::waiting::{self, Append, Dropped, RecordId};
use crate::spool::wal::Spool;
use crate::write::lines::line_ends;
use target::{target_bytes, target_of};

/// How much comes from disk into memory before others may have the spool.
const LOAD_BYTES: usize = 256 << 10;
/// How long a disk that cannot be read is left alone.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// The spool of a batch writer. Where the spool and a lane are locked, the spool is locked first.
pub(super) struct Durable {
    /// `None` once the writer has ended: the folder is free for the next one then.
    spool: Mutex<Option<Spool<RealFs>>>,
    /// What is delivered and still to be taken off: who delivers does not wait for the disk.
    settled: Mutex<Vec<RecordId>>,
    /// Some lane found no room on disk.
    starved: AtomicBool,
    pub(super) fsync: Fsync,
    pub(super) folder: PathBuf,
}

/// Points that are lost with a part of the spool.
struct Lost {
    port: Arc<Port>,
    why: DropReason,
    points: usize,
    lines: Bytes,
}

impl Durable {
    /// Opens the spool; gives what an earlier writer left.
    pub(super) fn open(
        settings: &SpoolSettings,
        of: &Settings,
        batch_bytes: usize,
    ) -> Result<(Durable, Recovered)> {
        let fs = RealFs::new(settings.folder());
        let full = match of.when_full {
            WhenFull::DropOldest => SpoolFull::DropOldest,
            WhenFull::Wait | WhenFull::Reject => SpoolFull::Refuse,
        };
        let (spool, recovered) = Spool::open(fs, settings, full).map_err(failed)?;
        let (least, most) = (2 * batch_bytes as u64, spool.largest_record());
        if most < least {
            let text = format!(
                "the spool must hold two batches: give it more room with max_bytes(..), or make batches smaller than {} bytes",
                most / 2
            );
            return Err(Error::config(text));
        }
        let durable = Durable {
            spool: Mutex::new(Some(spool)),
            settled: Mutex::default(),
            starved: AtomicBool::new(false),
            fsync: settings.fsync_policy(),
            folder: settings.folder().to_owned(),
        };
        Ok((durable, recovered))
    }

    /// Does something with the spool, and then what came up meanwhile; `None` when the writer has ended.
    pub(super) fn with_spool<R>(
        &self,
        shared: &Shared,
        work: impl FnOnce(&mut Spool<RealFs>) -> R,
    ) -> Option<R> {
        let (result, lost) = {
            let mut spool = lock(&self.spool);
            let spool = spool.as_mut()?;
            let result = work(spool);
            (result, lost(shared, spool))
        };
        tell_lost(shared, &lost);
        self.take_off(shared);
        Some(result)
    }

    /// Takes off the disk what is settled, unless somebody has the spool, who does it then. If that fails it is sent again by
    /// the next writer, which changes nothing on the server.
    fn take_off(&self, shared: &Shared) {
        while !lock(&self.settled).is_empty() {
            let lost = {
                let Ok(mut spool) = self.spool.try_lock() else { return };
                let settled = std::mem::take(&mut *lock(&self.settled));
                let Some(spool) = spool.as_mut() else { return };
                if let Err(error) = spool.acknowledge(&settled) {
                    let error = failed(error);
                    tracing::warn!(%error, "what was delivered stays in the spool for now");
                }
                lost(shared, spool)
            };
            tell_lost(shared, &lost);
            if self.starved.swap(false, Ordering::AcqRel) {
                for port in shared.ports() {
                    if port.lane().try_disk_again() {
                        port.tell_settled();
                    }
                }
            }
        }
    }

    /// Returns when the points below `end` are on disk, or settled; waits for room on disk, where that was chosen.
    pub(super) async fn keep(self: Arc<Self>, shared: Arc<Shared>, port: Arc<Port>, end: u64) -> Result<()> {
        loop {
            let kept = match self.fsync {
                Fsync::Always => {
                    let (durable, shared, port) = (Arc::clone(&self), Arc::clone(&shared), Arc::clone(&port));
                    // syncing takes milliseconds: not on an async thread
                    let runtime = shared.runtime.clone();
                    let kept = runtime.spawn_blocking(move || durable.write_out(&shared, &port, end)).await;
                    // of a runtime that has ended, no thread takes it
                    kept.ok()
                }
                _ => None,
            };
            match kept.unwrap_or_else(|| self.write_out(&shared, &port, end)) {
                Err(error) if error.is_full() => waits(&shared, &port, error)?,
                kept => return kept,
            }
            port.disk_room(end).await;
        }
    }

    /// As [`keep`](Self::keep), for plain threads.
    pub(super) fn keep_blocking(&self, shared: &Shared, port: &Port, end: u64) -> Result<()> {
        loop {
            match self.write_out(shared, port, end) {
                Err(error) if error.is_full() => waits(shared, port, error)?,
                kept => return kept,
            }
            block(&shared.runtime, None, |patience| port.disk_room_blocking(end, &patience))?;
        }
    }

    /// As [`keep`](Self::keep), but fails where that would wait.
    pub(super) fn try_keep(&self, shared: &Shared, port: &Port, end: u64) -> Result<()> {
        let kept = self.write_out(shared, port, end);
        kept.map_err(|error| if error.is_full() { port::in_memory_alone(error) } else { error })
    }

    /// Puts the points below `end` on disk. Who waits for the spool meanwhile finds its lines there, too: all that wait share one
    /// write and one sync.
    fn write_out(&self, shared: &Shared, port: &Port, end: u64) -> Result<()> {
        let kept = self.with_spool(shared, |spool| {
            loop {
                let debt = {
                    let mut lane = port.lane();
                    if lane.is_kept(end) {
                        return Ok(());
                    }
                    lane.take_debt()
                };
                let Some(debt) = debt else { return Ok(()) };
                self.pay(spool, port, debt)?;
            }
        });
        kept.unwrap_or_else(|| Err(port.closed()))
    }

    /// Writes lines to disk.
    fn pay(&self, spool: &mut Spool<RealFs>, port: &Port, debt: Debt) -> Result<()> {
        let append = Append {
            target: &target_bytes(&port.target),
            points: debt.owed.points,
            lines: &debt.owed.bytes,
            join: debt.join.map(RecordId),
            behind: debt.aside,
        };
        match spool.append(append, Instant::now()) {
            Ok(record) => {
                let aside = debt.aside;
                port.lane().recorded(debt, record.0);
                if aside {
                    port.tell_moved();
                }
                // they may have been sent before they were on disk
                self.note_settled(port);
                Ok(())
            }
            Err(error) => {
                let no_room = matches!(error, SpoolError::Full { .. });
                port.lane().restore(debt, no_room);
                self.starved.fetch_or(no_room, Ordering::AcqRel);
                Err(failed(error))
            }
        }
    }

    fn note_settled(&self, port: &Port) {
        let records = port.lane().acknowledged();
        lock(&self.settled).extend(records.into_iter().map(RecordId));
    }

    /// Points of the port were settled.
    pub(super) fn acknowledge(&self, shared: &Shared, port: &Port) {
        self.note_settled(port);
        self.take_off(shared);
    }

    /// Brings lines from disk into memory whenever there is room.
    pub(super) async fn load_again_and_again(self: Arc<Self>, shared: Arc<Shared>, port: Arc<Port>) {
        loop {
            port.loadable().await;
            let (durable, shared, port) = (Arc::clone(&self), Arc::clone(&shared), Arc::clone(&port));
            let loaded = tokio::task::spawn_blocking(move || durable.load(&shared, &port)).await;
            if !matches!(loaded, Ok(true)) {
                tokio::time::sleep(READ_AGAIN).await;
            }
        }
    }

    /// Brings some lines into memory; whether the disk could be read.
    fn load(&self, shared: &Shared, port: &Arc<Port>) -> bool {
        let mut loaded = 0;
        let mut damaged = 0;
        let read = self.with_spool(shared, |spool| {
            while loaded < LOAD_BYTES {
                let next = port.lane().next_load();
                let id = match next {
                    None => break,
                    Some(Load::Aside) => {
                        port.lane().load_aside();
                        break;
                    }
                    Some(Load::Record(id)) => id,
                };
                match spool.read(RecordId(id)) {
                    Ok(record) => {
                        loaded += record.lines.len();
                        damaged += port.lane().load(id, lines_of(&record.lines));
                    }
                    Err(error @ SpoolError::Io { .. }) => {
                        let error = failed(error);
                        tracing::error!(%error, "the spool cannot be read now");
                        return false;
                    }
                    Err(error) => {
                        let error = failed(error);
                        tracing::error!(%error, "a record of the spool is lost");
                        damaged += port.lane().load(id, std::iter::empty());
                    }
                }
            }
            true
        });
        if damaged > 0 {
            let (why, points) = (DropReason::Damaged, usize::try_from(damaged).unwrap_or(usize::MAX));
            tell_lost(shared, &[Lost { port: Arc::clone(port), why, points, lines: Bytes::new() }]);
            port.tell_settled();
        }
        port.tell_moved();
        read.unwrap_or(false)
    }

    /// The writer ends: what can be is put on disk and made to stay there, the rest is handed back for each port, and the folder
    /// is free.
    pub(super) fn hand_back(&self, shared: &Shared, ports: &[Arc<Port>]) -> Vec<Vec<Lines>> {
        let ended = lock(&self.spool).is_none();
        for port in ports.iter().filter(|_| !ended) {
            if let Err(error) = self.write_out(shared, port, u64::MAX) {
                tracing::error!(%error, "points of a writer that ends cannot be put on disk");
            }
        }
        let mut spool = lock(&self.spool);
        ports.iter().for_each(|port| self.note_settled(port));
        let left = ports.iter().map(|port| port.lane().hand_back()).collect();
        if let Some(mut spool) = spool.take() {
            let acknowledged = spool.acknowledge(&std::mem::take(&mut *lock(&self.settled)));
            let synced = if self.fsync == Fsync::Never { Ok(()) } else { spool.sync() };
            if let Err(error) = acknowledged.and(synced) {
                let error = failed(error);
                tracing::error!(%error, "the spool cannot be written or synced");
            }
        }
        left
    }
}

/// Whether a write waits when the spool is full. There may be no room any more once the writer is closed.
fn waits(shared: &Shared, port: &Port, full: Error) -> Result<()> {
    let closed = port.lane().closed().is_some();
    match shared.settings.when_full {
        WhenFull::Wait | WhenFull::DropOldest if !closed => Ok(()),
        _ => Err(port::in_memory_alone(full)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What left the spool without being delivered, and was there alone. The lanes know it then.
fn lost(shared: &Shared, spool: &mut Spool<RealFs>) -> Vec<Lost> {
    let lost_of = |dropped: Dropped| {
        let port = shared.known_port(&target_of(&dropped.record.target)?)?;
        let record = &dropped.record;
        let points = port.lane().lose(record.id.0, record.points.into());
        let points = usize::try_from(points).unwrap_or(usize::MAX);
        let why = match dropped.reason {
            waiting::DropReason::Full => DropReason::QueueFull,
            waiting::DropReason::Damaged => DropReason::Damaged,
        };
        (points > 0).then_some(Lost { port, why, points, lines: dropped.lines.unwrap_or_default() })
    };
    spool.take_dropped().into_iter().filter_map(lost_of).collect()
}

fn tell_lost(shared: &Shared, lost: &[Lost]) {
    for Lost { port, why, points, lines } in lost {
        let (target, why, points) = (&port.target, *why, *points);
        shared.teller.tell(&BatchEvent::Dropped { target, why, points, lines });
        port.tell_settled();
    }
}

/// Each line with its line feed.
fn lines_of(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let ends = line_ends(text);
    ends.into_iter().map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

pub(super) fn failed(error: SpoolError) -> Error {
    let kind = match error {
        SpoolError::Settings(_) => Kind::Config,
        SpoolError::Full { .. } => Kind::Full,
        _ => Kind::Spool,
    };
    Error::new(kind, error.to_string()).with_source(error)
}
