//! Text that grows, and a cursor behind its end that looks at the room as seldom as it can.

use core::ptr::copy_nonoverlapping;

use crate::encode::config::Config;
use crate::encode::number::SLACK;

/// What a value takes at most without a look at the room: a text of 16 bytes, all of them escaped, in quotes.
pub(crate) const VALUE: usize = 34;

/// Whole texts, and what their writers have to mind.
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) config: Config,
    /// A value of the text that is being written cannot be said: what is behind the end is void.
    pub(crate) failed: bool,
}

impl Buffer {
    pub(crate) const fn new(bytes: Vec<u8>, config: Config) -> Buffer {
        Buffer { bytes, config, failed: false }
    }

    /// Whether the text that was begun has failed; the next one has not.
    pub(crate) fn take_failed(&mut self) -> bool {
        core::mem::take(&mut self.failed)
    }
}

/// Room behind the end of a buffer, and how much of it is taken.
///
/// Most of a line is of bounded length: static text, numbers, short texts. All of that is summed up when the line is
/// begun, as the `budget`, and written without a look at the room. Only longer texts look.
///
/// At every time, `budget <= keep`, and the `budget` and the slack are writable at `p`.
#[doc(hidden)]
pub struct Room<'b> {
    pub(in crate::encode) p: *mut u8,
    /// The address that a text which looks at the room may reach: `keep` bytes and the slack are behind it.
    pub(in crate::encode) end: usize,
    pub(in crate::encode) budget: usize,
    pub(in crate::encode) keep: usize,
    pub(in crate::encode) buffer: &'b mut Buffer,
}

impl<'b> Room<'b> {
    /// Room for `budget` bytes, and more for texts that look.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn new(buffer: &'b mut Buffer, budget: usize) -> Room<'b> {
        let bytes = &mut buffer.bytes;
        let (base, len) = (bytes.as_mut_ptr(), bytes.len());
        // SAFETY: within the buffer's memory, or at its end.
        let p = unsafe { base.add(len) };
        let end = base.addr().wrapping_add(bytes.capacity()).wrapping_sub(budget).wrapping_sub(SLACK);
        let mut room = Room { p, end, budget, keep: budget, buffer };
        if !room.fits(0) {
            (room.p, room.end) = grow(room.buffer, room.p, room.keep, 0);
        }
        room
    }

    /// Whether a text that takes at most `2 * len` bytes may be written beside what is kept.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn fits(&self, len: usize) -> bool {
        // both are addresses around one piece of memory, whose distance a signed number holds
        (self.end.wrapping_sub(self.p.addr()) as isize) >> 1 >= len as isize
    }

    /// As [`fits`](Room::fits), for a text that is part of a line's key: whether the key is not too long with it, either,
    /// whatever the budget is spent for.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn fits_in_key(&self, len: usize) -> bool {
        // of what fits, twice the length is no more than a Vec can hold
        self.fits(len) && self.written() + self.keep + 2 * len <= self.buffer.config.max_key
    }

    /// Takes `need` bytes of the budget: so many are writable at the cursor now.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn spend(&mut self, need: usize) {
        if self.budget < need {
            // never for a derived struct: it knows its sum
            self.keep = self.keep.max(need);
            (self.p, self.end) = grow(self.buffer, self.p, self.keep, 0);
            self.budget = self.keep;
        }
        self.budget -= need;
    }

    /// # Safety
    /// `text.len()` bytes of the budget are spent for it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) unsafe fn put(&mut self, text: &[u8]) {
        // SAFETY: promised by the caller.
        unsafe {
            copy_nonoverlapping(text.as_ptr(), self.p, text.len());
            self.p = self.p.add(text.len());
        }
    }

    /// # Safety
    /// A byte of the budget is spent for it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) unsafe fn push(&mut self, byte: u8) {
        // SAFETY: promised by the caller.
        unsafe {
            *self.p = byte;
            self.p = self.p.add(1);
        }
    }

    /// A text as it is.
    ///
    /// # Safety
    /// [`VALUE`] bytes of the budget are spent for it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) unsafe fn put_text(&mut self, text: &[u8]) {
        if text.len() > VALUE {
            self.look_in_key(text.len());
        }
        // SAFETY: short, or looked at.
        unsafe { self.p = put_plain(self.p, text) }
    }

    /// A part of a line's key of any length, beside the budget.
    pub(in crate::encode) fn append(&mut self, text: &[u8]) {
        self.look_in_key(text.len());
        // SAFETY: the room was looked at.
        unsafe { self.p = put_plain(self.p, text) }
    }

    /// Makes room for a text that takes at most `2 * len` bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn look(&mut self, len: usize) {
        if !self.fits(len) {
            (self.p, self.end) = grow(self.buffer, self.p, self.keep, len);
        }
    }

    /// As [`look`](Room::look), for a text that is part of a line's key. One that may be too long fails here: only what
    /// has failed is counted exactly.
    pub(in crate::encode) fn look_in_key(&mut self, len: usize) {
        if !self.fits_in_key(len) {
            self.look(len);
            self.buffer.failed |= !self.fits_in_key(len);
        }
    }

    /// Lets something that is not inlined write: to a copy of the cursor, so that this one may stay in registers.
    #[inline(always)]
    pub(in crate::encode) fn aside(&mut self, write: impl FnOnce(&mut Room<'_>)) {
        let Room { p, end, budget, keep, buffer } = self;
        let mut copy = Room { p: *p, end: *end, budget: *budget, keep: *keep, buffer };
        write(&mut copy);
        (*p, *end) = (copy.p, copy.end);
    }

    /// Bytes written since the end of the buffer.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn written(&self) -> usize {
        self.p.addr() - self.buffer.bytes.as_ptr().addr() - self.buffer.bytes.len()
    }

    /// Makes what was written part of the buffer.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(in crate::encode) fn commit(self) {
        let bytes = &mut self.buffer.bytes;
        let len = self.p.addr() - bytes.as_ptr().addr();
        // SAFETY: the cursor moves only behind what was written.
        unsafe { bytes.set_len(len) }
    }
}

