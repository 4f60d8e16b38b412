//! Users and their passwords.

use influx_derive::FromRow;

use crate::admin::v1::handle::Admin;
use crate::error::Result;
use crate::generation::v1::quote;
use crate::message::secrets::Secrets;

/// A user: a row of `SHOW USERS`.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct User {
    /// The name.
    #[field(rename = "user")]
    pub name: String,
    /// Whether the user may do everything.
    #[field(rename = "admin")]
    pub is_admin: bool,
}

impl Admin {
    /// Creates a user without any privilege.
    ///
    /// The password may hold any character. It travels beside the statement, never in it, so that no message of the server
    /// can quote it; where one does nevertheless, `***` stands for it in the error.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// client.v1().create_user("reader", "it's \"secret\"").await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, a user of that name, and all that [`Query::execute`](crate::Query::execute) has.
    pub async fn create_user(&self, name: &str, password: impl Into<String>) -> Result<()> {
        let name = quote::identifier(name)?;
        self.with_password(format!("CREATE USER {name} WITH PASSWORD $password"), password.into()).await
    }

    /// Creates an administrator, who may do everything.
    ///
    /// Where users must name themselves (`auth-enabled`), this is the first thing to be done, and nobody needs to be named
    /// for it.
    ///
    /// # Errors
    ///
    /// Those of [`create_user`](Admin::create_user).
    pub async fn create_admin_user(&self, name: &str, password: impl Into<String>) -> Result<()> {
        let name = quote::identifier(name)?;
        let text = format!("CREATE USER {name} WITH PASSWORD $password WITH ALL PRIVILEGES");
        self.with_password(text, password.into()).await
    }

    /// Drops a user.
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, no such user, and all that [`Query::execute`](crate::Query::execute) has.
    pub async fn drop_user(&self, name: &str) -> Result<()> {
        self.run(format!("DROP USER {}", quote::identifier(name)?)).await
    }

    /// Gives a user another password; see [`create_user`](Admin::create_user).
    ///
    /// # Errors
    ///
    /// Those of [`drop_user`](Admin::drop_user).
    pub async fn set_password(&self, user: &str, password: impl Into<String>) -> Result<()> {
        let user = quote::identifier(user)?;
        self.with_password(format!("SET PASSWORD FOR {user} = $password"), password.into()).await
    }

    /// The users.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_users(&self) -> Result<Vec<User>> {
        self.rows("SHOW USERS").await
    }

    async fn with_password(&self, text: String, password: String) -> Result<()> {
        let mut secrets = Secrets::default();
        secrets.add(&password);
        let sent = self.statement(text).bind("password", password).execute().await;
        sent.map_err(|error| error.without(&secrets))
    }
}
