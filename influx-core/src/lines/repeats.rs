//! Points of one series and one time in a text: the server keeps one point of them.

use std::collections::HashMap;

use memchr::{memchr_iter, memrchr};

use super::{RawLine, bounds, split};

/// A point whose series and timestamp an earlier one has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repeat {
    /// The number of the first line of that series and timestamp.
    pub earlier: usize,
    /// The number of this line.
    pub later: usize,
    /// Whether a field gets another value than an earlier one gave it, which is lost then. Otherwise the server puts the fields
    /// together, and nothing is lost.
    pub overwrites: bool,
}

/// Whether each line of these texts has a later timestamp than the one before it, so that none repeats another: what is cheap to
/// know, and true of most texts. `false` says nothing.
///
/// ```
/// use influx_core::lines::in_order;
/// assert!(in_order([&b"m f=1 5\nm f=1 6\n"[..], b"m f=1 70"]));
/// assert!(!in_order([&b"m f=1 5\nm f=1 5\n"[..]]) && !in_order([&b"m f=1\n"[..]]));
/// ```
pub fn in_order<'t>(texts: impl IntoIterator<Item = &'t [u8]>) -> bool {
    let mut last: &[u8] = &[];
    texts.into_iter().all(|text| text_in_order(text, &mut last))
}

fn text_in_order<'t>(text: &'t [u8], last: &mut &'t [u8]) -> bool {
    let mut start = 0;
    let open = !text.is_empty() && !text.ends_with(b"\n");
    // a text with a line feed makes two pieces of a line: when all pieces are in order, so are the lines
    for end in memchr_iter(b'\n', text).chain(open.then_some(text.len())) {
        let piece = &text[start..end];
        start = end + 1;
        let Some(space) = memrchr(b' ', piece) else { return false };
        let time = &piece[space + 1..];
        // written without a sign and leading zeros, a longer number is a later one
        let later = (last.len(), *last) < (time.len(), time);
        if !later || time.first() == Some(&b'0') && time.len() > 1 || !time.iter().all(u8::is_ascii_digit) {
            return false;
        }
        *last = time;
    }
    true
}

/// Finds points of one series and one timestamp, as lines are added; see [`repeats`].
///
/// The order of tags makes no other series, as servers sort them; names are compared as they are written.
#[derive(Debug, Default)]
pub struct Repeats<'t> {
    /// Lines by their hash, at most half of the places taken.
    places: Vec<Place<'t>>,
    taken: usize,
    /// The fields of the points that were there before, by the address of the first of them: only for those that repeat.
    fields: HashMap<(usize, &'t [u8]), &'t [u8]>,
}

#[derive(Debug, Clone, Copy)]
struct Place<'t> {
    /// Never 0 for a line.
    hash: u64,
    /// The text from the line on.
    text: &'t [u8],
    number: usize,
}

const EMPTY: Place<'_> = Place { hash: 0, text: &[], number: 0 };

/// The points of a text that have the series and the timestamp of an earlier one, in their order. Lines are numbered as
/// [`split`] does; points without a timestamp get one and the same from the server.
///
/// ```
/// use influx_core::lines::repeats;
///
/// let text = b"m,t=a f=1 5\nm,t=b f=1 5\nm,t=a f=2 5\nm,t=b g=1 5\nm,t=a f=2 6\n";
/// let found: Vec<_> = repeats(text).map(|repeat| (repeat.earlier, repeat.later, repeat.overwrites)).collect();
/// assert_eq!(found, [(0, 2, true), (1, 3, false)]);
/// ```
pub fn repeats(text: &[u8]) -> impl Iterator<Item = Repeat> + '_ {
    let mut repeats = Repeats::default();
    split(text).filter_map(move |line| repeats.add(&line, line.number))
}

