//! Settings of the disk spool.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::spool::error::SpoolError;

/// Where and how a batch writer keeps on disk what the server has not taken yet.
///
/// The folder belongs to one writer at a time: a second one, of this process or another, gets an error that names it.
/// After a crash the next writer of the same folder sends what is left; files that were damaged meanwhile are skipped and
/// counted, and nobody has to delete anything.
///
/// ```
/// use std::time::Duration;
/// use influx_client::{Fsync, SpoolSettings};
///
/// let settings = SpoolSettings::new("/var/spool/market")
///     .fsync(Fsync::Interval(Duration::from_millis(200)))
///     .max_bytes(4 << 30);
/// assert_eq!(settings.folder(), std::path::Path::new("/var/spool/market"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "settings do nothing until a batch writer is built with them"]
pub struct SpoolSettings {
    folder: PathBuf,
    fsync: Fsync,
    max_bytes: u64,
    segment_bytes: Option<u64>,
}

/// When what was written to the spool is made to survive a loss of power, too.
///
/// Whatever is chosen, a crash or `kill -9` of this process alone loses nothing: the operating system holds the bytes.
///
/// ```
/// assert_eq!(influx_client::Fsync::default(), influx_client::Fsync::Always);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Fsync {
    /// Before a write to the spool counts as done: nothing is lost. Writes at the same time share one fsync.
    #[default]
    Always,
    /// At the latest after this time: a loss of power loses what was written in it.
    Interval(Duration),
    /// When the operating system likes: a loss of power can lose any part of what waits in the spool.
    Never,
}

/// What happens when the spool holds as much as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpoolFull {
    /// It takes nothing more until the server has taken some of it.
    Refuse,
    /// The records that have waited longest are dropped and reported.
    DropOldest,
}

/// The settings as they can be relied on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked {
    pub(super) fsync: Fsync,
    pub(super) max_bytes: u64,
    pub(super) segment_bytes: u64,
}

impl SpoolSettings {
    /// A spool in this folder, which is created when it is missing: fsync always, and at most 1 GiB.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        SpoolSettings { folder: folder.into(), fsync: Fsync::Always, max_bytes: 1 << 30, segment_bytes: None }
    }

    /// When what was written survives a loss of power, too. Default: [`Fsync::Always`].
    pub fn fsync(mut self, fsync: Fsync) -> Self {
        self.fsync = fsync;
        self
    }

    /// The most that the files of the spool take together, in bytes. Default: 1 GiB.
    ///
    /// One segment's worth of it is kept free for moving records, and about half of the rest can be taken by records that
    /// are sent already and lie between others that still wait: 1 GiB holds at least 400 MiB of lines that wait.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// How long a file grows until the next one is begun, in bytes. Default: an eighth of
    /// [`max_bytes`](SpoolSettings::max_bytes), at most 16 MiB. Space comes back in steps of a file.
    ///
    /// ```
    /// let settings = influx_client::SpoolSettings::new("spool").max_bytes(64 << 20).segment_bytes(1 << 20);
    /// # let _ = settings;
    /// ```
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = Some(bytes);
        self
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The policy that [`fsync`](Self::fsync) chose.
    pub(crate) fn fsync_policy(&self) -> Fsync {
        self.fsync
    }

    pub(super) fn check(&self) -> Result<Checked, SpoolError> {
        const LEAST: u64 = 1024;
        let SpoolSettings { max_bytes, .. } = *self;
        let segment_bytes = self.segment_bytes.unwrap_or((max_bytes / 8).min(16 << 20));
        let wrong = |text: String| Err(SpoolError::Settings(text));
        if self.folder.as_os_str().is_empty() {
            return wrong("the spool's folder is empty: name one".into());
        }
        if max_bytes < LEAST {
            return wrong(format!("the spool's max_bytes is {max_bytes}: give at least {LEAST}"));
        }
        if segment_bytes == 0 || segment_bytes > max_bytes / 4 {
            return wrong(format!(
                "the spool's segment_bytes is {segment_bytes}: give at least 1 and at most a quarter of max_bytes, \
                 which is {max_bytes}"
            ));
        }
        if self.fsync == Fsync::Interval(Duration::ZERO) {
            return wrong("the spool's fsync interval is zero: use Fsync::Always".into());
        }
        Ok(Checked { fsync: self.fsync, max_bytes, segment_bytes })
    }
}
