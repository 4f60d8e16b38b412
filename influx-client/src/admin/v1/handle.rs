//! The handle of all administration, and how it runs statements.

use std::fmt;
use std::future::pending;
use std::sync::Arc;

use influx_core::{Dialect, FromRow};

use crate::admin::v1::again;
use crate::config::session::Session;
use crate::error::{Error, Result};
use crate::generation::instead_of;
use crate::generation::v1::quote;
use crate::http::runtime;
use crate::query::builder::Query;
use crate::query::influxql::InfluxQl;

/// The administration of a server: what [`client.v1()`](crate::Handles::v1) returns; see the [module](crate::admin::v1).
///
/// Its database and retention policy are the client's unless others are named here. Requests without options are methods to
/// be awaited; those with options are configured first and then awaited.
#[derive(Clone)]
pub struct Admin {
    session: Arc<Session>,
    pub(super) database: Option<String>,
    pub(super) retention_policy: Option<String>,
}

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
    /// let measurements = client.v1().database("other").show_measurements().await?;
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

    pub(super) fn statement(&self, text: impl Into<String>) -> Query<InfluxQl> {
        let query = Query::new(&self.session, text.into());
        query.only_if(self.spoken()).within(self.database.clone(), self.retention_policy.clone())
    }

    /// Whether the client's server is of the generation that knows these statements.
    fn spoken(&self) -> Result<()> {
        instead_of(Dialect::V1, self.session.writes.dialect).map_or(Ok(()), |text| Err(Error::config(text)))
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
        self.spoken()?;
        self.database.as_deref().filter(|name| !name.is_empty()).ok_or_else(|| {
            Error::config(
                "no database is named: give one to the client (Client::v1(url).database(\"..\")) or to this request \
                 (client.v1().database(\"..\"))",
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

#[cfg(test)]
mod tests {
    use crate::admin::v1::handle::Admin;
    use crate::config::common::ClientBuilder;
    use influx_core::Dialect;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_server_of_another_generation_is_sent_nothing() {
        for (dialect, own) in [(Dialect::V2, 2), (Dialect::V3, 3)] {
            let session = ClientBuilder::<()>::new("http://127.0.0.1:1", dialect).session().unwrap();
            let admin = Admin::new(&Arc::new(session));
            let errors = [
                admin.create_database("d").await.unwrap_err(),
                admin.show_databases().await.unwrap_err(),
                // nor is it told to name a database, which it has not
                admin.show_measurements().await.unwrap_err(),
                admin.database("d").drop_measurement("m").await.unwrap_err(),
            ];
            let says = format!(
                "client.v1() is for InfluxDB 1.x, and this client is one of {own}.x: use client.v{own}(), or build the client \
                 by Client::v1(url)"
            );
            for error in errors {
                assert!(error.is_config(), "{error:?}");
                assert_eq!(error.to_string(), says);
            }
        }
    }
}
