//! Points on their way to becoming batches. No I/O and no clock: the time is given.

use bytes::Bytes;
use influx_core::{EncodeError, LineProtocol, LineWriter};
use tokio::time::Instant;

use crate::write::body::Body;
use crate::write::lines::line_ends;

/// What a batch may be longer than the last one before its memory grows.
const SLACK: usize = 4 << 10;

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) points: usize,
    pub(super) bytes: usize,
}

/// Whole lines that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lines {
    pub(super) bytes: Bytes,
    pub(super) points: usize,
    /// How many points the target was given before the first of these.
    pub(super) first: u64,
}

impl Lines {
    /// With the ends of the lines, which are looked for only when a server refuses some.
    pub(super) fn body(&self) -> Body {
        let first = usize::try_from(self.first).unwrap_or(usize::MAX);
        Body::new(self.bytes.clone(), line_ends(&self.bytes), first)
    }

    /// Those with the numbers from `start` on and below `end`.
    #[cfg(feature = "spool")]
    pub(super) fn between(&self, start: u64, end: u64) -> Option<Lines> {
        let at = |number: u64| usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let (start, end) = (at(start), at(end).min(self.points));
        if start >= end {
            return None;
        }
        let ends = line_ends(&self.bytes);
        let place = |line: usize| line.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied());
        let bytes = self.bytes.slice(place(start)?..place(end)?);
        Some(Lines { bytes, points: end - start, first: self.first + start as u64 })
    }

    /// Each half of the lines; `None` for a single line.
    pub(super) fn halves(&self) -> Option<(Lines, Lines)> {
        let (left, right) = self.body().halves()?;
        let of = |body: &Body| Lines {
            bytes: body.bytes().clone(),
            points: body.lines(),
            first: self.first + (body.indices().start as u64 - self.first),
        };
        Some((of(&left), of(&right)))
    }
}

/// Encodes points behind each other until a batch is full.
#[derive(Debug)]
pub(super) struct Accumulator {
    writer: LineWriter,
    limits: Limits,
    points: usize,
    /// The number of the first point in the buffer.
    first: u64,
    /// When the oldest point has waited long enough.
    due: Option<Instant>,
    /// Memory for a line that begins the next batch.
    carried: Vec<u8>,
    /// Copies of the lines that are not on disk yet, if they are to be.
    pub(super) owed: Option<Owed>,
}

/// Lines that the disk is owed.
#[derive(Debug, Default)]
pub(super) struct Owed {
    pub(super) bytes: Vec<u8>,
    pub(super) points: u32,
}

impl Owed {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.points += 1;
    }

    /// Keeps the memory.
    #[cfg(feature = "spool")]
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.points = 0;
    }
}

/// What a point did.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pushed {
    /// Bytes of its line.
    pub(super) bytes: usize,
    /// A batch is full.
    pub(super) full: Option<Lines>,
    /// It is the first of a batch.
    pub(super) opened: bool,
}

impl Accumulator {
    pub(super) fn new(writer: LineWriter, limits: Limits) -> Self {
        Accumulator { writer, limits, points: 0, first: 0, due: None, carried: Vec::new(), owed: None }
    }

