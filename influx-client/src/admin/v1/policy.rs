//! Retention policies: how long a database keeps points.

use std::time::Duration;

use influx_derive::FromRow;

use crate::admin::future::awaits;
use crate::admin::v1::handle::Admin;
use crate::error::problem::Problem;
use crate::error::{Error, Result};
use crate::generation::v1::duration::Printed;
use crate::generation::v1::quote;

/// A retention policy: a row of `SHOW RETENTION POLICIES`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetentionPolicy {
    /// Its name.
    pub name: String,
    /// How long points are kept; `None` is for ever.
    pub duration: Option<Duration>,
    /// How much time one shard covers.
    pub shard_duration: Duration,
    /// How many nodes of an Enterprise cluster keep each point.
    pub replication: u32,
    /// How far in the future points may lie that are written; `None` is without a limit. 1.12 has such limits.
    pub future_write_limit: Option<Duration>,
    /// How far in the past points may lie that are written; `None` is as far as points are kept. 1.12 has such limits.
    pub past_write_limit: Option<Duration>,
    /// Whether it is the one of writes and queries that name no other.
    pub is_default: bool,
}

#[derive(FromRow)]
struct PolicyRow {
    name: String,
    duration: Printed,
    #[field(rename = "shardGroupDuration")]
    shard_duration: Printed,
    #[field(rename = "replicaN")]
    replication: u32,
    #[field(rename = "futureWriteLimit")]
    future_write_limit: Option<Printed>,
    #[field(rename = "pastWriteLimit")]
    past_write_limit: Option<Printed>,
    #[field(rename = "default")]
    is_default: bool,
}

/// `CREATE RETENTION POLICY`: what [`Admin::create_retention_policy`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateRetentionPolicy(Change);

/// `ALTER RETENTION POLICY`: what [`Admin::alter_retention_policy`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct AlterRetentionPolicy(Change);

#[derive(Debug)]
struct Change {
    admin: Admin,
    name: String,
    terms: Terms,
}

impl Admin {
    /// Creates a retention policy of the database. It keeps points for `keep`, at least an hour; `None` is for ever.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::Duration;
    ///
    /// let admin = client.v1().database("market");
    /// admin.create_retention_policy("week", Duration::from_secs(7 * 86_400)).make_default().await?;
    /// admin.create_retention_policy("archive", None).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, a duration of 0 or over 292 years, a policy of that name
    /// with other options, and all that [`Query::execute`](crate::Query::execute) has.
    pub fn create_retention_policy(
        &self,
        name: impl Into<String>,
        keep: impl Into<Option<Duration>>,
    ) -> CreateRetentionPolicy {
        let mut terms = Terms::default();
        terms.duration(keep.into());
        terms.replication(1);
        CreateRetentionPolicy(Change { admin: self.clone(), name: name.into(), terms })
    }

    /// Changes a retention policy of the database: what is not named stays as it is.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v1().database("market");
    /// admin.alter_retention_policy("week").duration(None).make_default().await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such policy, and those of
    /// [`create_retention_policy`](Admin::create_retention_policy).
    pub fn alter_retention_policy(&self, name: impl Into<String>) -> AlterRetentionPolicy {
        AlterRetentionPolicy(Change { admin: self.clone(), name: name.into(), terms: Terms::default() })
    }

    /// Drops a retention policy of the database with its points; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and all that
    /// [`Query::execute`](crate::Query::execute) has.
    pub async fn drop_retention_policy(&self, name: &str) -> Result<()> {
        self.run(format!("DROP RETENTION POLICY {} {}", quote::identifier(name)?, self.on()?)).await
    }

    /// The retention policies of the database.
    ///
    /// # Errors
    ///
    /// No database is named, and those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_retention_policies(&self) -> Result<Vec<RetentionPolicy>> {
        let rows: Vec<PolicyRow> = self.rows(format!("SHOW RETENTION POLICIES {}", self.on()?)).await?;
        let limit = |printed: Option<Printed>| printed.map(|span| span.0).filter(|span| !span.is_zero());
        let policy = |row: PolicyRow| RetentionPolicy {
            name: row.name,
            duration: limit(Some(row.duration)),
            shard_duration: row.shard_duration.0,
            replication: row.replication,
            future_write_limit: limit(row.future_write_limit),
            past_write_limit: limit(row.past_write_limit),
            is_default: row.is_default,
        };
        Ok(rows.into_iter().map(policy).collect())
    }
}

