//! What all handles of a client share.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::error::Result;
use crate::http::Http;

/// Settings and connections.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: Config,
    pub(crate) http: Http,
    /// Something on the way could not read a compressed body, and read a plain one.
    plain: AtomicBool,
}

impl Session {
    pub(crate) fn new(config: Config) -> Result<Session> {
        let http = Http::new(&config).map_err(|error| error.without(&config.secrets()))?;
        Ok(Session { config, http, plain: AtomicBool::new(false) })
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

#[cfg(test)]
impl Session {
    /// A session whose requests a function answers, see [`crate::http::scripted`].
    pub(crate) fn scripted(config: Config, script: crate::http::scripted::Script) -> Session {
        let http = Http::scripted(&config, script);
        Session { config, http, plain: AtomicBool::new(false) }
    }
}
