//! InfluxQL: text, values and options, and the request that they make.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::decode::influxql::{Format, Options};
use influx_core::{Precision, Timestamp};

use crate::config::session::Session;
use crate::error::problem::Problem;
use crate::error::{Error, Result};
use crate::generation::v1;
use crate::http::request::{Method, Request, encode_params};
use crate::query::bind::{self, Bind};
use crate::query::request::Prepared;
use crate::query::statement::only_reads;

/// Longest query string that is sent as `GET`: proxies refuse URLs that are not much longer.
const MAX_GET: usize = 2_000;

/// An InfluxQL query, to be configured and run: what [`Client::influxql`](crate::Client::influxql) returns.
///
/// Statements that only read go as `GET`, all others, long ones and those with bound values as `POST`. The answer comes in
/// pieces of 10,000 rows, which are read as they arrive.
///
/// ```no_run
/// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
/// use std::time::{Duration, SystemTime};
/// use influx_client::{FromRow, Identifier};
///
/// #[derive(FromRow)]
/// struct Mean {
///     mean: Option<f64>,
/// }
///
/// let mean: Mean = client
///     .influxql("SELECT mean($field) FROM cpu WHERE host = $host AND time > $since")
///     .bind("field", Identifier("usage".into()))
///     .bind("host", "a")
///     .bind_time("since", SystemTime::now() - Duration::from_secs(3600))
///     .timeout(Duration::from_secs(5))
///     .fetch_one()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a query runs when one of its verbs is awaited"]
pub struct Query {
    session: Arc<Session>,
    pub(super) text: String,
    binds: Vec<(String, Bind)>,
    database: Option<String>,
    retention_policy: Option<String>,
    epoch: Option<Precision>,
    format: Option<Format>,
    chunk_size: Option<usize>,
    timeout: Option<Duration>,
    gzip: bool,
    problem: Problem,
}

impl Query {
    pub(crate) fn new(session: &Arc<Session>, text: String) -> Query {
        let config = &session.writes;
        Query {
            database: config.database.clone(),
            retention_policy: config.retention_policy.clone(),
            session: Arc::clone(session),
            text,
            binds: Vec::new(),
            epoch: None,
            format: None,
            chunk_size: Some(10_000),
            timeout: None,
            gzip: false,
            problem: Problem::default(),
        }
    }

    /// In this database and retention policy, instead of those of the client.
    pub(crate) fn within(self, database: Option<String>, retention_policy: Option<String>) -> Query {
        Query { database, retention_policy, ..self }
    }

