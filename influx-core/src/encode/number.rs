//! Numbers to text. The writers put their digits at a cursor with room behind it and may touch up to [`SLACK`] bytes
//! past the end that they return; their callers reserve both.

use core::ptr::copy_nonoverlapping;

/// Bytes behind the reserved room that the writers here and in `escape` may overwrite.
pub(crate) const SLACK: usize = 64;
/// `-9223372036854775808` and a suffix.
pub(crate) const MAX_INT: usize = 21;

const ASCII0: u64 = 0x3030_3030_3030_3030;

/// Eight decimal digits of `x` < 10^8, the first in the lowest byte, each 0 to 9.
#[inline(always)]
fn bcd8(x: u32) -> u64 {
    let hi = x / 10_000;
    let lo = x - hi * 10_000;
    let t = u64::from(hi) | u64::from(lo) << 32;
    let q = ((t * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let u = q | ((t - q * 100) << 16);
    let r = ((u * 103) >> 10) & 0x000f_000f_000f_000f;
    r | ((u - r * 10) << 8)
}

/// # Safety
/// 8 bytes at `p` are writable.
#[inline(always)]
unsafe fn put8(p: *mut u8, digits: u64) {
    // SAFETY: promised by the caller; the write is unaligned.
    unsafe { p.cast::<u64>().write_unaligned(digits.to_le()) }
}

/// Digits of `x` < 10^8 without leading zeros.
///
/// # Safety
/// 8 bytes at `p` are writable.
#[inline(always)]
unsafe fn put_stripped8(p: *mut u8, x: u32) -> *mut u8 {
    let digits = bcd8(x);
    let zeros = (digits | 1 << 56).trailing_zeros() & !7;
    // SAFETY: 8 bytes are written, at most 8 are passed.
    unsafe {
        put8(p, (digits + ASCII0) >> zeros);
        p.add(8 - (zeros / 8) as usize)
    }
}

/// The digits of every number below 1000, the first in the lowest byte, and how many they are in the highest.
static SHORT: [u32; 1000] = {
    let mut table = [0; 1000];
    let mut i = 0;
    while i < 1000 {
        let (a, b, c) = (i / 100, i / 10 % 10, i % 10);
        let ascii = 0x30_3030 + (a | b << 8 | c << 16);
        table[i as usize] = match i {
            100.. => ascii | 3 << 24,
            10.. => ascii >> 8 | 2 << 24,
            _ => ascii >> 16 | 1 << 24,
        };
        i += 1;
    }
    table
};

/// Numbers from here on have more than eight digits.
pub(super) const LONG: u64 = 100_000_000;

/// # Safety
/// 20 bytes and the slack at `p` are writable.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_u64(p: *mut u8, v: u64) -> *mut u8 {
    // SAFETY: within the table; 8 bytes are touched, or the same promise.
    unsafe {
        if v >= LONG {
            return put_long_u64(p, v);
        }
        if v >= 1000 {
            return put_stripped8(p, v as u32);
        }
        let digits = *SHORT.get_unchecked(v as usize);
        p.cast::<u32>().write_unaligned(digits.to_le());
        p.add((digits >> 24) as usize)
    }
}

// not inlined, as it would stand in every struct for every field
/// # Safety
/// As for [`put_u64`].
#[inline(never)]
pub(super) unsafe fn put_long_u64(p: *mut u8, v: u64) -> *mut u8 {
    // SAFETY: at most 8 + 8 + 8 bytes are touched.
    unsafe {
        if v < 10_000_000_000_000_000 {
            let hi = v / 100_000_000;
            let p = put_stripped8(p, hi as u32);
            put8(p, bcd8((v - hi * 100_000_000) as u32) + ASCII0);
            return p.add(8);
        }
        let hi = v / 10_000_000_000_000_000;
        let rest = v - hi * 10_000_000_000_000_000;
        let mid = rest / 100_000_000;
        let p = put_stripped8(p, hi as u32);
        put8(p, bcd8(mid as u32) + ASCII0);
        put8(p.add(8), bcd8((rest - mid * 100_000_000) as u32) + ASCII0);
        p.add(16)
    }
}

/// # Safety
/// As for [`put_u64`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_i64(p: *mut u8, v: i64) -> *mut u8 {
    // SAFETY: the sign takes one byte of the slack.
    unsafe {
        *p = b'-';
        put_u64(p.add(usize::from(v < 0)), v.unsigned_abs())
    }
}

