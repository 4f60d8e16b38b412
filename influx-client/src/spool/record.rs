//! One record of the spool as bytes.
//!
//! # Constraints
//!
//! - A reader finds its way through arbitrary bytes: it neither panics, nor allocates what a damaged length claims, nor
//!   takes for a record what is none.
//! - Damage costs the records it hits and no other, and is counted.
//! - A file is readable on every machine: all numbers are little-endian.
//!
//! # Layout
//!
//! | at | bytes | is |
//! |---|---|---|
//! | 0 | 4 | `FF 53 50 FE`; no UTF-8 text holds these bytes |
//! | 4 | 1 | version of the layout: 1 |
//! | 5 | 1 | kind: 1 data, 2 acknowledgement |
//! | 6 | 2 | length of the target |
//! | 8 | 4 | length of the body |
//! | 12 | 4 | number of points |
//! | 16 | 8 | id; of an acknowledgement: the highest id given out so far |
//! | 24 | 4 | CRC32C of the body |
//! | 28 | 4 | CRC32C of the segment's number, the record's offset in the segment (8 bytes each) and the bytes 0 .. 28 |
//! | 32 | | the body |
//!
//! The body of data is the target and then the lines; of an acknowledgement it is ranges of ids, first and last, 8 bytes
//! each. Later versions keep the first five bytes, the length of the header and its CRC, so that an older reader tells a
//! newer record from damage.
//!
//! The header has a CRC of its own so that the length can be trusted before the body is read: a damaged body costs one
//! record, whose id and number of points are still known. It takes in the place, so that a record counts only where it was
//! written: not inside of another record's lines, nor in a block that a file system brings back from a removed file.

/// Bytes of a header.
pub(super) const HEADER: usize = 32;

/// Bytes that the acknowledgement of one record takes at most.
pub(super) const ACKNOWLEDGEMENT: u64 = HEADER as u64 + 16;

/// The greatest id: beyond it none is read or given out.
pub(super) const MAX_ID: u64 = u64::MAX >> 1;

const MAGIC: [u8; 4] = [0xFF, b'S', b'P', 0xFE];
const VERSION: u8 = 1;
const DATA: u8 = 1;
const ACK: u8 = 2;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: u64,
    pub(super) offset: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Acknowledgement,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) target_len: u16,
    pub(super) body_len: u32,
    pub(super) points: u32,
    pub(super) id: u64,
    body_crc: u32,
}

impl Header {
    /// Bytes of the lines.
    pub(super) fn lines_len(&self) -> u32 {
        self.body_len.saturating_sub(u32::from(self.target_len))
    }

    /// Bytes of the whole record.
    pub(super) fn record_len(&self) -> u64 {
        HEADER as u64 + u64::from(self.body_len)
    }

    fn encode(&self, place: Place) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4] = VERSION;
        bytes[5] = match self.kind {
            Kind::Data => DATA,
            Kind::Acknowledgement => ACK,
        };
        bytes[6..8].copy_from_slice(&self.target_len.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.body_len.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.points.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.id.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.body_crc.to_le_bytes());
        let crc = header_crc(place, &bytes);
        bytes[28..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn decode(place: Place, bytes: &[u8; HEADER]) -> Decoded {
        if bytes[..4] != MAGIC || u32_at(bytes, 28) != header_crc(place, bytes) {
            return Decoded::Damaged;
        }
        let kind = match (bytes[4], bytes[5]) {
            (VERSION, DATA) => Kind::Data,
            (VERSION, ACK) => Kind::Acknowledgement,
            (version, _) => return Decoded::Newer(version),
        };
        Decoded::Header(Header {
            kind,
            target_len: u16::from_le_bytes([bytes[6], bytes[7]]),
            body_len: u32_at(bytes, 8),
            points: u32_at(bytes, 12),
            id: u64_at(bytes, 16),
            body_crc: u32_at(bytes, 24),
        })
    }
}

enum Decoded {
    Header(Header),
    Newer(u8),
    Damaged,
}