impl CreateRetentionPolicy {
    /// How many nodes of an Enterprise cluster keep each point; default 1, single servers ignore it.
    pub fn replication(mut self, copies: u32) -> Self {
        self.0.terms.replication(copies);
        self
    }

    /// How much time one shard covers; the server chooses by the duration otherwise.
    pub fn shard_duration(mut self, length: Duration) -> Self {
        self.0.terms.shard_duration(length);
        self
    }

    /// Makes it the one of writes and queries that name no other.
    pub fn make_default(mut self) -> Self {
        self.0.terms.default = true;
        self
    }

    async fn run(self) -> Result<()> {
        self.0.run("CREATE").await
    }
}

impl AlterRetentionPolicy {
    /// How long points are kept, at least an hour; `None` is for ever.
    pub fn duration(mut self, keep: impl Into<Option<Duration>>) -> Self {
        self.0.terms.duration(keep.into());
        self
    }

    /// How many nodes of an Enterprise cluster keep each point.
    pub fn replication(mut self, copies: u32) -> Self {
        self.0.terms.replication(copies);
        self
    }

    /// How much time one shard covers, of shards to come.
    pub fn shard_duration(mut self, length: Duration) -> Self {
        self.0.terms.shard_duration(length);
        self
    }

    /// Makes it the one of writes and queries that name no other.
    pub fn make_default(mut self) -> Self {
        self.0.terms.default = true;
        self
    }

    async fn run(self) -> Result<()> {
        if self.0.terms.is_empty() {
            return Err(Error::config(
                "nothing to alter is named: give a duration, replication or another option",
            ));
        }
        self.0.run("ALTER").await
    }
}

awaits!(CreateRetentionPolicy => ());
awaits!(AlterRetentionPolicy => ());

impl Change {
    async fn run(self, verb: &str) -> Result<()> {
        let name = quote::identifier(&self.name)?;
        let text = format!("{verb} RETENTION POLICY {name} {}{}", self.admin.on()?, self.terms.into_text()?);
        self.admin.run(text).await
    }
}

/// What is said of a retention policy, each a piece of the statement.
#[derive(Debug, Default)]
pub(super) struct Terms {
    duration: Option<String>,
    replication: Option<u32>,
    shard_duration: Option<String>,
    default: bool,
    problem: Problem,
}

impl Terms {
    pub(super) fn duration(&mut self, keep: Option<Duration>) {
        self.duration = Some(match keep {
            None => "INF".to_owned(),
            Some(keep) => {
                self.problem.check(
                    !keep.is_zero(),
                    "a retention policy of duration 0 would keep points for ever: give None if that is meant",
                );
                self.problem.keep(quote::duration(keep))
            }
        });
    }

    pub(super) fn replication(&mut self, copies: u32) {
        self.problem.check(copies > 0, "a replication of 0 would keep nothing: give 1 or more");
        self.replication = Some(copies);
    }

    pub(super) fn shard_duration(&mut self, length: Duration) {
        self.problem.check(!length.is_zero(), "a shard duration of 0 is the server's choice: leave it out");
        self.shard_duration = Some(self.problem.keep(quote::duration(length)));
    }

    fn is_empty(&self) -> bool {
        self.duration.is_none()
            && self.replication.is_none()
            && self.shard_duration.is_none()
            && !self.default
    }

    /// The clauses in the order that the server wants, each after a space.
    pub(super) fn into_text(self) -> Result<String> {
        self.problem.result()?;
        let clauses = [
            self.duration.map(|text| format!(" DURATION {text}")),
            self.replication.map(|copies| format!(" REPLICATION {copies}")),
            self.shard_duration.map(|text| format!(" SHARD DURATION {text}")),
            self.default.then(|| " DEFAULT".to_owned()),
        ];
        Ok(clauses.into_iter().flatten().collect())
    }
}
