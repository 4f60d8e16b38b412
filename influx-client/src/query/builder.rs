//! A query before it runs: its text, and what queries of all languages can be told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use influx_core::Timestamp;

use crate::config::session::Session;
use crate::error::Result;
use crate::query::bind::{Bind, BindValue};
use crate::query::feed::Feed;
use crate::query::language::{Asked, Language};
use crate::query::request::{Sending, sending};

/// A query in the language `L`, to be configured and run: what [`Client::influxql`](crate::Client::influxql) and
/// [`Client::flux`](crate::Client::flux) return.
///
/// The verbs are the same in all languages; what only one can be told stands at `Query<InfluxQl>` and `Query<Flux>`.
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
pub struct Query<L> {
    session: Arc<Session>,
    pub(super) language: L,
    pub(super) asked: Asked,
}

impl<L: Language> Query<L> {
    pub(crate) fn new(session: &Arc<Session>, text: String) -> Self {
        Query { language: L::of(session), session: Arc::clone(session), asked: Asked::new(text) }
    }

    /// What must be so for the query to be sent.
    pub(crate) fn only_if(mut self, right: Result<()>) -> Self {
        self.asked.problem.keep(right);
        self
    }

    /// The value of `$name` in the text, which is `name` in Flux. It travels beside the text and cannot change its meaning. [`Bind`] lists
    /// what can be bound; times are bound by [`bind_time`](Query::bind_time).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, host: Option<&str>) -> influx_client::Result<()> {
    /// let mut query = client.influxql("SELECT * FROM cpu WHERE usage > $least").bind("least", 0.5);
    /// // InfluxQL has no null: what is to be compared with nothing is left out of the text.
    /// if let Some(host) = host {
    ///     query = client.influxql("SELECT * FROM cpu WHERE usage > $least AND host = $host").bind("least", 0.5).bind("host", host);
    /// }
    /// # query.execute().await
    /// # }
    /// ```
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let text = "from(bucket: bucket) |> range(start: -1h) |> filter(fn: (r) => contains(value: r.host, set: hosts))";
    /// client.flux(text).bind("bucket", "market").bind("hosts", vec!["a", "b"]).execute().await
    /// # }
    /// ```
    pub fn bind(mut self, name: impl Into<String>, value: impl BindValue) -> Self {
        self.asked.binds.push((name.into(), value.into_bind()));
        self
    }

    /// The value of `$name` in the text, which is `name` in Flux: an instant, to be compared with `time`. It travels as RFC 3339 with nine digits,
    /// which servers of all generations compare exactly. A field that holds nanoseconds is compared with an integer:
    /// [`bind`](Query::bind).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::{Duration, SystemTime};
    ///
    /// let hour = SystemTime::now() - Duration::from_secs(3_600);
    /// let rows: Vec<(i64, f64)> =
    ///     client.influxql("SELECT usage FROM cpu WHERE time >= $since").bind_time("since", hour).fetch_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind_time(mut self, name: impl Into<String>, time: impl Timestamp) -> Self {
        let name = name.into();
        let nanos = self.asked.problem.time(time, &format!("the time of ${name}"));
        self.asked.binds.extend(nanos.map(|nanos| (name, Bind::time(nanos))));
        self
    }

    /// Longest time to the head of the answer, instead of the client's request timeout.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.asked.problem.check_limit(limit, "timeout");
        self.asked.timeout = Some(limit);
        self
    }

    /// Whether the answer is sent compressed; default `false`. It pays where the network is slower than about 200 Mbit/s.
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.asked.gzip = gzip;
        self
    }

    /// Sends it once polled. Who leaves it and comes back goes on waiting, and sends nothing again.
    pub(super) fn sending(self) -> Sending {
        let Query { session, language, asked } = self;
        let request = language.request(&asked);
        sending(session, request, Box::new(move |answer| language.syntax(answer)))
    }

    /// Its answer, to be read. `typed`: the rows need a format that tells types, where the caller did not choose one. A program has one of
    /// these for each language, and not for each row type.
    #[inline(never)]
    pub(super) fn feed(mut self, typed: bool) -> Feed {
        let right = self.language.for_rows(typed);
        self.asked.problem.keep(right);
        self.raw_feed()
    }

    /// Its answer, of which nothing is to be decoded.
    pub(super) fn raw_feed(self) -> Feed {
        let secrets = Arc::clone(self.session.http.secrets());
        Feed::new(self.sending(), secrets)
    }
}

impl<L: Language> fmt::Debug for Query<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets: only their names are shown.
        let names: Vec<_> = self.asked.binds.iter().map(|(name, _)| name).collect();
        f.debug_struct("Query")
            .field("text", &self.asked.text)
            .field("binds", &names)
            .field("language", &self.language)
            .field("timeout", &self.asked.timeout)
            .field("gzip", &self.asked.gzip)
            .finish_non_exhaustive()
    }
}