/// Whole seconds and their digits, of which the nanoseconds are the rest: timestamps of one batch mostly share them.
#[derive(Debug, Clone)]
pub(crate) struct TimeCache {
    seconds: u64,
    text: [u8; 16],
    len: usize,
}

const NANOS: u64 = 1_000_000_000;

impl TimeCache {
    /// Of a second that no timestamp is in.
    pub(crate) const fn new() -> Self {
        TimeCache { seconds: u64::MAX, text: [0; 16], len: 0 }
    }

    /// Keeps the second of a timestamp that is not before 1970.
    #[inline(never)]
    pub(crate) fn fill(&mut self, nanos: i64) {
        let mut digits = [0; 16 + SLACK];
        let seconds = nanos.unsigned_abs() / NANOS;
        // SAFETY: ten digits.
        let end = unsafe { put_u64(digits.as_mut_ptr(), seconds) };
        self.seconds = seconds;
        self.len = end.addr() - digits.as_ptr().addr();
        self.text.copy_from_slice(&digits[..16]);
    }

    /// A timestamp in nanoseconds, if it is in the second that is kept.
    ///
    /// # Safety
    /// As for [`put_u64`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) unsafe fn put(&self, p: *mut u8, nanos: i64) -> Option<*mut u8> {
        // before 1970 it is in none
        let nanos = nanos as u64;
        let seconds = nanos / NANOS;
        if seconds != self.seconds {
            return None;
        }
        let rest = (nanos - seconds * NANOS) as u32;
        // SAFETY: at most 10 digits of seconds (16 are copied), then 9.
        unsafe {
            copy_nonoverlapping(self.text.as_ptr(), p, 16);
            let p = p.add(self.len);
            let first = rest / 100_000_000;
            *p = b'0' + first as u8;
            put8(p.add(1), bcd8(rest - first * 100_000_000) + ASCII0);
            Some(p.add(9))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn text(put: impl FnOnce(*mut u8) -> *mut u8) -> String {
        let mut buffer = vec![b'#'; 40 + SLACK];
        let start = buffer.as_mut_ptr();
        let end = put(start);
        let len = end as usize - start as usize;
        assert!(len <= 40);
        buffer.truncate(len);
        String::from_utf8(buffer).unwrap()
    }

    proptest! {
        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn integers_like_std(v in any::<i64>(), shift in 0..64u32) {
            let (v, u) = (v >> shift, (v as u64) >> shift);
            // SAFETY: with room.
            prop_assert_eq!(text(|p| unsafe { put_i64(p, v) }), v.to_string());
            // SAFETY: with room.
            prop_assert_eq!(text(|p| unsafe { put_u64(p, u) }), u.to_string());
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn timestamps_like_std(v in any::<i64>(), shift in 0..64u32, near in any::<i16>()) {
            let mut cache = TimeCache::new();
            for v in [v >> shift, (v >> shift).saturating_add(near.into())] {
                if v >= 1_000_000_000 {
                    cache.fill(v);
                    // SAFETY: with room; the second is kept.
                    prop_assert_eq!(text(|p| unsafe { cache.put(p, v) }.unwrap()), v.to_string());
                }
                // SAFETY: with room.
                let none = unsafe { cache.put([0; 40 + SLACK].as_mut_ptr(), -1) }.is_none();
                prop_assert!(none);
            }
        }

    }
}
