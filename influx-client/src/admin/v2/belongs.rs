//! The organization that things belong to.

use serde_json::Value;

use crate::admin::v2::call::{Call, found};
use crate::admin::v2::decode::{Decode, Unfit, member, object};
use crate::admin::v2::handle::{Admin, Org};
use crate::admin::v2::id::{Id, NameOrId};
use crate::error::{Error, Result};
use crate::generation::v2;
use crate::generation::v2::rules::is_id;

impl Admin {
    fn named(&self) -> Result<&Org> {
        self.spoken()?;
        match &self.org {
            // the server takes none for all of them
            Some(Org::Told(NameOrId::Name(name)) | Org::Either(name)) if name.is_empty() => Err(v2::no_org()),
            Some(org) => Ok(org),
            None => Err(v2::no_org()),
        }
    }

    /// The id of the organization, which is asked for once.
    pub(super) async fn org_id(&self) -> Result<Id> {
        match self.named()? {
            Org::Told(NameOrId::Id(id)) => id.checked("organization").map(Id::from),
            Org::Told(NameOrId::Name(name)) => self.id_of(name).await,
            Org::Either(text) if is_id(text) => self.id_of_either(text).await,
            Org::Either(text) => self.id_of(text).await,
        }
    }

    /// `org` or `orgID`, where an endpoint takes both. The server would take a name that looks like an id for one.
    pub(super) async fn org_param(&self) -> Result<(&'static str, String)> {
        match self.named()? {
            Org::Told(NameOrId::Name(name)) | Org::Either(name) if !is_id(name) => Ok(("org", name.clone())),
            _ => Ok(("orgID", self.org_id().await?.to_string())),
        }
    }

    async fn id_of(&self, name: &str) -> Result<Id> {
        let key = format!("name {name}");
        if let Some(id) = self.session.kept_org(&key) {
            return Ok(Id::from(id));
        }
        let id = self.look_up(name).await?;
        self.session.keep_org(key, id.as_str());
        Ok(id)
    }

    /// The id of what has this id, or else this name.
    async fn id_of_either(&self, text: &str) -> Result<Id> {
        let key = format!("either {text}");
        if let Some(id) = self.session.kept_org(&key) {
            return Ok(Id::from(id));
        }
        let there = found(self.ask::<Value>(Call::get(format!("/api/v2/orgs/{text}"))).await);
        let id = match there {
            Ok(None) => self.look_up(text).await?,
            Ok(Some(_)) => Id::from(text),
            // who may not see organizations may still use one
            Err(error) if error.is_auth() => Id::from(text),
            Err(error) => return Err(error),
        };
        self.session.keep_org(key, id.as_str());
        Ok(id)
    }

    async fn look_up(&self, name: &str) -> Result<Id> {
        let call = Call::get("/api/v2/orgs").param("org", name);
        let orgs: Vec<Known> = found(self.ask_within(call, "orgs").await)?.unwrap_or_default();
        if let Some(org) = orgs.into_iter().find(|org| org.name == name) {
            return Ok(org.id);
        }
        // a token that may only use some buckets does not see their organization
        let call = Call::get("/api/v2/buckets").param("org", name).param("limit", "100");
        let buckets: Vec<Owned> = found(self.ask_within(call, "buckets").await)?.unwrap_or_default();
        let mut ids = buckets.into_iter().filter_map(|bucket| bucket.org);
        let id = ids.next().filter(|id| ids.all(|other| other == *id));
        id.ok_or_else(|| {
            Error::status_answer(404, String::new()).because(format!(
                "no organization is named {name:?}, or it is a matter of rights: give its id, or a token that may read it"
            ))
        })
    }
}

/// An organization, as far as it must be known.
struct Known {
    id: Id,
    name: String,
}

impl Decode for Known {
    fn decode(value: Value) -> Result<Self, Unfit> {
        let mut map = object(value)?;
        Ok(Known { id: member(&mut map, "id")?, name: member(&mut map, "name")? })
    }
}

/// Whose something is.
struct Owned {
    org: Option<Id>,
}

impl Decode for Owned {
    fn decode(value: Value) -> Result<Self, Unfit> {
        Ok(Owned { org: member(&mut object(value)?, "orgID")? })
    }
}
