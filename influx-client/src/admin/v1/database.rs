//! Databases.

use std::time::Duration;

use influx_derive::FromRow;

use crate::admin::future::awaits;
use crate::admin::v1::handle::Admin;
use crate::admin::v1::policy::Terms;
use crate::error::Result;
use crate::generation::v1::quote;

/// `CREATE DATABASE`: what [`Admin::create_database`] returns.
///
/// The options are those of the database's first retention policy, which is its default; without any, it is `autogen`, which
/// keeps points for ever.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateDatabase {
    admin: Admin,
    name: String,
    policy: Option<String>,
    terms: Terms,
}

impl Admin {
    /// Creates a database; one that exists already with the same options is left as it is.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::Duration;
    ///
    /// client.v1().create_database("market").await?;
    /// let month = Duration::from_secs(30 * 86_400);
    /// client.v1().create_database("logs").retention_policy("month").duration(month).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express (empty, or with CR or NUL) or the server does not take (with slashes, backslashes
    /// or characters that do not print), and all that [`Query::execute`](crate::Query::execute) has.
    pub fn create_database(&self, name: impl Into<String>) -> CreateDatabase {
        CreateDatabase { admin: self.clone(), name: name.into(), policy: None, terms: Terms::default() }
    }

    /// Drops a database with all it holds; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// Those of [`create_database`](Admin::create_database).
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        self.run(format!("DROP DATABASE {}", quote::identifier(name)?)).await
    }

    /// The names of the databases.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_databases(&self) -> Result<Vec<String>> {
        Ok(names(self.rows("SHOW DATABASES").await?))
    }
}

impl CreateDatabase {
    /// The name of the retention policy; default `autogen`.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        self.policy = Some(name.into());
        self
    }

    /// How long points are kept, at least an hour; `None` is for ever.
    pub fn duration(mut self, keep: impl Into<Option<Duration>>) -> Self {
        self.terms.duration(keep.into());
        self
    }

    /// How many nodes of an Enterprise cluster keep each point; single servers ignore it.
    pub fn replication(mut self, copies: u32) -> Self {
        self.terms.replication(copies);
        self
    }

    /// How much time one shard covers; the server chooses by the duration otherwise.
    pub fn shard_duration(mut self, length: Duration) -> Self {
        self.terms.shard_duration(length);
        self
    }

    async fn run(self) -> Result<()> {
        let mut text = format!("CREATE DATABASE {}", quote::identifier(&self.name)?);
        let terms = self.terms.into_text()?;
        if self.policy.is_some() || !terms.is_empty() {
            text.push_str(" WITH");
            text.push_str(&terms);
        }
        if let Some(policy) = &self.policy {
            text.push_str(" NAME ");
            text.push_str(&quote::identifier(policy)?);
        }
        self.admin.run(text).await
    }
}

awaits!(CreateDatabase => ());

/// A row of databases or measurements.
#[derive(FromRow)]
pub(super) struct Name {
    name: String,
}

pub(super) fn names(rows: Vec<Name>) -> Vec<String> {
    rows.into_iter().map(|row| row.name).collect()
}
