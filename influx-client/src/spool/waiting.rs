//! What waits in a spool, and how it comes and goes.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

/// Names a record, or a run by its first record, for the life of its folder; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordId(pub(crate) u64);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record or a run without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) id: RecordId,
    pub(crate) records: u32,
    pub(crate) points: u32,
    /// Bytes of the lines.
    pub(crate) bytes: u64,
    pub(crate) target: Arc<[u8]>,
}

/// What is to be added.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Append<'a> {
    pub(crate) target: &'a [u8],
    pub(crate) points: u32,
    pub(crate) lines: &'a [u8],
    /// The newest record or run, for this one to join it; not one that is being sent, as it is acknowledged as a whole.
    pub(crate) join: Option<RecordId>,
    /// Its target is not keeping up: an eighth of the limit is left to the others, unless the oldest are dropped.
    pub(crate) behind: bool,
}

#[cfg(test)]
impl<'a> Append<'a> {
    pub(crate) fn new(target: &'a [u8], points: u32, lines: &'a [u8]) -> Self {
        Append { target, points, lines, join: None, behind: false }
    }
}

/// A record as it was appended, or a run: the lines of one behind those of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: RecordId,
    pub(crate) points: u32,
    pub(crate) target: Arc<[u8]>,
    pub(crate) lines: Bytes,
}

/// What left without being acknowledged: a record or a run, or the damaged part of a run under the run's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) record: Descriptor,
    pub(crate) reason: DropReason,
    /// The lines, unless they cannot be read.
    pub(crate) lines: Option<Bytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropReason {
    /// The spool was full.
    Full,
    /// Its bytes had changed on disk.
    Damaged,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pending {
    pub(crate) records: u64,
    pub(crate) points: u64,
    /// Bytes of the lines.
    pub(crate) bytes: u64,
}
