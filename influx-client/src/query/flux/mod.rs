//! Flux: the options that it alone has, the request, and how the answer is read.

mod ast;
pub(crate) mod dialect;
mod pivot;
pub(crate) mod profile;
mod text;

use influx_core::decode::Syntax;
use influx_core::decode::annotated_csv::Options;
use influx_core::rfc3339::to_exact_text;
use influx_core::{Dialect, Timestamp};
use serde_json::{Value as Json, json};

use crate::config::session::Session;
use crate::config::writes::has_buckets;
use crate::error::{Error, Result};
use crate::generation::v2;
use crate::http::request::{Method, Request};
use crate::http::response::Response;
use crate::query::bind::named;
use crate::query::builder::Query;
use crate::query::flux::ast::Outside;
use crate::query::flux::dialect::CsvDialect;
use crate::query::language::{Asked, Language, Spoken};

/// Flux: the language of [`Client::flux`](crate::Client::flux), and what only its queries can be told.
///
/// 2.x and Cloud know it, and 1.8 and later where `flux-enabled` is set: there a bucket is `database/policy`. The answer is annotated
/// CSV, which is read as it arrives.
#[derive(Debug, Clone)]
pub struct Flux {
    generation: Dialect,
    org: Option<String>,
    now: Option<i64>,
    pivot: bool,
    as_params: bool,
    dialect: CsvDialect,
    profilers: &'static [&'static str],
}

impl Language for Flux {}

/// What only Flux can be told.
impl Query<Flux> {
    /// The organization, by name or id, instead of the client's.
    pub fn org(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.asked.problem.check_name(&name, "organization", "org");
        self.asked.problem.keep(has_buckets(self.language.generation, "org"));
        self.language.org = Some(name);
        self
    }

    /// What `now()` is in the query, and so what relative times such as `-1h` count from; without it the server's clock.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, end: std::time::SystemTime) -> influx_client::Result<()> {
    /// use influx_client::OwnedRow;
    /// let query = client.flux("from(bucket: \"market\") |> range(start: -1h)").now(end);
    /// let rows: Vec<OwnedRow> = query.fetch_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn now(mut self, time: impl Timestamp) -> Self {
        self.language.now = self.asked.problem.time(time, "the time of .now(..)");
        self
    }

    /// Turns rows with one field each into rows with all fields, as structs want them: the server's own `pivot` is added at the end
    /// of the query's text.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Load {
    ///     host: String,
    ///     usage: f64,
    ///     idle: Option<f64>,
    /// }
    ///
    /// let text = r#"from(bucket: "market") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "cpu")"#;
    /// let loads: Vec<Load> = client.flux(text).pivot().fetch_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A query that names its results by `yield` has to hold `pivot` itself, in front of it: here it is an error.
    pub fn pivot(mut self) -> Self {
        self.language.pivot = true;
        self
    }

    /// Whether the values that are bound go as `params`, which InfluxDB Cloud takes: the text names them `params.host`. Others take none,
    /// and get them as `extern`: the text names them `host`, or `params.host` as well. Default: by the URL, `params` for those of
    /// `influxdata.com`.
    ///
    /// `params` carries texts, numbers and booleans. Times and durations go as texts: write `time(v: params.start)` and
    /// `duration(v: params.every)`.
    pub fn as_params(mut self, yes: bool) -> Self {
        self.language.as_params = yes;
        self
    }

    /// How the CSV is written that [`raw`](Query::raw) and [`raw_stream`](Query::raw_stream) give. Typed rows need the annotations
    /// and the header, which are there by default.
    pub fn dialect(mut self, dialect: CsvDialect) -> Self {
        self.language.dialect = dialect;
        self
    }
}

impl Flux {
    fn body(&self, asked: &Asked) -> Result<Json> {
        let query = match self.pivot {
            true => pivot::pivoted(&asked.text)?,
            false => asked.text.clone(),
        };
        for (name, _) in named(&asked.binds)? {
            if text::has_dollar(&asked.text, name) {
                return Err(Error::config(format!(
                    "the query has ${name}, as InfluxQL and SQL name what is bound: in Flux write {name} without the $"
                )));
            }
        }
        let record = query.contains("params.");
        let mut body = json!({"query": query, "type": "flux", "dialect": self.dialect.json()?});
        let mut outside = Outside { binds: &asked.binds, record, profilers: self.profilers };
        if self.as_params {
            body["params"] = outside.params()?.unwrap_or_default();
            outside.binds = &[];
        }
        if let Some(file) = outside.file()? {
            body["extern"] = file;
        }
        if let Some(now) = self.now {
            body["now"] = to_exact_text(now).into();
        }
        Ok(body)
    }
}

impl Spoken for Flux {
    fn of(session: &Session) -> Self {
        let client = &session.writes;
        Flux {
            generation: client.dialect,
            org: client.org.clone(),
            now: None,
            pivot: false,
            as_params: session.http.connection().endpoint.cloud,
            dialect: CsvDialect::new(),
            profilers: &[],
        }
    }

    fn for_rows(&mut self, _: bool) -> Result<()> {
        if self.dialect == CsvDialect::new() {
            return Ok(());
        }
        Err(Error::config(
            "rows are read from CSV with annotations, a header and commas: .dialect(..) is for .raw() and .raw_stream()",
        ))
    }

    fn request(&self, asked: &Asked) -> Result<Request> {
        asked.checked()?;
        let mut request = Request::new(Method::Post, "/api/v2/query");
        match self.generation {
            Dialect::V1 => {}
            Dialect::V2 => request.params = vec![("org", v2::org(self.org.as_deref())?.to_owned())],
            Dialect::V3 => {
                return Err(Error::config(
                    "InfluxDB 3.x has no Flux: use client.influxql(..) or client.sql(..)",
                ));
            }
        }
        request.timeout = asked.timeout;
        request.accept_gzip = asked.gzip;
        request.content_type = Some("application/json");
        request.body = self.body(asked)?.to_string().into();
        Ok(request)
    }

    fn syntax(&self, answer: &Response) -> Syntax {
        Options::new().empty_line_ends(!answer.is_framed()).into()
    }
}
