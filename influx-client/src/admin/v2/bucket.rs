//! Buckets: where points are, and how long they are kept.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::admin::future::awaits;
use crate::admin::v2::call::{Call, found};
use crate::admin::v2::decode::{Decode, Unfit, member, object, shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::{Id, NameOrId};
use crate::admin::v2::kept::{folder, has_id, set};
use crate::admin::v2::label::Label;
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// A bucket.
    Bucket {
        /// Its id. InfluxDB 1.8 has `database/policy` here.
        id: Id = "id",
        /// Its organization; 1.8 has none.
        org_id: Option<Id> = "orgID",
        /// Its name, of which an organization has one only.
        name: String = "name",
        /// Whose it is.
        kind: Option<BucketKind> = "type",
        /// What it is for.
        description: Option<String> = "description",
        /// How long points are kept.
        retention: Retention = "retentionRules",
        /// When it was created.
        created_at: Option<SystemTime> = "createdAt",
        /// When it was changed last.
        updated_at: Option<SystemTime> = "updatedAt",
        /// Its labels.
        labels: Vec<Label> = "labels",
    }
}

words! {
    /// Whose a bucket is.
    BucketKind {
        /// It was created by somebody.
        User = "user",
        /// It is the server's own, such as `_monitoring`.
        System = "system",
    }
}

has_id!(Bucket: "bucket" in "buckets");

/// How long a bucket keeps points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Retention {
    /// How long; `None` is for ever.
    pub keep: Option<Duration>,
    /// How much time one shard group covers.
    pub shard_group: Option<Duration>,
}

impl Decode for Retention {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let rules = Vec::<Value>::decode(value)?;
        let Some(rule) = rules.into_iter().next() else { return Ok(Retention::default()) };
        let mut rule = object(rule)?;
        let span = |span: Option<Duration>| span.filter(|span| !span.is_zero());
        let keep = span(member(&mut rule, "everySeconds")?);
        Ok(Retention { keep, shard_group: span(member(&mut rule, "shardGroupDurationSeconds")?) })
    }

    fn missing() -> Option<Self> {
        Some(Retention::default())
    }
}

impl Listed for Bucket {
    const KEY: &'static str = "buckets";
    const LIMIT: usize = 100;
    const TURN: Turn = Turn::After;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A bucket to be created: what [`Admin::create_bucket`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateBucket(Change);

/// A bucket to be changed: what [`Admin::update_bucket`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateBucket {
    id: Id,
    change: Change,
}

#[derive(Debug)]
struct Change {
    admin: Admin,
    name: Option<String>,
    description: Option<String>,
    keep: Option<u64>,
    shard_group: Option<u64>,
    problem: Problem,
}

impl Admin {
    /// Creates a bucket of the organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::Duration;
    ///
    /// const DAY: Duration = Duration::from_secs(86_400);
    /// let bucket = client.v2().create_bucket("market").retention(30 * DAY).description("trades").await?;
    /// assert_eq!(bucket.retention.keep, Some(30 * DAY));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is one of that name ([`is_conflict`](crate::Error::is_conflict)), a name that is empty, begins with `_` or holds `"`, a retention
    /// of less than an hour, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub fn create_bucket(&self, name: impl Into<String>) -> CreateBucket {
        CreateBucket(Change::new(self).name(name.into()))
    }

    /// The buckets of the organization, those of the server itself among them.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let mine = client.v2().buckets().all().await?;
    /// let everybodys = client.v2().buckets().of_all_orgs().all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn buckets(&self) -> Listing<Bucket> {
        let mut list = listing(self, folder::<Bucket>());
        list.of_org = true;
        list
    }

    /// The bucket of the organization that has exactly this name, or the one that has this id.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// if admin.find_bucket("market").await?.is_none() {
    ///     admin.create_bucket("market").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An id of the wrong form, no organization, and all that [`Client::ping`](crate::Client::ping) has. What a token may not read is not
    /// found: `None`.
    pub async fn find_bucket(&self, bucket: impl Into<NameOrId>) -> Result<Option<Bucket>> {
        match bucket.into() {
            NameOrId::Id(id) => self.find_kept(id).await,
            NameOrId::Name(name) => self.bucket_named(&name).await,
        }
    }

    async fn bucket_named(&self, name: &str) -> Result<Option<Bucket>> {
        let call = Call::get(folder::<Bucket>()).params([self.org_param().await?]).param("name", name);
        let buckets: Vec<Bucket> = match self.ask_within(call.param("limit", "100"), "buckets").await {
            Ok(buckets) => buckets,
            // 1.8 has no codes and no organizations
            Err(error) if error.is_not_found() && error.server_message().is_some_and(is_no_bucket_of_v1) => {
                return Ok(None);
            }
            // or the organization is what there is none of
            Err(error) => {
                found::<()>(Err(error))?;
                return self.org_id().await.map(|_| None);
            }
        };
        let mut named = buckets.into_iter().filter(|bucket| bucket.name == name);
        let Some(first) = named.next() else { return Ok(None) };
        // 1.8 has no organizations
        if first.org_id.is_none() {
            return Ok(Some(first));
        }
        let org = self.org_id().await?;
        Ok([first].into_iter().chain(named).find(|bucket| bucket.org_id.as_ref() == Some(&org)))
    }

    /// Changes a bucket: what is not named stays as it is.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// # let bucket = client.v2().find_bucket("market").await?.unwrap();
    /// let bucket = client.v2().update_bucket(&bucket).retention(None).name("archive").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such bucket ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_bucket`](Self::create_bucket).
    pub fn update_bucket(&self, bucket: impl Into<Id>) -> UpdateBucket {
        UpdateBucket { id: bucket.into(), change: Change::new(self) }
    }

    /// Deletes a bucket with all its points.
    ///
    /// # Errors
    ///
    /// There is no such bucket ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_bucket(&self, bucket: impl Into<Id>) -> Result<()> {
        self.delete_kept::<Bucket>(bucket).await
    }
}

