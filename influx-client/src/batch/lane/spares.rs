//! Memory of batches that are settled, for batches to come.

use bytes::Bytes;

/// How many buffers are kept, however long no batch comes: enough for a writer that keeps up.
const FEW: usize = 2;

/// Buffers that serve again: fresh memory costs more than the encoding of what comes into it.
#[derive(Debug, Default)]
pub(super) struct Spares(Vec<Vec<u8>>);

impl Spares {
    /// Memory for a batch.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.0.pop().unwrap_or_default()
    }

    /// Keeps the memory of a batch, if nobody else has it. Beyond a few buffers, they are no more than `room` bytes.
    pub(super) fn keep(&mut self, batch: Bytes, room: u64) {
        let kept: usize = self.0.iter().map(Vec::capacity).sum();
        let fits = self.0.len() < FEW || (kept + batch.len()) as u64 <= room;
        if fits && let Ok(memory) = batch.try_into_mut() {
            self.0.push(memory.into());
        }
    }

    pub(super) fn are_many(&self) -> bool {
        self.0.len() > FEW
    }

    /// Gives back what a burst needed.
    pub(super) fn release(&mut self) {
        self.0.truncate(FEW);
        self.0.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_there_is_room_for() {
        let batch = || Bytes::from(vec![b'x'; 100]);
        let mut spares = Spares::default();
        (0..4).for_each(|_| spares.keep(batch(), 0));
        assert_eq!(spares.0.len(), FEW);
        (0..4).for_each(|_| spares.keep(batch(), 400));
        assert!(spares.0.len() == 4 && spares.are_many());
        let shared = batch();
        spares.keep(shared.clone(), 1_000);
        assert_eq!((spares.0.len(), shared.len()), (4, 100), "somebody else has it");
        spares.release();
        assert!(!spares.are_many() && spares.take().capacity() == 100);
    }
}
