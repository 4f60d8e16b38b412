//! The client: settings and connections behind one cheap handle.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use influx_core::{Dialect, LineProtocol};

use crate::admin::v1::handle::Admin as AdminV1;
use crate::admin::v2::handle::Admin as AdminV2;
use crate::batch::builder::BatchWriterBuilder;
use crate::config::common::ClientBuilder;
use crate::config::session::Session;
use crate::config::v1::V1;
use crate::config::v2::V2;
use crate::error::Result;
use crate::generation::document::{Answered, NOT_INFLUXDB};
use crate::generation::v1;
use crate::http::answer::TEXT_LIMIT;
use crate::http::request::{Method, Request};
use crate::query::builder::Query;
use crate::query::flux::Flux;
use crate::query::influxql::InfluxQl;
use crate::write::points::Points;
use crate::write::request;
use crate::write::request::{Given, RawLines, Streamed, WriteRequest};

/// A client of one InfluxDB server.
///
/// Clones share the connections and settings, and cost one reference count.
///
/// It is built anywhere, and used within a Tokio runtime that has I/O and time: `#[tokio::main]`, or `enable_all()` of a
/// `tokio::runtime::Builder`. Outside of one, or in one that lacks something, each of its verbs is an error that says so
/// ([`is_config`](crate::Error::is_config)). Tokio tells of what is missing by a panic alone; it is caught, once for each such
/// runtime, so that the program's panic hook may print Tokio's words beside the error. Each runtime that is used gets one task that
/// does nothing until the runtime ends.
///
/// ```no_run
/// # async fn run() -> influx_client::Result<()> {
/// use influx_client::{Client, Point};
///
/// let client = Client::v1("http://localhost:8086").database("market").build()?;
/// client.write(Point::new("trades").tag("instrument", "AAPL").field("price", 189.5)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Handles);

/// What only one generation of InfluxDB has, each under a handle that says so: `client.v1()`.
///
/// A [`Client`] has these methods by `Deref`: on `Client` itself the names belong to what is built first, as in
/// [`Client::v1(url)`](Client::v1).
#[derive(Clone)]
pub struct Handles(Arc<Session>);

impl Deref for Client {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl Handles {
    /// Schema and administration of InfluxDB 1.x: databases, retention policies, users, series, and what the server says of them.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// client.v1().create_database("market").await?;
    /// assert!(client.v1().show_databases().await?.contains(&"market".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Each request of a client of another generation is one that says what to use instead; nothing is sent.
    pub fn v1(&self) -> AdminV1 {
        AdminV1::new(&self.0)
    }

    /// Administration of InfluxDB 2.x and Cloud: buckets, organizations, users, tokens, labels, tasks, mappings, secrets, deleting, and
    /// the setup of a new server; see [`admin::v2`](crate::admin::v2).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let bucket = client.v2().create_bucket("market").await?;
    /// assert_eq!(client.v2().find_bucket("market").await?, Some(bucket));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Each request of a client of another generation is one that says what to use instead; nothing is sent.
    pub fn v2(&self) -> AdminV2 {
        AdminV2::new(&self.0)
    }
}

/// What a server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pong {
    version: Option<String>,
    build: Option<String>,
}

impl Pong {
    /// The version without a leading `v`, such as `1.8.10`. `None`: the server does not say, as VictoriaMetrics.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref().map(v1::plain_version)
    }

    /// The build, such as `OSS`.
    pub fn build(&self) -> Option<&str> {
        self.build.as_deref()
    }
}

impl Client {
    fn session(&self) -> &Arc<Session> {
        &self.0.0
    }

    /// Settings of a client for InfluxDB 1.x, or a server that speaks its protocol, at `url`: `http://host:8086`,
    /// `https://..` or `unix:///path/of/socket`. User and password may stand in the URL: `http://user:password@host`.
    pub fn v1(url: impl AsRef<str>) -> ClientBuilder<V1> {
        ClientBuilder::v1(url.as_ref())
    }