    /// The value of `$name` in the text. It travels beside the text and cannot change its meaning.
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Bind>) -> Query {
        self.binds.push((name.into(), value.into()));
        self
    }

    /// The value of `$name` in the text: an instant, as exact nanoseconds, to be compared with `time`.
    pub fn bind_time(mut self, name: impl Into<String>, time: impl Timestamp) -> Query {
        let name = name.into();
        match time.unix_nanos() {
            Ok(Some(nanos)) => self.binds.push((name, nanos.into())),
            Ok(None) => self.problem.check(false, &format!("the time of ${name} is missing: give one")),
            Err(error) => self.problem.check(false, &format!("the time of ${name} cannot be sent: {error}")),
        }
        self
    }

    /// The unit in which times are sent back; default nanoseconds, which are exact.
    pub fn epoch(mut self, unit: Precision) -> Query {
        self.epoch = Some(unit);
        self
    }

    /// How the answer is written; default [`Format::Json`], and [`Format::Msgpack`] for rows that need to know integers from
    /// whole floats ([`Point`](crate::Point)). A server that knows no msgpack answers in JSON, which is read then.
    ///
    /// msgpack (1.x, 2.x; that of 3.x is another: an error) has exact types, infinities, and costs the server less, the client more.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::{Format, OwnedRow, OwnedValue};
    /// let rows: Vec<OwnedRow> = client.influxql("SELECT * FROM cpu").format(Format::Msgpack).fetch_all().await?;
    /// let integers = rows[0].values().iter().filter(|value| matches!(value, OwnedValue::I64(_))).count();
    /// # Ok(())
    /// # }
    /// ```
    pub fn format(mut self, format: Format) -> Query {
        self.format = Some(format);
        self
    }

    /// Most rows in one piece of the answer; default 10,000.
    pub fn chunk_size(mut self, rows: usize) -> Query {
        self.problem.check_count(rows, "chunk_size", "hold no row");
        self.chunk_size = Some(rows.max(1));
        self
    }

    /// Whether the answer comes in pieces; default `true`. In one piece the server holds the whole result in memory.
    ///
    /// In one piece a server that has a limit of rows (`max-row-limit`, which 1.x leaves off) gives that many rows and silently leaves out
    /// the other rows, series and statements. An error follows the rows where it marks that. Where a series has more than 10,000 rows, 1.x
    /// marks complete ones, too: then a warning is among the messages of the stream. Pieces have no limit.
    pub fn chunked(mut self, chunked: bool) -> Query {
        self.chunk_size = if chunked { Some(self.chunk_size.unwrap_or(10_000)) } else { None };
        self
    }

    /// The database of this query.
    pub fn database(mut self, name: impl Into<String>) -> Query {
        let name = name.into();
        self.problem.check_name(&name, "database", "database");
        self.database = Some(name);
        self
    }

    /// The retention policy of measurements that are named without one.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Query {
        let name = name.into();
        self.problem.check_name(&name, "retention policy", "retention_policy");
        self.retention_policy = Some(name);
        self
    }

    /// Longest time to the head of the answer, instead of the client's request timeout.
    pub fn timeout(mut self, limit: Duration) -> Query {
        self.problem.check_limit(limit, "timeout");
        self.timeout = Some(limit);
        self
    }

    /// Whether the answer is sent compressed; default `false`. It pays where the network is slower than about 200 Mbit/s.
    pub fn gzip(mut self, gzip: bool) -> Query {
        self.gzip = gzip;
        self
    }

    /// Asks for a format that tells types where the rows need it and the caller did not choose.
    pub(super) fn typed(mut self, typed: bool) -> Query {
        if typed {
            self.format.get_or_insert(Format::Msgpack);
        }
        self
    }

    /// What is sent.
    pub(super) fn prepared(self) -> Prepared {
        Prepared { request: self.request(), options: self.options(), session: self.session }
    }

    /// The unit of times. msgpack has times of its own, which are exact.
    fn unit(&self) -> Option<Precision> {
        match self.format {
            Some(Format::Msgpack) => self.epoch,
            _ => Some(self.epoch.unwrap_or(Precision::Ns)),
        }
    }

    fn options(&self) -> Options {
        Options::new().epoch(self.unit()).chunked(self.chunk_size.is_some())
    }

    fn request(&self) -> Result<Request> {
        self.problem.result()?;
        if self.text.trim().is_empty() {
            return Err(Error::config("the query is empty"));
        }
        let mut params = vec![("q", self.text.clone())];
        params.extend(self.database.clone().map(|name| ("db", name)));
        params.extend(self.retention_policy.clone().map(|name| ("rp", name)));
        params.extend(self.unit().map(|unit| ("epoch", v1::epoch(unit).to_owned())));
        if let Some(rows) = self.chunk_size {
            params.push(("chunked", "true".to_owned()));
            params.push(("chunk_size", rows.to_string()));
        }
        if !self.binds.is_empty() {
            params.push(("params", bind::params(&self.binds)?));
        }
        let encoded = encode_params(&params);
        let get = self.binds.is_empty() && encoded.len() <= MAX_GET && only_reads(&self.text);
        let mut request = Request::new(if get { Method::Get } else { Method::Post }, "/query");
        request.timeout = self.timeout;
        request.accept_gzip = self.gzip;
        request.accept = match self.format {
            Some(Format::Msgpack) => Some("application/x-msgpack"),
            _ => None,
        };
        if get {
            request.params = params;
        } else {
            request.content_type = Some("application/x-www-form-urlencoded");
            request.body = encoded.into();
        }
        Ok(request)
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets: only their names are shown.
        let names: Vec<_> = self.binds.iter().map(|(name, _)| name).collect();
        f.debug_struct("Query")
            .field("text", &self.text)
            .field("binds", &names)
            .field("database", &self.database)
            .field("retention_policy", &self.retention_policy)
            .field("epoch", &self.epoch)
            .field("format", &self.format)
            .field("chunk_size", &self.chunk_size)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
