//! What can go wrong in the spool.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::spool::waiting::RecordId;

/// Why the spool did not do what it was asked for. It can be used on after each of these: the next call tries anew.
#[derive(Debug)]
pub(crate) enum SpoolError {
    /// A setting is wrong.
    Settings(String),
    /// Another writer has the folder open.
    Locked { folder: PathBuf },
    /// A later version of this crate wrote this.
    Newer { file: PathBuf, version: u8 },
    /// The file system refused.
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// There is no room, and nothing may be dropped.
    Full { folder: PathBuf, used: u64, max: u64 },
    /// This can never be spooled.
    TooLarge { bytes: u64, max: u64 },
    /// The target is longer than a record can carry.
    TargetTooLong { bytes: usize },
    /// The record's bytes have changed on disk; it is among the dropped ones now.
    Damaged { file: PathBuf, id: RecordId, points: u32 },
    /// All numbers of records or segments are taken, as a file claims that cannot be genuine.
    Exhausted { folder: PathBuf },
    /// The record is acknowledged, dropped, or was never there.
    Unknown { id: RecordId },
}

impl fmt::Display for SpoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpoolError::Settings(text) => f.write_str(text),
            SpoolError::Locked { folder } => write!(
                f,
                "the spool in {} is in use by another writer: close that one, or give each a folder of its own",
                folder.display()
            ),
            SpoolError::Newer { file, version } => write!(
                f,
                "{} holds records of version {version}, which a later release of this crate wrote: \
                 let that release send them, or use another folder",
                file.display()
            ),
            SpoolError::Io { doing, path, .. } => write!(f, "cannot {doing} {}", path.display()),
            SpoolError::Full { folder, used, max } => write!(
                f,
                "the spool in {} is full ({used} of {max} bytes): wait until the server takes points, raise \
                 max_bytes, or let it drop the oldest",
                folder.display()
            ),
            SpoolError::TooLarge { bytes, max } => write!(
                f,
                "a record of {bytes} bytes can never be spooled ({max} is the most): write smaller batches, or raise \
                 the spool's max_bytes"
            ),
            SpoolError::TargetTooLong { bytes } => {
                write!(f, "the target of a record takes {bytes} bytes, of which a spool keeps 65535")
            }
            SpoolError::Damaged { file, id, points } => write!(
                f,
                "record {id} with {points} points is damaged in {} and was dropped: check the disk",
                file.display()
            ),
            SpoolError::Exhausted { folder } => write!(
                f,
                "the spool in {} has no number left for another record: use another folder",
                folder.display()
            ),
            SpoolError::Unknown { id } => write!(f, "record {id} is not in the spool"),
        }
    }
}

impl StdError for SpoolError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            SpoolError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