/// Moves a text that is being written to where it has room for `2 * len` bytes more, beside what is kept.
#[cold]
#[inline(never)]
pub(in crate::encode) fn grow(buffer: &mut Buffer, p: *mut u8, keep: usize, len: usize) -> (*mut u8, usize) {
    let bytes = &mut buffer.bytes;
    let (whole, written) = (bytes.len(), p.addr() - bytes.as_ptr().addr());
    let room = len.saturating_mul(2).saturating_add(keep).saturating_add(SLACK);
    // SAFETY: all before the cursor was written. The text counts to the buffer only while it is moved.
    let moved = unsafe {
        bytes.set_len(written);
        let moved = bytes.try_reserve(room);
        bytes.set_len(whole);
        moved
    };
    if moved.is_err() {
        // fails as any too large Vec does
        bytes.reserve(usize::MAX);
    }
    let base = bytes.as_mut_ptr();
    let end = base.addr().wrapping_add(bytes.capacity()).wrapping_sub(keep).wrapping_sub(SLACK);
    // SAFETY: as far from the start as before.
    (unsafe { base.add(written) }, end)
}

/// # Safety
/// `text.len()` bytes at `p` are writable.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_plain(p: *mut u8, text: &[u8]) -> *mut u8 {
    // SAFETY: promised by the caller.
    unsafe {
        let (from, n) = (text.as_ptr(), text.len());
        match n {
            17.. => copy_nonoverlapping(from, p, n),
            8.. => {
                p.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
                p.add(n - 8).cast::<u64>().write_unaligned(from.add(n - 8).cast::<u64>().read_unaligned());
            }
            4.. => {
                p.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned());
                p.add(n - 4).cast::<u32>().write_unaligned(from.add(n - 4).cast::<u32>().read_unaligned());
            }
            1.. => {
                *p = *from;
                *p.add(n / 2) = *from.add(n / 2);
                *p.add(n - 1) = *from.add(n - 1);
            }
            0 => {}
        }
        p.add(n)
    }
}
