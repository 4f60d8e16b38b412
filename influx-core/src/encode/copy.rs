//! Text into the output: the escape check is fused into the copy, so that ordinary text costs one pass over registers.
//! Only a text in which a special byte was seen takes the slow way.
//!
//! All functions put their bytes at a cursor, may touch up to [`SLACK`](crate::number::SLACK) bytes past the end that
//! they return, and never write more than twice the text's length before that.

use core::ptr::copy_nonoverlapping;

use crate::block::Block;
use crate::dialect::Dialect;
use crate::encode::config::Config;
use crate::encode::escape::{self, Out};
use crate::encode::number::SLACK;
use crate::error::{Place, Reason};

/// # Safety
/// `N` bytes at `p` are writable.
#[inline(always)]
pub(crate) unsafe fn put_literal<const N: usize>(p: *mut u8, text: &[u8; N]) -> *mut u8 {
    // SAFETY: promised by the caller.
    unsafe {
        copy_nonoverlapping(text.as_ptr(), p, N);
        p.add(N)
    }
}

/// # Safety
/// `text.len()` bytes at `p` are writable.
#[inline(always)]
pub(crate) unsafe fn put_plain(p: *mut u8, text: &[u8]) -> *mut u8 {
    // SAFETY: promised by the caller.
    unsafe {
        let (from, n) = (text.as_ptr(), text.len());
        match n {
            16.. => copy_nonoverlapping(from, p, n),
            8.. => {
                p.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
                p.add(n - 8).cast::<u64>().write_unaligned(from.add(n - 8).cast::<u64>().read_unaligned());
            }
            4.. => {
                p.cast::<u32>().write_unaligned(from.cast::<u32>().read_unaligned());
                p.add(n - 4).cast::<u32>().write_unaligned(from.add(n - 4).cast::<u32>().read_unaligned());
            }
            1.. => {
                *p = *from;
                *p.add(n / 2) = *from.add(n / 2);
                *p.add(n - 1) = *from.add(n - 1);
            }
            0 => {}
        }
        p.add(n)
    }
}

/// Copies `text` while `special` finds nothing in it; `None` when it found something, or when the text is longer than
/// `max` >= 16 (what was written is void then).
///
/// # Safety
/// `text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
unsafe fn copy_checked(
    p: *mut u8,
    text: &[u8],
    max: usize,
    special: impl Fn(Block) -> u32,
    one: impl Fn(u8) -> bool,
) -> Option<*mut u8> {
    let (from, n) = (text.as_ptr(), text.len());
    // SAFETY: each read lies within `text` (the last of a length class overlaps the one before), each write in the room.
    unsafe {
        if n <= 16 {
            if n >= 8 {
                let low = from.cast::<u64>().read_unaligned();
                let high = from.add(n - 8).cast::<u64>().read_unaligned();
                if special(Block::from_words(low, high)) != 0 {
                    return None;
                }
                p.cast::<u64>().write_unaligned(low);
                p.add(n - 8).cast::<u64>().write_unaligned(high);
            } else if n >= 4 {
                let low = from.cast::<u32>().read_unaligned();
                let high = from.add(n - 4).cast::<u32>().read_unaligned();
                let both = u64::from(low) | u64::from(high) << 32;
                if special(Block::from_words(both, 0)) & 0xff != 0 {
                    return None;
                }
                p.cast::<u32>().write_unaligned(low);
                p.add(n - 4).cast::<u32>().write_unaligned(high);
            } else if n > 0 {
                let (first, middle, last) = (*from, *from.add(n / 2), *from.add(n - 1));
                if one(first) | one(middle) | one(last) {
                    return None;
                }
                *p = first;
                *p.add(n / 2) = middle;
                *p.add(n - 1) = last;
            }
            return Some(p.add(n));
        }
        if n > max {
            return None;
        }
        let last = n - 16;
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
        (found == 0).then_some(p.add(n))
    }
}

