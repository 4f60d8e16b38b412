//! Reads a segment from its begin to its end: records, and what is none.

use std::io;

use crate::spool::record;
use crate::spool::record::{Header, Kind, Place, Step};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// Goes through the records of one segment; `read` fills a buffer from an offset, less only at the segment's end.
pub(super) struct Scan<R> {
    segment: u64,
    end: u64,
    read: R,
    chunk: usize,
    window: Vec<u8>,
    /// Where in the window the next step is.
    start: usize,
    /// Where in the segment the window begins.
    base: u64,
    pub(super) damage: Damage,
    in_damage: bool,
}

/// Bytes of a segment that are no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Damage {
    pub(super) bytes: u64,
    /// Pieces with records between them.
    pub(super) places: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Data {
        offset: u64,
        header: Header,
        target: &'a [u8],
    },
    Acknowledgement {
        header: Header,
        body: &'a [u8],
    },
    /// The header is whole, and what it announces is not.
    Lost(Header),
    /// A record of this later version.
    Newer(u8),
}

impl<R: FnMut(u64, &mut [u8]) -> io::Result<usize>> Scan<R> {
    pub(super) fn new(segment: u64, len: u64, read: R) -> Self {
        Scan {
            segment,
            end: len,
            read,
            chunk: CHUNK,
            window: Vec::new(),
            start: 0,
            base: 0,
            damage: Damage::default(),
            in_damage: false,
        }
    }

    #[cfg(test)]
    pub(super) fn with_chunk(mut self, bytes: usize) -> Self {
        self.chunk = bytes;
        self
    }

    /// The next record, whole or lost.
    pub(super) fn next(&mut self) -> io::Result<Option<Found<'_>>> {
        loop {
            let offset = self.base + self.start as u64;
            let place = Place { segment: self.segment, offset };
            match record::step(place, &self.window[self.start..], self.end.saturating_sub(offset)) {
                Step::End => return Ok(None),
                Step::Newer(version) => return Ok(Some(Found::Newer(version))),
                Step::More(wanted) => self.fill(wanted)?,
                Step::Damaged(len, lost) => {
                    self.start += len;
                    self.damage.bytes += len as u64;
                    if !std::mem::replace(&mut self.in_damage, true) {
                        self.damage.places += 1;
                    }
                    if let Some(header) = lost {
                        return Ok(Some(Found::Lost(header)));
                    }
                }
                Step::Record(header) => {
                    self.in_damage = false;
                    let begin = self.start + record::HEADER;
                    self.start = begin + header.body_len as usize;
                    let body = &self.window[begin..self.start];
                    return Ok(Some(match header.kind {
                        Kind::Data => {
                            Found::Data { offset, header, target: &body[..usize::from(header.target_len)] }
                        }
                        Kind::Acknowledgement => Found::Acknowledgement { header, body },
                    }));
                }
            }
        }
    }

    /// Makes the window hold so many bytes from the next step on, or learns that the segment has less.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.window.drain(..self.start);
        self.base += self.start as u64;
        self.start = 0;
        let filled = self.window.len();
        let left = self.end - self.base;
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(wanted.max(self.chunk));
        self.window.resize(len, 0);
        let read = (self.read)(self.base + filled as u64, &mut self.window[filled..])?;
        self.window.truncate(filled + read);
        if self.window.len() < wanted {
            // shorter than its folder says
            self.end = self.base + self.window.len() as u64;
        }
        Ok(())
    }
}
