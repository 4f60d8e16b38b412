//! A target's lane, shared by those who give points and those who send them.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};

use std::time::Duration;

use influx_core::{EncodeError, LineProtocol};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

use crate::batch::encoder::Encoding;
use crate::batch::event::BatchTarget;
use crate::batch::lane::{Closed, Lane, Offered};
use crate::batch::pace::Pace;
use crate::batch::waiting::{Blocking, stuck};
use crate::error::{Error, Kind, Result};
use crate::write::send::Target;

/// How long a meeting of two threads is remembered, in points.
const CROWD: usize = 64;

/// How long memory of a burst is kept for the next one.
const IDLE: Duration = Duration::from_secs(10);

pub(super) struct Port {
    pub(super) target: BatchTarget,
    pub(super) to: Target,
    pub(super) encoding: Encoding,
    lane: Mutex<Lane>,
    /// How many more times it is taken for granted that others give points, too.
    crowd: AtomicUsize,
    pace: Mutex<Pace>,
    /// A batch is full, was opened, or is to leave.
    work: Notify,
    /// Points were settled: there is room, and a flush may be done.
    settled: Notify,
    /// Points on disk may come into memory.
    #[cfg(feature = "spool")]
    load: Notify,
    settled_sync: Condvar,
}

impl Port {
    pub(super) fn new(target: BatchTarget, to: Target, encoding: Encoding, lane: Lane) -> Self {
        Port {
            target,
            to,
            encoding,
            lane: Mutex::new(lane),
            crowd: AtomicUsize::new(0),
            pace: Mutex::default(),
            work: Notify::new(),
            settled: Notify::new(),
            #[cfg(feature = "spool")]
            load: Notify::new(),
            settled_sync: Condvar::new(),
        }
    }

    /// A thread that panicked while it held the lane left it whole: every change is complete before anything can panic.
    pub(super) fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the target is tried next.
    pub(super) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a point to the lane, once.
    #[inline]
    pub(super) fn offer<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<Offered> {
        let offered = match self.lane_alone() {
            Some(mut lane) => lane.offer(point),
            None => self.offer_among_others(point),
        };
        // the lane counts what its batch holds, the caller what this call was given
        let offered = offered.map_err(|error| Error::encode(error.with_index(0)))?;
        if let Offered::Taken { wake: true, .. } = offered {
            self.wake();
        }
        Ok(offered)
    }

    /// Encodes a point before the lane is held, so that others wait for the copy of its line alone.
    fn offer_among_others<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<Offered, EncodeError> {
        let mut encoder = self.encoding.encoder()?;
        let encoded = encoder.write(point);
        let offered = encoded.map(|()| self.lane_among_others(1).offer_line(encoder.bytes()));
        encoder.put_back();
        offered
    }