/// Puts a backslash before each byte that `special` finds: 16 bytes at a time, the last 31 one by one.
///
/// # Safety
/// `2 * text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
unsafe fn copy_escaped(
    mut p: *mut u8,
    text: &[u8],
    special: impl Fn(Block) -> u32,
    one: impl Fn(u8) -> bool,
) -> *mut u8 {
    let (from, n) = (text.as_ptr(), text.len());
    let mut i = 0;
    // SAFETY: blocks are read while 32 bytes are left, so that the reads at `i + k` stay within `text`; what is written
    // past the cursor is at most one block, which the slack holds.
    unsafe {
        while i + 32 <= n {
            let block = Block::load(from.add(i));
            block.store(p);
            let mut marks = special(block);
            let mut done = 0;
            while marks != 0 {
                let k = marks.trailing_zeros() as usize;
                marks &= marks - 1;
                p = p.add(k - done);
                *p = b'\\';
                p = p.add(1);
                done = k;
                Block::load(from.add(i + k)).store(p);
            }
            p = p.add(16 - done);
            i += 16;
        }
        while i < n {
            let byte = *from.add(i);
            // without a branch: the backslash is always written and kept where it is needed
            *p = b'\\';
            p = p.add(usize::from(one(byte)));
            *p = byte;
            p = p.add(1);
            i += 1;
        }
        p
    }
}

/// Whether a byte of a tag value is more than a matter of one backslash.
#[inline(always)]
fn has_hard(text: &[u8]) -> bool {
    let hard = |block: &[u8; 16]| {
        // SAFETY: 16 bytes.
        unsafe { Block::load(block.as_ptr()) }.hard_in_tag() != 0
    };
    if let Some(last) = text.last_chunk() {
        let (blocks, _) = text.as_chunks();
        return blocks.iter().any(hard) || hard(last);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return Block::from_words(u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)).hard_in_tag() != 0;
    }
    text.iter().any(|byte| matches!(byte, ..0x20 | b'\\' | 0x7f))
}

