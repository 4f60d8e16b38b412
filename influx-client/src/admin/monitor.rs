//! What the server measures of itself: modules of any shape, whose columns differ from one to the next.

use influx_core::{AnyRow, FromRow, Value, ValueRef};

use super::Admin;
use crate::dialect::v1::quote;
use crate::error::Result;

/// What a module of the server counts: a row of `SHOW STATS`.
///
/// Counts are integers; a float that happens to be whole is printed without a point by the server and is an integer, too.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stat {
    /// The module: `runtime`, `httpd`, `shard` ..
    pub name: String,
    /// Which one, where there are several: `database`, `id`, `path` ..
    pub tags: Vec<(String, String)>,
    /// Names and values in the server's order; `None` is null.
    pub values: Vec<(String, Option<Value>)>,
}

impl Stat {
    /// The value of that name; `None` when there is none.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// for shard in client.admin().show_stats_for("shard").await? {
    ///     println!("{:?}: {:?} bytes", shard.tags, shard.get("diskBytes"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, name: &str) -> Option<&Value> {
        find(&self.values, name)
    }
}

/// How a module of the server is set up and what it knows of its surroundings: a row of `SHOW DIAGNOSTICS`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The module: `build`, `runtime`, `config-httpd` ..
    pub name: String,
    /// Names and values in the server's order; `None` is null.
    pub values: Vec<(String, Option<Value>)>,
}

impl Diagnostic {
    /// The value of that name; `None` when there is none.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::Value;
    ///
    /// for module in client.admin().show_diagnostics().await?.iter().filter(|module| module.name == "config-httpd") {
    ///     assert_eq!(module.get("https-enabled"), Some(&Value::Bool(true)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, name: &str) -> Option<&Value> {
        find(&self.values, name)
    }
}

fn find<'v>(values: &'v [(String, Option<Value>)], name: &str) -> Option<&'v Value> {
    values.iter().find(|(other, _)| other == name)?.1.as_ref()
}

impl Admin {
    /// What the modules of the server count.
    ///
    /// # Errors
    ///
    /// Those of [`Query::lend_rows`](crate::Query::lend_rows).
    pub async fn show_stats(&self) -> Result<Vec<Stat>> {
        self.modules("SHOW STATS".to_owned()).await
    }

    /// What one module counts: `runtime`, `httpd` .. `indexes`, how much memory indexes take, is told by this alone.
    ///
    /// # Errors
    ///
    /// A name that InfluxQL cannot express, and those of [`Query::lend_rows`](crate::Query::lend_rows). A module that does
    /// not exist has nothing to tell: no error.
    pub async fn show_stats_for(&self, module: &str) -> Result<Vec<Stat>> {
        self.modules(format!("SHOW STATS FOR {}", quote::string(module)?)).await
    }

    /// How the modules of the server are set up.
    ///
    /// # Errors
    ///
    /// Those of [`Query::lend_rows`](crate::Query::lend_rows).
    pub async fn show_diagnostics(&self) -> Result<Vec<Diagnostic>> {
        let modules = self.modules("SHOW DIAGNOSTICS".to_owned()).await?;
        Ok(modules.into_iter().map(|Stat { name, values, .. }| Diagnostic { name, values }).collect())
    }

    async fn modules(&self, text: String) -> Result<Vec<Stat>> {
        let mut modules = Vec::new();
        let lent = self.statement(text).lend_rows(AnyRow::plan, |row| {
            let row = AnyRow::from_row(&row)?;
            let header = row.columns();
            let names = header.columns().iter().map(|column| column.name.to_string());
            modules.push(Stat {
                name: header.name().unwrap_or_default().to_owned(),
                tags: header.tags().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
                values: names.zip(row.values().iter().map(|value| owned(*value))).collect(),
            });
            Ok(())
        });
        lent.await?;
        Ok(modules)
    }
}

/// The value with a text of its own; integers stay integers.
fn owned(value: ValueRef<'_>) -> Option<Value> {
    match value {
        ValueRef::Bool(value) => Some(Value::Bool(value)),
        ValueRef::I64(value) => Some(Value::I64(value)),
        ValueRef::U64(value) => Some(Value::U64(value)),
        ValueRef::F64(value) => Some(Value::F64(value)),
        ValueRef::Str(text) => Some(Value::Str(text.into())),
        ValueRef::Time(nanos) => Some(Value::I64(nanos)),
        ValueRef::Number(text) => Some(number(text)),
        // Null, and kinds that are not known yet as text.
        ValueRef::Null => None,
        other => Some(Value::Str(other.to_string().into())),
    }
}

fn number(text: &str) -> Value {
    let number = ValueRef::Number(text);
    let integer = number.get::<i64>().map(Value::I64).or_else(|_| number.get::<u64>().map(Value::U64));
    // What is no number stays the text it is.
    integer.or_else(|_| number.get::<f64>().map(Value::F64)).unwrap_or_else(|_| Value::Str(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_kind() {
        for (text, value) in [
            ("0", Value::I64(0)),
            ("-7", Value::I64(-7)),
            ("9223372036854775808", Value::U64(9_223_372_036_854_775_808)),
            ("0.5", Value::F64(0.5)),
            ("1e+21", Value::F64(1e21)),
            ("36893488147419103232", Value::F64(36_893_488_147_419_103_232.0)),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
        assert_eq!(owned(ValueRef::Null), None);
        assert_eq!(owned(ValueRef::Str("")), Some(Value::Str("".into())));
    }
}
