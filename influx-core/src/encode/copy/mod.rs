//! Text into the output: the escape check is fused into the copy, so that ordinary text costs one pass over registers.
//! Only a text in which a special byte was seen takes the slow way.
//!
//! All functions put their bytes at a cursor, may touch up to [`SLACK`](crate::encode::number::SLACK) bytes past the end
//! that they return, and never write more than twice the text's length before that.

pub(crate) mod blocks;
pub(crate) mod name;
#[cfg(test)]
mod tests;

use blocks::{
    SHORT, copy_blocks, copy_blocks_of_tag, copy_escaped, copy_short, is_special_in_string, is_special_in_tag,
};

use crate::block::Block;
use crate::encode::buffer::Room;
use crate::error::Place;
use crate::scan::opens_fields;

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
                .or_else(|| put_hard_tag_value(room, text))
        }
    };
    match done {
        Some(p) => room.p = p,
        None => room.buffer.failed = true,
    }
}

/// One that has backslashes. Where these hide where the line ends, a line that is not looked at when it is whole fails.
///
/// # Safety
/// `2 * text.len()` bytes at the cursor are writable.
#[cold]
unsafe fn put_hard_tag_value(room: &Room<'_>, text: &str) -> Option<*mut u8> {
    let config = &room.buffer.config;
    // SAFETY: the same promise; what is between the two places was written.
    let (end, written) = unsafe {
        let end = name::put_name(room.p, Place::TagValue, text, config.dialect)?;
        (end, core::slice::from_raw_parts(room.p, end.addr() - room.p.addr()))
    };
    let doubtful = !config.apart && !config.dialect.unescapes_backslash() && opens_fields(written);
    (!doubtful).then_some(end)
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
