//! Sixteen bytes at a time: which of them need an escape. SSE2 where it is part of the target, else two words of eight.

/// Sixteen bytes of text.
#[derive(Clone, Copy)]
pub(crate) struct Block(imp::Bytes);

impl Block {
    /// # Safety
    /// 16 bytes at `p` are readable.
    #[inline(always)]
    pub(crate) unsafe fn load(p: *const u8) -> Block {
        // SAFETY: promised by the caller.
        Block(unsafe { imp::load(p) })
    }

    #[inline(always)]
    pub(crate) fn from_words(low: u64, high: u64) -> Block {
        Block(imp::from_words(low, high))
    }

    /// # Safety
    /// 16 bytes at `p` are writable.
    #[inline(always)]
    pub(crate) unsafe fn store(self, p: *mut u8) {
        // SAFETY: promised by the caller.
        unsafe { imp::store(self.0, p) }
    }

    /// A bit for each byte that cannot be copied into a tag value as it is: controls, DEL, space, `,`, `=`, `\`.
    #[inline(always)]
    pub(crate) fn in_tag(self) -> u32 {
        imp::in_tag(self.0)
    }

    /// Not 0 when one of those bytes is more than a matter of one backslash: controls, DEL, `\`.
    #[inline(always)]
    pub(crate) fn hard_in_tag(self) -> u32 {
        imp::hard_in_tag(self.0)
    }

    /// A bit for each `"` and `\`.
    #[inline(always)]
    pub(crate) fn in_string(self) -> u32 {
        imp::in_string(self.0)
    }

    /// A bit for each `"`, `[`, `]`, `{` and `}`.
    #[inline(always)]
    pub(crate) fn in_json(self) -> u32 {
        imp::in_json(self.0)
    }

    /// A bit for each `"`, `,`, CR and LF, and for every other control up to CR: of CSV, all that can end a cell, and what seldom is in one.
    #[inline(always)]
    pub(crate) fn in_csv(self) -> u32 {
        imp::in_csv(self.0)
    }

    /// A bit for each `"`, and each control up to CR: what ends a quoted cell of CSV, and what is written otherwise than it is read.
    #[inline(always)]
    pub(crate) fn in_quoted(self) -> u32 {
        imp::in_quoted(self.0)
    }

    /// A bit for each byte that is not ASCII.
    #[inline(always)]
    pub(crate) fn beyond_ascii(self) -> u32 {
        imp::beyond_ascii(self.0)
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod imp {
    use core::arch::x86_64::*;

    pub(super) type Bytes = __m128i;

    #[inline(always)]
    pub(super) unsafe fn load(p: *const u8) -> Bytes {
        // SAFETY: SSE2 is part of the target; the load is unaligned.
        unsafe { _mm_loadu_si128(p.cast()) }
    }

    #[inline(always)]
    pub(super) fn from_words(low: u64, high: u64) -> Bytes {
        // SAFETY: SSE2 is part of the target.
        unsafe { _mm_set_epi64x(high as i64, low as i64) }
    }

    #[inline(always)]
    pub(super) unsafe fn store(v: Bytes, p: *mut u8) {
        // SAFETY: SSE2 is part of the target; the store is unaligned.
        unsafe { _mm_storeu_si128(p.cast(), v) }
    }

    #[inline(always)]
    pub(super) fn in_tag(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let eq = |byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
            let to_space = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x20)), v);
            let delimiters = _mm_or_si128(eq(b','), eq(b'='));
            let rest = _mm_or_si128(eq(b'\\'), eq(0x7f));
            _mm_movemask_epi8(_mm_or_si128(to_space, _mm_or_si128(delimiters, rest))) as u32
        }
    }

    #[inline(always)]
    pub(super) fn hard_in_tag(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let eq = |byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
            let controls = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
            _mm_movemask_epi8(_mm_or_si128(controls, _mm_or_si128(eq(b'\\'), eq(0x7f)))) as u32
        }
    }

    #[inline(always)]
    pub(super) fn in_string(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let eq = |byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
            _mm_movemask_epi8(_mm_or_si128(eq(b'"'), eq(b'\\'))) as u32
        }
    }

    #[inline(always)]
    pub(super) fn in_json(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let eq = |v: Bytes, byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
            // one bit is between a bracket and a brace
            let brace = _mm_or_si128(v, _mm_set1_epi8(0x20));
            let nested = _mm_or_si128(eq(brace, b'{'), eq(brace, b'}'));
            _mm_movemask_epi8(_mm_or_si128(nested, eq(v, b'"'))) as u32
        }
    }

    #[inline(always)]
    pub(super) fn in_csv(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let eq = |byte: u8| _mm_cmpeq_epi8(v, _mm_set1_epi8(byte as i8));
            let to_cr = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(b'\r' as i8)), v);
            _mm_movemask_epi8(_mm_or_si128(to_cr, _mm_or_si128(eq(b','), eq(b'"')))) as u32
        }
    }

    #[inline(always)]
    pub(super) fn in_quoted(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe {
            let to_cr = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(b'\r' as i8)), v);
            let quotes = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'"' as i8));
            _mm_movemask_epi8(_mm_or_si128(to_cr, quotes)) as u32
        }
    }

    #[inline(always)]
    pub(super) fn beyond_ascii(v: Bytes) -> u32 {
        // SAFETY: SSE2 is part of the target.
        unsafe { _mm_movemask_epi8(v) as u32 }
    }
}

#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
#[cfg_attr(all(test, target_arch = "x86_64"), allow(dead_code))]
mod words {
    pub(super) type Bytes = [u64; 2];

    const LOW7: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const HIGH: u64 = 0x8080_8080_8080_8080;

