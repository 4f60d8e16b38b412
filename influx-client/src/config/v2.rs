//! The settings that only a client for InfluxDB 2.x has.

use influx_core::Dialect;

use crate::config::common::ClientBuilder;
use crate::config::setters::write_setters;
use crate::http::auth::Auth;
use crate::message::secret::Secret;

/// InfluxDB 2.x, Cloud, and what speaks their protocol: the generation of a [`ClientBuilder`].
#[derive(Debug, Clone, Copy)]
pub enum V2 {}

impl ClientBuilder<V2> {
    pub(crate) fn v2(url: &str) -> Self {
        ClientBuilder::new(url, Dialect::V2)
    }

    write_setters! { "writes and queries that name no other":
        org
        bucket
    }

    /// An API token, sent as `Authorization: Token`: the usual way.
    ///
    /// ```
    /// let client = influx_client::Client::v2("http://localhost:8086").org("desk").bucket("market").token("secret").build()?;
    /// assert!(!format!("{client:?}").contains("secret"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.check_token(&token, "token");
        self.auth = Some(Auth::ApiToken(Secret::new(token)));
        self
    }

    /// User and password: the client signs in before its first request, keeps the session's cookie, and signs in again when the
    /// session has run out. User and password in the URL do the same.
    ///
    /// Prefer a [token](Self::token): it has the rights that the program needs, and no more. InfluxQL needs one: where it is asked, 2.x
    /// takes no session.
    ///
    /// ```
    /// let builder = influx_client::Client::v2("http://localhost:8086").org("desk").bucket("market");
    /// let client = builder.session_auth("ann", "secret").build()?;
    /// assert!(!format!("{client:?}").contains("secret"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn session_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let user = user.into();
        self.check_user(&user, "session_auth");
        self.check(!user.contains(':'), "the user's name contains ':', which signing in cannot carry");
        self.auth = Some(Auth::Session { user, password: Secret::new(password) });
        self
    }
}
