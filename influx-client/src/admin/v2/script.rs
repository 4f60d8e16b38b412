//! Invokable scripts of InfluxDB Cloud.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::admin::future::awaits;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::{shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::{folder, has_id, path, set};
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// A script that Cloud keeps, to be invoked by its id.
    Script {
        /// Its id.
        id: Id = "id",
        /// Its organization.
        org_id: Option<Id> = "orgID",
        /// Its name.
        name: String = "name",
        /// What it is for.
        description: Option<String> = "description",
        /// Its text.
        script: String = "script",
        /// What it is written in.
        language: Option<ScriptLanguage> = "language",
        /// Where it is invoked.
        url: Option<String> = "url",
        /// When it was created.
        created_at: Option<SystemTime> = "createdAt",
        /// When it was changed last.
        updated_at: Option<SystemTime> = "updatedAt",
    }
}

words! {
    /// What a script is written in.
    ScriptLanguage {
        /// Flux.
        Flux = "flux",
        /// SQL.
        Sql = "sql",
        /// InfluxQL.
        InfluxQl = "influxql",
    }
}

has_id!(Script: "script" in "scripts");

impl Listed for Script {
    const KEY: &'static str = "scripts";
    const LIMIT: usize = 100;
    const TURN: Turn = Turn::Offset;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A script to be created: what [`Admin::create_script`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateScript {
    admin: Admin,
    body: Map<String, Value>,
    problem: Problem,
}

/// A script to be changed: what [`Admin::update_script`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateScript {
    admin: Admin,
    id: Id,
    body: Map<String, Value>,
    problem: Problem,
}

/// A script to be invoked: what [`Admin::invoke_script`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct InvokeScript {
    admin: Admin,
    id: Id,
    params: Map<String, Value>,
}

impl Admin {
    /// Creates a script, in Flux unless another language is named. Only Cloud has scripts.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let flux = "from(bucket: params.bucket) |> range(start: -1h) |> limit(n: 1)";
    /// let script = admin.create_script("first", flux).await?;
    /// let csv: String = admin.invoke_script(&script).param("bucket", "market").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// An empty name, a server that has no scripts, and all that [`Client::ping`](crate::Client::ping) has.
    pub fn create_script(&self, name: impl Into<String>, script: impl Into<String>) -> CreateScript {
        let (name, mut problem) = (name.into(), Problem::default());
        problem.keep(rules::name(&name, "script"));
        let mut body = Map::new();
        for (key, value) in [("name", name), ("description", String::new()), ("script", script.into())] {
            body.insert(key.to_owned(), value.into());
        }
        body.insert("language".to_owned(), ScriptLanguage::Flux.as_str().into());
        CreateScript { admin: self.clone(), body, problem }
    }

    /// The scripts of the token's organization.
    pub fn scripts(&self) -> Listing<Script> {
        listing(self, folder::<Script>())
    }

    /// The script that has this id.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, a server that has no scripts, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn find_script(&self, script: impl Into<Id>) -> Result<Option<Script>> {
        self.find_kept(script).await
    }

    /// Changes a script: what is not named stays as it is.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such script ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_script`](Self::create_script).
    pub fn update_script(&self, script: impl Into<Id>) -> UpdateScript {
        UpdateScript { admin: self.clone(), id: script.into(), body: Map::new(), problem: Problem::default() }
    }

    /// Deletes a script.
    ///
    /// # Errors
    ///
    /// There is no such script ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, a server that has no scripts, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_script(&self, script: impl Into<Id>) -> Result<()> {
        self.delete_kept::<Script>(script).await
    }

    /// Runs a script. The answer is its annotated CSV, whole.
    ///
    /// # Errors
    ///
    /// Those of [`delete_script`](Self::delete_script), and whatever the script fails with.
    pub fn invoke_script(&self, script: impl Into<Id>) -> InvokeScript {
        InvokeScript { admin: self.clone(), id: script.into(), params: Map::new() }
    }
}

awaits!(CreateScript => Script);
awaits!(UpdateScript => Script);
awaits!(InvokeScript => String);

impl CreateScript {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.insert("description".to_owned(), text.into().into());
        self
    }

    /// What it is written in.
    pub fn language(mut self, language: ScriptLanguage) -> Self {
        self.body.insert("language".to_owned(), language.as_str().into());
        self
    }

    async fn run(self) -> Result<Script> {
        self.problem.result()?;
        self.admin.ask(set::<Script>(None, self.body)?).await
    }
}

impl UpdateScript {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "script"));
        self.set("name", name)
    }

    /// What it is for.
    pub fn description(self, text: impl Into<String>) -> Self {
        self.set("description", text.into())
    }

    /// Another text.
    pub fn script(self, text: impl Into<String>) -> Self {
        self.set("script", text.into())
    }

    fn set(mut self, key: &str, value: String) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    async fn run(self) -> Result<Script> {
        self.problem.result()?;
        self.admin.ask(set::<Script>(Some(&self.id), self.body)?).await
    }
}

/// A value for one of a script's `params`: a text, a number or a boolean.
#[derive(Debug, Clone, PartialEq)]
pub struct Param(Value);

macro_rules! params {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Param {
            fn from(value: $ty) -> Self {
                Param(json!(value))
            }
        }
    )*};
}

params!(&str, String, &String, bool, i32, u32, i64, u64, f64);

impl InvokeScript {
    /// The value of `params.name`. JSON has no infinities and no NaN: null goes in their place.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Param>) -> Self {
        self.params.insert(name.into(), value.into().0);
        self
    }

    async fn run(self) -> Result<String> {
        let call = Call::post(format!("{}/invoke", path::<Script>(&self.id)?));
        self.admin.body(call.json(&json!({"params": self.params}))).await?.text()
    }
}
