//! A place in the bytes from which some more can be read without a look at where they end.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::decode::digits::Digits;

/// How many bytes must be there before a value: numbers are read from their ends, sixteen bytes at a time.
pub(super) const BEFORE: usize = 16;

/// How many bytes from a value on must be there: those of the longest number that is read here, a sign, 22 digits and a point, and one
/// behind it.
pub(super) const NEAR: usize = 25;

/// How many bytes from a text on must be there: a quote, two blocks, and a byte behind them.
pub(super) const NEAR_TEXT: usize = 34;

/// A place in bytes. It is made where [`NEAR`] bytes are there, and [`BEFORE`] before them; the readers of numbers and words pass over fewer than those.
#[derive(Clone, Copy)]
pub(super) struct Near<'b> {
    at: NonNull<u8>,
    #[cfg(debug_assertions)]
    end: *const u8,
    bytes: PhantomData<&'b [u8]>,
}

impl<'b> Near<'b> {
    /// The place of `b[at]`.
    ///
    /// # Safety
    /// `at` is at most the length of `b`; unless [`NEAR`] bytes follow and [`BEFORE`] are before, nothing is read from there.
    #[inline(always)]
    pub(super) unsafe fn new(b: &'b [u8], at: usize) -> Self {
        Near {
            // SAFETY: promised by the caller.
            at: unsafe { NonNull::new_unchecked(b.as_ptr().add(at).cast_mut()) },
            #[cfg(debug_assertions)]
            end: b.as_ptr_range().end,
            bytes: PhantomData,
        }
    }

    /// The place of `b[at]`, if a byte is there.
    #[inline(always)]
    pub(super) fn within(b: &'b [u8], at: usize) -> Option<Self> {
        // SAFETY: within the bytes.
        (at < b.len()).then(|| unsafe { Near::new(b, at) })
    }

    /// Whether it is behind another place of the same bytes.
    #[inline(always)]
    pub(super) fn is_behind(self, other: Near<'b>) -> bool {
        self.at > other.at
    }

    /// Its index in the bytes.
    #[inline(always)]
    pub(super) fn index(self, b: &'b [u8]) -> usize {
        self.at.as_ptr().addr() - b.as_ptr().addr()
    }

    #[inline(always)]
    fn check(self, bytes: usize) {
        #[cfg(debug_assertions)]
        assert!(self.at.as_ptr().addr() + bytes <= self.end.addr(), "{bytes} bytes are not there");
        let _ = bytes;
    }

    /// The place that many bytes on.
    #[inline(always)]
    pub(super) fn behind(self, bytes: usize) -> Self {
        self.check(bytes);
        // SAFETY: a reader passes over bytes that it has read.
        Near { at: unsafe { self.at.add(bytes) }, ..self }
    }

    #[inline(always)]
    pub(super) fn byte(self, at: usize) -> u8 {
        self.check(at + 1);
        // SAFETY: readers pass over at most a sign, 22 digits and a point: within `NEAR` bytes.
        unsafe { self.at.add(at).read() }
    }

    /// The byte as a digit; above 9 if it is none.
    #[inline(always)]
    pub(super) fn digit(self, at: usize) -> u8 {
        self.byte(at).wrapping_sub(b'0')
    }

    /// Sixteen bytes.
    #[inline(always)]
    pub(super) fn digits(self) -> Digits {
        self.check(16);
        // SAFETY: as in `byte`: at most five bytes were passed over.
        unsafe { Digits::load(self.at.as_ptr()) }
    }

    /// The number that `count` digits make, at most sixteen, the last of which is before this place.
    #[inline(always)]
    pub(super) fn number_before(self, count: usize) -> u64 {
        // SAFETY: so many bytes are before every value.
        unsafe { Digits::load(self.at.sub(16).as_ptr()) }.join_last(count)
    }

    /// Four bytes.
    #[inline(always)]
    pub(super) fn four(self, at: usize) -> [u8; 4] {
        self.check(at + 4);
        // SAFETY: as in `byte`.
        unsafe { self.at.add(at).cast::<[u8; 4]>().read() }
    }

    /// Two blocks of bytes, behind the quote of a text that [fits](Self::fits_text).
    #[inline(always)]
    pub(super) fn blocks(self) -> *const u8 {
        self.check(32);
        self.at.as_ptr()
    }

    /// Whether a text can be read from there, two blocks at a time.
    #[inline(always)]
    pub(super) fn fits_text(self, b: &'b [u8]) -> bool {
        b.as_ptr_range().end.addr() - self.at.as_ptr().addr() >= NEAR_TEXT
    }

    /// The bytes up to another place behind it.
    #[inline(always)]
    pub(super) fn until(self, end: Near<'b>) -> &'b [u8] {
        let length = end.at.as_ptr().addr() - self.at.as_ptr().addr();
        self.check(length);
        // SAFETY: both places are of the same bytes, which live for `'b`.
        unsafe { core::slice::from_raw_parts(self.at.as_ptr(), length) }
    }
}
