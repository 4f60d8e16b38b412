//! Settings: one builder per server generation, with only that generation's settings.

mod auth;
mod times;
mod tls;

use std::fmt;
use std::time::Duration;

use influx_core::{Dialect, LineWriter, Nan, Precision};

use crate::auth::Auth;
use crate::endpoint::{Endpoint, without_secrets};
use crate::error::{Error, Result};
use crate::message::Secrets;
use crate::tls::Tls;

pub use times::{SameTime, Untimed};

/// How many nodes of an InfluxDB Enterprise 1.x cluster must store a write; single servers ignore it.
///
/// ```
/// use influx_client::{Client, Consistency};
/// let client = Client::v1("http://localhost:8086").consistency(Consistency::Quorum).build()?;
/// # Ok::<(), influx_client::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consistency {
    /// Any node, also one that only keeps the data for another.
    Any,
    /// One node that owns the data.
    One,
    /// More than half of the nodes that own the data.
    Quorum,
    /// All nodes that own the data.
    All,
}

impl Consistency {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Consistency::Any => "any",
            Consistency::One => "one",
            Consistency::Quorum => "quorum",
            Consistency::All => "all",
        }
    }
}

/// The settings of a client, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    pub(crate) auth: Option<Auth>,
    pub(crate) tls: Tls,
    pub(crate) user_agent: String,
    pub(crate) timeouts: Timeouts,
    pub(crate) write: WriteConfig,
}

impl Config {
    /// What must not appear in any message.
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(auth) = &self.auth {
            auth.add_to(&mut secrets);
        }
        if let Some(pem) = &self.tls.identity {
            secrets.add_pem(pem.expose());
        }
        secrets
    }
}

/// The settings that a single write can override.
#[derive(Debug, Clone)]
pub(crate) struct WriteConfig {
    pub(crate) database: Option<String>,
    pub(crate) retention_policy: Option<String>,
    pub(crate) precision: Precision,
    pub(crate) nan: Nan,
    pub(crate) untimed: Untimed,
    pub(crate) same_time: SameTime,
    pub(crate) check_lines: bool,
    pub(crate) consistency: Option<Consistency>,
    pub(crate) gzip: bool,
    pub(crate) batch_points: usize,
    pub(crate) batch_bytes: usize,
    pub(crate) default_tags: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) request: Duration,
    pub(crate) read: Duration,
}

/// Settings of a client for InfluxDB 1.x: what [`Client::v1`](crate::Client::v1) returns.
///
/// Setters never fail; the first mistake is kept and [`build`](V1Builder::build) returns it.
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
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct V1Builder {
    url: String,
    auth: Option<Auth>,
    tls: Tls,
    user_agent: String,
    timeouts: Timeouts,
    gzip: Option<bool>,
    write: WriteConfig,
    problem: Option<String>,
}

impl V1Builder {
    pub(crate) fn new(url: &str) -> Self {
        V1Builder {
            url: url.to_owned(),
            auth: None,
            tls: Tls::default(),
            user_agent: concat!("influx-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts {
                connect: Duration::from_secs(10),
                request: Duration::from_secs(60),
                read: Duration::from_secs(60),
            },
            gzip: None,
            write: WriteConfig {
                database: None,
                retention_policy: None,
                precision: Precision::Ns,
                nan: Nan::default(),
                untimed: Untimed::default(),
                same_time: SameTime::default(),
                check_lines: true,
                consistency: None,
                gzip: false,
                batch_points: 10_000,
                batch_bytes: 4 << 20,
                default_tags: Vec::new(),
            },
            problem: None,
        }
    }

