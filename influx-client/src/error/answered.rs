//! What an error tells of the answer that it is made of.

use influx_core::DecodeError;

use super::Error;

impl Error {
    /// The server does not know the caller (401) or does not allow this (403).
    pub fn is_auth(&self) -> bool {
        matches!(self.0.status, Some(401 | 403))
    }

    /// There is one of that name already: a bucket, a user, a mapping .. (409, or 2.x's 422 `conflict`).
    pub fn is_conflict(&self) -> bool {
        let told = match self.0.status {
            Some(409) => return true,
            Some(status) => status,
            None => return false,
        };
        // 2.x calls a member that is one already an internal error
        let again =
            told == 500 && self.server_message().is_some_and(|text| text.ends_with(" already exists"));
        self.code() == Some("conflict") || again
    }

    /// The server has no such thing, or does not show it to the caller (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(404)
    }

    /// The word of 2.x and Cloud for what went wrong: `invalid`, `unauthorized`, `not found`, `conflict` ..
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) {
    /// let error = client.v2().create_bucket("market").await.unwrap_err();
    /// assert!(error.is_conflict() && error.code() == Some("conflict"));
    /// # }
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The HTTP status, when there was an answer with an error status.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's own words, up to 64 KiB, with nothing changed but that the client's secrets are taken out.
    pub fn server_message(&self) -> Option<&str> {
        let in_rows = || self.0.decode.as_ref().and_then(DecodeError::server_message);
        self.0.server_message.as_deref().or_else(in_rows)
    }

    pub(crate) fn with_code(mut self, code: &str) -> Self {
        self.0.code = (!code.is_empty()).then(|| code.into());
        self
    }
}