    /// Settings of a client for InfluxDB 2.x, or a server that speaks its protocol, at `url`: `http://host:8086`, `https://..` or
    /// `unix:///path/of/socket`.
    ///
    /// ```
    /// use influx_client::Client;
    /// let client = Client::v2("http://localhost:8086").org("desk").bucket("market").token("secret").build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn v2(url: impl AsRef<str>) -> ClientBuilder<V2> {
        ClientBuilder::v2(url.as_ref())
    }

    /// The bucket of writes and queries that name no other.
    ///
    /// ```
    /// use influx_client::Client;
    /// let client = Client::v2("http://localhost:8086").org("desk").bucket("market").token("secret").build()?;
    /// assert_eq!((client.org(), client.bucket(), client.database()), (Some("desk"), Some("market"), None));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn bucket(&self) -> Option<&str> {
        let writes = &self.session().writes;
        writes.database.as_deref().filter(|_| writes.dialect == Dialect::V2)
    }

    /// The organization of writes, queries and administration that name no other, by name or id.
    pub fn org(&self) -> Option<&str> {
        self.session().writes.org.as_deref()
    }

    /// The database of writes and queries that name no other. 2.x has a [bucket](Self::bucket).
    ///
    /// ```
    /// let client = influx_client::Client::v1("http://localhost:8086").database("market").build()?;
    /// assert_eq!(client.database(), Some("market"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn database(&self) -> Option<&str> {
        let writes = &self.session().writes;
        writes.database.as_deref().filter(|_| writes.dialect != Dialect::V2)
    }

    /// Asks the server for a sign of life and its version.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// println!("InfluxDB {}", client.ping().await?.version().unwrap_or("of unknown version"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, an answer that is not success, or one that is not InfluxDB's: a page, or another document.
    pub async fn ping(&self) -> Result<Pong> {
        let response = self.session().http.send(Request::new(Method::Get, "/ping")).await?;
        let header = |name| response.header(name).map(str::to_owned);
        let (mut version, build) = (header("x-influxdb-version"), header("x-influxdb-build"));
        let answered = Answered::from(response.answer(TEXT_LIMIT).await);
        if !answered.answer.is_success() {
            return Err(answered.error().without(self.session().http.secrets()));
        }
        version = version.or_else(|| answered.version());
        if !answered.is_signed() && version.is_none() && !answered.answer.is_blank() {
            return Err(answered.error().because(NOT_INFLUXDB).without(self.session().http.secrets()));
        }
        Ok(Pong { version, build })
    }

    /// Writes a point, a slice, `Vec` or array of points, or an iterator of points.
    ///
    /// All of them are encoded before anything is sent: when one cannot be, nothing is. Large writes go in several
    /// requests, in order. Nothing is sent for no points. For more points than fit into memory see
    /// [`write_iter`](Client::write_iter).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::Point;
    ///
    /// let points = [Point::new("cpu").field("usage", 0.5), Point::new("cpu").field("usage", 0.7)];
    /// let written = client.write(&points).await?;
    /// assert_eq!(written.points, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Points without a time are stamped, see [`untimed`](crate::ClientBuilder::untimed); points that would overwrite one another are
    /// an error, see [`same_time`](crate::ClientBuilder::same_time).
    ///
    /// # Errors
    ///
    /// [`Error::delivery`](crate::Error::delivery) says what became of the points, and
    /// [`Error::rejected`](crate::Error::rejected) which were refused. Success means that the server answered so for
    /// every line.
    pub fn write<P: Points<K>, K>(&self, points: P) -> WriteRequest<Given<P, K>> {
        request::given(self.session(), points)
    }

    /// Writes the points of an iterator, encoding some while others are sent, with no more than two requests' worth of
    /// lines in memory. Of points that would overwrite one another, those of one request are found, see
    /// [`SameTime`](crate::SameTime): the others are gone by then. Points without a time, in a precision that is coarser than
    /// nanoseconds, need one of their own.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::Point;
    ///
    /// let written = client.write_iter((0..1_000_000_i64).map(|i| Point::new("n").field("i", i).timestamp(i))).await?;
    /// assert_eq!(written.requests, 100);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`write`](Client::write), but a point that cannot be encoded is found when others were sent already:
    /// [`Error::points_written`](crate::Error::points_written) says how many.
    pub fn write_iter<'a, I>(&self, points: I) -> WriteRequest<Streamed<'a, I::IntoIter>>
    where
        I: IntoIterator,
        I::IntoIter: 'a,
        I::Item: LineProtocol,
    {
        request::streamed(self.session(), points.into_iter())
    }

    /// Writes lines that are line protocol already. They are judged as points are, and sent as they are but for the time of lines
    /// that have none ([`untimed`](crate::ClientBuilder::untimed)); many are split at line ends. Default tags are not added. Write
    /// the unit of their timestamps with `.precision(..)` if it is not nanoseconds.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// client.write_lines("cpu,host=a usage=0.5 1700000000000000000\ncpu,host=b usage=0.7").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Text without a point, lines that a server would refuse, drop or store as something else (not looked for with
    /// [`check_lines(false)`](crate::ClientBuilder::check_lines)), and all that [`write`](Client::write) has.
    pub fn write_lines(&self, lines: impl Into<String>) -> WriteRequest<RawLines> {
        request::raw(self.session(), lines.into())
    }

    /// Settings of a [batch writer](crate::batch): it collects points in the background, sends them in batches, and sends again
    /// what fails.
    pub fn batch_writer(&self) -> BatchWriterBuilder {
        BatchWriterBuilder::new(self.session())
    }

    /// A query in Flux, to be configured and then fetched or executed: for 2.x, Cloud, and 1.8 and later where `flux-enabled` is set.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, hour: std::time::SystemTime) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Load {
    ///     #[timestamp]
    ///     time: i64,
    ///     #[tag]
    ///     host: String,
    ///     usage: f64,
    /// }
    ///
    /// let text = r#"from(bucket: b) |> range(start: since) |> filter(fn: (r) => r._measurement == "cpu" and r.host == h)"#;
    /// let loads: Vec<Load> =
    ///     client.flux(text).bind("b", "market").bind_time("since", hour).bind("h", "a").pivot().fetch_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn flux(&self, text: impl Into<String>) -> Query<Flux> {
        Query::new(self.session(), text.into())
    }

    /// A query in InfluxQL, to be configured and then fetched or executed.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let body = client.influxql("SELECT * FROM cpu WHERE host = $host").bind("host", "a").raw().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn influxql(&self, text: impl Into<String>) -> Query<InfluxQl> {
        Query::new(self.session(), text.into())
    }
}

impl<G> ClientBuilder<G> {
    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// The first mistake in the settings, or in the URL, as [`is_config`](crate::Error::is_config).
    pub fn build(self) -> Result<Client> {
        Ok(Client(Handles(Arc::new(self.session()?))))
    }
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles")
            .field("endpoint", &self.0.http.connection().endpoint)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connection = self.session().http.connection();
        f.debug_struct("Client")
            .field("endpoint", &connection.endpoint)
            .field("auth", &connection.auth)
            .field("tls", &connection.tls)
            .field("user_agent", &connection.user_agent)
            .field("timeouts", &connection.timeouts)
            .field("write", &self.session().writes)
            .finish()
    }
}
