//! Strings: copied and checked in the same registers, 16 bytes at a time. Only a string with something to escape is written again,
//! slowly.

use std::arch::x86_64::*;
use std::ptr::copy_nonoverlapping;

#[inline(always)]
pub(super) unsafe fn literal<const N: usize>(p: *mut u8, text: &'static [u8; N]) -> *mut u8 {
    copy_nonoverlapping(text.as_ptr(), p, N);
    p.add(N)
}

/// One bit per byte that is special in a tag value: controls and the blank, comma, equals sign, backslash.
#[inline(always)]
unsafe fn special_in_tag(v: __m128i) -> u32 {
    let low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x20)), v);
    let comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(b',' as i8));
    let equals = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'=' as i8));
    let backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'\\' as i8));
    let any = _mm_or_si128(_mm_or_si128(low, comma), _mm_or_si128(equals, backslash));
    _mm_movemask_epi8(any) as u32
}

/// One bit per byte that is special in a string field: quote and backslash.
#[inline(always)]
unsafe fn special_in_string(v: __m128i) -> u32 {
    let quote = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8(b'\\' as i8));
    _mm_movemask_epi8(_mm_or_si128(quote, backslash)) as u32
}

static SPECIAL_IN_TAG: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = i <= 0x20 || matches!(i as u8, b',' | b'=' | b'\\');
        i += 1;
    }
    table
};

#[inline(always)]
fn is_special_in_tag(byte: u8) -> bool {
    SPECIAL_IN_TAG[usize::from(byte)]
}

#[inline(always)]
fn is_special_in_string(byte: u8) -> bool {
    byte == b'"' || byte == b'\\'
}

macro_rules! escaped {
    ($name:ident, $mask:ident, $is_special:ident) => {
        /// Blocks of 16 bytes; within a block, copied again one byte further from each special byte on.
        #[inline(never)]
        unsafe fn $name(mut p: *mut u8, text: &[u8]) -> *mut u8 {
            let (from, len) = (text.as_ptr(), text.len());
            let mut i = 0;
            // a block that starts at its last byte must still be within the text
            while i + 32 <= len {
                let block = _mm_loadu_si128(from.add(i).cast());
                _mm_storeu_si128(p.cast(), block);
                let mut mask = $mask(block);
                let mut done = 0;
                while mask != 0 {
                    let at = mask.trailing_zeros() as usize;
                    mask &= mask - 1;
                    p = p.add(at - done);
                    *p = b'\\';
                    p = p.add(1);
                    done = at;
                    _mm_storeu_si128(p.cast(), _mm_loadu_si128(from.add(i + at).cast()));
                }
                p = p.add(16 - done);
                i += 16;
            }
            while i < len {
                let byte = *from.add(i);
                // always written, overwritten where it is not wanted
                *p = b'\\';
                p = p.add(usize::from($is_special(byte)));
                *p = byte;
                p = p.add(1);
                i += 1;
            }
            p
        }
    };
}
escaped!(escaped_tag, special_in_tag, is_special_in_tag);
escaped!(escaped_string, special_in_string, is_special_in_string);

macro_rules! checked_copy {
    ($name:ident, $mask:ident, $is_special:ident, $escaped:ident) => {
        /// Short strings as two overlapping words, longer ones in blocks of which the last two overlap.
        #[inline(always)]
        pub(super) unsafe fn $name(p: *mut u8, text: &str) -> *mut u8 {
            let (from, len) = (text.as_ptr(), text.len());
            if len > 16 {
                let last = len - 16;
                let mut special = 0;
                let mut i = 0;
                while i < last {
                    let block = _mm_loadu_si128(from.add(i).cast());
                    special |= $mask(block);
                    _mm_storeu_si128(p.add(i).cast(), block);
                    i += 16;
                }
                let block = _mm_loadu_si128(from.add(last).cast());
                if special | $mask(block) != 0 {
                    return $escaped(p, text.as_bytes());
                }
                _mm_storeu_si128(p.add(last).cast(), block);
            } else if len >= 8 {
                let a = from.cast::<i64>().read_unaligned();
                let b = from.add(len - 8).cast::<i64>().read_unaligned();
                if $mask(_mm_set_epi64x(b, a)) != 0 {
                    return $escaped(p, text.as_bytes());
                }
                p.cast::<i64>().write_unaligned(a);
                p.add(len - 8).cast::<i64>().write_unaligned(b);
            } else if len >= 4 {
                let a = from.cast::<u32>().read_unaligned();
                let b = from.add(len - 4).cast::<u32>().read_unaligned();
                let both = u64::from(a) | u64::from(b) << 32;
                if $mask(_mm_cvtsi64_si128(both as i64)) & 0xff != 0 {
                    return $escaped(p, text.as_bytes());
                }
                p.cast::<u32>().write_unaligned(a);
                p.add(len - 4).cast::<u32>().write_unaligned(b);
            } else if len > 0 {
                let (a, b, c) = (*from, *from.add(len / 2), *from.add(len - 1));
                if $is_special(a) | $is_special(b) | $is_special(c) {
                    return $escaped(p, text.as_bytes());
                }
                *p = a;
                *p.add(len / 2) = b;
                *p.add(len - 1) = c;
            }
            p.add(len)
        }
    };
}
checked_copy!(tag, special_in_tag, is_special_in_tag, escaped_tag);
checked_copy!(string, special_in_string, is_special_in_string, escaped_string);
