//! The settings that clients of all generations have.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use influx_core::Dialect;

use crate::config::session::Session;
use crate::config::setters::write_setters;
use crate::config::writes::{WriteConfig, WriteSettings};
use crate::error::{Error, Result};
use crate::http::auth::Auth;
use crate::http::endpoint::{Endpoint, without_secrets};
use crate::http::proxy::{Proxy, ProxyChoice};
use crate::http::tls::Tls;
use crate::http::transport::{Connection, Http, Timeouts};

/// Settings of a client for a generation of InfluxDB: what [`Client::v1`](crate::Client::v1) and [`Client::v2`](crate::Client::v2)
/// return, with those that all generations have and those that only [`V1`](crate::V1) or [`V2`](crate::V2) has.
///
/// Setters never fail; the first mistake is kept and [`build`](ClientBuilder::build) returns it.
///
/// ```
/// use std::time::Duration;
/// use influx_client::{Client, Precision};
///
/// let client = Client::v1("http://localhost:8086")
///     .database("market")
///     .basic_auth("reader", "secret")
///     .precision(Precision::Ms)
///     .default_tag("host", "a")
///     .request_timeout(Duration::from_secs(5))
///     .build()?;
/// assert!(!format!("{client:?}").contains("secret"));
/// # Ok::<(), influx_client::Error>(())
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<G> {
    url: String,
    pub(crate) auth: Option<Auth>,
    pub(super) tls: Tls,
    pub(super) proxy: ProxyChoice,
    user_agent: String,
    timeouts: Timeouts,
    pub(super) writes: WriteSettings,
    generation: PhantomData<fn() -> G>,
}

impl<G> Clone for ClientBuilder<G> {
    fn clone(&self) -> Self {
        ClientBuilder {
            url: self.url.clone(),
            auth: self.auth.clone(),
            tls: self.tls.clone(),
            proxy: self.proxy.clone(),
            user_agent: self.user_agent.clone(),
            timeouts: self.timeouts,
            writes: self.writes.clone(),
            generation: PhantomData,
        }
    }
}

impl<G> ClientBuilder<G> {
    pub(crate) fn new(url: &str, dialect: Dialect) -> Self {
        ClientBuilder {
            url: url.to_owned(),
            auth: None,
            tls: Tls::default(),
            proxy: ProxyChoice::default(),
            user_agent: concat!("influx-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts {
                connect: Duration::from_secs(10),
                request: Duration::from_secs(60),
                read: Duration::from_secs(60),
            },
            writes: WriteSettings::new(WriteConfig::new(dialect)),
            generation: PhantomData,
        }
    }

    write_setters! { "writes that say no other":
        precision
        nan
        untimed
        same_time
        check_lines
        gzip
        default_tag
        /// Default 10,000.
        batch_points
        /// Default 4 MiB.
        batch_bytes
    }

    /// Longest time to wait for a connection; default 10 s.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.writes.problem.check_limit(limit, "connect timeout");
        self.timeouts.connect = limit;
        self
    }

    /// Longest time from sending a request to the head of its answer; default 60 s.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.writes.problem.check_limit(limit, "request timeout");
        self.timeouts.request = limit;
        self
    }

    /// Longest silence while the rest of an answer arrives; default 60 s.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.writes.problem.check_limit(limit, "read timeout");
        self.timeouts.read = limit;
        self
    }

    /// The `User-Agent` header; default `influx-client/` and the version.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        let sendable = !name.is_empty() && name.bytes().all(|b| (0x20..0x7f).contains(&b));
        self.check(sendable, &format!("the user agent {name:?} is not a header value: use visible ASCII"));
        self.user_agent = name;
        self
    }

    pub(super) fn check(&mut self, ok: bool, problem: &str) {
        self.writes.problem.check(ok, problem);
    }

    /// The settings, once all of them are right.
    pub(crate) fn finish(self) -> Result<(Connection, WriteConfig)> {
        let mut endpoint = Endpoint::parse(&self.url)?;
        self.writes.problem.result()?;
        let mut writes = self.writes.config;
        let in_url = endpoint.credentials.take().map(|(user, password)| match writes.dialect {
            // its API takes no other user and password
            Dialect::V2 => Auth::Session { user, password },
            Dialect::V1 | Dialect::V3 => Auth::Basic { user, password },
        });
        writes.gzip.get_or_insert(!endpoint.near);
        let auth = self.auth.or(in_url);
        if endpoint.socket.is_some() && matches!(self.proxy, ProxyChoice::Given(_)) {
            return Err(Error::config(
                "a Unix socket is reached without a proxy: leave out .proxy(..), or give the server's URL",
            ));
        }
        let proxy = Proxy::of(&self.proxy, &endpoint);
        let (tls, user_agent, timeouts) = (self.tls, self.user_agent, self.timeouts);
        Ok((Connection { endpoint, auth, tls, proxy, user_agent, timeouts }, writes))
    }

    /// What a client made of these settings has.
    pub(crate) fn session(self) -> Result<Session> {
        let (connection, writes) = self.finish()?;
        Ok(Session::new(Http::new(connection)?, writes))
    }
}

impl<G> fmt::Debug for ClientBuilder<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("url", &without_secrets(&self.url))
            .field("auth", &self.auth)
            .field("tls", &self.tls)
            .field("proxy", &self.proxy)
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .field("write", &self.writes.config)
            .field("problem", &self.writes.problem)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_plain_where_the_server_is_near() {
        for (url, gzip) in [
            ("http://localhost:8086", false),
            ("http://127.0.0.1", false),
            ("http://192.168.0.9", false),
            ("http://[fd00::1]", false),
            ("http://8.8.8.8", true),
            ("https://db.example.com", true),
        ] {
            let is_gzipped = |builder: ClientBuilder<()>| builder.finish().unwrap().1.is_gzipped();
            let builder = ClientBuilder::<()>::new(url, Dialect::V1);
            assert_eq!(is_gzipped(builder.clone()), gzip, "{url}");
            assert!(is_gzipped(builder.clone().gzip(true)));
            assert!(!is_gzipped(builder.gzip(false)));
        }
    }
}
