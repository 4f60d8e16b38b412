//! A target's lane, shared by those who give points and those who send them.

use std::pin::pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use influx_core::LineProtocol;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::config::WhenFull;
use super::event::BatchTarget;
use super::lane::{Lane, Offered};
use crate::error::{Error, Kind, Result};
use crate::write::WriteTarget;

pub(super) struct Port {
    pub(super) target: BatchTarget,
    pub(super) to: WriteTarget,
    lane: Mutex<Lane>,
    /// A batch is full, was opened, or is to leave.
    work: Notify,
    /// Points were settled: there is room, and a flush may be done.
    settled: Notify,
    settled_sync: Condvar,
}

/// How a point waits for room, if it does.
pub(super) enum Waiting<'p> {
    /// The number behind the point.
    Done(u64),
    For(&'p Port),
}

impl Port {
    pub(super) fn new(target: BatchTarget, to: WriteTarget, lane: Lane) -> Self {
        Port {
            target,
            to,
            lane: Mutex::new(lane),
            work: Notify::new(),
            settled: Notify::new(),
            settled_sync: Condvar::new(),
        }
    }

    /// A thread that panicked while it held the lane left it whole: every change is complete before anything can panic.
    pub(super) fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a point to the lane, once.
    #[inline]
    pub(super) fn offer<P: LineProtocol + ?Sized>(&self, point: &P) -> Result<Offered> {
        let offered = self.lane().offer(point).map_err(Error::encode)?;
        self.wake(&offered);
        Ok(offered)
    }

    pub(super) fn offer_line(&self, line: &[u8]) -> Offered {
        let offered = self.lane().offer_line(line);
        self.wake(&offered);
        offered
    }

    #[inline]
    pub(super) fn wake(&self, offered: &Offered) {
        if let Offered::Taken { wake: true, .. } = offered {
            self.work.notify_one();
        }
    }

    /// What is left to do about a point that was offered.
    pub(super) fn outcome(&self, offered: &Offered, when_full: WhenFull) -> Result<Waiting<'_>> {
        match offered {
            Offered::Taken { end, .. } => Ok(Waiting::Done(*end)),
            Offered::Closed => Err(closed()),
            Offered::Full if when_full == WhenFull::Reject => Err(full(&self.target)),
            Offered::Full => Ok(Waiting::For(self)),
        }
    }

    pub(super) fn full(&self) -> Error {
        full(&self.target)
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

    /// Gives the lines of a record on disk to the lane, when there is room; not once it is closed.
    #[cfg(feature = "spool")]
    pub(super) async fn replay<'l>(&self, record: u64, lines: impl Iterator<Item = &'l [u8]>) {
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            {
                let mut lane = self.lane();
                if lane.is_closed() {
                    return;
                }
                if lane.has_room_to_replay() {
                    if lane.replay(record, lines) {
                        self.work.notify_one();
                    }
                    return;
                }
            }
            settled.await;
        }
    }

    /// As [`room`](Self::room), for plain threads.
    pub(super) fn room_blocking(&self) {
        let mut lane = self.lane();
        while !lane.has_room() {
            lane = self.settled_sync.wait(lane).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The number of the next batch to send; `None` when there will be none.
    pub(super) async fn next(&self) -> Option<u64> {
        loop {
            let mut work = pin!(self.work.notified());
            work.as_mut().enable();
            let due = {
                let mut lane = self.lane();
                if let Some(batch) = lane.take(Instant::now()) {
                    return Some(batch);
                }
                if lane.is_closed() {
                    return None;
                }
                lane.due()
            };
            match due {
                // woken or due: both are looked at above
                Some(due) => drop(timeout_at(due, work).await),
                None => work.await,
            }
        }
    }

    /// Points were settled, or none will be any more.
    pub(super) fn tell_settled(&self) {
        self.settled.notify_waiters();
        // who checks while it holds the lane must not miss this
        drop(self.lane());
        self.settled_sync.notify_all();
    }

    /// Sends what there is now; gives the number that all batches so far are below.
    pub(super) fn seal(&self) -> u64 {
        let below = self.lane().seal();
        self.work.notify_one();
        below
    }

    /// Takes no more points, and sends what there is.
    pub(super) fn close(&self) {
        {
            let mut lane = self.lane();
            lane.close();
            lane.seal();
        }
        self.work.notify_one();
        self.work.notify_waiters();
        self.tell_settled();
    }

    /// Returns when all batches below that number are settled.
    pub(super) async fn settled_below(&self, number: u64) {
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            if self.lane().settled_below(number) {
                return;
            }
            settled.await;
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

pub(super) fn closed() -> Error {
    Error::new(Kind::Closed, "the batch writer is closed: it takes no more points")
}

fn full(target: &BatchTarget) -> Error {
    Error::new(
        Kind::Full,
        format!(
            "the queue of {target} is full: the server is slower than the points come, or gone; wait, or give it more room with queue_bytes(..)"
        ),
    )
}
