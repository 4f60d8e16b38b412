//! Organizations.

use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::admin::future::awaits;
use crate::admin::v2::call::{Call, found};
use crate::admin::v2::decode::shape;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::{Id, NameOrId};
use crate::admin::v2::kept::{folder, has_id, set};
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// An organization: what buckets, tasks and tokens belong to.
    Organization {
        /// Its id.
        id: Id = "id",
        /// Its name, of which there is one only.
        name: String = "name",
        /// What it is.
        description: Option<String> = "description",
        /// When it was created.
        created_at: Option<SystemTime> = "createdAt",
        /// When it was changed last.
        updated_at: Option<SystemTime> = "updatedAt",
    }
}

has_id!(Organization: "organization" in "orgs");

impl Listed for Organization {
    const KEY: &'static str = "orgs";
    const LIMIT: usize = 100;
    const TURN: Turn = Turn::Offset;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// An organization to be created or changed: what [`Admin::create_org`] and [`Admin::update_org`] return.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct SetOrganization {
    admin: Admin,
    /// `None`: a new one.
    id: Option<Id>,
    body: Map<String, Value>,
    problem: Problem,
}

impl Admin {
    /// Creates an organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let desk = admin.create_org("desk").description("who trades").await?;
    /// admin.org(&desk).create_bucket("market").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is one of that name ([`is_conflict`](crate::Error::is_conflict)), an empty name, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub fn create_org(&self, name: impl Into<String>) -> SetOrganization {
        SetOrganization::new(self, None).name(name)
    }

    /// Changes an organization: what is not named stays as it is.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such organization ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_org`](Self::create_org).
    pub fn update_org(&self, org: impl Into<Id>) -> SetOrganization {
        SetOrganization::new(self, Some(org.into()))
    }

    /// The organizations that the token may see.
    pub fn orgs(&self) -> Listing<Organization> {
        listing(self, folder::<Organization>())
    }

    /// The organization that has exactly this name, or this id.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has. What a token may not read is not found: `None`.
    pub async fn find_org(&self, org: impl Into<NameOrId>) -> Result<Option<Organization>> {
        match org.into() {
            NameOrId::Id(id) => self.find_kept(id).await,
            NameOrId::Name(name) => {
                let call = Call::get(folder::<Organization>()).param("org", &*name);
                let orgs: Vec<Organization> = found(self.ask_within(call, "orgs").await)?.unwrap_or_default();
                Ok(orgs.into_iter().find(|org| org.name == name))
            }
        }
    }

    /// Deletes an organization with all that belongs to it.
    ///
    /// # Errors
    ///
    /// There is no such organization ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_org(&self, org: impl Into<Id>) -> Result<()> {
        self.session.forget_orgs();
        self.delete_kept::<Organization>(org).await
    }
}

awaits!(SetOrganization => Organization);

impl SetOrganization {
    fn new(admin: &Admin, id: Option<Id>) -> SetOrganization {
        SetOrganization { admin: admin.clone(), id, body: Map::new(), problem: Problem::default() }
    }

    /// Its name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "organization"));
        self.body.insert("name".to_owned(), name.into());
        self
    }

    /// What it is.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.insert("description".to_owned(), text.into().into());
        self
    }

    async fn run(self) -> Result<Organization> {
        self.problem.result()?;
        let call = set::<Organization>(self.id.as_ref(), self.body)?;
        self.admin.session.forget_orgs();
        self.admin.ask(call).await
    }
}