impl<'t> Repeats<'t> {
    /// Adds a line, of this text or another, under a number, and tells whether it repeats an earlier one.
    ///
    /// ```
    /// use influx_core::lines::{Repeats, split};
    ///
    /// let mut repeats = Repeats::default();
    /// let texts = [b"m f=1 5", b"m f=2 5"];
    /// let lines = texts.iter().flat_map(|text| split(*text)).enumerate();
    /// let found: Vec<_> = lines.filter_map(|(number, line)| repeats.add(&line, number)).collect();
    /// assert_eq!((found[0].earlier, found[0].later), (0, 1));
    /// ```
    pub fn add(&mut self, line: &RawLine<'t>, number: usize) -> Option<Repeat> {
        if !line.is_point() {
            return None;
        }
        if 2 * self.taken >= self.places.len() {
            self.grow(line.text.len() / 64);
        }
        let hash = hash(line.series(), line.timestamp());
        let mut at = self.first_place(hash);
        loop {
            let place = self.places[at];
            if place.hash == 0 {
                self.places[at] = Place { hash, text: &line.text[line.range.start..], number };
                self.taken += 1;
                return None;
            }
            if place.hash == hash
                && let Some(earlier) = same(place, line)
            {
                let overwrites = self.overwrites(&earlier, line);
                return Some(Repeat { earlier: place.number, later: number, overwrites });
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }

    fn first_place(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.places.len() - 1)
    }

    #[cold]
    fn grow(&mut self, likely: usize) {
        let lines = if self.places.is_empty() { likely.max(64) } else { self.places.len() };
        let before = core::mem::replace(&mut self.places, vec![EMPTY; (2 * lines).next_power_of_two()]);
        for place in before.into_iter().filter(|place| place.hash != 0) {
            let mut at = self.first_place(place.hash);
            while self.places[at].hash != 0 {
                at = (at + 1) & (self.places.len() - 1);
            }
            self.places[at] = place;
        }
    }

    #[cold]
    fn overwrites(&mut self, first: &RawLine<'t>, line: &RawLine<'t>) -> bool {
        let of = first.text.as_ptr().addr();
        for (key, value) in bounds::fields(first.fields()) {
            self.fields.entry((of, key)).or_insert(value);
        }
        let mut overwrites = false;
        for (key, value) in bounds::fields(line.fields()) {
            let before = self.fields.insert((of, key), value);
            overwrites |= before.is_some_and(|before| before != value);
        }
        overwrites
    }
}

/// The line of a place, if it is of the same series and time.
#[cold]
fn same<'t>(place: Place<'t>, line: &RawLine<'t>) -> Option<RawLine<'t>> {
    let earlier = split(place.text).next()?;
    let same = earlier.timestamp() == line.timestamp()
        && (earlier.series() == line.series() || sorted(earlier.series()) == sorted(line.series()));
    same.then_some(earlier)
}

/// The measurement, and the tags in an order of their own.
fn sorted(series: &[u8]) -> (&[u8], Vec<&[u8]>) {
    let (measurement, mut rest) =
        bounds::cut_series(series, b',').map_or((series, None), |(m, rest)| (m, Some(rest)));
    let mut tags: Vec<_> = core::iter::from_fn(|| {
        let (tag, behind) =
            bounds::cut_series(rest?, b',').map_or((rest?, None), |(tag, behind)| (tag, Some(behind)));
        rest = behind;
        Some(tag)
    })
    .collect();
    tags.sort_unstable();
    (measurement, tags)
}

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(MIX)
}

/// The sum of what is between the commas, so that the order of tags does not count.
#[inline]
fn hash(series: &[u8], timestamp: Option<i64>) -> u64 {
    let (mut sum, mut start) = (0_u64, 0);
    for comma in memchr::memchr_iter(b',', series) {
        sum = sum.wrapping_add(hash_part(&series[start..comma]));
        start = comma + 1;
    }
    let sum = sum.wrapping_add(hash_part(&series[start..]));
    let hash = step(sum, timestamp.map_or(1 << 63, i64::cast_unsigned));
    // the upper bits choose the place, and 0 is no hash
    (hash ^ hash >> 29) | 1
}

/// A multiplicative hash, of eight bytes at a time; the last ones may count twice.
#[inline]
fn hash_part(part: &[u8]) -> u64 {
    let mut hash = part.len() as u64;
    let mut rest = part;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        hash = step(hash, u64::from_le_bytes(*word));
        rest = behind;
    }
    let last = match (part.last_chunk::<8>(), part.first_chunk::<4>(), part.last_chunk::<4>()) {
        (Some(word), ..) => u64::from_le_bytes(*word),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => part.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let hash = step(hash, last);
    hash ^ hash >> 32
}
