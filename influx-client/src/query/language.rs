//! What a query language brings, and what it shares with the others.

use std::fmt;
use std::time::Duration;

use influx_core::decode::Syntax;

use crate::config::writes::WriteConfig;
use crate::error::Result;
use crate::error::problem::Problem;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::query::bind::Bind;

/// A language of queries, with the settings that it alone has: [`InfluxQl`](crate::InfluxQl).
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
    fn of(client: &WriteConfig) -> Self;

    /// The rows need to know integers from whole floats: asks for a format that tells them, where the caller chose none.
    fn typed(&mut self);

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
