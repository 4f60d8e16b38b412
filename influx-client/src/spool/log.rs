//! Writes the log, syncs it, and reads from it.

use crate::spool::entry::Entry;
use crate::spool::error::SpoolError;
use crate::spool::fs::SpoolFs;
use crate::spool::record;
use crate::spool::record::Place;
use crate::spool::segment;
use crate::spool::segment::Segment;
use crate::spool::settings::Fsync;
use crate::spool::wal::Spool;

/// Ranges in one acknowledgement at most, so that it is no larger than a usual record.
pub(super) const MAX_RANGES: usize = 4096;

impl<F: SpoolFs> Spool<F> {
    /// Makes all that was appended durable, and the acknowledgements. With [`Fsync::Never`] it does nothing.
    ///
    /// After an error nothing more is durable than before; what was appended waits and can be read, and the next call tries
    /// to save it elsewhere. A record that cannot be saved is dropped as damaged and is an error once.
    pub(crate) fn sync(&mut self) -> Result<(), SpoolError> {
        if self.settings.fsync == Fsync::Never {
            return Ok(());
        }
        // an acknowledgement that finds no room is no reason not to save records
        let acknowledged = self.write_acknowledgements();
        let rescued = self.rescue();
        let synced = self.sync_files().and_then(|()| self.sync_names());
        if synced.is_err() {
            self.unwritten.append(&mut self.unsynced);
        }
        synced?;
        rescued?;
        for segment in &mut self.segments {
            segment.copied = false;
            if !segment.takes {
                segment.file = None;
            }
        }
        self.unsynced.clear();
        self.dirty_since = None;
        acknowledged
    }

    fn sync_files(&mut self) -> Result<(), SpoolError> {
        for segment in &mut self.segments {
            if segment.failed || segment.synced == segment.len {
                continue;
            }
            let Some(file) = &mut segment.file else { continue };
            if let Err(source) = self.fs.sync(file) {
                (segment.failed, segment.takes) = (true, false);
                let name = segment.name();
                return Err(self.io("sync", &name, source));
            }
            segment.synced = segment.len;
        }
        Ok(())
    }

    pub(super) fn sync_names(&mut self) -> Result<(), SpoolError> {
        if !self.folder_changed {
            return Ok(());
        }
        if let Err(source) = self.fs.sync_folder() {
            for segment in self.segments.iter_mut().filter(|segment| !segment.named) {
                (segment.failed, segment.takes, segment.synced) = (true, false, 0);
            }
            // rescuing saves records alone
            self.unwritten.append(&mut self.unsynced);
            return Err(self.io("sync the folder", "", source));
        }
        (self.folder_changed, self.removed) = (false, false);
        for segment in &mut self.segments {
            segment.named = true;
        }
        Ok(())
    }

    /// Writes again what a failed sync left in doubt.
    fn rescue(&mut self) -> Result<(), SpoolError> {
        let mut outcome = Ok(());
        while let Some(failed) = self.segments.iter().find(|segment| segment.failed) {
            let (number, synced) = (failed.number, failed.synced);
            let in_doubt = |entry: &Entry| entry.segment == number && entry.offset + entry.len() > synced;
            let ids: Vec<u64> =
                self.live.iter().filter(|(_, entry)| in_doubt(entry)).map(|(id, _)| *id).collect();
            for id in ids {
                match self.copy(id) {
                    Err(damaged @ SpoolError::Damaged { .. }) => outcome = Err(damaged),
                    other => other?,
                }
            }
            if let Some(segment) = self.segment(number) {
                (segment.failed, segment.file) = (false, None);
                segment.synced = segment.len;
            }
        }
        outcome
    }

    /// Writes records of one target (their ids, points and lines) one behind the other; says where they begin.
    pub(super) fn write_data(
        &mut self,
        target: &[u8],
        records: &[(u64, u32, &[u8])],
    ) -> Result<Place, SpoolError> {
        let len =
            records.iter().map(|(_, _, lines)| record::HEADER + target.len() + lines.len()).sum::<usize>();
        let begin = self.place(len as u64)?;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        for (id, points, lines) in records {
            let place = Place { offset: begin.offset + buffer.len() as u64, ..begin };
            record::encode_data(place, *id, *points, target, lines, &mut buffer);
        }
        self.buffer = buffer;
        self.write()?;
        Ok(begin)
    }

    /// Writes the acknowledgements that are not in the log yet.
    pub(super) fn write_acknowledgements(&mut self) -> Result<(), SpoolError> {
        while !self.unwritten.is_empty() {
            let count = self.unwritten.len().min(MAX_RANGES);
            let place = self.place(record::acknowledgement_len(count))?;
            let mut buffer = std::mem::take(&mut self.buffer);
            let highest = self.next_id - 1;
            record::encode_acknowledgement(place, highest, &self.unwritten[..count], &mut buffer);
            self.buffer = buffer;
            self.write()?;
            let written = self.unwritten.drain(..count);
            if self.settings.fsync != Fsync::Never {
                self.unsynced.extend(written);
            }
        }
        Ok(())
    }

    /// Where a record of so many bytes goes; begins a new segment if the newest has no room.
    fn place(&mut self, len: u64) -> Result<Place, SpoolError> {
        let limit = self.settings.segment_bytes;
        let fits = |newest: &Segment<F::File>| {
            newest.takes && (newest.len == 0 || newest.len.saturating_add(len) <= limit)
        };
        if !self.segments.back().is_some_and(fits) {
            self.begin_segment()?;
        }
        let newest = self.segments.back();
        let (segment, offset) = newest.map_or((0, 0), |newest| (newest.number, newest.len));
        Ok(Place { segment, offset })
    }

    pub(super) fn begin_segment(&mut self) -> Result<(), SpoolError> {
        let number = self.next_segment;
        if number > segment::MAX_NUMBER {
            return Err(self.exhausted());
        }
        // not tried twice: a creation that failed may have left a file
        self.next_segment += 1;
        let name = segment::name(number);
        let file = self.fs.create(&name).map_err(|source| self.io("create", &name, source))?;
        let never = self.settings.fsync == Fsync::Never;
        if let Some(newest) = self.segments.back_mut() {
            newest.takes = false;
            if never || (newest.synced == newest.len && newest.named) {
                newest.file = None;
            }
        }
        self.segments.push_back(Segment::created(number, file));
        self.folder_changed = true;
        Ok(())
    }

    /// Writes the buffer to the end of the newest segment, whole or not at all.
    fn write(&mut self) -> Result<(), SpoolError> {
        let Some(newest) = self.segments.back_mut() else { return Ok(()) };
        let Some(file) = &mut newest.file else { return Ok(()) };
        let mut written = 0;
        while written < self.buffer.len() {
            let error = match self.fs.write(file, &self.buffer[written..]) {
                Ok(0) => std::io::ErrorKind::WriteZero.into(),
                Ok(count) => {
                    written += count;
                    continue;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            if self.fs.truncate(file, newest.len).is_err() {
                newest.takes = false;
                newest.len += written as u64;
                self.used += written as u64;
            }
            let name = newest.name();
            return Err(self.io("write to", &name, error));
        }
        newest.len += written as u64;
        self.used += written as u64;
        Ok(())
    }
}
