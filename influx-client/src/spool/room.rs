//! Keeps the spool below its limit.

use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::log::MAX_RANGES;
use crate::spool::record::{ACKNOWLEDGEMENT, acknowledgement_len};
use crate::spool::run::Run;
use crate::spool::segment::Segment;
use crate::spool::settings::{Fsync, SpoolFull};
use crate::spool::waiting::DropReason;
use crate::spool::wal::Spool;

/// One part of so many is left free by targets that are behind.
const MARGIN: u64 = 8;

impl<F: SpoolFs> Spool<F> {
    /// Makes sure that a record of so many bytes can be added and later acknowledged within the limit. That of a target that
    /// is behind leaves room for those of others.
    pub(super) fn make_room(&mut self, len: u64, behind: bool) -> Result<(), SpoolError> {
        let refuses = self.when_full == SpoolFull::Refuse;
        let margin = if behind && refuses { self.settings.max_bytes / MARGIN } else { 0 };
        // one segment is kept free to move records through
        let max = self.settings.max_bytes - self.settings.segment_bytes - margin;
        let most = self.largest_record();
        if len > most {
            return Err(SpoolError::TooLarge { bytes: len, max: most });
        }
        while self.reserved().saturating_add(len + ACKNOWLEDGEMENT) > max {
            // a new segment lets the newest go, too
            if self.live_bytes == 0 && self.segments.back().is_some_and(|newest| newest.len > 0) {
                self.begin_segment()?;
            }
            let before = self.used;
            self.remove_drained()?;
            if self.used < before {
                continue;
            }
            if self.segments.iter().any(|segment| segment.copied) {
                self.sync()?;
                continue;
            }
            if self.remove_between()? {
                continue;
            }
            if refuses {
                let (folder, max) = (self.fs.folder().to_owned(), self.settings.max_bytes - margin);
                return Err(SpoolError::Full { folder, used: self.used, max });
            }
            self.drop_oldest()?;
        }
        Ok(())
    }

    /// The most bytes that a record can take: 32, its target and its lines.
    pub(crate) fn largest_record(&self) -> u64 {
        let max = self.settings.max_bytes - self.settings.segment_bytes;
        max.saturating_sub(ACKNOWLEDGEMENT).min(u64::from(u32::MAX))
    }

    /// Bytes on disk, and those that acknowledging it all can take.
    fn reserved(&self) -> u64 {
        self.used + ACKNOWLEDGEMENT * (self.live.len() + self.unwritten.len()) as u64
    }

    /// Drops records with their lines, those that wait longest first, until the oldest segment can go.
    fn drop_oldest(&mut self) -> Result<(), SpoolError> {
        while self.segments.front().is_some_and(|oldest| oldest.live > 0) {
            let Some(id) = self.live.keys().next().copied() else { break };
            // what is damaged is dropped as that; what cannot be read has to go, too
            let lines = self.read_run(id).ok().map(Run::into_lines);
            self.drop_record(id, DropReason::Full, lines);
        }
        // before the segment goes: what was dropped elsewhere must not come back
        self.write_acknowledgements()
    }

    /// Removes segments without waiting records, and moves records when too many bytes wait for few of them.
    pub(super) fn tidy(&mut self) -> Result<(), SpoolError> {
        self.remove_drained()?;
        while self.is_wasteful() {
            let Some(oldest) = self.segments.front().map(|oldest| oldest.number) else { break };
            let in_oldest = self.live.iter().filter(|(_, entry)| entry.segment == oldest);
            let ids: Vec<u64> = in_oldest.map(|(id, _)| *id).collect();
            for id in ids {
                match self.copy(id) {
                    // dropped and reported; the others matter
                    Err(SpoolError::Damaged { .. }) => {}
                    other => other?,
                }
            }
            if self.settings.fsync != Fsync::Never {
                self.sync()?;
            }
            self.remove_drained()?;
        }
        Ok(())
    }

    /// Whether more than half of the bytes, and more than two segments, are acknowledged, and the oldest can be moved
    /// within the limit.
    fn is_wasteful(&self) -> bool {
        let Some(oldest) = self.segments.front() else { return false };
        self.segments.len() > 1
            && self.used > 2 * self.live_bytes + 2 * self.settings.segment_bytes
            && self.reserved() + oldest.live <= self.settings.max_bytes
    }

    /// Removes the oldest segments that nothing waits in, but never the newest.
    pub(super) fn remove_drained(&mut self) -> Result<(), SpoolError> {
        while self.segments.len() > 1 && self.segments.front().is_some_and(|oldest| oldest.is_drained()) {
            // or a loss of power could bring the one before back without this one's acknowledgements
            if self.removed && self.settings.fsync != Fsync::Never {
                self.sync_names()?;
            }
            self.remove_segment(0)?;
        }
        Ok(())
    }

    /// Removes the segments that nothing waits in from between others, as the oldest can wait for a target that is down;
    /// says whether there was anything to gain. Their acknowledgements are written anew before: all that does not wait.
    fn remove_between(&mut self) -> Result<bool, SpoolError> {
        // the acknowledgements go to the newest or a later one, which may not be the newest any more when they are synced
        let Some(newest) = self.segments.back().map(|newest| newest.number) else { return Ok(false) };
        let may_go = |segment: &Segment<F::File>| segment.number < newest && segment.is_drained();
        let gain: u64 =
            self.segments.iter().filter(|segment| may_go(segment)).map(|segment| segment.len).sum();
        let cost = acknowledgement_len(self.live.len() + self.damaged.len() + 1);
        let cost = cost + acknowledgement_len(0) * (self.live.len() / MAX_RANGES) as u64;
        if gain <= cost || self.used + cost > self.settings.max_bytes {
            return Ok(false);
        }
        self.note_all_acknowledged();
        self.write_acknowledgements()?;
        self.sync()?;
        for at in (0..self.segments.len()).rev() {
            if may_go(&self.segments[at]) {
                self.remove_segment(at)?;
            }
        }
        Ok(true)
    }

    fn remove_segment(&mut self, at: usize) -> Result<(), SpoolError> {
        let Some(segment) = self.segments.get(at) else { return Ok(()) };
        let name = segment.name();
        match self.fs.remove(&name) {
            // somebody was faster
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            other => other.map_err(|source| self.io("remove", &name, source))?,
        }
        self.used -= segment.len;
        self.segments.remove(at);
        (self.removed, self.folder_changed) = (true, true);
        Ok(())
    }
}
