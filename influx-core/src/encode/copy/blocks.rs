//! Sixteen bytes at a time, as they are or escaped.

use crate::block::Block;

/// A text of up to this length is written without a look at the room.
pub(super) const SHORT: usize = 16;

/// Copies a text of at most [`SHORT`] bytes unless `special` finds something in it; what was written is void then.
///
/// # Safety
/// `text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
pub(super) unsafe fn copy_short(
    p: *mut u8,
    text: &[u8],
    special: impl Fn(Block) -> u32,
    one: impl Fn(u8) -> bool,
) -> bool {
    let (from, n) = (text.as_ptr(), text.len());
    // SAFETY: each read lies within `text` (the last of a length class overlaps the one before), each write in the room.
    unsafe {
        if n >= 8 {
            let low = from.cast::<u64>().read_unaligned();
            let high = from.add(n - 8).cast::<u64>().read_unaligned();
            p.cast::<u64>().write_unaligned(low);
            p.add(n - 8).cast::<u64>().write_unaligned(high);
            special(Block::from_words(low, high)) == 0
        } else if n >= 4 {
            let low = from.cast::<u32>().read_unaligned();
            let high = from.add(n - 4).cast::<u32>().read_unaligned();
            p.cast::<u32>().write_unaligned(low);
            p.add(n - 4).cast::<u32>().write_unaligned(high);
            let both = u64::from(low) | u64::from(high) << 32;
            special(Block::from_words(both, 0)) & 0xff == 0
        } else if n > 0 {
            let (first, middle, last) = (*from, *from.add(n / 2), *from.add(n - 1));
            *p = first;
            *p.add(n / 2) = middle;
            *p.add(n - 1) = last;
            !(one(first) | one(middle) | one(last))
        } else {
            true
        }
    }
}

/// Copies a text of at least 16 bytes; whether `special` found nothing in it.
///
/// # Safety
/// As for [`copy_short`].
#[inline(always)]
pub(super) unsafe fn copy_blocks(p: *mut u8, text: &[u8], special: impl Fn(Block) -> u32) -> bool {
    let (from, last) = (text.as_ptr(), text.len() - 16);
    // SAFETY: the last block overlaps the one before.
    unsafe {
        let mut found = 0;
        let mut i = 0;
        while i < last {
            let block = Block::load(from.add(i));
            found |= special(block);
            block.store(p.add(i));
            i += 16;
        }
        let block = Block::load(from.add(last));
        found |= special(block);
        block.store(p.add(last));
        found == 0
    }
}

// long texts are worth a call, and this would stand in every struct for every text
/// # Safety
/// As for [`copy_blocks`].
#[inline(never)]
pub(super) unsafe fn copy_blocks_of_tag(p: *mut u8, text: &[u8]) -> bool {
    // SAFETY: the same promise.
    unsafe { copy_blocks(p, text, Block::in_tag) }
}

/// Copies a text of any length; whether `special` found nothing in it.
///
/// # Safety
/// As for [`copy_short`].
#[inline(always)]
pub(super) unsafe fn copy_checked(
    p: *mut u8,
    text: &[u8],
    special: impl Fn(Block) -> u32,
    one: impl Fn(u8) -> bool,
) -> bool {
    // SAFETY: the same promise.
    unsafe {
        if text.len() > SHORT { copy_blocks(p, text, special) } else { copy_short(p, text, special, one) }
    }
}

/// Puts a backslash before each byte that `special` finds. `None`: one of them is `hard`, more is to be said about it, and
/// what was written is void. The text is not empty.
///
/// # Safety
/// `2 * text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
pub(super) unsafe fn copy_escaped(
    mut p: *mut u8,
    text: &[u8],
    special: impl Fn(Block) -> u32,
    hard: impl Fn(Block) -> u32,
) -> Option<*mut u8> {
    let (from, n) = (text.as_ptr(), text.len());
    let mut i = 0;
    // SAFETY: what is read lies within `text`.
    unsafe {
        let word = |at: usize| u64::from_le(from.add(at).cast::<u64>().read_unaligned());
        while i + 16 < n {
            p = escape_block(p, word(i), word(i + 8), 16, &special, &hard)?;
            i += 16;
        }
        let left = n - i;
        let (low, high) = if n >= 16 {
            // the last block without what it shares with the one before
            let last = u128::from(word(n - 16)) | u128::from(word(n - 8)) << 64;
            let last = last >> (8 * (16 - left));
            (last as u64, (last >> 64) as u64)
        } else {
            let last = short_word(text);
            (last as u64, (last >> 64) as u64)
        };
        escape_block(p, low, high, left, &special, &hard)
    }
}

/// A text of less than 16 bytes, the first in the lowest byte.
#[inline(always)]
pub(super) fn short_word(text: &[u8]) -> u128 {
    let n = text.len();
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return u128::from(u64::from_le_bytes(*first))
            | u128::from(u64::from_le_bytes(*last)) << (8 * (n - 8));
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return u128::from(u32::from_le_bytes(*first))
            | u128::from(u32::from_le_bytes(*last)) << (8 * (n - 4));
    }
    text.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte))
}

/// The first `len` of sixteen bytes, which are in registers: to write them anew behind a backslash, they are shifted.
///
/// # Safety
/// `2 * len` bytes and the slack at `p` are writable.
#[inline(always)]
pub(super) unsafe fn escape_block(
    mut p: *mut u8,
    low: u64,
    high: u64,
    len: usize,
    special: impl Fn(Block) -> u32,
    hard: impl Fn(Block) -> u32,
) -> Option<*mut u8> {
    let within = (1 << len) - 1;
    let block = Block::from_words(low.to_le(), high.to_le());
    let marks = special(block) & within;
    // SAFETY: promised by the caller.
    unsafe {
        if marks == 0 {
            block.store(p);
            return Some(p.add(len));
        }
        if hard(block) & within != 0 {
            return None;
        }
        p = escape_word(p, low, len.min(8), marks & 0xff);
        if len > 8 {
            p = escape_word(p, high, len - 8, marks >> 8);
        }
    }
    Some(p)
}

/// # Safety
/// As for [`escape_block`].
#[inline(always)]
pub(super) unsafe fn escape_word(mut p: *mut u8, word: u64, len: usize, mut marks: u32) -> *mut u8 {
    // SAFETY: promised by the caller.
    unsafe {
        p.cast::<u64>().write_unaligned(word.to_le());
        while marks != 0 {
            let k = marks.trailing_zeros() as usize;
            marks &= marks - 1;
            // each backslash moves what is behind it by one
            *p.add(k) = b'\\';
            p = p.add(1);
            p.add(k).cast::<u64>().write_unaligned((word >> (8 * k)).to_le());
        }
        p.add(len)
    }
}

/// Which bytes cannot be copied into a tag value as they are.
static IN_TAG: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i <= b' ' as usize {
        table[i] = true;
        i += 1;
    }
    table[0x7f] = true;
    table[b'\\' as usize] = true;
    table[b',' as usize] = true;
    table[b'=' as usize] = true;
    table
};

/// Whether a byte cannot be copied into a tag value as it is.
#[inline(always)]
pub(crate) fn is_special_in_tag(byte: u8) -> bool {
    IN_TAG[byte as usize]
}

#[inline(always)]
pub(super) fn is_special_in_string(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\')
}
