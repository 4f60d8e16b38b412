//! What runs on the server, and where its data lies.

use std::time::{Duration, SystemTime};

use influx_core::{DecodeError, FromRow, FromTimestamp, FromValue, Planner, Row, ValueRef};

use crate::admin::v1::handle::Admin;
use crate::error::Result;
use crate::generation::v1::duration::Printed;

/// A query that runs: a row of `SHOW QUERIES`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RunningQuery {
    /// The number that [`Admin::kill_query`] takes.
    pub id: u64,
    /// The statement, without passwords.
    pub query: String,
    /// The database; empty where the query names none.
    pub database: String,
    /// For how long it runs.
    pub duration: Duration,
    /// `running` or `killed`; of servers before 1.6: empty.
    pub status: String,
    /// Who asked, where users name themselves and the server tells (1.12).
    pub user: Option<String>,
}

#[derive(influx_derive::FromRow)]
struct QueryRow {
    #[field(rename = "qid")]
    id: u64,
    query: String,
    database: String,
    duration: Printed,
    #[field(default)]
    status: String,
    user: Option<String>,
}

/// A shard: a row of `SHOW SHARDS`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Shard {
    /// Its number, which is the name of its folder.
    pub id: u64,
    /// The database.
    pub database: String,
    /// The retention policy.
    pub retention_policy: String,
    /// The number of its shard group.
    pub group: u64,
    /// The first instant that it covers.
    pub start: SystemTime,
    /// The first instant after it.
    pub end: SystemTime,
    /// When it may be dropped; `None` where points are kept for ever.
    pub expiry: Option<SystemTime>,
    /// The numbers of the nodes of an Enterprise cluster that have it.
    pub owners: Vec<u64>,
}

impl<'r> FromRow<'r> for Shard {
    const SLOTS: usize = 8;

    // By hand, as it has three times.
    fn plan(p: &mut Planner<'_>) -> Result<(), DecodeError> {
        let (number, text) = (<u64 as FromValue<'_>>::WANT, <String as FromValue<'_>>::WANT);
        p.enter("Shard");
        p.field("id", "id", number, false)?;
        p.field("database", "database", text, false)?;
        p.field("retention_policy", "retention_policy", text, false)?;
        p.field("group", "shard_group", number, false)?;
        p.timestamp("start", "start_time", false)?;
        p.timestamp("end", "end_time", false)?;
        p.timestamp("expiry", "expiry_time", false)?;
        p.field("owners", "owners", text, false)?;
        p.leave();
        Ok(())
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        let end = FromTimestamp::take(row, 5)?;
        // 1.12 has an empty text where nothing expires, the versions before it the end, as no policy keeps points for less than an hour
        let expiry: Option<SystemTime> = match row.value(6) {
            ValueRef::Str("") => None,
            _ => FromTimestamp::take(row, 6)?,
        };
        Ok(Shard {
            id: FromValue::take(row, 0)?,
            database: FromValue::take(row, 1)?,
            retention_policy: FromValue::take(row, 2)?,
            group: FromValue::take(row, 3)?,
            start: FromTimestamp::take(row, 4)?,
            end,
            expiry: expiry.filter(|at| *at != end),
            owners: <Owners as FromValue<'_>>::take(row, 7)?.0,
        })
    }
}

/// Numbers with commas between them.
struct Owners(Vec<u64>);

impl<'r> FromValue<'r> for Owners {
    fn from_value(value: ValueRef<'r>) -> Result<Self, influx_core::Mismatch> {
        let text: &str = value.get()?;
        let numbers = text.split(',').map(str::trim).filter(|number| !number.is_empty()).map(str::parse);
        let numbers: Result<_, _> = numbers.collect();
        numbers.map(Owners).map_err(|_| influx_core::Mismatch::expected("numbers with commas between them"))
    }
}

impl Admin {
    /// The queries that run now, this one included.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v1();
    /// for query in admin.show_queries().await? {
    ///     if query.duration.as_secs() > 60 {
    ///         admin.kill_query(query.id).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_queries(&self) -> Result<Vec<RunningQuery>> {
        let rows: Vec<QueryRow> = self.rows("SHOW QUERIES").await?;
        let query = |row: QueryRow| RunningQuery {
            id: row.id,
            query: row.query,
            database: row.database,
            duration: row.duration.0,
            status: row.status,
            user: row.user.filter(|user| !user.is_empty()),
        };
        Ok(rows.into_iter().map(query).collect())
    }

    /// Stops a query that runs.
    ///
    /// # Errors
    ///
    /// There is no such query (any more), and all that [`Query::execute`](crate::Query::execute) has.
    pub async fn kill_query(&self, id: u64) -> Result<()> {
        self.run(format!("KILL QUERY {id}")).await
    }

    /// The shards of all databases.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_shards(&self) -> Result<Vec<Shard>> {
        self.rows("SHOW SHARDS").await
    }
}
