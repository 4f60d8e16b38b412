//! The times of lines.

use crate::encode::buffer::{Buffer, Room};
use crate::encode::number::{TimeCache, put_i64};
use crate::precision::Precision;

/// How a writer's lines get their times.
pub(crate) struct Stamps {
    /// Of a second of which every nanosecond can be stored, where times are written in nanoseconds.
    second: TimeCache,
    clock: Option<fn() -> i64>,
}

impl Stamps {
    pub(super) const fn new() -> Stamps {
        Stamps { second: TimeCache::new(), clock: None }
    }

    /// The unit has changed.
    pub(super) fn forget(&mut self) {
        self.second = TimeCache::new();
    }

    pub(super) fn set_clock(&mut self, now: fn() -> i64) {
        self.clock = Some(now);
    }

    /// The time of a point that may have none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn or_now(&self, nanos: Option<i64>) -> Option<i64> {
        match nanos {
            Some(nanos) => Some(nanos),
            None => self.clock.map(|now| now()),
        }
    }

    /// A time in the unit of the buffer; one that the server cannot store makes it `failed`.
    ///
    /// # Safety
    /// [`MAX_INT`](crate::encode::number::MAX_INT) bytes of the budget are spent for it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn put(&mut self, room: &mut Room<'_>, nanos: i64) {
        // SAFETY: promised by the caller.
        room.p = unsafe {
            match self.second.put(room.p, nanos) {
                Some(p) => p,
                None => self.put_of_another_second(room.buffer, room.p, nanos),
            }
        };
    }

    /// # Safety
    /// As for `put`.
    #[inline(never)]
    unsafe fn put_of_another_second(&mut self, buffer: &mut Buffer, p: *mut u8, nanos: i64) -> *mut u8 {
        const SECOND: i64 = 1_000_000_000;
        let Some(units) = buffer.config.units(nanos) else {
            buffer.failed = true;
            return p;
        };
        // the ranges of all servers end in the last second
        let whole = (SECOND..i64::MAX - SECOND).contains(&nanos);
        if buffer.config.precision == Precision::Ns && whole {
            self.second.fill(nanos);
        }
        // SAFETY: promised by the caller.
        unsafe { put_i64(p, units) }
    }
}
