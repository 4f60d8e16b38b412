//! Queries: text, values and options, and the verbs that run them.

mod batches;
mod bind;
mod explain;
mod request;
mod statement;
mod stream;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use influx_core::decode::influxql::Format;
use influx_core::{FromRow, Precision, RowFamily, Timestamp};

use crate::error::{Error, Kind, Result};
use crate::session::Session;

pub use batches::{RowBatch, RowBatches};
pub use bind::{Bind, Identifier, Regex};
pub(crate) use statement::single_statement;
pub use stream::{RowStream, SeriesStream};

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
    text: String,
    binds: Vec<(String, Bind)>,
    database: Option<String>,
    retention_policy: Option<String>,
    epoch: Option<Precision>,
    format: Option<Format>,
    chunk_size: Option<usize>,
    timeout: Option<Duration>,
    gzip: bool,
    problem: Option<String>,
}

impl Query {
    pub(crate) fn new(session: &Arc<Session>, text: String) -> Query {
        let config = &session.config.write;
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
            problem: None,
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
            Ok(None) => self.check(false, &format!("the time of ${name} is missing: give one")),
            Err(error) => self.check(false, &format!("the time of ${name} cannot be sent: {error}")),
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
        self.check(rows > 0, "chunk_size(0) would hold no row: give 1 or more");
        self.chunk_size = Some(rows.max(1));
        self
    }

    /// Whether the answer comes in pieces; default `true`. In one piece the server holds the whole result in memory.
    pub fn chunked(mut self, chunked: bool) -> Query {
        self.chunk_size = if chunked { Some(self.chunk_size.unwrap_or(10_000)) } else { None };
        self
    }

    /// The database of this query.
    pub fn database(mut self, name: impl Into<String>) -> Query {
        self.database = Some(name.into());
        self
    }

    /// The retention policy of measurements that are named without one.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Query {
        self.retention_policy = Some(name.into());
        self
    }

    /// Longest time to the head of the answer, instead of the client's request timeout.
    pub fn timeout(mut self, limit: Duration) -> Query {
        self.check(!limit.is_zero(), "a timeout of 0 would always run out");
        self.timeout = Some(limit);
        self
    }

    /// Whether the answer is sent compressed; default `false`. It pays where the network is slower than about 200 Mbit/s.
    pub fn gzip(mut self, gzip: bool) -> Query {
        self.gzip = gzip;
        self
    }

    /// The body of the answer as it came, whatever it says; only an error status is an error.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, or an answer that is not success.
    pub async fn raw(self) -> Result<Bytes> {
        let mut response = self.send().await?;
        response.bytes().await.map(Bytes::from)
    }

    /// The rows as a stream of `T`, which owns its texts.
    ///
    /// ```no_run
    /// # async fn run<Trade: for<'r> influx_client::FromRow<'r> + std::fmt::Debug>(client: influx_client::Client)
    /// # -> influx_client::Result<()> {
    /// let mut trades = client.influxql("SELECT * FROM trades").fetch::<Trade>();
    /// while let Some(trade) = trades.next().await {
    ///     println!("{:?}", trade?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fetch<T: for<'r> FromRow<'r>>(self) -> RowStream<T> {
        RowStream::new(self.typed(<T as FromRow<'static>>::TYPED))
    }

    /// All rows.
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn fetch_all<T: for<'r> FromRow<'r>>(self) -> Result<Vec<T>> {
        let mut stream = self.fetch::<T>();
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row?);
        }
        Ok(rows)
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// None or more than one row, and those of [`RowStream::next`].
    pub async fn fetch_one<T: for<'r> FromRow<'r>>(self) -> Result<T> {
        match self.fetch_optional().await? {
            Some(row) => Ok(row),
            None => Err(Error::new(Kind::NoRows, "one row was asked for and the result has none")),
        }
    }

    /// The only row, or `None` when there is none.
    ///
    /// # Errors
    ///
    /// More than one row, and those of [`RowStream::next`].
    pub async fn fetch_optional<T: for<'r> FromRow<'r>>(self) -> Result<Option<T>> {
        let mut stream = self.fetch::<T>();
        let Some(first) = stream.next().await.transpose()? else { return Ok(None) };
        // Also an error that follows the row counts: the answer may lack others.
        match stream.next().await.transpose()? {
            None => Ok(Some(first)),
            Some(_) => Err(Error::new(
                Kind::TooManyRows,
                "one row was asked for and the result has more: add LIMIT 1, or fetch them all",
            )),
        }
    }

    /// Calls `each` with every row. `T` may borrow its texts: nothing is allocated per row then.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Note<'r> {
    ///     text: &'r str,
    /// }
    ///
    /// let mut longest = 0;
    /// client.influxql("SELECT text FROM notes").for_each_row::<Note<'_>>(|note| longest = longest.max(note.text.len())).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn for_each_row<T: RowFamily>(self, each: impl FnMut(T::Row<'_>)) -> Result<()> {
        batches::lend::<T>(self.typed(<T::Row<'static> as FromRow<'static>>::TYPED), each).await
    }

    /// The rows in batches, as they arrive; they may borrow their texts from the batch.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Load<'r> {
    ///     host: &'r str,
    ///     usage: f64,
    /// }
    ///
    /// let mut batches = client.influxql("SELECT host, usage FROM cpu").batches::<Load<'_>>();
    /// while let Some(batch) = batches.next().await {
    ///     let loads: Vec<Load<'_>> = batch?.collect::<Result<_, _>>()?;
    ///     println!("{} rows", loads.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn batches<T: RowFamily>(self) -> RowBatches<T> {
        RowBatches::new(self.typed(<T::Row<'static> as FromRow<'static>>::TYPED))
    }

    /// Whole series: measurement, tags and columns of each, and all its rows. Series that come in pieces are put
    /// together.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let query = client.influxql("SELECT usage FROM cpu GROUP BY host");
    /// for series in query.series::<(i64, f64)>().all().await? {
    ///     let host = series.columns.tags().next().map_or("", |(_, value)| value);
    ///     println!("{host}: {} rows", series.rows.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn series<T: for<'r> FromRow<'r>>(self) -> SeriesStream<T> {
        SeriesStream::new(self.typed(<T as FromRow<'static>>::TYPED))
    }

    /// Runs statements that have no rows to read; rows that come are passed over.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, an answer that is not success, or an error of a statement.
    pub async fn execute(self) -> Result<()> {
        self.for_each_row::<()>(|()| ()).await
    }

    /// Asks for a format that tells types where the rows need it and the caller did not choose.
    fn typed(mut self, typed: bool) -> Query {
        if typed {
            self.format.get_or_insert(Format::Msgpack);
        }
        self
    }

    fn check(&mut self, ok: bool, problem: &str) {
        if !ok && self.problem.is_none() {
            self.problem = Some(problem.to_owned());
        }
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