    /// The database of writes and queries that name no other.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.check(!name.is_empty(), "the database's name is empty: leave .database(..) out or name one");
        self.write.database = Some(name);
        self
    }

    /// The retention policy of writes and queries that name no other; without it the database's default.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.check(
            !name.is_empty(),
            "the retention policy's name is empty: leave .retention_policy(..) out or name one",
        );
        self.write.retention_policy = Some(name);
        self
    }

    /// The unit in which timestamps are written; default nanoseconds. Finer parts of a timestamp are cut off by floor
    /// division. [`Precision::Us`] is written as nanoseconds, uncut, as 1.x servers disagree on that unit's name.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.write.precision = precision;
        self
    }

    /// What becomes of floats that are NaN or infinite, which line protocol cannot carry; default [`Nan::Error`]. With
    /// [`Nan::Skip`] the field is left out of its point; a point that has no other field is an error. A field with
    /// `nan = "skip"` in its struct is skipped in any case.
    ///
    /// ```
    /// use influx_client::{Client, Nan};
    /// let client = Client::v1("http://localhost:8086").nan(Nan::Skip).build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn nan(mut self, nan: Nan) -> Self {
        self.write.nan = nan;
        self
    }

    /// What becomes of points without a timestamp; default [`Untimed::Stamp`].
    ///
    /// ```
    /// use influx_client::{Client, Untimed};
    /// let client = Client::v1("http://localhost:8086").untimed(Untimed::Refuse).build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn untimed(mut self, untimed: Untimed) -> Self {
        self.write.untimed = untimed;
        self
    }

    /// What becomes of points of one series and one time that overwrite one another; default [`SameTime::Refuse`]. All points of a
    /// [`write`](crate::Client::write) are compared, and those of one request of a [`write_iter`](crate::Client::write_iter). A
    /// batch writer sends them, and tells of them: [`BatchEvent::Written`](crate::batch::BatchEvent::Written).
    ///
    /// ```
    /// use influx_client::{Client, SameTime};
    /// let client = Client::v1("http://localhost:8086").same_time(SameTime::Overwrite).build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn same_time(mut self, same_time: SameTime) -> Self {
        self.write.same_time = same_time;
        self
    }

    /// Whether raw lines are judged as points are before they are sent: what servers would refuse, drop or store as something else
    /// is an error, with the number of the line. Default yes; it costs less than sending.
    ///
    /// ```
    /// let client = influx_client::Client::v1("http://localhost:8086").check_lines(false).build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn check_lines(mut self, check: bool) -> Self {
        self.write.check_lines = check;
        self
    }

    /// How many nodes of an Enterprise cluster must store a write.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.write.consistency = Some(consistency);
        self
    }

    /// Whether written bodies are compressed (gzip, level 1). Default: not on this machine, over Unix sockets and to
    /// private addresses, where it costs more than it saves; yes elsewhere. Names other than `localhost` count as
    /// elsewhere.
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = Some(gzip);
        self
    }

    /// A tag for every point that this client writes; a point's own tag of the same key wins. Raw lines are not
    /// changed.
    ///
    /// ```
    /// use influx_client::Client;
    /// assert!(Client::v1("http://localhost:8086").default_tag("host", "a").build().is_ok());
    /// let error = Client::v1("http://localhost:8086").default_tag("host", "a\nb").build().unwrap_err();
    /// assert!(error.is_config());
    /// ```
    pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        // The encoder has the rules of names; a writer that is thrown away asks it.
        if let Err(error) = LineWriter::new(Dialect::V1).default_tag(&key, &value) {
            self.check(false, &format!("the default tag {key:?} cannot be written: {error}"));
        }
        self.check(
            self.write.default_tags.iter().all(|(known, _)| *known != key),
            &format!("the default tag {key:?} is given twice"),
        );
        self.write.default_tags.push((key, value));
        self
    }

    /// Most points in one request; default 10,000. Larger writes are split.
    pub fn batch_points(mut self, points: usize) -> Self {
        self.check(points > 0, "batch_points(0) would write nothing: give 1 or more");
        self.write.batch_points = points.max(1);
        self
    }

    /// Most bytes of lines in one request before compression; default 4 MiB. Larger writes are split; a single line
    /// that is longer goes alone. The servers' own limit is 25,000,000 bytes unless configured.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.check(bytes > 0, "batch_bytes(0) would write nothing: give 1 or more");
        self.write.batch_bytes = bytes.max(1);
        self
    }

    /// Longest time to wait for a connection; default 10 s.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.check(!limit.is_zero(), "a connect timeout of 0 would always run out");
        self.timeouts.connect = limit;
        self
    }

    /// Longest time from sending a request to the head of its answer; default 60 s.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.check(!limit.is_zero(), "a request timeout of 0 would always run out");
        self.timeouts.request = limit;
        self
    }

    /// Longest silence while the rest of an answer arrives; default 60 s.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.check(!limit.is_zero(), "a read timeout of 0 would always run out");
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

    /// The settings, once all of them are right.
    pub(crate) fn finish(self) -> Result<Config> {
        let mut endpoint = Endpoint::parse(&self.url)?;
        if let Some(problem) = self.problem {
            return Err(Error::config(problem));
        }
        let in_url = endpoint.credentials.take().map(|(user, password)| Auth::Basic { user, password });
        let mut write = self.write;
        write.gzip = self.gzip.unwrap_or(!endpoint.near);
        Ok(Config {
            auth: self.auth.or(in_url),
            tls: self.tls,
            user_agent: self.user_agent,
            timeouts: self.timeouts,
            write,
            endpoint,
        })
    }

    fn check(&mut self, ok: bool, problem: &str) {
        if !ok && self.problem.is_none() {
            self.problem = Some(problem.to_owned());
        }
    }
}

impl fmt::Debug for V1Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("V1Builder")
            .field("url", &without_secrets(&self.url))
            .field("auth", &self.auth)
            .field("tls", &self.tls)
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .field("gzip", &self.gzip)
            .field("write", &self.write)
            .field("problem", &self.problem)
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
            assert_eq!(V1Builder::new(url).finish().unwrap().write.gzip, gzip, "{url}");
            assert!(V1Builder::new(url).gzip(true).finish().unwrap().write.gzip);
            assert!(!V1Builder::new(url).gzip(false).finish().unwrap().write.gzip);
        }
    }
}
