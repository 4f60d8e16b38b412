//! Mappings: which bucket a database and retention policy of InfluxDB 1.x stand for.

use serde_json::{Map, Value, json};

use crate::admin::future::awaits;
use crate::admin::v2::call::{Call, found};
use crate::admin::v2::decode::shape;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::{folder, has_id, path, set};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// A database and a retention policy of 1.x, and the bucket that they stand for on the endpoints of 1.x.
    Dbrp {
        /// Its id.
        id: Id = "id",
        /// The database.
        database: String = "database",
        /// The retention policy.
        retention_policy: String = "retention_policy",
        /// Whether it is the one of requests that name no retention policy.
        is_default: bool = "default",
        /// Whether nobody created it: each bucket is a database of its own name.
        is_virtual: Option<bool> = "virtual",
        /// The bucket.
        bucket_id: Id = "bucketID",
        /// The organization.
        org_id: Option<Id> = "orgID",
    }
}

has_id!(Dbrp: "mapping" in "dbrps");

/// A mapping to be created: what [`Admin::create_dbrp`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateDbrp {
    admin: Admin,
    bucket: Id,
    body: Map<String, Value>,
    problem: Problem,
}

/// A mapping to be changed: what [`Admin::update_dbrp`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateDbrp {
    admin: Admin,
    id: Id,
    body: Map<String, Value>,
    problem: Problem,
}

impl Admin {
    /// Lets a database and retention policy of 1.x stand for a bucket: clients of 1.x, and
    /// [`influxql`](crate::Client::influxql), find it so.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let market = admin.find_bucket("market").await?.unwrap();
    /// admin.create_dbrp(&market, "trades", "autogen").make_default().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is one already ([`is_conflict`](crate::Error::is_conflict)), an empty name, an id of the wrong form, no organization, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub fn create_dbrp(
        &self,
        bucket: impl Into<Id>,
        database: impl Into<String>,
        retention_policy: impl Into<String>,
    ) -> CreateDbrp {
        let (database, policy, mut problem) = (database.into(), retention_policy.into(), Problem::default());
        problem.keep(rules::name(&database, "database"));
        problem.keep(rules::name(&policy, "retention policy"));
        let mut body = Map::new();
        body.insert("database".to_owned(), database.into());
        body.insert("retention_policy".to_owned(), policy.into());
        body.insert("default".to_owned(), false.into());
        CreateDbrp { admin: self.clone(), bucket: bucket.into(), body, problem }
    }

    /// The mappings of the organization, with those that nobody created.
    ///
    /// # Errors
    ///
    /// No organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn dbrps(&self) -> Result<Vec<Dbrp>> {
        let org = self.org_id().await?;
        self.ask_within(Call::get(folder::<Dbrp>()).param("orgID", org.as_str()), "content").await
    }

    /// The mapping of the organization that has this id.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and those of [`dbrps`](Self::dbrps).
    pub async fn find_dbrp(&self, id: impl Into<Id>) -> Result<Option<Dbrp>> {
        let id = id.into();
        let call = Call::get(path::<Dbrp>(&id)?);
        found(self.ask_within(call.param("orgID", self.org_id().await?.as_str()), "content").await)
    }

    /// Changes a mapping: what is not named stays as it is.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such mapping ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_dbrp`](Self::create_dbrp).
    pub fn update_dbrp(&self, id: impl Into<Id>) -> UpdateDbrp {
        UpdateDbrp { admin: self.clone(), id: id.into(), body: Map::new(), problem: Problem::default() }
    }

    /// Deletes a mapping; the bucket stays.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_dbrp(&self, id: impl Into<Id>) -> Result<()> {
        let id = id.into();
        let call = Call::delete(path::<Dbrp>(&id)?);
        self.tell(call.param("orgID", self.org_id().await?.as_str())).await
    }
}

awaits!(CreateDbrp => Dbrp);
awaits!(UpdateDbrp => Dbrp);

impl CreateDbrp {
    /// Makes it the one of requests that name no retention policy.
    pub fn make_default(mut self) -> Self {
        self.body.insert("default".to_owned(), true.into());
        self
    }

    async fn run(mut self) -> Result<Dbrp> {
        self.problem.result()?;
        self.body.insert("bucketID".to_owned(), json!(self.bucket.checked("bucket")?));
        self.body.insert("orgID".to_owned(), json!(self.admin.org_id().await?.as_str()));
        self.admin.ask(set::<Dbrp>(None, self.body)?).await
    }
}

impl UpdateDbrp {
    /// Another retention policy.
    pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "retention policy"));
        self.body.insert("retention_policy".to_owned(), name.into());
        self
    }

    /// Whether it is the one of requests that name no retention policy.
    pub fn is_default(mut self, is_default: bool) -> Self {
        self.body.insert("default".to_owned(), is_default.into());
        self
    }

    async fn run(self) -> Result<Dbrp> {
        self.problem.result()?;
        let call = set::<Dbrp>(Some(&self.id), self.body)?;
        self.admin.ask_within(call.param("orgID", self.admin.org_id().await?.as_str()), "content").await
    }
}
