//! What users may do with databases.

use influx_core::{FromValue, Mismatch, ValueRef};
use influx_derive::FromRow;

use crate::admin::v1::handle::Admin;
use crate::error::Result;
use crate::generation::v1::quote;

/// What a user may do with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Privilege {
    /// Query.
    Read,
    /// Write.
    Write,
    /// Query and write.
    All,
}

impl Privilege {
    fn as_str(self) -> &'static str {
        match self {
            Privilege::Read => "READ",
            Privilege::Write => "WRITE",
            Privilege::All => "ALL",
        }
    }
}

/// A user's privilege on a database: a row of `SHOW GRANTS`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Grant {
    /// The database.
    pub database: String,
    /// What the user may do; `None` where everything that was granted has been revoked.
    pub privilege: Option<Privilege>,
}

#[derive(FromRow)]
struct GrantRow {
    database: String,
    privilege: Granted,
}

/// The privilege as the server prints it.
struct Granted(Option<Privilege>);

impl<'r> FromValue<'r> for Granted {
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Str("READ") => Ok(Granted(Some(Privilege::Read))),
            ValueRef::Str("WRITE") => Ok(Granted(Some(Privilege::Write))),
            ValueRef::Str("ALL" | "ALL PRIVILEGES") => Ok(Granted(Some(Privilege::All))),
            ValueRef::Str("NO PRIVILEGES") => Ok(Granted(None)),
            _ => Err(Mismatch::expected("READ, WRITE, ALL PRIVILEGES or NO PRIVILEGES")),
        }
    }
}

impl Admin {
    /// Lets a user do something with a database; it replaces what the user could do with it before.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::admin::v1::Privilege;
    ///
    /// client.v1().grant(Privilege::Read, "market", "reader").await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, no such user or database, and all that
    /// [`Query::execute`](crate::Query::execute) has.
    pub async fn grant(&self, privilege: Privilege, database: &str, user: &str) -> Result<()> {
        let (database, user) = (quote::identifier(database)?, quote::identifier(user)?);
        self.run(format!("GRANT {} ON {database} TO {user}", privilege.as_str())).await
    }

    /// Takes a privilege on a database from a user.
    ///
    /// # Errors
    ///
    /// Those of [`grant`](Admin::grant).
    pub async fn revoke(&self, privilege: Privilege, database: &str, user: &str) -> Result<()> {
        let (database, user) = (quote::identifier(database)?, quote::identifier(user)?);
        self.run(format!("REVOKE {} ON {database} FROM {user}", privilege.as_str())).await
    }

    /// Makes a user an administrator, who may do everything.
    ///
    /// # Errors
    ///
    /// Those of [`grant`](Admin::grant).
    pub async fn grant_all_privileges(&self, user: &str) -> Result<()> {
        self.run(format!("GRANT ALL PRIVILEGES TO {}", quote::identifier(user)?)).await
    }

    /// Makes an administrator an ordinary user again.
    ///
    /// # Errors
    ///
    /// Those of [`grant`](Admin::grant).
    pub async fn revoke_all_privileges(&self, user: &str) -> Result<()> {
        self.run(format!("REVOKE ALL PRIVILEGES FROM {}", quote::identifier(user)?)).await
    }

    /// What a user may do, by database. Administrators may do everything without being listed.
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, no such user, and those of
    /// [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_grants(&self, user: &str) -> Result<Vec<Grant>> {
        let rows: Vec<GrantRow> = self.rows(format!("SHOW GRANTS FOR {}", quote::identifier(user)?)).await?;
        let grant = |row: GrantRow| Grant { database: row.database, privilege: row.privilege.0 };
        Ok(rows.into_iter().map(grant).collect())
    }
}