    /// Adds a point. `due` says when it will have waited long enough, `spare` is memory for the next batch.
    #[inline]
    pub(super) fn push<P: LineProtocol + ?Sized>(
        &mut self,
        point: &P,
        due: impl FnOnce() -> Instant,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Result<Pushed, EncodeError> {
        let before = self.writer.len();
        self.writer.write(point)?;
        Ok(self.added(before, due, spare))
    }

    /// Adds a line that is line protocol already, its line feed included.
    pub(super) fn push_line(
        &mut self,
        line: &[u8],
        due: impl FnOnce() -> Instant,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Pushed {
        let before = self.writer.len();
        self.writer.append_lines(line);
        self.added(before, due, spare)
    }

    /// Adds some lines at once, if they neither begin a batch nor fill it; nobody is owed them.
    pub(super) fn push_some(&mut self, lines: &[u8], count: usize) -> bool {
        let fit = self.points > 0
            && self.owed.is_none()
            && self.points + count < self.limits.points
            && self.writer.len() + lines.len() < self.limits.bytes;
        if fit {
            self.writer.append_lines(lines);
            self.points += count;
        }
        fit
    }

    #[inline]
    fn added(
        &mut self,
        before: usize,
        due: impl FnOnce() -> Instant,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Pushed {
        let bytes = self.writer.len() - before;
        if let Some(owed) = &mut self.owed {
            owed.add(&self.writer.as_bytes()[before..]);
        }
        let mut pushed = Pushed { bytes, full: None, opened: self.points == 0 };
        self.points += 1;
        if pushed.opened {
            self.due = Some(due());
        } else if self.writer.len() > self.limits.bytes {
            // the line that does not fit begins the next batch
            self.carried.clear();
            self.carried.extend_from_slice(&self.writer.as_bytes()[before..]);
            self.writer.truncate(before);
            self.points -= 1;
            pushed.full = Some(self.take(spare()));
            self.writer.append_lines(&self.carried);
            self.points = 1;
            self.due = Some(due());
            pushed.opened = true;
            return pushed;
        }
        if self.points >= self.limits.points || self.writer.len() >= self.limits.bytes {
            pushed.full = Some(self.take(spare()));
        }
        pushed
    }

    /// What there is, whether full or not.
    pub(super) fn seal(&mut self, spare: impl FnOnce() -> Vec<u8>) -> Option<Lines> {
        if self.points == 0 { None } else { Some(self.take(spare())) }
    }

    fn take(&mut self, mut spare: Vec<u8>) -> Lines {
        // the next batch is likely as long
        spare.clear();
        spare.reserve(self.writer.len() + SLACK);
        let bytes = self.writer.replace(spare).into();
        let lines = Lines { bytes, points: self.points, first: self.first };
        self.first += self.points as u64;
        (self.points, self.due) = (0, None);
        lines
    }

    /// Encodes a point that goes elsewhere; gives the length of its line.
    #[cfg(feature = "spool")]
    pub(super) fn aside<P: LineProtocol + ?Sized>(
        &mut self,
        point: &P,
        to: &mut Owed,
    ) -> Result<usize, EncodeError> {
        let before = self.writer.len();
        let written = self.writer.write(point);
        if written.is_ok() {
            to.add(&self.writer.as_bytes()[before..]);
        }
        let bytes = self.writer.len() - before;
        self.writer.truncate(before);
        written.map(|()| bytes)
    }

    /// The points before that number are not to come. For an empty buffer.
    #[cfg(feature = "spool")]
    pub(super) fn skip_to(&mut self, number: u64) {
        self.first = self.first.max(number);
    }

    /// The number of the first point in the buffer, or of the next one.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The most bytes of a batch.
    #[cfg(feature = "spool")]
    pub(super) fn batch_bytes(&self) -> usize {
        self.limits.bytes
    }

    /// The number of the next point.
    pub(super) fn next_point(&self) -> u64 {
        self.first + self.points as u64
    }

    /// When the oldest point has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use influx_core::{Dialect, Point};
    use proptest::prelude::*;

    use super::*;

    fn accumulator(points: usize, bytes: usize) -> Accumulator {
        Accumulator::new(LineWriter::new(Dialect::V1), Limits { points, bytes })
    }

    #[test]
    fn a_batch_is_due_when_its_oldest_point_is_old() {
        let mut all = accumulator(3, 1_000);
        assert_eq!(all.due(), None);
        let due = Instant::now() + Duration::from_secs(1);
        let later = || due + Duration::from_secs(1);
        let point = Point::new("m").field("f", 1).timestamp(1);
        assert!(all.push(&point, || due, Vec::new).unwrap().opened);
        assert!(!all.push(&point, later, Vec::new).unwrap().opened);
        assert_eq!(all.due(), Some(due));
        assert_eq!(all.seal(Vec::new).unwrap().points, 2);
        assert_eq!((all.due(), all.seal(Vec::new)), (None, None));
    }

    #[test]
    fn a_point_that_cannot_be_encoded_changes_nothing() {
        let mut all = accumulator(2, 1_000);
        let good = Point::new("m").field("f", 1);
        assert!(all.push(&good, Instant::now, Vec::new).unwrap().full.is_none());
        assert!(all.push(&Point::new("m").field("f", f64::NAN), Instant::now, Vec::new).is_err());
        assert_eq!(all.points, 1);
        assert_eq!(all.push(&good, Instant::now, Vec::new).unwrap().full.unwrap().bytes, "m f=1i\nm f=1i\n");
    }

    proptest! {
        /// Nothing is lost, doubled or reordered, and no batch is larger than its limits, but for a single line that is.
        #[test]
        fn batches_are_the_lines_in_their_order(
            lengths in prop::collection::vec(1_usize..60, 0..200), points in 1_usize..20, bytes in 1_usize..200,
            seals in prop::collection::vec(any::<bool>(), 200),
        ) {
            let mut all = accumulator(points, bytes);
            let (mut batches, mut expected) = (Vec::new(), Vec::new());
            for (at, length) in lengths.iter().enumerate() {
                let line = format!("m{} f=1\n", "x".repeat(*length));
                expected.extend_from_slice(line.as_bytes());
                let pushed = match at % 3 {
                    0 if all.push_some(line.as_bytes(), 1) => {
                        Pushed { bytes: line.len(), ..Pushed::default() }
                    }
                    0 | 1 => all.push_line(line.as_bytes(), Instant::now, Vec::new),
                    _ => {
                        let point = Point::new(&line[..line.len() - 5]).field("f", 1.0);
                        all.push(&point, Instant::now, Vec::new).unwrap()
                    }
                };
                prop_assert_eq!(pushed.bytes, line.len());
                batches.extend(pushed.full);
                if seals[at] {
                    batches.extend(all.seal(Vec::new));
                }
            }
            batches.extend(all.seal(Vec::new));
            let mut first = 0;
            for batch in &batches {
                prop_assert_eq!(batch.first, first);
                first += batch.points as u64;
                prop_assert!(batch.points <= points);
                prop_assert!(batch.bytes.len() <= bytes || batch.points == 1);
                prop_assert_eq!(batch.body().lines(), batch.points);
            }
            prop_assert_eq!(batches.iter().flat_map(|batch| batch.bytes.to_vec()).collect::<Vec<_>>(), expected);
            prop_assert_eq!((first, all.first), (lengths.len() as u64, lengths.len() as u64));
        }

        #[test]
        fn halves_are_the_whole(count in 1_usize..40) {
            let text: String = (0..count).map(|n| format!("m f=\"a\nb\" {n}\n")).collect();
            let whole = Lines { bytes: text.clone().into(), points: count, first: 7 };
            match whole.halves() {
                None => prop_assert_eq!(count, 1),
                Some((a, b)) => {
                    prop_assert_eq!([&a.bytes[..], &b.bytes[..]].concat(), text.into_bytes());
                    prop_assert_eq!((a.first, b.first, a.points + b.points), (7, 7 + a.points as u64, count));
                }
            }
        }
    }
}
