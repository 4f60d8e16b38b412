//! Users and their passwords.

use serde_json::{Map, Value, json};

use crate::admin::future::awaits;
use crate::admin::v2::call::{Call, found};
use crate::admin::v2::decode::{shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::{Id, NameOrId};
use crate::admin::v2::kept::{folder, has_id, path, set};
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// A user.
    User {
        /// The id.
        id: Id = "id",
        /// The name, of which there is one only.
        name: String = "name",
        /// Whether the user may do anything.
        status: Option<Status> = "status",
    }
}

has_id!(User: "user" in "users");

words! {
    /// Whether something is used: a user, a token, a task.
    Status {
        /// It is.
        Active = "active",
        /// It is not, for now.
        Inactive = "inactive",
    }
}

impl Listed for User {
    const KEY: &'static str = "users";
    const LIMIT: usize = 100;
    const TURN: Turn = Turn::After;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A user to be created or changed: what [`Admin::create_user`] and [`Admin::update_user`] return.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct SetUser {
    admin: Admin,
    /// `None`: a new one.
    id: Option<Id>,
    body: Map<String, Value>,
    problem: Problem,
}

impl Admin {
    /// Creates a user, who has no password and belongs to no organization yet.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, password: String) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let ann = admin.create_user("ann").await?;
    /// admin.set_password(&ann, password).await?;
    /// # let desk = admin.find_org("desk").await?.unwrap();
    /// admin.add_member(&desk, &ann).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is one of that name ([`is_conflict`](crate::Error::is_conflict)), an empty name, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub fn create_user(&self, name: impl Into<String>) -> SetUser {
        SetUser::new(self, None).name(name)
    }

    /// Changes a user: what is not named stays as it is.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such user ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_user`](Self::create_user).
    pub fn update_user(&self, user: impl Into<Id>) -> SetUser {
        SetUser::new(self, Some(user.into()))
    }

    /// The users that the token may see.
    pub fn users(&self) -> Listing<User> {
        listing(self, folder::<User>())
    }

    /// The user who has exactly this name, or this id.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn find_user(&self, user: impl Into<NameOrId>) -> Result<Option<User>> {
        match user.into() {
            NameOrId::Id(id) => self.find_kept(id).await,
            NameOrId::Name(name) => {
                let call = Call::get(folder::<User>()).param("name", &*name);
                let users: Vec<User> = found(self.ask_within(call, "users").await)?.unwrap_or_default();
                Ok(users.into_iter().find(|user| user.name == name))
            }
        }
    }

    /// Who the client is: the user of its token or session.
    ///
    /// # Errors
    ///
    /// The token may not read its user ([`is_auth`](crate::Error::is_auth)), and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn me(&self) -> Result<User> {
        self.ask(Call::get("/api/v2/me")).await
    }

    /// Gives a user a password, instead of the one that there was.
    ///
    /// # Errors
    ///
    /// A password that is not of 8 to 72 bytes, there is no such user ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form,
    /// and all that [`Client::ping`](crate::Client::ping) has. The password is in no message, even where the server repeats it.
    pub async fn set_password(&self, user: impl Into<Id>, password: impl Into<String>) -> Result<()> {
        let (user, password) = (user.into(), password.into());
        rules::password(&password)?;
        let path = format!("{}/password", path::<User>(&user)?);
        self.tell(Call::post(path).json(&json!({"password": password})).secret(&password)).await
    }

    /// Gives the client's own user a password. A client of [`session_auth`](crate::ClientBuilder::session_auth) has the old one: build
    /// another, as this one can sign in no more.
    ///
    /// The server's own `PUT /api/v2/me/password` breaks down where a token asks; this does the same by two requests.
    ///
    /// # Errors
    ///
    /// Those of [`me`](Self::me) and [`set_password`](Self::set_password).
    pub async fn set_my_password(&self, password: impl Into<String>) -> Result<()> {
        let password = password.into();
        rules::password(&password)?;
        let me = self.me().await?;
        self.set_password(&me, password).await
    }

    /// Deletes a user.
    ///
    /// # Errors
    ///
    /// There is no such user ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_user(&self, user: impl Into<Id>) -> Result<()> {
        self.delete_kept::<User>(user).await
    }
}

awaits!(SetUser => User);

impl SetUser {
    fn new(admin: &Admin, id: Option<Id>) -> SetUser {
        SetUser { admin: admin.clone(), id, body: Map::new(), problem: Problem::default() }
    }

    /// The name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "user"));
        self.body.insert("name".to_owned(), name.into());
        self
    }

    /// Whether the user may do anything.
    pub fn status(mut self, status: Status) -> Self {
        self.body.insert("status".to_owned(), status.as_str().into());
        self
    }

    async fn run(self) -> Result<User> {
        self.problem.result()?;
        self.admin.ask(set::<User>(self.id.as_ref(), self.body)?).await
    }
}
