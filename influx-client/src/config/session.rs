//! What all handles of a client share.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::writes::WriteConfig;
use crate::http::transport::Http;

/// Settings and connections.
#[derive(Debug)]
pub(crate) struct Session {
    /// How what says nothing else is written.
    pub(crate) writes: WriteConfig,
    pub(crate) http: Http,
    /// Something on the way could not read a compressed body, and read a plain one.
    plain: AtomicBool,
}

impl Session {
    pub(crate) fn new(http: Http, writes: WriteConfig) -> Session {
        Session { writes, http, plain: AtomicBool::new(false) }
    }

    /// Whether compressed bodies are known not to be read.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain.load(Ordering::Relaxed)
    }

    /// From now on nothing is compressed.
    pub(crate) fn go_plain(&self) {
        if !self.plain.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "the server, or something before it, does not read compressed bodies: they go plain from now on; .gzip(false) says so from the start"
            );
        }
    }
}
