//! Labels, and what they hang on.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::admin::future::awaits;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::shape;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::{folder, has_id, set};
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::rules;

shape! {
    /// A label: a name, and whatever a program keeps with it, as a colour.
    Label {
        /// Its id.
        id: Id = "id",
        /// Its organization.
        org_id: Option<Id> = "orgID",
        /// Its name, of which an organization has one only.
        name: String = "name",
        /// What is kept with it.
        properties: BTreeMap<String, String> = "properties",
    }
}

has_id!(Label: "label" in "labels");

/// A label to be created or changed: what [`Admin::create_label`] and [`Admin::update_label`] return.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct SetLabel {
    admin: Admin,
    /// `None`: a new one.
    id: Option<Id>,
    name: Option<String>,
    properties: Map<String, Value>,
    problem: Problem,
}

impl Admin {
    /// Creates a label of the organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let label = admin.create_label("production").property("color", "ff0000").await?;
    /// # let bucket = admin.find_bucket("market").await?.unwrap();
    /// admin.add_label(&bucket, &label).await?;
    /// assert!(admin.labels_of(&bucket).await?.contains(&label));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is one of that name ([`is_conflict`](crate::Error::is_conflict)), an empty name, no organization, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub fn create_label(&self, name: impl Into<String>) -> SetLabel {
        SetLabel::new(self, None).name(name)
    }

    /// Changes a label: what is not named stays as it is.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such label ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_label`](Self::create_label).
    pub fn update_label(&self, label: impl Into<Id>) -> SetLabel {
        SetLabel::new(self, Some(label.into()))
    }

    /// The labels of the organization.
    ///
    /// # Errors
    ///
    /// No organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn labels(&self) -> Result<Vec<Label>> {
        let org = self.org_id().await?;
        self.ask_within(Call::get(folder::<Label>()).param("orgID", org.as_str()), "labels").await
    }

    /// The label of the organization that has exactly this name.
    ///
    /// # Errors
    ///
    /// Those of [`labels`](Self::labels).
    pub async fn find_label(&self, name: &str) -> Result<Option<Label>> {
        Ok(self.labels().await?.into_iter().find(|label| label.name == name))
    }

    /// Deletes a label, wherever it hangs.
    ///
    /// # Errors
    ///
    /// There is no such label ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_label(&self, label: impl Into<Id>) -> Result<()> {
        self.delete_kept::<Label>(label).await
    }
}

awaits!(SetLabel => Label);

impl SetLabel {
    fn new(admin: &Admin, id: Option<Id>) -> SetLabel {
        SetLabel { admin: admin.clone(), id, name: None, properties: Map::new(), problem: Problem::default() }
    }

    /// Its name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "label"));
        self.name = Some(name);
        self
    }

    /// Keeps a text with it. In a change, an empty one takes the property away.
    pub fn property(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(key.into(), Value::String(value.into()));
        self
    }

    async fn run(self) -> Result<Label> {
        self.problem.result()?;
        let mut body = Map::new();
        body.extend(self.name.map(|name| ("name".to_owned(), name.into())));
        if !self.properties.is_empty() {
            body.insert("properties".to_owned(), Value::Object(self.properties));
        }
        if self.id.is_none() {
            body.insert("orgID".to_owned(), self.admin.org_id().await?.as_str().into());
        }
        self.admin.ask_within(set::<Label>(self.id.as_ref(), body)?, "label").await
    }
}