fn header_crc(place: Place, bytes: &[u8; HEADER]) -> u32 {
    let mut covered = [0; 16 + 28];
    covered[..8].copy_from_slice(&place.segment.to_le_bytes());
    covered[8..16].copy_from_slice(&place.offset.to_le_bytes());
    covered[16..].copy_from_slice(&bytes[..28]);
    crc32c::crc32c(&covered)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

/// The length of a data record, or `None` when the layout cannot carry it.
pub(super) fn data_len(target: &[u8], lines: &[u8]) -> Option<u64> {
    u16::try_from(target.len()).ok()?;
    let body = u32::try_from(target.len().checked_add(lines.len())?).ok()?;
    Some(HEADER as u64 + u64::from(body))
}

/// Adds a data record to the buffer. Target and lines have been measured by [`data_len`].
pub(super) fn encode_data(
    place: Place,
    id: u64,
    points: u32,
    target: &[u8],
    lines: &[u8],
    buffer: &mut Vec<u8>,
) {
    let header = Header {
        kind: Kind::Data,
        target_len: target.len() as u16,
        body_len: (target.len() + lines.len()) as u32,
        points,
        id,
        body_crc: crc32c::crc32c_append(crc32c::crc32c(target), lines),
    };
    buffer.reserve(HEADER + target.len() + lines.len());
    buffer.extend_from_slice(&header.encode(place));
    buffer.extend_from_slice(target);
    buffer.extend_from_slice(lines);
}

/// The length of an acknowledgement of so many ranges.
pub(super) fn acknowledgement_len(ranges: usize) -> u64 {
    HEADER as u64 + 16 * ranges as u64
}

/// Replaces the buffer's content by an acknowledgement.
pub(super) fn encode_acknowledgement(
    place: Place,
    highest: u64,
    ranges: &[(u64, u64)],
    buffer: &mut Vec<u8>,
) {
    buffer.clear();
    buffer.resize(HEADER, 0);
    for (first, last) in ranges {
        buffer.extend_from_slice(&first.to_le_bytes());
        buffer.extend_from_slice(&last.to_le_bytes());
    }
    let body = &buffer[HEADER..];
    let header = Header {
        kind: Kind::Acknowledgement,
        target_len: 0,
        body_len: body.len() as u32,
        points: 0,
        id: highest,
        body_crc: crc32c::crc32c(body),
    };
    buffer[..HEADER].copy_from_slice(&header.encode(place));
}

/// The ranges in the body of an acknowledgement.
pub(super) fn ranges(body: &[u8]) -> impl Iterator<Item = (u64, u64)> + '_ {
    body.chunks_exact(16).map(|range| (u64_at(range, 0), u64_at(range, 8)))
}

/// What stands at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole record at the window's begin.
    Record(Header),
    /// A record that a later version wrote.
    Newer(u8),
    /// The window must hold so many bytes to tell; never more than are left.
    More(usize),
    /// So many bytes (at least one) are no record. With a header: they were this record.
    Damaged(usize, Option<Header>),
    /// Nothing is left.
    End,
}

/// Looks at what stands at a place: `window` begins there, and `left` bytes of the segment do.
pub(super) fn step(place: Place, window: &[u8], left: u64) -> Step {
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    if left == 0 {
        return Step::End;
    }
    let Some(bytes) = window.first_chunk::<HEADER>() else {
        return if window.len() < left.min(HEADER) {
            Step::More(left.min(HEADER))
        } else {
            Step::Damaged(window.len(), None)
        };
    };
    let header = match Header::decode(place, bytes) {
        Decoded::Header(header) => header,
        Decoded::Newer(version) => return Step::Newer(version),
        Decoded::Damaged => return Step::Damaged(to_next_magic(window, left), None),
    };
    let known = (header.id <= MAX_ID).then_some(header);
    let len = usize::try_from(header.record_len()).unwrap_or(usize::MAX);
    if len > left {
        // The rest was never written, or lost. What else stands there is looked at, too.
        return Step::Damaged(HEADER, known);
    }
    let Some(body) = window.get(HEADER..len) else {
        return Step::More(len);
    };
    let whole = known.is_some()
        && body.len() >= usize::from(header.target_len)
        && (header.kind == Kind::Data || body.len() % 16 == 0)
        && crc32c::crc32c(body) == header.body_crc;
    if whole { Step::Record(header) } else { Step::Damaged(len, known) }
}

/// How many bytes after the first can be skipped as no record begins in them.
fn to_next_magic(window: &[u8], left: usize) -> usize {
    let found = window.windows(MAGIC.len()).skip(1).position(|bytes| bytes == MAGIC);
    match found {
        Some(at) => at + 1,
        None if window.len() >= left => window.len(),
        // the window's end may hold the begin of one
        None => window.len() - (MAGIC.len() - 1),
    }
}

/// The header of a data record that claims a body of so many bytes.
#[cfg(test)]
pub(super) fn header_for_tests(place: Place, body_len: u32) -> [u8; HEADER] {
    Header { kind: Kind::Data, target_len: 0, body_len, points: 1, id: 1, body_crc: 0 }.encode(place)
}

/// The header of a record as a later version may write it.
#[cfg(test)]
pub(super) fn newer_for_tests(place: Place) -> [u8; HEADER] {
    let mut bytes = header_for_tests(place, 0);
    bytes[4] = VERSION + 1;
    let crc = header_crc(place, &bytes);
    bytes[28..].copy_from_slice(&crc.to_le_bytes());
    bytes
}
