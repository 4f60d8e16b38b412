//! Names known only at run time: most are plain and need no look at the rules.

use super::blocks::{copy_checked, is_special_in_tag};
use crate::block::Block;
use crate::dialect::Dialect;
use crate::encode::buffer::Room;
use crate::encode::escape::{self, Out};
use crate::error::{Place, Reason};

struct RawOut(*mut u8);

impl Out for RawOut {
    fn push(&mut self, byte: u8) {
        // SAFETY: made only in `put_name`, whose caller has room for all that `escape::name` may append.
        unsafe {
            *self.0 = byte;
            self.0 = self.0.add(1);
        }
    }
}

/// Any name by the full rules.
///
/// # Safety
/// `2 * text.len()` bytes at `p` are writable.
#[inline(never)]
pub(super) unsafe fn put_name(p: *mut u8, place: Place, text: &str, dialect: Dialect) -> Option<*mut u8> {
    let mut out = RawOut(p);
    escape::name(place, dialect, text, &mut out).ok()?;
    Some(out.0)
}

/// A measurement, beside the budget.
pub(crate) fn put_measurement(room: &mut Room<'_>, text: &str) {
    room.look_in_key(text.len());
    let dialect = room.buffer.config.dialect;
    let bytes = text.as_bytes();
    let plain = bytes.first().is_some_and(|first| !escape::begins_special(*first));
    // SAFETY: looked at.
    let done = unsafe {
        if plain
            && bytes.len() <= dialect.max_text()
            && copy_checked(room.p, bytes, Block::in_tag, is_special_in_tag)
        {
            Some(room.p.add(bytes.len()))
        } else {
            put_name(room.p, Place::Measurement, text, dialect)
        }
    };
    match done {
        Some(p) => room.p = p,
        None => room.buffer.failed = true,
    }
}

/// Appends a name. On error `out` holds a part of it.
pub(crate) fn append_name(
    place: Place,
    dialect: Dialect,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    let bytes = text.as_bytes();
    let plain = text.is_ascii()
        && bytes.len() <= dialect.max_text()
        && bytes.first().is_some_and(|first| place != Place::Measurement || !escape::begins_special(*first))
        && !bytes.iter().any(|byte| is_special_in_tag(*byte));
    if plain {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    escape::name(place, dialect, text, out)
}
