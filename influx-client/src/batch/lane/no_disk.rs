//! Without the feature `spool` nothing of a lane is on disk.

use influx_core::{EncodeError, LineProtocol};

use super::super::accumulate::Lines;
use super::{Lane, Offered};

/// There is none.
#[derive(Debug)]
pub(super) enum Disk {}

impl Disk {
    pub(super) fn end(&self) -> Option<u64> {
        match *self {}
    }

    pub(super) fn first(&self) -> Option<u64> {
        match *self {}
    }

    pub(super) fn keep_what_it_lacks(&mut self, _: &mut Vec<Lines>) {
        match *self {}
    }
}

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
