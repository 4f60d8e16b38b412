//! What may be done by a token.

use serde_json::{Value, json};

use crate::admin::v2::decode::{Decode, Unfit, member, object, words};
use crate::admin::v2::id::Id;
use crate::error::Result;

words! {
    /// Reading or writing.
    Action {
        /// To see it.
        Read = "read",
        /// To create, change and delete it; points: to write and delete them.
        Write = "write",
    }
}

words! {
    /// What a permission is about.
    ResourceType {
        /// Tokens.
        Authorizations = "authorizations",
        /// Buckets and their points.
        Buckets = "buckets",
        /// Checks.
        Checks = "checks",
        /// Dashboards.
        Dashboards = "dashboards",
        /// Mappings of databases and retention policies to buckets.
        Dbrp = "dbrp",
        /// Documents.
        Documents = "documents",
        /// Labels.
        Labels = "labels",
        /// Where notifications go.
        NotificationEndpoints = "notificationEndpoints",
        /// When notifications are sent.
        NotificationRules = "notificationRules",
        /// Organizations.
        Orgs = "orgs",
        /// Other servers that points are copied to.
        Remotes = "remotes",
        /// Buckets that are copied to other servers.
        Replications = "replications",
        /// Targets that are scraped.
        Scrapers = "scrapers",
        /// Secrets.
        Secrets = "secrets",
        /// Sources of data.
        Sources = "sources",
        /// Tasks.
        Tasks = "tasks",
        /// Configurations of Telegraf.
        Telegrafs = "telegrafs",
        /// Users.
        Users = "users",
        /// Variables of dashboards.
        Variables = "variables",
        /// Views of dashboards.
        Views = "views",
        /// Invokable scripts of Cloud: functions.
        Functions = "functions",
    }
}

/// Something that may be done by a token.
///
/// The organization of the token is meant unless another one is named. It always is in what is sent: the server takes a permission
/// without one for all organizations, and passes over names of buckets, of which it takes a permission for all.
///
/// ```
/// use influx_client::admin::v2::{Permission, ResourceType};
///
/// let one = Permission::read_bucket("a46ecb92ee0b6995");
/// let all = Permission::read(ResourceType::Buckets);
/// let tasks = Permission::write(ResourceType::Tasks);
/// # let _ = (one, all, tasks);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// What may be done.
    pub action: Action,
    /// With what.
    pub resource: ResourceType,
    /// With which one; `None`: all.
    pub id: Option<Id>,
    /// Within which organization; `None`: that of the token, or [all of them](Self::is_of_all_orgs).
    pub org_id: Option<Id>,
    /// The name of which one, in answers.
    pub name: Option<String>,
    of_all_orgs: bool,
}

impl Permission {
    /// To see all of a kind.
    pub fn read(resource: ResourceType) -> Permission {
        Permission::new(Action::Read, resource, None)
    }

    /// To create, change and delete all of a kind.
    pub fn write(resource: ResourceType) -> Permission {
        Permission::new(Action::Write, resource, None)
    }

    /// To query one bucket.
    pub fn read_bucket(bucket: impl Into<Id>) -> Permission {
        Permission::new(Action::Read, ResourceType::Buckets, Some(bucket.into()))
    }

    /// To write to one bucket, and to delete from it.
    pub fn write_bucket(bucket: impl Into<Id>) -> Permission {
        Permission::new(Action::Write, ResourceType::Buckets, Some(bucket.into()))
    }

    /// Only of the one that has this id.
    pub fn of(mut self, id: impl Into<Id>) -> Permission {
        self.id = Some(id.into());
        self
    }

    /// Within another organization than that of the token.
    pub fn of_org(mut self, org: impl Into<Id>) -> Permission {
        self.org_id = Some(org.into());
        self
    }

    /// Within all organizations, those of the future as well: what the first token of a server has.
    pub fn of_all_orgs(mut self) -> Permission {
        self.of_all_orgs = true;
        self
    }

    /// Whether it is about all organizations.
    pub fn is_of_all_orgs(&self) -> bool {
        self.of_all_orgs
    }

    fn new(action: Action, resource: ResourceType, id: Option<Id>) -> Permission {
        Permission { action, resource, id, org_id: None, name: None, of_all_orgs: false }
    }

    pub(super) fn check(&self) -> Result<()> {
        if let Some(id) = &self.id {
            id.checked(self.resource.as_str().trim_end_matches('s'))?;
        }
        if let Some(org) = &self.org_id {
            org.checked("organization")?;
        }
        Ok(())
    }

    pub(super) fn json(&self, org: &Id) -> Value {
        let mut resource = json!({"type": self.resource.as_str()});
        let org = self.org_id.as_ref().unwrap_or(org).as_str();
        // organizations and users are within none: one is meant by its id
        let alone = self.resource == ResourceType::Orgs
            || (self.resource == ResourceType::Users && self.id.is_some());
        let own = (alone && self.resource == ResourceType::Orgs && !self.of_all_orgs).then_some(org);
        if let Some(id) = self.id.as_ref().map(Id::as_str).or(own) {
            resource["id"] = id.into();
        }
        if !self.of_all_orgs && !alone {
            resource["orgID"] = org.into();
        }
        json!({"action": self.action.as_str(), "resource": resource})
    }
}

impl Decode for Permission {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let mut map = object(value)?;
        let mut resource = object(member(&mut map, "resource")?)?;
        let org_id: Option<Id> = member(&mut resource, "orgID")?;
        Ok(Permission {
            action: member(&mut map, "action")?,
            resource: member(&mut resource, "type")?,
            id: member(&mut resource, "id")?,
            of_all_orgs: org_id.is_none(),
            org_id,
            name: member(&mut resource, "name")?,
        })
    }
}
