//! The columns of an open line, and their keys, which are those of the line before in most lines: then they are neither
//! checked nor escaped nor sorted again.

use core::ops::Range;

use crate::encode::buffer::{Buffer, Room, VALUE};
use crate::encode::config::Config;
use crate::error::Reason;

/// Columns of one kind.
pub(super) struct Columns {
    /// The escaped texts `,key=value` one behind the other.
    pub(super) out: Buffer,
    ends: Vec<usize>,
    /// The keys of this line, and behind them those that the line before had there.
    keys: Keys,
    /// Indices of the columns by key.
    order: Vec<u32>,
    longest: usize,
    /// Whether `order` is not that of all `keys`.
    changed: bool,
    /// Whether `order` is that in which the columns came.
    in_order: bool,
}

/// Names, and what says them in a line, one behind the other.
#[derive(Default)]
struct Keys {
    ends: Vec<End>,
    names: String,
    /// `,key=`
    escaped: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct End {
    name: usize,
    escaped: usize,
}

impl Keys {
    #[inline]
    fn start(&self, index: usize) -> End {
        if index == 0 { End::default() } else { self.ends[index - 1] }
    }

    #[inline]
    fn name(&self, index: usize) -> Option<&str> {
        let end = self.ends.get(index)?;
        self.names.get(self.start(index).name..end.name)
    }

    #[inline]
    fn escaped(&self, index: usize) -> &[u8] {
        let end = self.ends.get(index);
        end.map_or(&[], |end| &self.escaped[self.start(index).escaped..end.escaped])
    }

    fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        let end = self.ends.last().copied().unwrap_or_default();
        self.names.truncate(end.name);
        self.escaped.truncate(end.escaped);
    }
}

impl Columns {
    pub(super) fn new(config: Config) -> Columns {
        Columns {
            out: Buffer::new(Vec::new(), config),
            ends: Vec::new(),
            keys: Keys::default(),
            order: Vec::new(),
            longest: 0,
            changed: false,
            in_order: true,
        }
    }

    pub(super) fn clear(&mut self) {
        self.out.bytes.clear();
        self.ends.clear();
    }

    pub(super) fn key(&self, index: u32) -> &str {
        self.keys.name(index as usize).unwrap_or_default()
    }

    pub(super) fn text(&self, index: u32) -> &[u8] {
        &self.out.bytes[self.range(index as usize)]
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        start..self.ends[index]
    }

    /// Bytes of the longest key.
    pub(super) fn longest_key(&self) -> usize {
        self.longest
    }

    /// The columns by key.
    pub(super) fn sorted(&self) -> impl Iterator<Item = u32> {
        self.order.iter().copied()
    }

    /// Whether they came in that order.
    pub(super) fn in_order(&self) -> bool {
        self.in_order
    }

    /// The key of the next column: that of the line before, or one that `escape` has to check and to append as `,key=`.
    #[inline]
    pub(super) fn set_key(
        &mut self,
        key: &str,
        escape: impl FnOnce(&mut Vec<u8>) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        if self.keys.name(self.ends.len()) == Some(key) {
            return Ok(());
        }
        self.set_other_key(key, escape)
    }

    #[inline(never)]
    fn set_other_key(
        &mut self,
        key: &str,
        escape: impl FnOnce(&mut Vec<u8>) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        self.keys.truncate(self.ends.len());
        self.changed = true;
        let Keys { ends, names, escaped } = &mut self.keys;
        escape(escaped)?;
        names.push_str(key);
        ends.push(End { name: names.len(), escaped: escaped.len() });
        Ok(())
    }

    /// Writes a column whose key was set; whether its value can be said. `put` writes it in `VALUE` bytes, or looks at
    /// the room.
    #[inline]
    pub(super) fn push(&mut self, put: impl FnOnce(&mut Room<'_>)) -> bool {
        let key = self.keys.escaped(self.ends.len());
        let mut room = Room::new(&mut self.out, key.len() + VALUE);
        room.spend(key.len() + VALUE);
        // SAFETY: spent.
        unsafe { room.put(key) };
        put(&mut room);
        if room.buffer.take_failed() {
            return false;
        }
        room.commit();
        self.ends.push(self.out.bytes.len());
        true
    }

    /// Orders the columns by key; whether they are those of the line before. An error is the first key that is there twice.
    pub(super) fn sort(&mut self) -> Result<bool, &str> {
        if !self.changed && self.ends.len() == self.keys.ends.len() {
            return Ok(true);
        }
        self.sort_anew()
    }

    #[inline(never)]
    fn sort_anew(&mut self) -> Result<bool, &str> {
        self.changed = true;
        self.keys.truncate(self.ends.len());
        let mut order = core::mem::take(&mut self.order);
        order.clear();
        order.extend(0..self.ends.len() as u32);
        self.in_order = order.is_sorted_by(|a, b| self.key(*a) < self.key(*b));
        if !self.in_order {
            order.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        }
        self.order = order;
        let mut pairs = self.order.windows(2);
        let twice = pairs.find(|pair| self.key(pair[0]) == self.key(pair[1])).map(|pair| pair[0]);
        if let Some(twice) = twice {
            return Err(self.key(twice));
        }
        self.longest = self.order.iter().map(|index| self.key(*index).len()).max().unwrap_or(0);
        self.changed = false;
        Ok(false)
    }

    /// Whether one of the sorted columns has the key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.order.binary_search_by(|index| self.key(*index).cmp(key)).is_ok()
    }
}
