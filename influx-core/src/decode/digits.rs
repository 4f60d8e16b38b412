//! Sixteen digits at a time. SSE2 where it is part of the target, else two words of eight.

/// Sixteen bytes of text.
#[derive(Clone, Copy)]
pub(crate) struct Digits(imp::Bytes);

/// Sixteen bytes that clear, and as many that keep.
static KEEP: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut at = 16;
    while at < 32 {
        bytes[at] = 0xff;
        at += 1;
    }
    bytes
};

impl Digits {
    /// # Safety
    /// 16 bytes at `p` are readable.
    #[inline(always)]
    pub(crate) unsafe fn load(p: *const u8) -> Digits {
        // SAFETY: promised by the caller.
        Digits(unsafe { imp::load(p) })
    }

    /// How many bytes are digits, from the first on.
    #[inline(always)]
    pub(crate) fn count(self) -> usize {
        imp::others(self.0).trailing_zeros() as usize
    }

    /// The number that all sixteen make; they are digits.
    #[inline(always)]
    pub(crate) fn join(self) -> u64 {
        imp::join(self.0)
    }

    /// The number that the last `count` make, at most sixteen; they are digits.
    #[inline(always)]
    pub(crate) fn join_last(self, count: usize) -> u64 {
        debug_assert!(count <= 16, "{count} of sixteen");
        // SAFETY: 16 bytes from there on are within the 32.
        imp::join(unsafe { imp::keep(self.0, KEEP.as_ptr().add(count)) })
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod imp {
    use core::arch::x86_64::*;

    pub(super) type Bytes = __m128i;

    /// The digits' values.
    #[inline(always)]
    pub(super) unsafe fn load(p: *const u8) -> Bytes {
        // SAFETY: SSE2 is part of the target; the load is unaligned.
        unsafe { _mm_sub_epi8(_mm_loadu_si128(p.cast()), _mm_set1_epi8(b'0' as i8)) }
    }

    /// A bit for each byte that is no digit, and one behind them.
    #[inline(always)]
    pub(super) fn others(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe { !_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v)) as u32 }
    }

    #[inline(always)]
    pub(super) unsafe fn keep(v: Bytes, mask: *const u8) -> Bytes {
        // SAFETY: as in `load`; the caller promises the mask.
        unsafe { _mm_and_si128(v, _mm_loadu_si128(mask.cast())) }
    }

    #[inline(always)]
    pub(super) fn join(v: Bytes) -> u64 {
        // SAFETY: SSE2 is part of the target.
        let eights = unsafe {
            // ten times the first of two and the second, in the upper byte: 2561 is 10 * 256 + 1
            let twos = _mm_srli_epi16(_mm_mullo_epi16(v, _mm_set1_epi16(2561)), 8);
            let fours = _mm_madd_epi16(twos, _mm_set1_epi32(0x0001_0064));
            let packed = _mm_packs_epi32(fours, fours);
            _mm_cvtsi128_si64(_mm_madd_epi16(packed, _mm_set1_epi32(0x0001_2710))) as u64
        };
        (eights & 0xffff_ffff) * 100_000_000 + (eights >> 32)
    }
}

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
#[cfg_attr(all(test, target_arch = "x86_64"), allow(dead_code))]
mod words {
    use core::num::NonZero;

    use crate::decode::number::{ZEROS, join as join_eight, others as others_of};

    pub(super) type Bytes = [u64; 2];

    fn words(p: *const u8) -> [*const u64; 2] {
        let word = p.cast::<u64>();
        [word, word.wrapping_add(1)]
    }

    pub(super) unsafe fn load(p: *const u8) -> Bytes {
        // SAFETY: promised by the caller; the reads are unaligned.
        words(p).map(|word| u64::from_le(unsafe { word.read_unaligned() }) ^ ZEROS)
    }

    pub(super) fn others(v: Bytes) -> u32 {
        let first = |word| NonZero::new(others_of(word)).map(|marks| marks.trailing_zeros() / 8);
        1 << first(v[0]).or_else(|| first(v[1]).map(|at| at + 8)).unwrap_or(16)
    }

    pub(super) unsafe fn keep(v: Bytes, mask: *const u8) -> Bytes {
        let [first, second] = words(mask);
        // SAFETY: promised by the caller; the reads are unaligned.
        unsafe { [v[0] & u64::from_le(first.read_unaligned()), v[1] & u64::from_le(second.read_unaligned())] }
    }

    pub(super) fn join(v: Bytes) -> u64 {
        join_eight(v[0]) * 100_000_000 + join_eight(v[1])
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use words as imp;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::scaled;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(scaled(512, 8) as u32) })]

        #[test]
        fn as_the_standard_library_reads_them(digits in "[0-9]{0,16}", end in "[^0-9]{16}", before in "[^0-9]{16}") {
            let text = format!("{before}{digits}{end}");
            let (start, end) = (before.len(), before.len() + digits.len());
            let first = text.as_bytes().as_ptr();
            let value: u64 = digits.parse().unwrap_or(0);
            // SAFETY: sixteen bytes and more are before and behind the digits.
            unsafe {
                let at = |at: usize| first.add(at);
                prop_assert_eq!(Digits::load(at(start)).count(), digits.len());
                prop_assert_eq!(Digits::load(at(end - 16)).join_last(digits.len()), value);
                prop_assert_eq!(words::others(words::load(at(start))).trailing_zeros() as usize, digits.len());
                let last = words::keep(words::load(at(end - 16)), KEEP.as_ptr().add(digits.len()));
                prop_assert_eq!(words::join(last), value);
                if digits.len() == 16 {
                    prop_assert_eq!(Digits::load(at(start)).join(), value);
                }
            }
        }
    }
}
