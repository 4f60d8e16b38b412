//! The disk spool of the batch writer: a write-ahead log of what the server has not taken yet.
//!
//! # What it is
//!
//! - A record is a batch: the lines, their number, and the target they go to. It is there whole or not at all.
//! - Records of one target that lie one behind the other can be a run: one id, read and acknowledged as one. On disk each is
//!   a record of its own; damage costs the ones it hits.
//! - After a crash, everything that was durable and not acknowledged is there exactly once, in order, with its bytes. With
//!   [`Fsync::Always`](settings::Fsync::Always) that is all that [`append`](wal::Spool::append) took; otherwise all before the last good
//!   [`sync`](wal::Spool::sync). A crash of the process alone loses nothing under any policy.
//! - What was acknowledged does not come back once a `sync` after it succeeded, or as long as only the process crashed. A
//!   loss of power before that can bring it back: then it is sent twice, which stores it once, as lines carry timestamps.
//! - Records leave in three ways, and the counts add up: acknowledged, waiting ([`pending`](wal::Spool::pending)), dropped
//!   ([`take_dropped`](wal::Spool::take_dropped)).
//! - Damage costs the records it hits. It is skipped, counted, and needs nobody's hand.
//!
//! # What it is not
//!
//! - Shared: one writer at a time has the folder.
//! - A cure for a disk that fails: an I/O error is an error of the call. The spool can be used on, and the next call tries
//!   anew. A file that cannot be *read* when the spool is opened fails `open`, as it may be readable later. And what a
//!   failed sync left in doubt is saved by the process that saw it fail: if that one ends before, the next cannot know
//!   that the operating system has given bytes up which it still shows. That includes records that were just moved.
//!
//! # Layout
//!
//! The folder holds `spool.lock` and segments, `00000000000000000001.spool` and so on, files of records (see `record`)
//! of which only the newest grows, at its end. Other files are left alone. Each process begins a new segment, so nothing is
//! ever written behind a torn end.
//!
//! - **Append** writes to the newest segment; over `segment_bytes` a new one is begun. A write that fails is cut off again;
//!   if that fails too, the segment takes no more.
//! - **Sync** syncs the segments and then the folder, as a file without a name is none. After a sync that failed, the
//!   operating system may claim success without having written: what was in doubt is read back and written to a new
//!   segment before the next `sync` succeeds.
//! - **Acknowledge** appends ranges of ids to the log; it is not synced for that. If it cannot be written it is kept and
//!   written with the next.
//! - **Removal**: the oldest segment is removed, once all its records are acknowledged, and never the newest. So an
//!   acknowledgement, which stands behind the record, is never removed before it (the folder is synced between two
//!   removals), and ids do not begin anew while an old acknowledgement could hit a new record.
//! - **Moving**: when more than half of the bytes are acknowledged, what still waits in the oldest segment is copied to the
//!   log's end under its old id, and the segment is removed after the next sync. So a target that is down holds no more
//!   room than about twice its records, and bytes are copied once for each that is appended.
//! - **Removal in between**: before the spool is full, segments without waiting records go from between others, too. They
//!   can hold acknowledgements of older records: all that does not wait is acknowledged once more, and synced, before.
//! - **Recovery** reads all segments, the newest first. A record is there if it is whole, stands where it was written, and
//!   no acknowledgement behind it names it; of two copies the later counts. Neighbours become runs of up to 64 KiB, so that
//!   the index stays small however small the records are. Then it syncs what it found.
//!
//! Calls block. There is no clock, and no thread: the caller passes times, and syncs when
//! [`sync_due`](wal::Spool::sync_due) says so.

mod entry;
pub(crate) mod error;
pub(crate) mod fs;
mod log;
mod record;
pub(crate) mod recover;
mod room;
mod run;
mod scan;
mod segment;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
pub(crate) mod waiting;
pub(crate) mod wal;
