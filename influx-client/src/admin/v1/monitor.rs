//! What the server measures of itself: modules of any shape, whose columns differ from one to the next.

use influx_core::{OwnedRow, OwnedValue};

use crate::admin::v1::handle::Admin;
use crate::error::Result;
use crate::generation::v1::quote;

/// What a module of the server counts: a row of `SHOW STATS`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stat {
    /// The module: `runtime`, `httpd`, `shard` ..
    pub name: String,
    /// Which one, where there are several: `database`, `id`, `path` ..
    pub tags: Vec<(String, String)>,
    /// Names and values in the server's order; null among them.
    pub values: Vec<(String, OwnedValue)>,
}

impl Stat {
    /// The value of that name; `None` when there is none, or null.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// for shard in client.v1().show_stats_for("shard").await? {
    ///     println!("{:?}: {:?} bytes", shard.tags, shard.get("diskBytes"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, name: &str) -> Option<&OwnedValue> {
        find(&self.values, name)
    }
}

/// How a module of the server is set up and what it knows of its surroundings: a row of `SHOW DIAGNOSTICS`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The module: `build`, `runtime`, `config-httpd` ..
    pub name: String,
    /// Names and values in the server's order; null among them.
    pub values: Vec<(String, OwnedValue)>,
}

impl Diagnostic {
    /// The value of that name; `None` when there is none, or null.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::OwnedValue;
    ///
    /// for module in client.v1().show_diagnostics().await?.iter().filter(|module| module.name == "config-httpd") {
    ///     assert_eq!(module.get("https-enabled"), Some(&OwnedValue::Bool(true)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, name: &str) -> Option<&OwnedValue> {
        find(&self.values, name)
    }
}

fn find<'v>(values: &'v [(String, OwnedValue)], name: &str) -> Option<&'v OwnedValue> {
    let (_, value) = values.iter().find(|(other, _)| other == name)?;
    (!value.value().is_null()).then_some(value)
}

impl Admin {
    /// What the modules of the server count.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_stats(&self) -> Result<Vec<Stat>> {
        self.modules("SHOW STATS".to_owned()).await
    }

    /// What one module counts: `runtime`, `httpd` .. `indexes`, how much memory indexes take, is told by this alone.
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, and those of [`Query::fetch_all`](crate::Query::fetch_all). A module that does
    /// not exist has nothing to tell: no error.
    pub async fn show_stats_for(&self, module: &str) -> Result<Vec<Stat>> {
        self.modules(format!("SHOW STATS FOR {}", quote::string(module)?)).await
    }

    /// How the modules of the server are set up.
    ///
    /// # Errors
    ///
    /// Those of [`Query::fetch_all`](crate::Query::fetch_all).
    pub async fn show_diagnostics(&self) -> Result<Vec<Diagnostic>> {
        let modules = self.modules("SHOW DIAGNOSTICS".to_owned()).await?;
        Ok(modules.into_iter().map(|Stat { name, values, .. }| Diagnostic { name, values }).collect())
    }

    async fn modules(&self, text: String) -> Result<Vec<Stat>> {
        // In JSON: 1.6.7 leaves values out of its msgpack whose types its encoder does not know, durations say.
        let rows: Vec<OwnedRow> = self.rows(text).await?;
        Ok(rows.into_iter().map(stat).collect())
    }
}

fn stat(row: OwnedRow) -> Stat {
    let header = row.columns();
    let names = header.columns().iter().map(|column| column.name.to_string());
    Stat {
        name: header.name().unwrap_or_default().to_owned(),
        tags: header.tags().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        values: names.zip(row.values().iter().cloned()).collect(),
    }
}