    const fn splat(byte: u8) -> u64 {
        0x0101_0101_0101_0101 * byte as u64
    }

    /// The high bit of each byte that equals `byte`, without carries between bytes.
    const fn eq(v: u64, byte: u8) -> u64 {
        let x = v ^ splat(byte);
        !(((x & LOW7) + LOW7) | x) & HIGH
    }

    const fn to_space(v: u64) -> u64 {
        !(((v & LOW7) + splat(0x5f)) | v) & HIGH
    }

    const fn bits(marks: u64) -> u32 {
        ((marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
    }

    fn both(v: Bytes, marks: impl Fn(u64) -> u64) -> u32 {
        bits(marks(v[0])) | bits(marks(v[1])) << 8
    }

    #[inline(always)]
    pub(super) unsafe fn load(p: *const u8) -> Bytes {
        // SAFETY: promised by the caller; the reads are unaligned.
        unsafe {
            [
                u64::from_le(p.cast::<u64>().read_unaligned()),
                u64::from_le(p.cast::<u64>().add(1).read_unaligned()),
            ]
        }
    }

    #[inline(always)]
    pub(super) fn from_words(low: u64, high: u64) -> Bytes {
        [u64::from_le(low), u64::from_le(high)]
    }

    #[inline(always)]
    pub(super) unsafe fn store(v: Bytes, p: *mut u8) {
        // SAFETY: promised by the caller; the writes are unaligned.
        unsafe {
            p.cast::<u64>().write_unaligned(v[0].to_le());
            p.cast::<u64>().add(1).write_unaligned(v[1].to_le());
        }
    }

    #[inline(always)]
    pub(super) fn in_tag(v: Bytes) -> u32 {
        both(v, |v| to_space(v) | eq(v, b',') | eq(v, b'=') | eq(v, b'\\') | eq(v, 0x7f))
    }

    #[inline(always)]
    pub(super) fn hard_in_tag(v: Bytes) -> u32 {
        let controls = |v: u64| !(((v & LOW7) + splat(0x60)) | v) & HIGH;
        both(v, |v| controls(v) | eq(v, b'\\') | eq(v, 0x7f))
    }

    #[inline(always)]
    pub(super) fn in_string(v: Bytes) -> u32 {
        both(v, |v| eq(v, b'"') | eq(v, b'\\'))
    }

    #[inline(always)]
    pub(super) fn in_json(v: Bytes) -> u32 {
        both(v, |v| eq(v, b'"') | eq(v | splat(0x20), b'{') | eq(v | splat(0x20), b'}'))
    }

    const fn to_cr(v: u64) -> u64 {
        !(((v & LOW7) + splat(0x7f - b'\r')) | v) & HIGH
    }

    #[inline(always)]
    pub(super) fn in_csv(v: Bytes) -> u32 {
        both(v, |v| to_cr(v) | eq(v, b',') | eq(v, b'"'))
    }

    #[inline(always)]
    pub(super) fn in_quoted(v: Bytes) -> u32 {
        both(v, |v| to_cr(v) | eq(v, b'"'))
    }

    #[inline(always)]
    pub(super) fn beyond_ascii(v: Bytes) -> u32 {
        both(v, |v| v & HIGH)
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use words as imp;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scaled;

    fn naive(bytes: &[u8; 16], special: impl Fn(u8) -> bool) -> u32 {
        bytes.iter().enumerate().map(|(i, b)| u32::from(special(*b)) << i).sum()
    }

    #[test]
    fn every_byte_at_every_place() {
        for place in (0..16).step_by(scaled(1, 5)) {
            for around in [b'a', 0xff, 0x00, b'\\', b',', 0x21, 0x80] {
                for byte in (0..=255).step_by(scaled(1, 51)) {
                    let mut bytes = [around; 16];
                    bytes[place] = byte;
                    // SAFETY: both read 16 bytes.
                    let (block, words) =
                        unsafe { (Block::load(bytes.as_ptr()), words::load(bytes.as_ptr())) };
                    let tag = naive(&bytes, |b| b <= b' ' || matches!(b, b',' | b'=' | b'\\' | 0x7f));
                    let string = naive(&bytes, |b| matches!(b, b'"' | b'\\'));
                    let hard = naive(&bytes, |b| b < b' ' || matches!(b, b'\\' | 0x7f));
                    assert_eq!((block.hard_in_tag(), words::hard_in_tag(words)), (hard, hard), "{bytes:?}");
                    assert_eq!((block.in_tag(), block.in_string()), (tag, string), "{bytes:?}");
                    assert_eq!((words::in_tag(words), words::in_string(words)), (tag, string), "{bytes:?}");
                    let json = naive(&bytes, |b| matches!(b, b'"' | b'[' | b']' | b'{' | b'}'));
                    assert_eq!((block.in_json(), words::in_json(words)), (json, json), "{bytes:?}");
                    let csv = naive(&bytes, |b| b <= b'\r' || matches!(b, b',' | b'"'));
                    assert_eq!((block.in_csv(), words::in_csv(words)), (csv, csv), "{bytes:?}");
                    let quoted = naive(&bytes, |b| b <= b'\r' || b == b'"');
                    assert_eq!((block.in_quoted(), words::in_quoted(words)), (quoted, quoted), "{bytes:?}");
                    let beyond = naive(&bytes, |b| !b.is_ascii());
                    assert_eq!(
                        (block.beyond_ascii(), words::beyond_ascii(words)),
                        (beyond, beyond),
                        "{bytes:?}"
                    );
                    let mut copy = [0; 16];
                    // SAFETY: 16 bytes are writable.
                    unsafe { words::store(words, copy.as_mut_ptr()) };
                    assert_eq!(copy, bytes);
                }
            }
        }
    }
}
