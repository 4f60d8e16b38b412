//! A place in the bytes from which some more can be read without a look at where they end.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::decode::digits::Digits;

/// How many bytes [`Near::number_before`] looks at before a place.
pub(crate) const BEFORE: usize = 16;

/// A place in bytes. Readers pass over no more bytes from the start of a value on, and look at no more before it, than they said
/// must be there: [`Values::AFTER`](super::Values::AFTER) and [`Values::BEFORE`](super::Values::BEFORE).
#[derive(Clone, Copy)]
pub(crate) struct Near<'b> {
    at: NonNull<u8>,
    #[cfg(debug_assertions)]
    end: *const u8,
    bytes: PhantomData<&'b [u8]>,
}

impl<'b> Near<'b> {
    /// The place of `b[at]`.
    ///
    /// # Safety
    /// `at` is at most the length of `b`, and nothing is read from there but what is in `b`.
    #[inline(always)]
    pub(crate) unsafe fn new(b: &'b [u8], at: usize) -> Self {
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
    pub(crate) fn within(b: &'b [u8], at: usize) -> Option<Self> {
        // SAFETY: within the bytes.
        (at < b.len()).then(|| unsafe { Near::new(b, at) })
    }

    /// Whether it is behind another place of the same bytes.
    #[inline(always)]
    pub(crate) fn is_behind(self, other: Near<'b>) -> bool {
        self.at > other.at
    }

    /// Its index in the bytes.
    #[inline(always)]
    pub(crate) fn index(self, b: &'b [u8]) -> usize {
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
    pub(crate) fn behind(self, bytes: usize) -> Self {
        self.check(bytes);
        // SAFETY: a reader passes over bytes that it has read.
        Near { at: unsafe { self.at.add(bytes) }, ..self }
    }

    #[inline(always)]
    pub(crate) fn byte(self, at: usize) -> u8 {
        self.check(at + 1);
        // SAFETY: within the bytes that must be there.
        unsafe { self.at.add(at).read() }
    }

    /// The byte as a digit; above 9 if it is none.
    #[inline(always)]
    pub(crate) fn digit(self, at: usize) -> u8 {
        self.byte(at).wrapping_sub(b'0')
    }

    /// Sixteen bytes.
    #[inline(always)]
    pub(crate) fn digits(self) -> Digits {
        self.check(16);
        // SAFETY: as in `byte`.
        unsafe { Digits::load(self.at.as_ptr()) }
    }

    /// The number that `count` digits make, at most sixteen, the last of which is before this place.
    #[inline(always)]
    pub(crate) fn number_before(self, count: usize) -> u64 {
        // SAFETY: so many bytes must be there before a value.
        unsafe { Digits::load(self.at.sub(BEFORE).as_ptr()) }.join_last(count)
    }

    /// Sixteen bytes, the first the lowest.
    #[inline(always)]
    pub(crate) fn sixteen(self) -> u128 {
        self.check(16);
        // SAFETY: as in `byte`.
        u128::from_le_bytes(unsafe { self.at.cast::<[u8; 16]>().read() })
    }

    /// Four bytes.
    #[inline(always)]
    pub(crate) fn four(self, at: usize) -> [u8; 4] {
        self.check(at + 4);
        // SAFETY: as in `byte`.
        unsafe { self.at.add(at).cast::<[u8; 4]>().read() }
    }

    /// Two blocks of bytes.
    #[inline(always)]
    pub(crate) fn blocks(self) -> *const u8 {
        self.check(32);
        self.at.as_ptr()
    }

    /// Whether so many bytes are there from here on.
    #[inline(always)]
    pub(crate) fn has(self, b: &'b [u8], bytes: usize) -> bool {
        b.as_ptr_range().end.addr() - self.at.as_ptr().addr() >= bytes
    }

    /// Eight bytes, the first the highest.
    #[inline(always)]
    pub(crate) fn big_word(self, at: usize) -> u64 {
        self.check(at + 8);
        // SAFETY: as in `byte`.
        u64::from_be_bytes(unsafe { self.at.add(at).cast::<[u8; 8]>().read() })
    }

    /// The bytes up to another place behind it.
    #[inline(always)]
    pub(crate) fn until(self, end: Near<'b>) -> &'b [u8] {
        let length = end.at.as_ptr().addr() - self.at.as_ptr().addr();
        self.check(length);
        // SAFETY: both places are of the same bytes, which live for `'b`.
        unsafe { core::slice::from_raw_parts(self.at.as_ptr(), length) }
    }
}
