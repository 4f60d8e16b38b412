//! What all handles of a client share.

use crate::config::Config;
use crate::error::Result;
use crate::http::Http;

/// Settings and connections.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: Config,
    pub(crate) http: Http,
}

impl Session {
    pub(crate) fn new(config: Config) -> Result<Session> {
        let http = Http::new(&config)?;
        Ok(Session { config, http })
    }
}

#[cfg(test)]
impl Session {
    /// A session whose requests a function answers, see [`crate::http::scripted`].
    pub(crate) fn scripted(config: Config, script: crate::http::scripted::Script) -> Session {
        let http = Http::scripted(&config, script);
        Session { config, http }
    }
}
