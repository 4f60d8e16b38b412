//! Without the feature `spool` nothing is kept on disk.

use std::sync::Arc;

use super::port::Port;
use super::shared::Shared;
use crate::error::Result;

/// There is none.
pub(super) enum Durable {}

impl Durable {
    pub(super) async fn keep(self: Arc<Self>, _: Arc<Port>, _: u64) -> Result<()> {
        match *self {}
    }

    pub(super) fn keep_blocking(&self, _: &Port, _: u64) -> Result<()> {
        match *self {}
    }

    pub(super) fn acknowledge(&self, _: &Port) {
        match *self {}
    }

    pub(super) fn rest(&self) {
        match *self {}
    }
}

/// There is nothing to replay.
pub(super) fn begin(_: &Arc<Shared>, (): ()) {}
