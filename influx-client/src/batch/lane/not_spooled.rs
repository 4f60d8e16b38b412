//! Without the feature `spool` a lane keeps all in memory.

use influx_core::{EncodeError, LineProtocol};

use super::{Lane, Offered};

impl Lane {
    pub(super) fn owes_too_much(&self) -> Option<bool> {
        None
    }

    pub(in super::super) fn finds_no_room_on_disk(&self) -> bool {
        false
    }

    pub(super) fn goes_aside(&self) -> bool {
        false
    }

    pub(super) fn offer_aside<P: LineProtocol + ?Sized>(&mut self, _: &P) -> Result<Offered, EncodeError> {
        Ok(Offered::Full)
    }

    pub(super) fn offer_line_aside(&mut self, _: &[u8]) -> Offered {
        Offered::Full
    }
}
