//! Where records that wait are on disk.

use std::sync::Arc;

use crate::spool::record::{HEADER, Place};
use crate::spool::waiting::{Descriptor, RecordId};

/// Bytes of a run on disk at most, so that it is read at once.
const MOST: u64 = 64 << 10;

/// Where records that wait are: one, or a run of them.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) segment: u64,
    pub(super) offset: u64,
    pub(super) target: Arc<[u8]>,
    /// Points of all records.
    pub(super) points: u32,
    /// Bytes of all lines.
    pub(super) bytes: u32,
    /// The records. A record takes 32 bytes at least: no run has more than fit here.
    pub(super) records: u16,
    /// The ids, more than the records once some of those were damaged.
    pub(super) ids: u16,
    /// Bytes between the begin and the end that are none of the records any more.
    pub(super) holes: u16,
}

impl Entry {
    pub(super) fn single(place: Place, target: Arc<[u8]>, points: u32, bytes: u32) -> Entry {
        let Place { segment, offset } = place;
        Entry { segment, offset, target, points, bytes, records: 1, ids: 1, holes: 0 }
    }

    /// Bytes on disk.
    pub(super) fn len(&self) -> u64 {
        let each = HEADER as u64 + self.target.len() as u64;
        each * u64::from(self.records) + u64::from(self.bytes) + u64::from(self.holes)
    }

    /// The last id of an entry that begins with this one.
    pub(super) fn last(&self, id: u64) -> u64 {
        id + u64::from(self.ids) - 1
    }

    pub(super) fn describe(&self, id: u64) -> Descriptor {
        Descriptor {
            id: RecordId(id),
            records: u32::from(self.records),
            points: self.points,
            bytes: u64::from(self.bytes),
            target: Arc::clone(&self.target),
        }
    }

    /// Takes in the next entry, if both are a run together.
    pub(super) fn join(&mut self, id: u64, next_id: u64, next: &Entry) -> bool {
        let adjacent = self.segment == next.segment
            && self.offset + self.len() == next.offset
            && self.last(id) + 1 == next_id
            && self.target == next.target
            && self.len() + next.len() <= MOST;
        let points = self.points.checked_add(next.points);
        let ids = self.ids.checked_add(next.ids);
        let (true, Some(points), Some(ids)) = (adjacent, points, ids) else { return false };
        (self.points, self.ids) = (points, ids);
        self.bytes += next.bytes;
        self.records += next.records;
        self.holes += next.holes;
        true
    }
}
