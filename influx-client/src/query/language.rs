//! What a query language brings, and what it shares with the others.

use std::fmt;
use std::time::Duration;

use influx_core::decode::Syntax;

use crate::config::session::Session;
use crate::error::Result;
use crate::error::problem::Problem;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::query::bind::Bind;

/// A language of queries, with the settings that it alone has: [`InfluxQl`](crate::InfluxQl) and [`Flux`](crate::Flux).
///
/// It is for bounds such as `fn run<L: Language>(query: Query<L>)`; types outside of this crate cannot be languages.
///
/// ```
/// use influx_client::{Language, OwnedRow, Query, Result};
///
/// async fn count<L: Language>(query: Query<L>) -> Result<usize> {
///     Ok(query.fetch_all::<OwnedRow>().await?.len())
/// }
/// ```
#[allow(private_bounds, reason = "what is sealed is named nowhere else")]
pub trait Language: Spoken {}

/// The part of [`Language`] that only this crate sees.
pub(crate) trait Spoken: Clone + fmt::Debug + Send + Sync + 'static {
    /// For the server of a client: its generation, and what its queries are about when they say no other.
    fn of(client: &Session) -> Self;

    /// Rows are to be read from the answer. `typed`: they need to know integers from whole floats, in a format that tells them.
    ///
    /// # Errors
    ///
    /// Something was set that is for raw answers alone.
    fn for_rows(&mut self, typed: bool) -> Result<()>;

    /// What is sent.
    fn request(&self, asked: &Asked) -> Result<Request>;

    /// How an answer with success is read: as it was asked for, and as its head says.
    fn syntax(&self, answer: &Response) -> Syntax;
}

/// What is asked, in any language.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) text: String,
    pub(crate) binds: Vec<(String, Bind)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) gzip: bool,
    pub(crate) problem: Problem,
}

impl Asked {
    pub(crate) fn new(text: String) -> Asked {
        Asked { text, binds: Vec::new(), timeout: None, gzip: false, problem: Problem::default() }
    }

    /// The first mistake in what was set, or a text that says nothing.
    pub(crate) fn checked(&self) -> Result<()> {
        let mut problem = self.problem.clone();
        problem.check(!self.text.trim().is_empty(), "the query is empty");
        problem.result()
    }
}

#[cfg(test)]
mod tests {
    use influx_core::decode::influxql::Options;
    use influx_core::{Dialect, OwnedRow};
    use std::sync::Arc;

    use super::*;
    use crate::config::common::ClientBuilder;
    use crate::http::request::Method;
    use crate::query::bind::{Value, named};
    use crate::query::builder::Query;

    /// Another language, all of it: the verbs and the common setters are there.
    #[derive(Debug, Clone)]
    struct Other {
        generation: Dialect,
    }

    impl Language for Other {}

    impl Spoken for Other {
        fn of(client: &Session) -> Self {
            Other { generation: client.writes.dialect }
        }

        fn for_rows(&mut self, _: bool) -> Result<()> {
            Ok(())
        }

        fn request(&self, asked: &Asked) -> Result<Request> {
            asked.checked()?;
            let path = if self.generation == Dialect::V2 { "/api/v2/query" } else { "/api/v3/query" };
            let mut request = Request::new(Method::Post, path);
            let bound = named(&asked.binds)?.into_iter().map(|(name, value)| match value {
                Value::Time(nanos) => format!("{name} at {nanos}"),
                other => format!("{name} {other:?}"),
            });
            request.body = format!("{}; {}", asked.text, bound.collect::<Vec<_>>().join(", ")).into();
            Ok(request)
        }

        fn syntax(&self, _: &Response) -> Syntax {
            Options::new().into()
        }
    }

    #[test]
    fn another_language_is_one_file() {
        let query = |dialect, text: &str| {
            let session = ClientBuilder::<()>::new("http://127.0.0.1:1", dialect).session().unwrap();
            Query::<Other>::new(&Arc::new(session), text.to_owned()).bind("$x", 1).bind_time("t", 7_i64)
        };
        for (dialect, path) in [(Dialect::V2, "/api/v2/query"), (Dialect::V3, "/api/v3/query")] {
            let query = query(dialect, "rows");
            let request = query.language.request(&query.asked).unwrap();
            assert_eq!((&*request.path, &*request.body), (path, &b"rows; x Int(1), t at 7"[..]));
        }
        let twice = query(Dialect::V2, "rows").bind("x", 2);
        assert!(twice.language.request(&twice.asked).unwrap_err().is_config());
    }

    #[tokio::test]
    async fn another_language_has_the_verbs() {
        let session =
            Arc::new(ClientBuilder::<()>::new("http://127.0.0.1:1", Dialect::V2).session().unwrap());
        let query = || Query::<Other>::new(&session, "rows".to_owned());
        let errors = [
            query().raw().await.unwrap_err(),
            query().fetch::<OwnedRow>().next().await.unwrap().unwrap_err(),
            query().fetch_all::<OwnedRow>().await.unwrap_err(),
            query().fetch_one::<OwnedRow>().await.unwrap_err(),
            query().fetch_optional::<OwnedRow>().await.unwrap_err(),
            query().for_each_row::<OwnedRow>(|_| ()).await.unwrap_err(),
            query().try_for_each_row::<OwnedRow, _>(|_| ()).await.unwrap_err(),
            query().batches::<OwnedRow>().next().await.unwrap().unwrap_err(),
            query().series::<OwnedRow>().all().await.unwrap_err(),
            query().execute().await.unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_connect() && error.to_string().contains("/api/v2/query"), "{error:?}");
        }
    }
}
