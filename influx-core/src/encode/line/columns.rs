//! The columns of an open line, and their order, which is that of the line before in most lines.

use core::ops::Range;

/// Columns of one kind: escaped texts `,key=value` and the unescaped keys.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) text: Vec<u8>,
    texts: Vec<Range<usize>>,
    keys: Keys,
    /// The keys that `order` is of; none of them is there twice.
    ordered: Keys,
    /// Indices of the columns by key.
    pub(super) order: Vec<u32>,
}

/// Names one behind the other.
#[derive(Default, PartialEq)]
struct Keys {
    ends: Vec<usize>,
    text: String,
}

impl Keys {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    #[inline]
    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }
}

impl Columns {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.texts.clear();
        self.keys.clear();
    }

    #[inline]
    pub(super) fn key(&self, index: u32) -> &str {
        self.keys.get(index as usize)
    }

    #[inline]
    pub(super) fn text(&self, index: u32) -> &[u8] {
        &self.text[self.texts[index as usize].clone()]
    }

    /// Bytes of the longest key.
    pub(super) fn longest_key(&self) -> Option<usize> {
        let mut start = 0;
        self.keys.ends.iter().map(|end| end - core::mem::replace(&mut start, *end)).max()
    }

    /// The column whose escaped text begins at `start` of `text` is complete.
    #[inline]
    pub(super) fn push(&mut self, key: &str, start: usize) {
        self.keys.text.push_str(key);
        self.keys.ends.push(self.keys.text.len());
        self.texts.push(start..self.text.len());
    }

    /// Orders the columns by key; whether they are those of the line before. An error is the first key that is there twice.
    pub(super) fn sort(&mut self) -> Result<bool, &str> {
        if self.keys == self.ordered {
            return Ok(true);
        }
        self.ordered.clear();
        let mut order = core::mem::take(&mut self.order);
        order.clear();
        order.extend(0..self.texts.len() as u32);
        if !order.is_sorted_by(|a, b| self.key(*a) < self.key(*b)) {
            order.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        }
        self.order = order;
        let mut pairs = self.order.windows(2);
        let twice = pairs.find(|pair| self.key(pair[0]) == self.key(pair[1])).map(|pair| pair[0]);
        if let Some(twice) = twice {
            // of no keys now, as `ordered` says
            self.order.clear();
            return Err(self.key(twice));
        }
        self.ordered.text.push_str(&self.keys.text);
        self.ordered.ends.extend_from_slice(&self.keys.ends);
        Ok(false)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.order.binary_search_by(|index| self.key(*index).cmp(key)).is_ok()
    }
}
