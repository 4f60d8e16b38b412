//! Authorizations: tokens, and what may be done by them.

use std::fmt;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::admin::future::awaits;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::{Decode, Unfit, shape};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::{change, folder, has_id, set};
use crate::admin::v2::permission::Permission;
use crate::admin::v2::user::Status;
use crate::error::{Error, Result};
use crate::message::secret::Secret;

shape! {
    /// A token, and what may be done by it.
    Authorization {
        /// Its id.
        id: Id = "id",
        /// The token itself. 2.9 shows it in the answer that creates it, and never again: `None`.
        token: Option<Token> = "token",
        /// Whether it can be used.
        status: Option<Status> = "status",
        /// What it is for.
        description: Option<String> = "description",
        /// Its organization.
        org_id: Option<Id> = "orgID",
        /// That one's name.
        org: Option<String> = "org",
        /// Whose it is.
        user_id: Option<Id> = "userID",
        /// That one's name.
        user: Option<String> = "user",
        /// What may be done by it.
        permissions: Vec<Permission> = "permissions",
        /// When it was created.
        created_at: Option<SystemTime> = "createdAt",
        /// When it was changed last.
        updated_at: Option<SystemTime> = "updatedAt",
    }
}

has_id!(Authorization: "authorization" in "authorizations");

/// A token. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// The token itself, as [`ClientBuilder::token`](crate::ClientBuilder::token) takes it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Decode for Token {
    fn decode(value: Value) -> Result<Self, Unfit> {
        String::decode(value).map(|token| Token(Secret::new(token)))
    }
}

/// A token to be created: what [`Admin::create_authorization`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateAuthorization {
    admin: Admin,
    permissions: Vec<Permission>,
    user: Option<Id>,
    body: Map<String, Value>,
}

/// A token to be changed: what [`Admin::update_authorization`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateAuthorization {
    admin: Admin,
    id: Id,
    body: Map<String, Value>,
}

impl Admin {
    /// Creates a token of the organization, for the client's own user. What may be done by it must be named, and is meant within the
    /// organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::admin::v2::Permission;
    ///
    /// let admin = client.v2();
    /// let market = admin.find_bucket("market").await?.unwrap();
    /// let made = admin
    ///     .create_authorization()
    ///     .permission(Permission::read_bucket(&market))
    ///     .permission(Permission::write_bucket(&market))
    ///     .description("the feed")
    ///     .await?;
    /// let token = made.token.expect("it is shown once");
    /// let feed = influx_client::Client::v2("http://localhost:8086").org("desk").bucket("market").token(token.expose()).build()?;
    /// # let _ = feed;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No permission, an id of the wrong form, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub fn create_authorization(&self) -> CreateAuthorization {
        CreateAuthorization { admin: self.clone(), permissions: Vec::new(), user: None, body: Map::new() }
    }

    /// The tokens of the organization that the client may see; 2.9 does not show the tokens themselves.
    ///
    /// # Errors
    ///
    /// No organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn authorizations(&self) -> Result<Vec<Authorization>> {
        let call = Call::get(folder::<Authorization>()).params([self.org_param().await?]);
        self.ask_within(call, "authorizations").await
    }

    /// The token that has this id.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn find_authorization(&self, id: impl Into<Id>) -> Result<Option<Authorization>> {
        self.find_kept(id).await
    }

    /// Changes a token: what is not named stays as it is, and what may be done by it always does.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, id: influx_client::admin::v2::Id) -> influx_client::Result<()> {
    /// use influx_client::admin::v2::Status;
    /// client.v2().update_authorization(&id).status(Status::Inactive).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such token ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub fn update_authorization(&self, id: impl Into<Id>) -> UpdateAuthorization {
        UpdateAuthorization { admin: self.clone(), id: id.into(), body: Map::new() }
    }

    /// Deletes a token: nothing can be done by it any more.
    ///
    /// # Errors
    ///
    /// Those of [`update_authorization`](Self::update_authorization).
    pub async fn delete_authorization(&self, id: impl Into<Id>) -> Result<()> {
        self.delete_kept::<Authorization>(id).await
    }
}

macro_rules! setters {
    ($request:ident) => {
        impl $request {
            /// What it is for.
            pub fn description(mut self, text: impl Into<String>) -> Self {
                self.body.insert("description".to_owned(), text.into().into());
                self
            }

            /// Whether it can be used.
            pub fn status(mut self, status: Status) -> Self {
                self.body.insert("status".to_owned(), status.as_str().into());
                self
            }
        }
    };
}

setters!(CreateAuthorization);
setters!(UpdateAuthorization);
awaits!(CreateAuthorization => Authorization);
awaits!(UpdateAuthorization => Authorization);

impl CreateAuthorization {
    /// Something that may be done.
    pub fn permission(mut self, permission: Permission) -> Self {
        self.permissions.push(permission);
        self
    }

    /// Whose it is, instead of the client's own user.
    pub fn user(mut self, user: impl Into<Id>) -> Self {
        self.user = Some(user.into());
        self
    }

    async fn run(mut self) -> Result<Authorization> {
        if self.permissions.is_empty() {
            return Err(Error::config("a token by which nothing may be done: name a permission"));
        }
        for permission in &self.permissions {
            permission.check()?;
        }
        if let Some(user) = &self.user {
            self.body.insert("userID".to_owned(), user.checked("user")?.into());
        }
        let org = self.admin.org_id().await?;
        let permissions = self.permissions.iter().map(|permission| permission.json(&org));
        self.body.insert("permissions".to_owned(), permissions.collect());
        self.body.insert("orgID".to_owned(), json!(org.as_str()));
        self.admin.ask(set::<Authorization>(None, self.body)?).await
    }
}

impl UpdateAuthorization {
    async fn run(self) -> Result<Authorization> {
        self.admin.ask(change::<Authorization>(&self.id, self.body, "token")?).await
    }
}
