//! What all handles of a client share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

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
    /// The ids of organizations of 2.x, by what was asked for.
    orgs: Mutex<Vec<(String, String)>>,
}

impl Session {
    pub(crate) fn new(http: Http, writes: WriteConfig) -> Session {
        Session { writes, http, plain: AtomicBool::new(false), orgs: Mutex::default() }
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

    /// The id of an organization that was asked for before.
    pub(crate) fn kept_org(&self, key: &str) -> Option<String> {
        let orgs = self.orgs.lock().unwrap_or_else(PoisonError::into_inner);
        orgs.iter().find(|(known, _)| known == key).map(|(_, id)| id.clone())
    }

    pub(crate) fn keep_org(&self, key: String, id: &str) {
        self.orgs.lock().unwrap_or_else(PoisonError::into_inner).push((key, id.to_owned()));
    }

    /// Names may have changed hands.
    pub(crate) fn forget_orgs(&self) {
        self.orgs.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