fn is_no_bucket_of_v1(text: &str) -> bool {
    text.starts_with("bucket not found: ")
}

impl Listing<Bucket> {
    /// Those of all organizations that the token may see.
    pub fn of_all_orgs(mut self) -> Self {
        self.of_org = false;
        self
    }
}

impl Change {
    fn new(admin: &Admin) -> Change {
        let (name, description, keep, shard_group) = (None, None, None, None);
        Change { admin: admin.clone(), name, description, keep, shard_group, problem: Problem::default() }
    }

    fn name(mut self, name: String) -> Self {
        self.problem.keep(rules::bucket_name(&name));
        self.name = Some(name);
        self
    }

    fn retention(&mut self, keep: Option<Duration>) {
        self.keep = Some(self.problem.keep(rules::retention(keep)));
        self.check_spans();
    }

    fn shard_group(&mut self, span: Duration) {
        self.shard_group = Some(self.problem.keep(rules::shard_group(span)));
        self.check_spans();
    }

    fn check_spans(&mut self) {
        if let (Some(keep), Some(span)) = (self.keep, self.shard_group) {
            let fits = keep == 0 || span <= keep;
            self.problem
                .check(fits, "the shard group duration is longer than the retention: give one that is not");
        }
    }

    fn body(&mut self) -> Map<String, Value> {
        let mut body = Map::new();
        body.extend(self.name.take().map(|name| ("name".to_owned(), name.into())));
        body.extend(self.description.take().map(|text| ("description".to_owned(), text.into())));
        if self.keep.is_some() || self.shard_group.is_some() {
            let mut rule = json!({"type": "expire"});
            if let Some(seconds) = self.keep {
                rule["everySeconds"] = seconds.into();
            }
            if let Some(seconds) = self.shard_group {
                rule["shardGroupDurationSeconds"] = seconds.into();
            }
            body.insert("retentionRules".to_owned(), Value::Array(vec![rule]));
        }
        body
    }
}

/// The setters of both.
macro_rules! setters {
    ($request:ident, $change:tt) => {
        impl $request {
            /// How long points are kept, at least an hour; `None` is for ever.
            pub fn retention(mut self, keep: impl Into<Option<Duration>>) -> Self {
                self.$change.retention(keep.into());
                self
            }

            /// How much time one shard group covers; the server chooses by the retention otherwise.
            pub fn shard_group_duration(mut self, span: Duration) -> Self {
                self.$change.shard_group(span);
                self
            }

            /// What it is for.
            pub fn description(mut self, text: impl Into<String>) -> Self {
                self.$change.description = Some(text.into());
                self
            }
        }
    };
}

setters!(CreateBucket, 0);
setters!(UpdateBucket, change);
awaits!(CreateBucket => Bucket);
awaits!(UpdateBucket => Bucket);

impl CreateBucket {
    async fn run(self) -> Result<Bucket> {
        let CreateBucket(mut change) = self;
        change.problem.result()?;
        let mut body = change.body();
        body.entry("retentionRules").or_insert_with(|| json!([]));
        body.insert("orgID".to_owned(), change.admin.org_id().await?.as_str().into());
        change.admin.ask(set::<Bucket>(None, body)?).await
    }
}

impl UpdateBucket {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.change = self.change.name(name.into());
        self
    }

    async fn run(self) -> Result<Bucket> {
        let UpdateBucket { id, mut change } = self;
        change.problem.result()?;
        let body = change.body();
        change.admin.ask(set::<Bucket>(Some(&id), body)?).await
    }
}
