//! Continuous queries, which the server runs by itself.

use std::time::Duration;

use influx_derive::FromRow;

use crate::admin::future::awaits;
use crate::admin::v1::handle::Admin;
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v1::quote;
use crate::query::statement::single_statement;

/// A continuous query: a row of `SHOW CONTINUOUS QUERIES`.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ContinuousQuery {
    /// The database that it belongs to.
    #[measurement]
    pub database: String,
    /// Its name.
    #[field]
    pub name: String,
    /// The whole statement that creates it.
    #[field]
    pub query: String,
}

/// `CREATE CONTINUOUS QUERY`: what [`Admin::create_continuous_query`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateContinuousQuery {
    admin: Admin,
    name: String,
    select: String,
    every: String,
    last: String,
    problem: Problem,
}

impl Admin {
    /// Creates a continuous query of the database: `select` is a `SELECT .. INTO .. GROUP BY time(..)`, in InfluxQL and sent
    /// as it is.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::Duration;
    ///
    /// let select = "SELECT mean(usage) AS usage INTO cpu_hourly FROM cpu GROUP BY time(1h), *";
    /// let hour = Duration::from_secs(3_600);
    /// client.v1().create_continuous_query("hourly", select).resample_for(2 * hour).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, more than one statement, another query of that name, and
    /// all that [`Query::execute`](crate::Query::execute) has.
    pub fn create_continuous_query(
        &self,
        name: impl Into<String>,
        select: impl Into<String>,
    ) -> CreateContinuousQuery {
        CreateContinuousQuery {
            admin: self.clone(),
            name: name.into(),
            select: select.into(),
            every: String::new(),
            last: String::new(),
            problem: Problem::default(),
        }
    }

    /// Drops a continuous query of the database; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and all that
    /// [`Query::execute`](crate::Query::execute) has.
    pub async fn drop_continuous_query(&self, name: &str) -> Result<()> {
        self.run(format!("DROP CONTINUOUS QUERY {} {}", quote::identifier(name)?, self.on()?)).await
    }

    /// The continuous queries of all databases.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_continuous_queries(&self) -> Result<Vec<ContinuousQuery>> {
        self.rows("SHOW CONTINUOUS QUERIES").await
    }
}

impl CreateContinuousQuery {
    /// How often it runs, instead of once per `GROUP BY time(..)` interval.
    pub fn resample_every(mut self, interval: Duration) -> Self {
        self.every = format!(" EVERY {}", self.problem.keep(quote::duration(interval)));
        self
    }

    /// How far back each run reaches, instead of one `GROUP BY time(..)` interval.
    pub fn resample_for(mut self, span: Duration) -> Self {
        self.last = format!(" FOR {}", self.problem.keep(quote::duration(span)));
        self
    }

    async fn run(self) -> Result<()> {
        self.problem.result()?;
        let (name, on) = (quote::identifier(&self.name)?, self.admin.on()?);
        let select = single_statement(&self.select)?;
        let resample = if self.every.is_empty() && self.last.is_empty() { "" } else { " RESAMPLE" };
        let (every, last) = (&self.every, &self.last);
        // On a line of its own, END is not taken into a comment at the query's end.
        let text = format!("CREATE CONTINUOUS QUERY {name} {on}{resample}{every}{last} BEGIN {select}\nEND");
        self.admin.run(text).await
    }
}

awaits!(CreateContinuousQuery => ());
