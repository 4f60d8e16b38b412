//! Without the feature `spool` nothing is kept on disk.

use std::sync::Arc;

use crate::batch::accumulate::Lines;
use crate::batch::port::Port;
use crate::batch::shared::Shared;
use crate::error::Result;

/// There is none.
pub(super) enum Durable {}

impl Durable {
    pub(super) async fn keep(self: Arc<Self>, _: Arc<Shared>, _: Arc<Port>, _: u64) -> Result<()> {
        match *self {}
    }

    pub(super) fn keep_blocking(&self, _: &Shared, _: &Port, _: u64) -> Result<()> {
        match *self {}
    }

    pub(super) fn try_keep(&self, _: &Shared, _: &Port, _: u64) -> Result<()> {
        match *self {}
    }

    pub(super) fn acknowledge(&self, _: &Shared, _: &Port) {
        match *self {}
    }

    pub(super) fn hand_back(&self, _: &Shared, _: &[Arc<Port>]) -> Vec<Vec<Lines>> {
        match *self {}
    }
}
