//! The body of one request: whole lines, and where each ends.

use std::ops::Range;

use bytes::Bytes;

use crate::write::lines::is_point;

/// Whole lines, each with its line feed, and the caller's index of the first.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    bytes: Bytes,
    /// Where each line ends, its line feed included.
    ends: Vec<usize>,
    first: usize,
    /// Indices that no line has, ascending.
    left_out: Vec<usize>,
}

impl Body {
    /// `ends` are offsets into `bytes`, ascending, the last equal to the length.
    pub(crate) fn new(bytes: impl Into<Bytes>, ends: Vec<usize>, first: usize) -> Self {
        let bytes = bytes.into();
        debug_assert_eq!(ends.last().copied().unwrap_or(0), bytes.len());
        Body { bytes, ends, first, left_out: Vec::new() }
    }

    /// The lines but for those with these indices; the others keep theirs.
    pub(crate) fn without(&self, indices: &[usize]) -> Body {
        let mut left_out = [&self.left_out, indices].concat();
        left_out.sort_unstable();
        let (mut bytes, mut ends) = (Vec::with_capacity(self.bytes.len()), Vec::new());
        for (_, line) in self.iter().filter(|(index, _)| left_out.binary_search(index).is_err()) {
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
            ends.push(bytes.len());
        }
        Body { bytes: bytes.into(), ends, first: self.first, left_out }
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many lines there are.
    pub(crate) fn lines(&self) -> usize {
        self.ends.len()
    }

    /// How many lines are neither blank nor comments.
    pub(crate) fn points(&self) -> usize {
        self.iter().filter(|(_, line)| is_point(line)).count()
    }

    /// The caller's indices of the lines, of which none is left out.
    pub(crate) fn indices(&self) -> Range<usize> {
        self.first..self.first + self.ends.len()
    }

    /// Where the lines are, their line feeds included, with the caller's index of each.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let indices = (self.first..).filter(|index| self.left_out.binary_search(index).is_err());
        indices.zip(starts.zip(&self.ends).map(|(start, end)| start..*end))
    }

    /// The lines without their line feeds, with the caller's index of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.ranges().map(|(index, range)| {
            let line = &self.bytes[range];
            (index, line.strip_suffix(b"\n").unwrap_or(line))
        })
    }

    /// Two bodies with half of the lines each; `None` for a single line.
    pub(crate) fn halves(&self) -> Option<(Body, Body)> {
        let middle = self.ends.len() / 2;
        if middle == 0 {
            return None;
        }
        let cut = self.ends[middle - 1];
        let (second, _) = self.iter().nth(middle)?;
        let part = |bytes, ends, first| Body { bytes, ends, first, left_out: self.left_out.clone() };
        let left = part(self.bytes.slice(..cut), self.ends[..middle].to_vec(), self.first);
        let ends = self.ends[middle..].iter().map(|end| end - cut).collect();
        Some((left, part(self.bytes.slice(cut..), ends, second)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(lines: &[&str], first: usize) -> Body {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for line in lines {
            bytes.extend_from_slice(line.as_bytes());
            ends.push(bytes.len());
        }
        Body::new(bytes, ends, first)
    }

    #[test]
    fn halving_keeps_every_line_and_its_index() {
        for count in 1..20 {
            let lines: Vec<String> = (0..count).map(|i| format!("m f={i}\n")).collect();
            let whole = body(&lines.iter().map(String::as_str).collect::<Vec<_>>(), 100);
            let (mut todo, mut seen) = (vec![whole], Vec::new());
            while let Some(next) = todo.pop() {
                match next.halves() {
                    Some((left, right)) => todo.extend([right, left]),
                    None => seen
                        .extend(next.iter().map(|(i, line)| (i, String::from_utf8(line.to_vec()).unwrap()))),
                }
            }
            let expected: Vec<_> = (0..count).map(|i| (100 + i, format!("m f={i}"))).collect();
            assert_eq!(seen, expected);
        }
    }

    #[test]
    fn what_is_left_out_changes_no_index() {
        let whole = body(&["a f=0\n", "b f=1\n", "c f=2\n", "d f=3\n", "e f=4"], 10);
        let of = |body: &Body| body.iter().map(|(index, line)| (index, line[0])).collect::<Vec<_>>();
        let some = whole.without(&[13, 10]);
        assert_eq!(of(&some), [(11, b'b'), (12, b'c'), (14, b'e')]);
        assert_eq!((some.bytes(), some.lines()), (&Bytes::from("b f=1\nc f=2\ne f=4\n"), 3));
        let (left, right) = some.halves().unwrap();
        assert_eq!((of(&left), of(&right)), (vec![(11, b'b')], vec![(12, b'c'), (14, b'e')]));
        assert_eq!(of(&some.without(&[12])), [(11, b'b'), (14, b'e')]);
        assert_eq!(of(&whole.without(&[])), of(&whole));
    }

    #[test]
    fn the_last_line_may_lack_its_line_feed() {
        let body = body(&["a f=1\n", "b f=2"], 0);
        assert_eq!(body.iter().collect::<Vec<_>>(), [(0, &b"a f=1"[..]), (1, &b"b f=2"[..])]);
        assert_eq!(body.indices(), 0..2);
    }
}
