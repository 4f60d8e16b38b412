//! The handle of all administration.

use std::fmt;
use std::sync::Arc;

use influx_core::Dialect;

use crate::admin::v2::id::NameOrId;
use crate::config::session::Session;
use crate::error::{Error, Result};
use crate::generation::instead_of;

/// The administration of a server: what [`client.v2()`](crate::Handles::v2) returns; see the [module](crate::admin::v2).
///
/// Its organization is the client's unless another one is named here. Requests without options are methods to be awaited;
/// those with options are configured first and then awaited; lists are read page by page.
#[derive(Clone)]
pub struct Admin {
    pub(super) session: Arc<Session>,
    pub(super) org: Option<Org>,
}

/// Which organization is meant.
#[derive(Debug, Clone)]
pub(super) enum Org {
    /// By what the client was given: an id if there is one, else a name, as the server takes it.
    Either(String),
    Told(NameOrId),
}

impl Admin {
    pub(crate) fn new(session: &Arc<Session>) -> Admin {
        Admin { org: session.writes.org.clone().map(Org::Either), session: Arc::clone(session) }
    }

    /// The same for another organization, by its name; or by its id, as an [`Id`](crate::admin::v2::Id) or [`Organization`](crate::admin::v2::Organization).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let buckets = client.v2().org("other").buckets().all().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn org(&self, org: impl Into<NameOrId>) -> Admin {
        Admin { session: Arc::clone(&self.session), org: Some(Org::Told(org.into())) }
    }

    /// Whether the client's server is of the generation that has this API.
    pub(super) fn spoken(&self) -> Result<()> {
        instead_of(Dialect::V2, self.session.writes.dialect).map_or(Ok(()), |text| Err(Error::config(text)))
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("endpoint", &self.session.http.connection().endpoint)
            .field("org", &self.org)
            .finish()
    }
}
