//! InfluxQL: the options that it alone has, the request, and how the answer is read.

use influx_core::Precision;
use influx_core::decode::Syntax;
use influx_core::decode::influxql::{Format, Options};

use crate::config::session::Session;
use crate::error::Result;
use crate::generation::document::may_be_empty;
use crate::generation::v1;
use crate::http::request::{Method, Request, encode_params};
use crate::http::response::Response;
use crate::query::builder::Query;
use crate::query::language::{Asked, Language, Spoken};
use crate::query::params::{params, unquoted};
use crate::query::statement::only_reads;
use crate::query::statements::{self, Statements};

/// Longest query string that is sent as `GET`: proxies refuse URLs that are not much longer.
const MAX_GET: usize = 2_000;

/// Most rows in a piece of an answer.
const CHUNK: usize = 10_000;

/// InfluxQL: the language of [`Client::influxql`](crate::Client::influxql), and what only its queries can be told.
///
/// Statements that only read go as `GET`, all others, long ones and those with bound values as `POST`. The answer comes in
/// pieces of 10,000 rows, which are read as they arrive.
#[derive(Debug, Clone)]
pub struct InfluxQl {
    database: Option<String>,
    retention_policy: Option<String>,
    epoch: Option<Precision>,
    format: Option<Format>,
    chunk_size: Option<usize>,
}

impl Language for InfluxQl {}

/// What only InfluxQL can be told.
impl Query<InfluxQl> {
    /// In this database and retention policy, instead of those of the client.
    pub(crate) fn within(mut self, database: Option<String>, retention_policy: Option<String>) -> Self {
        (self.language.database, self.language.retention_policy) = (database, retention_policy);
        self
    }

    /// The unit in which times are sent back; default nanoseconds, which are exact.
    pub fn epoch(mut self, unit: Precision) -> Self {
        self.language.epoch = Some(unit);
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
    pub fn format(mut self, format: Format) -> Self {
        self.language.format = Some(format);
        self
    }

    /// Most rows in one piece of the answer; default 10,000.
    pub fn chunk_size(mut self, rows: usize) -> Self {
        self.asked.problem.check_count(rows, "chunk_size", "hold no row");
        self.language.chunk_size = Some(rows.max(1));
        self
    }

    /// Whether the answer comes in pieces; default `true`. In one piece the server holds the whole result in memory.
    ///
    /// In one piece a server that has a limit of rows (`max-row-limit`, which 1.x leaves off) gives that many rows and silently leaves out
    /// the other rows, series and statements. An error follows the rows where it marks that. Where a series has more than 10,000 rows, 1.x
    /// marks complete ones, too: then a warning is among the messages of the stream. Pieces have no limit.
    pub fn chunked(mut self, chunked: bool) -> Self {
        let size = &mut self.language.chunk_size;
        *size = if chunked { Some(size.unwrap_or(CHUNK)) } else { None };
        self
    }

    /// The database of this query.
    pub fn database(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.asked.problem.check_name(&name, "database", "database");
        self.language.database = Some(name);
        self
    }

    /// The rows of several statements in one request, each with its own type: `(A, B)` gives `(Vec<A>, Vec<B>)`. A part is anything
    /// that [`fetch_all`](Query::fetch_all) reads; `()` is for statements without rows, as is any type, which gets none.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Load {
    ///     host: String,
    ///     usage: f64,
    /// }
    ///
    /// #[derive(FromRow)]
    /// struct Mean {
    ///     mean: f64,
    /// }
    ///
    /// let text = "SELECT last(usage) AS usage FROM cpu GROUP BY host; SELECT mean(usage) FROM cpu";
    /// let (newest, means) = client.influxql(text).fetch_statements::<(Load, Mean)>().await?;
    /// println!("{} hosts, {:.1} on average", newest.len(), means[0].mean);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The parts belong to the statements in their order. For one type for all, or statements whose number is known at run time only,
    /// [`SeriesRow`](crate::SeriesRow) and [`series`](Query::series) tell the statement of each row.
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`](crate::RowStream::next); [`decode_error`](crate::Error::decode_error) has the statement, counted from 0
    /// as servers do. More or fewer statements in the answer than parts in the tuple, whatever the reason: a server with a limit of rows leaves out those
    /// behind it (with [`chunked(false)`](Query::chunked)), and 2.x says nothing of a `DELETE` or `DROP` at the end. What was sent
    /// was run all the same.
    pub async fn fetch_statements<S: Statements>(self) -> Result<S::Rows> {
        statements::fetch::<S>(self.feed(S::TYPED)).await
    }

    /// The retention policy of measurements that are named without one.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.asked.problem.check_name(&name, "retention policy", "retention_policy");
        self.language.retention_policy = Some(name);
        self
    }
}

impl InfluxQl {
    /// The unit of times. msgpack has times of its own, which are exact.
    fn unit(&self) -> Option<Precision> {
        match self.format {
            Some(Format::Msgpack) => self.epoch,
            _ => Some(self.epoch.unwrap_or(Precision::Ns)),
        }
    }

    fn params(&self, asked: &Asked) -> Result<Vec<(&'static str, String)>> {
        let mut all = vec![("q", asked.text.clone())];
        all.extend(self.database.clone().map(|name| ("db", name)));
        all.extend(self.retention_policy.clone().map(|name| ("rp", name)));
        all.extend(self.unit().map(|unit| ("epoch", v1::epoch(unit).to_owned())));
        if let Some(rows) = self.chunk_size {
            all.push(("chunked", "true".to_owned()));
            all.push(("chunk_size", rows.to_string()));
        }
        if !asked.binds.is_empty() {
            unquoted(&asked.text, &asked.binds)?;
            all.push(("params", params(&asked.binds)?));
        }
        Ok(all)
    }
}

impl Spoken for InfluxQl {
    fn of(client: &Session) -> Self {
        let client = &client.writes;
        InfluxQl {
            database: client.database.clone(),
            retention_policy: client.retention_policy.clone(),
            epoch: None,
            format: None,
            chunk_size: Some(CHUNK),
        }
    }

    fn for_rows(&mut self, typed: bool) -> Result<()> {
        if typed {
            self.format.get_or_insert(Format::Msgpack);
        }
        Ok(())
    }

    fn request(&self, asked: &Asked) -> Result<Request> {
        asked.checked()?;
        let params = self.params(asked)?;
        let encoded = encode_params(&params);
        let get = asked.binds.is_empty() && encoded.len() <= MAX_GET && only_reads(&asked.text);
        let mut request = Request::new(if get { Method::Get } else { Method::Post }, "/query");
        request.timeout = asked.timeout;
        request.accept_gzip = asked.gzip;
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

    fn syntax(&self, answer: &Response) -> Syntax {
        let format = answer.header("content-type").map_or(Format::Json, Format::of_content_type);
        let options = Options::new().epoch(self.unit()).chunked(self.chunk_size.is_some());
        options.format(format).may_be_empty(may_be_empty(answer)).into()
    }
}