    /// The lane, where this thread seems to be the only one that gives points: they are encoded in place then.
    #[inline]
    pub(super) fn lane_alone(&self) -> Option<MutexGuard<'_, Lane>> {
        if self.crowd.load(Ordering::Relaxed) > 0 {
            return None;
        }
        match self.lane.try_lock() {
            Ok(lane) => Some(lane),
            Err(TryLockError::Poisoned(lane)) => Some(lane.into_inner()),
            Err(TryLockError::WouldBlock) => {
                self.crowd.store(CROWD, Ordering::Relaxed);
                None
            }
        }
    }

    /// The lane for so many points, where others give some, too.
    pub(super) fn lane_among_others(&self, points: usize) -> MutexGuard<'_, Lane> {
        let lane = self.lane();
        let crowd = self.crowd.load(Ordering::Relaxed);
        self.crowd.store(crowd.saturating_sub(points), Ordering::Relaxed);
        lane
    }

    /// A batch is full or was opened.
    pub(super) fn wake(&self) {
        self.work.notify_one();
    }

    /// Returns when there is room, or may be.
    pub(super) async fn room(&self) {
        let mut settled = pin!(self.settled.notified());
        settled.as_mut().enable();
        if self.lane().has_room() {
            return;
        }
        settled.await;
    }

    /// Returns when the disk may have room for what it is owed, or the points below that number need none.
    #[cfg(feature = "spool")]
    pub(super) async fn disk_room(&self, end: u64) {
        let mut settled = pin!(self.settled.notified());
        settled.as_mut().enable();
        if self.lane().may_use_disk(end) {
            return;
        }
        settled.await;
    }

    /// As [`disk_room`](Self::disk_room), for plain threads.
    #[cfg(feature = "spool")]
    pub(super) fn disk_room_blocking(&self, end: u64, patience: &Blocking) -> Result<()> {
        self.wait_blocking(|lane| lane.may_use_disk(end), patience)
    }

    /// Returns when there is something to bring from disk into memory, and room for it.
    #[cfg(feature = "spool")]
    pub(super) async fn loadable(&self) {
        loop {
            let mut load = pin!(self.load.notified());
            load.as_mut().enable();
            if self.lane().next_load().is_some() {
                return;
            }
            load.await;
        }
    }

    /// Points came from disk into memory, or went to disk alone, or left memory.
    #[cfg(feature = "spool")]
    pub(super) fn tell_moved(&self) {
        self.work.notify_one();
        self.load.notify_one();
    }

    /// As [`room`](Self::room), for plain threads.
    pub(super) fn room_blocking(&self, patience: &Blocking) -> Result<()> {
        self.wait_blocking(Lane::has_room, patience)
    }

    /// Blocks until it is so; an error when patience ends.
    fn wait_blocking(&self, is_so: impl Fn(&Lane) -> bool, patience: &Blocking) -> Result<()> {
        let mut lane = self.lane();
        while !is_so(&lane) {
            let left = patience.left().ok_or_else(stuck)?;
            let waited = self.settled_sync.wait_timeout(lane, left);
            (lane, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// The number of the next batch to send; `None` when there will be none.
    pub(super) async fn next(&self) -> Option<u64> {
        loop {
            let mut work = pin!(self.work.notified());
            work.as_mut().enable();
            let (due, kept) = {
                let mut lane = self.lane();
                if let Some(batch) = lane.take(Instant::now()) {
                    if lane.has_batches() {
                        // for others that send
                        self.work.notify_one();
                    }
                    return Some(batch);
                }
                if lane.is_over() {
                    return None;
                }
                (lane.due(), lane.has_many_spares())
            };
            match due {
                // woken or due: both are looked at above
                Some(due) => drop(timeout_at(due, work).await),
                None if kept => {
                    if timeout(IDLE, work).await.is_err() {
                        self.lane().release_spares();
                    }
                }
                None => work.await,
            }
        }
    }

    /// Points were settled, or none will be any more.
    pub(super) fn tell_settled(&self) {
        self.settled.notify_waiters();
        #[cfg(feature = "spool")]
        self.load.notify_one();
        // who checks while it holds the lane must not miss this
        drop(self.lane());
        self.settled_sync.notify_all();
    }

    /// Sends what there is now; gives the number that all points so far are below.
    pub(super) fn seal(&self) -> u64 {
        let below = self.lane().seal();
        self.work.notify_one();
        below
    }

    /// Takes no more points, and sends what there is; gives the number that all points are below.
    pub(super) fn close(&self) -> u64 {
        let end = {
            let mut lane = self.lane();
            lane.close();
            lane.seal()
        };
        self.work.notify_one();
        self.work.notify_waiters();
        self.tell_settled();
        end
    }

    /// Returns when all points below that number are settled; an error when nobody sends them any more.
    pub(super) async fn settled_below(&self, number: u64) -> Result<()> {
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            if let Some(end) = self.end_of_flush(&self.lane(), number) {
                return end;
            }
            settled.await;
        }
    }

    /// As [`settled_below`](Self::settled_below), for plain threads.
    pub(super) fn settled_below_blocking(&self, number: u64, patience: &Blocking) -> Result<()> {
        self.wait_blocking(|lane| self.end_of_flush(lane, number).is_some(), patience)?;
        self.end_of_flush(&self.lane(), number).unwrap_or(Ok(()))
    }

    /// How waiting for the points below that number has ended.
    fn end_of_flush(&self, lane: &Lane, number: u64) -> Option<Result<()>> {
        if lane.settled_below(number) {
            return Some(Ok(()));
        }
        lane.is_dead().then(|| Err(closed(lane.closed())))
    }

    /// Why no more points are taken.
    pub(super) fn closed(&self) -> Error {
        closed(self.lane().closed())
    }

    /// Belongs to a task that sends or loads: if the task ends before all is done, nobody waits for it any more.
    pub(super) fn attend(self: &Arc<Self>) -> Attendant {
        Attendant(Some(Arc::clone(self)))
    }

    fn die(&self) {
        let pending = {
            let mut lane = self.lane();
            lane.die();
            lane.stats().pending
        };
        if pending > 0 {
            tracing::error!(target = %self.target, points = pending, "the Tokio runtime of a batch writer has ended before its points were settled");
        }
        self.tell_settled();
    }
}

/// A task's part in a port.
pub(super) struct Attendant(Option<Arc<Port>>);

impl Attendant {
    /// The task has done all.
    pub(super) fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        if let Some(port) = self.0.take() {
            port.die();
        }
    }
}

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Port")
            .field("target", &self.target)
            .field("stats", &self.lane().stats())
            .finish_non_exhaustive()
    }
}

/// A point that was taken, and cannot be made safe now.
#[cfg(feature = "spool")]
pub(super) fn in_memory_alone(full: Error) -> Error {
    let text = "the spool is full: the point was taken and will be sent, or handed back by close, but waits in memory alone; give the spool more room with max_bytes(..)";
    Error::new(Kind::Spool, text).with_source(full)
}

pub(super) fn closed(why: Option<Closed>) -> Error {
    let text = match why {
        None | Some(Closed::Asked) => "the batch writer is closed: it takes no more points",
        Some(Closed::RuntimeEnded) => {
            "the batch writer takes no more points, as its Tokio runtime has ended, and with it the tasks that send: close it, \
             which hands back what is unsent, and build another within a runtime that lasts"
        }
    };
    Error::new(Kind::Closed, text)
}

pub(super) fn full(target: &BatchTarget) -> Error {
    Error::new(
        Kind::Full,
        format!(
            "the queue of {target} is full: the server is slower than the points come, or gone; wait, or give it more room with queue_bytes(..)"
        ),
    )
}
