//! A place for texts that cannot be borrowed from the body because an escape had to be resolved.

use core::mem;
use std::sync::Arc;

use crate::decode::columns::Columns;

const FIRST: usize = 4 << 10;
const LARGEST: usize = 1 << 20;

/// Room for the texts of a result that cannot be borrowed from its bytes: those with escapes.
///
/// It grows as needed and keeps what it has: one that is reused allocates nothing in the long run.
///
/// ```
/// use influx_core::AnyRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"series":[{"columns":["s"],"values":[["a \u003c b"]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// for row in iterpoints::<AnyRow<'_>>(body, &mut scratch) {
///     assert_eq!(row?.values()[0].get::<&str>()?, "a < b");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Scratch {
    first: Option<Box<Node>>,
    /// The headers that texts are borrowed from.
    headers: Vec<Arc<Columns>>,
}

/// A block of room and the block after it. Each is twice as large as the one before, so there are never many.
struct Node {
    room: Box<[u8]>,
    next: Option<Box<Node>>,
}

impl Scratch {
    /// Nothing is allocated yet.
    pub fn new() -> Self {
        Scratch::default()
    }

    /// All the room, for texts that live as long as this borrow.
    pub(crate) fn arena(&mut self) -> Arena<'_> {
        if let [_, .., _] = &*self.headers {
            // the last one may be of a series that goes on
            self.headers.drain(..self.headers.len() - 1);
        }
        Arena { free: &mut [], next: Some(&mut self.first), size: FIRST, headers: &mut self.headers }
    }
}

impl core::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let blocks = core::iter::successors(self.first.as_deref(), |node| node.next.as_deref());
        f.debug_struct("Scratch").field("bytes", &blocks.map(|node| node.room.len()).sum::<usize>()).finish()
    }
}

/// The part of a [`Scratch`] that no text uses yet: every text is split off its front.
pub(crate) struct Arena<'b> {
    free: &'b mut [u8],
    next: Option<&'b mut Option<Box<Node>>>,
    size: usize,
    headers: &'b mut Vec<Arc<Columns>>,
}

impl<'b> Arena<'b> {
    /// At least `length` bytes to write to. What is written is kept by [`keep`](Self::keep).
    pub(crate) fn room(&mut self, length: usize) -> &mut [u8] {
        if self.free.len() < length {
            self.grow(length);
        }
        self.free
    }

    /// Keeps the first `length` bytes of the room.
    pub(crate) fn keep(&mut self, length: usize) -> &'b [u8] {
        let (kept, free) = mem::take(&mut self.free).split_at_mut(length);
        self.free = free;
        kept
    }

    /// A copy of both, one behind the other.
    pub(crate) fn join(&mut self, first: &[u8], second: &[u8]) -> &'b [u8] {
        let length = first.len() + second.len();
        let room = self.room(length);
        room[..first.len()].copy_from_slice(first);
        room[first.len()..length].copy_from_slice(second);
        self.keep(length)
    }

    /// A copy of a text.
    pub(crate) fn copy(&mut self, text: &str) -> &'b str {
        self.room(text.len())[..text.len()].copy_from_slice(text.as_bytes());
        // SAFETY: the room's first bytes were just copied from a text.
        unsafe { str::from_utf8_unchecked(self.keep(text.len())) }
    }

    /// The header of a series, for as long as the texts live, and until another one is held.
    pub(crate) fn header(&mut self, columns: &Arc<Columns>) -> &'b Columns {
        let held = Arc::as_ptr(columns);
        self.headers.push(Arc::clone(columns));
        // SAFETY: the header is let go when the scratch is borrowed again, which ends `'b`.
        unsafe { &*held }
    }

    #[cold]
    fn grow(&mut self, length: usize) {
        let Some(slot) = self.next.take() else { return };
        if slot.as_ref().is_none_or(|node| node.room.len() < length) {
            let room = vec![0; self.size.max(length)].into_boxed_slice();
            *slot = Some(Box::new(Node { room, next: None }));
        }
        self.size = (self.size * 2).min(LARGEST);
        if let Some(node) = slot {
            let Node { room, next } = &mut **node;
            self.free = room;
            self.next = Some(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scaled;

    #[test]
    fn texts_stay_while_more_are_added() {
        let mut scratch = Scratch::new();
        for round in 0..3 {
            let mut arena = scratch.arena();
            let texts: Vec<String> =
                (0..scaled(2_000, 200)).map(|n| format!("{round}-{n}").repeat(n % 40)).collect();
            let kept: Vec<&str> = texts.iter().map(|text| arena.copy(text)).collect();
            assert_eq!(kept, texts);
        }
    }

    #[test]
    fn a_text_larger_than_any_block_fits() {
        let mut scratch = Scratch::new();
        let mut arena = scratch.arena();
        let large = "x".repeat(3 << 20);
        assert_eq!((arena.copy("a"), arena.copy(&large), arena.copy("b")), ("a", &*large, "b"));
    }
}
