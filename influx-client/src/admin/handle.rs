//! The handle of all administration, and how it runs statements.

use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use influx_core::FromRow;

use crate::admin::again;
use crate::config::session::Session;
use crate::error::{Error, Result};
use crate::generation::v1::quote;
use crate::http::runtime;
use crate::query::influxql::Query;

/// The administration of a server: what [`Client::admin`](crate::Client::admin) returns; see the [module](crate::admin).
///
/// Its database and retention policy are the client's unless others are named here. Requests without options are methods to
/// be awaited; those with options are configured first and then awaited.
#[derive(Clone)]
pub struct Admin {
    session: Arc<Session>,
    pub(super) database: Option<String>,
    pub(super) retention_policy: Option<String>,
}

/// The future of a request.
pub type AdminFuture<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl Admin {
    pub(crate) fn new(session: &Arc<Session>) -> Admin {
        let config = &session.writes;
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

    pub(super) fn statement(&self, text: impl Into<String>) -> Query {
        Query::new(&self.session, text.into()).within(self.database.clone(), self.retention_policy.clone())
    }

    pub(super) async fn run(&self, text: impl Into<String>) -> Result<()> {
        self.rows::<()>(text).await.map(drop)
    }

    /// The rows of a statement. Where that is safe, it is run again after what a busy server says of itself for a moment.
    pub(super) async fn rows<T: for<'r> FromRow<'r>>(&self, text: impl Into<String>) -> Result<Vec<T>> {
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
    pub(super) async fn run_in_database(&self, text: impl Into<String>) -> Result<()> {
        self.named()?;
        self.run(text).await
    }

    /// As [`rows`](Self::rows), of a statement that needs a database.
    pub(super) async fn rows_in_database<T: for<'r> FromRow<'r>>(
        &self,
        text: impl Into<String>,
    ) -> Result<Vec<T>> {
        self.named()?;
        self.rows(text).await
    }

    /// The database's name.
    pub(super) fn named(&self) -> Result<&str> {
        self.database.as_deref().filter(|name| !name.is_empty()).ok_or_else(|| {
            Error::config(
                "no database is named: give one to the client (Client::v1(url).database(\"..\")) or to this request \
                 (client.admin().database(\"..\"))",
            )
        })
    }

    /// `ON "database"`.
    pub(super) fn on(&self) -> Result<String> {
        Ok(format!("ON {}", quote::identifier(self.named()?)?))
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("endpoint", &self.session.http.connection().endpoint)
            .field("database", &self.database)
            .field("retention_policy", &self.retention_policy)
            .finish()
    }
}
