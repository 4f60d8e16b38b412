//! Secrets: texts that tasks use and nobody can read.

use serde_json::{Map, Value, json};

use crate::admin::v2::call::Call;
use crate::admin::v2::handle::Admin;
use crate::error::{Error, Result};
use crate::generation::v2::rules;

impl Admin {
    /// The keys of the organization's secrets.
    ///
    /// # Errors
    ///
    /// No organization, a token that may not see them ([`is_not_found`](Error::is_not_found): the server hides them), and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn secrets(&self) -> Result<Vec<String>> {
        let path = format!("/api/v2/orgs/{}/secrets", self.org_id().await?);
        self.ask_within(Call::get(path), "secrets").await
    }

    /// Keeps a secret of the organization, instead of the one of that key. It is in no message, even where the server repeats it.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, key: String) -> influx_client::Result<()> {
    /// client.v2().set_secret("pager", key).await?;
    /// assert!(client.v2().secrets().await?.contains(&"pager".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An empty key, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn set_secret(&self, key: &str, value: impl Into<String>) -> Result<()> {
        let value = value.into();
        rules::name(key, "secret")?;
        let path = format!("/api/v2/orgs/{}/secrets", self.org_id().await?);
        let call = Call::patch(path).secret(&value);
        let body = Map::from_iter([(key.to_owned(), Value::String(value))]);
        self.tell(call.json(&Value::Object(body))).await
    }

    /// Deletes secrets of the organization; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// No key, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_secrets<K: Into<String>>(&self, keys: impl IntoIterator<Item = K>) -> Result<()> {
        let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
        if keys.is_empty() {
            return Err(Error::config("no secret is named: name the keys of those that are to be deleted"));
        }
        let path = format!("/api/v2/orgs/{}/secrets/delete", self.org_id().await?);
        self.tell(Call::post(path).json(&json!({"secrets": keys}))).await
    }
}