/// Which bytes cannot be copied into a tag value as they are.
pub(crate) static IN_TAG: [bool; 256] = {
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

/// A tag value, or `None` when it cannot be said. `text` is not empty.
///
/// # Safety
/// `2 * text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
pub(crate) unsafe fn put_tag_value(p: *mut u8, text: &str, config: &Config) -> Option<*mut u8> {
    let one = |byte: u8| IN_TAG[byte as usize];
    // SAFETY: the same promise.
    unsafe {
        match copy_checked(p, text.as_bytes(), config.max_text, Block::in_tag, one) {
            Some(end) => Some(end),
            None => put_tag_value_slow(p, text, config),
        }
    }
}

/// # Safety
/// As for [`put_tag_value`].
#[inline(never)]
unsafe fn put_tag_value_slow(p: *mut u8, text: &str, config: &Config) -> Option<*mut u8> {
    if text.len() > config.max_text {
        return None;
    }
    // SAFETY: the same promise.
    unsafe {
        if has_hard(text.as_bytes()) {
            return put_name(p, Place::TagValue, text, config.dialect);
        }
        Some(copy_escaped(p, text.as_bytes(), Block::in_tag, |byte| IN_TAG[byte as usize]))
    }
}

struct RawOut(*mut u8);

impl Out for RawOut {
    fn push(&mut self, byte: u8) {
        // SAFETY: made only in `put_name`, whose caller has reserved all that `escape::name` may append.
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
pub(crate) unsafe fn put_name(p: *mut u8, place: Place, text: &str, dialect: Dialect) -> Option<*mut u8> {
    let mut out = RawOut(p);
    escape::name(place, dialect, text, &mut out).ok()?;
    Some(out.0)
}

/// A measurement known only at run time.
///
/// # Safety
/// As for [`put_tag_value`].
#[inline(always)]
pub(crate) unsafe fn put_measurement(p: *mut u8, text: &str, dialect: Dialect) -> Option<*mut u8> {
    let one = |byte: u8| IN_TAG[byte as usize];
    let bytes = text.as_bytes();
    // SAFETY: the same promise.
    unsafe {
        if bytes.first().is_some_and(|first| !escape::begins_special(*first))
            && let Some(end) = copy_checked(p, bytes, dialect.max_text(), Block::in_tag, one)
        {
            return Some(end);
        }
        put_name(p, Place::Measurement, text, dialect)
    }
}

/// Appends a name; most are plain ASCII and need no look at the rules.
///
/// On error `out` holds a part of it.
pub(crate) fn append_name(
    place: Place,
    dialect: Dialect,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    let first = text.as_bytes().first();
    if text.is_ascii()
        && first.is_some_and(|first| place != Place::Measurement || !escape::begins_special(*first))
    {
        out.reserve(text.len() + SLACK);
        // SAFETY: the room is reserved; the length is set to what was written.
        unsafe {
            let base = out.as_mut_ptr();
            let p = base.add(out.len());
            let one = |byte: u8| IN_TAG[byte as usize];
            if let Some(end) = copy_checked(p, text.as_bytes(), dialect.max_text(), Block::in_tag, one) {
                out.set_len(end.offset_from(base) as usize);
                return Ok(());
            }
        }
    }
    escape::name(place, dialect, text, out)
}

/// The inside of a string field, or `None` when it is longer than `max`.
///
/// # Safety
/// `2 * text.len()` bytes and the slack at `p` are writable.
#[inline(always)]
pub(crate) unsafe fn put_string(p: *mut u8, text: &str, max: usize) -> Option<*mut u8> {
    // SAFETY: the same promise.
    unsafe {
        match copy_checked(p, text.as_bytes(), max, Block::in_string, |byte| matches!(byte, b'"' | b'\\')) {
            Some(end) => Some(end),
            None => put_string_slow(p, text, max),
        }
    }
}

/// # Safety
/// As for [`put_string`].
#[inline(never)]
unsafe fn put_string_slow(p: *mut u8, text: &str, max: usize) -> Option<*mut u8> {
    if text.len() > max {
        return None;
    }
    // SAFETY: the same promise.
    Some(unsafe { copy_escaped(p, text.as_bytes(), Block::in_string, |byte| matches!(byte, b'"' | b'\\')) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs a writer in exactly the room that it may count on.
    fn room(len: usize, put: impl FnOnce(*mut u8) -> Option<*mut u8>) -> Option<Vec<u8>> {
        let mut buffer = vec![0xAA; 2 * len + SLACK];
        let start = buffer.as_mut_ptr();
        let written = put(start)? as usize - start as usize;
        assert!(written <= 2 * len);
        buffer.truncate(written);
        Some(buffer)
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-zA-Z0-9_./:äß€-]{0,20}",
            2 => "[ ,=\"\\\\]{1,3}",
            1 => "[\\n\\t\\r\\x00\\x7f#]",
        ];
        proptest::collection::vec(piece, 0..6).prop_map(|v| v.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn tag_values_follow_the_rules(text in hostile()) {
            prop_assume!(!text.is_empty());
            for dialect in [Dialect::V1, Dialect::V2, Dialect::V3] {
                // SAFETY: with room.
                let fast = room(text.len(), |p| unsafe { put_tag_value(p, &text, &Config::new(dialect)) });
                let mut slow = Vec::new();
                let rules = escape::name(Place::TagValue, dialect, &text, &mut slow).ok().map(|()| slow);
                prop_assert_eq!(fast, rules);
            }
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn measurements_follow_the_rules(text in hostile()) {
            for dialect in [Dialect::V1, Dialect::V3] {
                // SAFETY: with room.
                let fast = room(text.len(), |p| unsafe { put_measurement(p, &text, dialect) });
                let mut slow = Vec::new();
                let rules = escape::name(Place::Measurement, dialect, &text, &mut slow).ok().map(|()| slow);
                prop_assert_eq!(fast, rules);
            }
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn names_follow_the_rules(text in hostile()) {
            for place in [Place::Measurement, Place::TagKey, Place::FieldKey] {
                for dialect in [Dialect::V1, Dialect::V3] {
                    let (mut fast, mut slow) = (Vec::new(), Vec::new());
                    let by_copy = append_name(place, dialect, &text, &mut fast);
                    prop_assert_eq!(by_copy, escape::name(place, dialect, &text, &mut slow));
                    prop_assert!(by_copy.is_err() || fast == slow);
                }
            }
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn strings_are_escaped(text in hostile()) {
            // SAFETY: with room.
            let fast = room(text.len(), |p| unsafe { put_string(p, &text, usize::MAX) }).unwrap();
            let want = text.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(String::from_utf8(fast).unwrap(), want);
        }

        #[test]
        #[cfg_attr(miri, ignore = "slow there")]
        fn plain_text_is_copied(text in "\\PC{0,40}") {
            // SAFETY: with room.
            let copy = room(text.len(), |p| Some(unsafe { put_plain(p, text.as_bytes()) })).unwrap();
            prop_assert_eq!(copy, text.into_bytes());
        }
    }
}
