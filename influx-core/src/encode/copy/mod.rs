//! Text into the output: the escape check is fused into the copy, so that ordinary text costs one pass over registers.
//! Only a text in which a special byte was seen takes the slow way.
//!
//! All functions put their bytes at a cursor, may touch up to [`SLACK`](crate::encode::number::SLACK) bytes past the end
//! that they return, and never write more than twice the text's length before that.

mod name;
#[cfg(test)]
mod tests;

use crate::block::Block;
use crate::encode::buffer::{Room, put_plain};
use crate::error::Place;

pub(crate) use name::{append_name, put_measurement};

/// A text of up to this length is written without a look at the room.
const SHORT: usize = 16;

/// Copies a text of at most [`SHORT`] bytes unless `special` finds something in it; what was written is void then.
///
/// # Safety
/// `text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
unsafe fn copy_short(
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
unsafe fn copy_blocks(p: *mut u8, text: &[u8], special: impl Fn(Block) -> u32) -> bool {
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
unsafe fn copy_blocks_of_tag(p: *mut u8, text: &[u8]) -> bool {
    // SAFETY: the same promise.
    unsafe { copy_blocks(p, text, Block::in_tag) }
}

/// # Safety
/// As for [`copy_blocks`].
#[inline(never)]
unsafe fn copy_blocks_of_string(p: *mut u8, text: &[u8]) -> bool {
    // SAFETY: the same promise.
    unsafe { copy_blocks(p, text, Block::in_string) }
}

/// Copies a text of any length; whether `special` found nothing in it.
///
/// # Safety
/// As for [`copy_short`].
#[inline(always)]
unsafe fn copy_checked(
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
/// what was written is void.
///
/// # Safety
/// `2 * text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
unsafe fn copy_escaped(
    mut p: *mut u8,
    text: &[u8],
    special: impl Fn(Block) -> u32,
    hard: impl Fn(Block) -> u32,
) -> Option<*mut u8> {
    let (from, n) = (text.as_ptr(), text.len());
    let mut i = 0;
    // SAFETY: 32 bytes are readable at each block: while they are left in `text`, then in `tail`, which holds 48 bytes
    // and less than 32 of `text`. What is written past the cursor is at most one block, which the slack holds.
    unsafe {
        while i + 32 <= n {
            p = escape_block(p, from.add(i), 16, &special, &hard)?;
            i += 16;
        }
        let mut tail = [0; 48];
        put_plain(tail.as_mut_ptr(), &text[i..]);
        let left = n - i;
        if left > 0 {
            p = escape_block(p, tail.as_ptr(), left.min(16), &special, &hard)?;
        }
        if left > 16 {
            p = escape_block(p, tail.as_ptr().add(16), left - 16, &special, &hard)?;
        }
        Some(p)
    }
}

/// The first `len` <= 16 bytes at `from`.
///
/// # Safety
/// 32 bytes at `from` are readable, `2 * len` and the slack at `p` are writable.
#[inline(always)]
unsafe fn escape_block(
    mut p: *mut u8,
    from: *const u8,
    len: usize,
    special: impl Fn(Block) -> u32,
    hard: impl Fn(Block) -> u32,
) -> Option<*mut u8> {
    let within = (1 << len) - 1;
    // SAFETY: `k` < 16, so that blocks end within the 32 bytes; `p` is behind what was written of the block.
    unsafe {
        let block = Block::load(from);
        block.store(p);
        let mut marks = special(block) & within;
        if marks != 0 && hard(block) & within != 0 {
            return None;
        }
        let mut done = 0;
        while marks != 0 {
            let k = marks.trailing_zeros() as usize;
            marks &= marks - 1;
            p = p.add(k - done);
            *p = b'\\';
            p = p.add(1);
            done = k;
            Block::load(from.add(k)).store(p);
        }
        Some(p.add(len - done))
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
fn is_special_in_string(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\')
}

/// A tag value that is not empty.
///
/// # Safety
/// [`VALUE`](crate::encode::buffer::VALUE) bytes of the budget are spent for it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_tag_value(room: &mut Room<'_>, text: &str) {
    let n = text.len();
    // SAFETY: short, or looked at.
    unsafe {
        let plain = if n <= SHORT {
            copy_short(room.p, text.as_bytes(), Block::in_tag, is_special_in_tag)
        } else {
            room.fits_in_key(n)
                && n <= room.buffer.config.max_text
                && copy_blocks_of_tag(room.p, text.as_bytes())
        };
        if plain {
            room.p = room.p.add(n);
        } else {
            room.aside(|room| tag_value_slowly(room, text));
        }
    }
}

#[inline(never)]
fn tag_value_slowly(room: &mut Room<'_>, text: &str) {
    room.look_in_key(text.len());
    let config = room.buffer.config;
    // SAFETY: looked at.
    let done = unsafe {
        if text.len() > config.max_text {
            None
        } else {
            let bytes = text.as_bytes();
            copy_escaped(room.p, bytes, Block::in_tag, Block::hard_in_tag)
                .or_else(|| name::put_name(room.p, Place::TagValue, text, config.dialect))
        }
    };
    match done {
        Some(p) => room.p = p,
        None => room.buffer.failed = true,
    }
}

/// A string field with its quotes.
///
/// # Safety
/// [`VALUE`](crate::encode::buffer::VALUE) bytes of the budget are spent for it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) unsafe fn put_string(room: &mut Room<'_>, text: &str) {
    let n = text.len();
    // SAFETY: short, or looked at; the quotes are part of what was spent.
    unsafe {
        room.push(b'"');
        let plain = if n <= SHORT {
            copy_short(room.p, text.as_bytes(), Block::in_string, is_special_in_string)
        } else {
            room.fits(n)
                && n <= room.buffer.config.max_text
                && copy_blocks(room.p, text.as_bytes(), Block::in_string)
        };
        if plain {
            room.p = room.p.add(n);
        } else {
            room.aside(|room| string_slowly(room, text));
        }
        room.push(b'"');
    }
}

#[inline(never)]
fn string_slowly(room: &mut Room<'_>, text: &str) {
    if text.len() > room.buffer.config.max_text {
        room.buffer.failed = true;
        return;
    }
    room.look(text.len());
    // SAFETY: looked at.
    let done = unsafe { copy_escaped(room.p, text.as_bytes(), Block::in_string, |_| 0) };
    // no byte of it is hard
    room.p = done.unwrap_or(room.p);
}
