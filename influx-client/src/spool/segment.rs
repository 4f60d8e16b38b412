//! What is known of one file of the spool.

/// The greatest number, so that the next one never overflows.
pub(super) const MAX_NUMBER: u64 = u64::MAX >> 1;

/// One file of records.
#[derive(Debug)]
pub(super) struct Segment<T> {
    pub(super) number: u64,
    /// Bytes of the file.
    pub(super) len: u64,
    /// Bytes of the records in it that wait.
    pub(super) live: u64,
    /// Open while it takes records, or bytes of it are to be synced.
    pub(super) file: Option<T>,
    /// Whether it takes records.
    pub(super) takes: bool,
    /// So many bytes survive a loss of power, once the name does.
    pub(super) synced: u64,
    /// The name survives a loss of power.
    pub(super) named: bool,
    /// A sync failed: what is not synced will never be, and must be written to another segment.
    pub(super) failed: bool,
    /// Records of it were copied into a later segment that is not synced yet.
    pub(super) copied: bool,
}

impl<T> Segment<T> {
    pub(super) fn created(number: u64, file: T) -> Self {
        Segment {
            number,
            len: 0,
            live: 0,
            file: Some(file),
            takes: true,
            synced: 0,
            named: false,
            failed: false,
            copied: false,
        }
    }

    pub(super) fn recovered(number: u64, len: u64, file: Option<T>) -> Self {
        Segment {
            number,
            len,
            live: 0,
            synced: if file.is_some() { 0 } else { len },
            file,
            takes: false,
            named: true,
            failed: false,
            copied: false,
        }
    }

    /// Whether nothing in it waits any more.
    pub(super) fn is_drained(&self) -> bool {
        self.live == 0 && !self.copied
    }

    pub(super) fn name(&self) -> String {
        name(self.number)
    }
}

/// The file's name of a segment.
pub(super) fn name(number: u64) -> String {
    format!("{number:020}.spool")
}

/// The number of a segment by its file's name; `None` for files of others.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".spool")?;
    if digits.len() != 20 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|number| *number <= MAX_NUMBER)
}
