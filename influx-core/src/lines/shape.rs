//! The names of a line: most lines of a text have those of a line before, which need no second look.

use crate::dialect::Dialect;
use crate::encode::escape;
use crate::encode::escape::check_key;
use crate::schema::Role;

/// Names of a line, known to be sound: `cpu`, `,host=`, ` usage=`, `,n=`.
#[derive(Debug, Default)]
pub(super) struct Shape {
    text: Vec<u8>,
    pieces: Vec<Piece>,
    tags: usize,
    /// Indices of the pieces that are keys, by key.
    order: Vec<u32>,
}

/// A name with the bytes around it.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The first 16 bytes, and which of them count.
    head: u128,
    mask: u128,
    start: usize,
    len: usize,
}

/// The longest piece that is compared in one step.
const HEAD: usize = 16;

/// Longer names are for the careful way, which knows the limits.
const MAX_NAME: usize = 255;

impl Shape {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
        self.tags = 0;
    }

    /// Adds the measurement, or a key between its delimiters.
    pub(super) fn push(&mut self, piece: &[u8]) {
        let mut head = [0; HEAD];
        let mut mask = [0; HEAD];
        let short = piece.len().min(HEAD);
        head[..short].copy_from_slice(&piece[..short]);
        mask[..short].fill(0xff);
        let (head, mask) = (u128::from_ne_bytes(head), u128::from_ne_bytes(mask));
        self.pieces.push(Piece { head, mask, start: self.text.len(), len: piece.len() });
        self.text.extend_from_slice(piece);
    }

    /// The pieces so far are the measurement and the tags.
    pub(super) fn end_tags(&mut self) {
        self.tags = self.pieces.len().saturating_sub(1);
    }

    /// How many pieces there are, and how many of them are tags.
    #[inline(always)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.pieces.len(), self.tags)
    }

    /// The end of a piece in a text, if it is there.
    #[inline(always)]
    pub(super) fn passes(&self, piece: usize, text: &[u8], at: usize) -> Option<usize> {
        let piece = &self.pieces[piece];
        let rest = text.get(at..)?;
        let same = match rest.first_chunk::<HEAD>() {
            Some(head) => {
                u128::from_ne_bytes(*head) & piece.mask == piece.head
                    && (piece.len <= HEAD || rest.starts_with(self.bytes(piece)))
            }
            None => rest.starts_with(self.bytes(piece)),
        };
        same.then_some(at + piece.len)
    }

    fn bytes(&self, piece: &Piece) -> &[u8] {
        &self.text[piece.start..piece.start + piece.len]
    }

    fn key(&self, index: u32) -> &[u8] {
        let piece = self.bytes(&self.pieces[index as usize]);
        &piece[1..piece.len() - 1]
    }

    /// Whether no name needs a closer look.
    pub(super) fn is_sound(&mut self, dialect: Dialect) -> bool {
        let measurement = self.pieces.first().map(|piece| self.bytes(piece)).unwrap_or_default();
        let plain = measurement.first().is_some_and(|first| !escape::begins_special(*first));
        if !plain || measurement.len() > MAX_NAME {
            return false;
        }
        let keys = 1..self.pieces.len() as u32;
        let sound = |index: u32| {
            let role = if (index as usize) <= self.tags { Role::Tag } else { Role::Field };
            let key = self.key(index);
            // the catalog of v3 refuses controls beyond ASCII
            let ordinary = key.is_ascii() || dialect != Dialect::V3;
            let key = core::str::from_utf8(key).ok().filter(|key| ordinary && key.len() <= MAX_NAME);
            key.is_some_and(|key| check_key(key, role, dialect).is_ok())
        };
        if !keys.clone().all(sound) {
            return false;
        }
        let mut order = core::mem::take(&mut self.order);
        order.clear();
        order.extend(keys);
        order.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        let unique = order.windows(2).all(|pair| self.key(pair[0]) != self.key(pair[1]));
        self.order = order;
        unique
    }
}
