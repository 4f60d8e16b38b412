//! Schema and administration of InfluxDB 1.x: databases, retention policies, users, series, and what the server says of them.
//!
//! [`Client::admin`](crate::Client::admin) gives an [`Admin`], whose methods are named after InfluxQL's statements. Names and
//! texts are quoted: whatever they hold, they never become a part of the statement.
//!
//! While one database is dropped, 1.x answers statements about others with `engine is closed`. Listings, deletions and drops, which
//! come to the same when they are run twice, are run again then, for up to two seconds; for all else that is an error that
//! [`is_retryable`](crate::Error::is_retryable).
//!
//! ```no_run
//! # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
//! use std::time::Duration;
//! use influx_client::admin::Privilege;
//!
//! const DAY: Duration = Duration::from_secs(86_400);
//! let admin = client.admin();
//! admin.create_database("market").duration(30 * DAY).await?;
//! admin.create_user("reader", "secret").await?;
//! admin.grant(Privilege::Read, "market", "reader").await?;
//!
//! let market = admin.database("market");
//! market.create_retention_policy("daily", None).shard_duration(7 * DAY).await?;
//! for key in market.show_tag_keys().measurement("trades").await? {
//!     println!("{} {}", key.measurement, key.key);
//! }
//! market.delete_points().measurement("trades").tag("venue", "test").await?;
//! # Ok(())
//! # }
//! ```

mod again;
mod continuous;
mod data;
mod database;
mod monitor;
mod policy;
mod privilege;
mod schema;
mod select;
mod series;
mod server;
mod user;

use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use influx_core::FromRow;

use crate::error::{Error, Result};
use crate::generation::v1::quote;
use crate::query::Query;
use crate::runtime;
use crate::session::Session;

pub use continuous::{ContinuousQuery, CreateContinuousQuery};
pub use data::{DeletePoints, DropSeries};
pub use database::CreateDatabase;
pub use monitor::{Diagnostic, Stat};
pub use policy::{AlterRetentionPolicy, CreateRetentionPolicy, RetentionPolicy};
pub use privilege::{Grant, Privilege};
pub use schema::{
    FieldKey, FieldType, ShowFieldKeys, ShowMeasurements, ShowTagKeys, ShowTagValues, TagKey, TagPair,
};
pub use series::{SeriesCount, SeriesKey, ShowExactSeriesCardinality, ShowSeries};
pub use server::{RunningQuery, Shard};
pub use user::User;

/// The administration of a server: what [`Client::admin`](crate::Client::admin) returns; see the [module](self).
///
/// Its database and retention policy are the client's unless others are named here. Requests without options are methods to
/// be awaited; those with options are configured first and then awaited.
#[derive(Clone)]
pub struct Admin {
    session: Arc<Session>,
    database: Option<String>,
    retention_policy: Option<String>,
}

/// The future of a request.
pub type AdminFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl Admin {
    pub(crate) fn new(session: &Arc<Session>) -> Admin {
        let config = &session.config.write;
        Admin {
            database: config.database.clone(),
            retention_policy: config.retention_policy.clone(),
            session: Arc::clone(session),
        }
    }

    /// The same for another database, and its default retention policy.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let measurements = client.admin().database("other").show_measurements().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn database(&self, name: impl Into<String>) -> Admin {
        Admin { session: Arc::clone(&self.session), database: Some(name.into()), retention_policy: None }
    }

    /// The same for another retention policy: that of the measurements which `show_series`, `show_field_keys` and
    /// `show_exact_series_cardinality` name. Nothing else looks at it: tags and measurements are those of the whole database,
    /// and what is deleted or dropped goes from all of its policies.
    #[must_use]
    pub fn retention_policy(&self, name: impl Into<String>) -> Admin {
        Admin { retention_policy: Some(name.into()), ..self.clone() }
    }

    fn statement(&self, text: impl Into<String>) -> Query {
        Query::new(&self.session, text.into()).within(self.database.clone(), self.retention_policy.clone())
    }

    async fn run(&self, text: impl Into<String>) -> Result<()> {
        self.rows::<()>(text).await.map(drop)
    }

    /// The rows of a statement. Where that is safe, it is run again after what a busy server says of itself for a moment.
    async fn rows<T: for<'r> FromRow<'r>>(&self, text: impl Into<String>) -> Result<Vec<T>> {
        let text = text.into();
        let mut tries = 0;
        loop {
            let result = self.statement(text.as_str()).fetch_all().await;
            let Some(pause) = result.as_ref().err().and_then(|error| again::pause(&text, error, tries))
            else {
                return result;
            };
            runtime::timeout(pause, pending::<()>()).await?;
            tries += 1;
        }
    }

    /// As [`run`](Self::run), of a statement that needs a database.
    async fn run_in_database(&self, text: impl Into<String>) -> Result<()> {
        self.named()?;
        self.run(text).await
    }

    /// As [`rows`](Self::rows), of a statement that needs a database.
    async fn rows_in_database<T: for<'r> FromRow<'r>>(&self, text: impl Into<String>) -> Result<Vec<T>> {
        self.named()?;
        self.rows(text).await
    }

    /// The database's name.
    fn named(&self) -> Result<&str> {
        self.database.as_deref().filter(|name| !name.is_empty()).ok_or_else(|| {
            Error::config(
                "no database is named: give one to the client (Client::v1(url).database(\"..\")) or to this request \
                 (client.admin().database(\"..\"))",
            )
        })
    }

    /// `ON "database"`.
    fn on(&self) -> Result<String> {
        Ok(format!("ON {}", quote::identifier(self.named()?)?))
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("endpoint", &self.session.config.endpoint)
            .field("database", &self.database)
            .field("retention_policy", &self.retention_policy)
            .finish()
    }
}

/// Keeps the first mistake of a request until it is awaited.
#[derive(Debug, Default)]
struct Problem(Option<Error>);

impl Problem {
    /// The value, or nothing and the mistake kept.
    fn keep<T: Default>(&mut self, result: Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.0.get_or_insert(error);
            T::default()
        })
    }

    fn check(&mut self, ok: bool, problem: &str) {
        if !ok {
            self.0.get_or_insert_with(|| Error::config(problem));
        }
    }

    fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
