//! What a database holds: measurements, tags and fields.

use influx_derive::{FromRow, TagValue};

use crate::admin::future::awaits;
use crate::admin::v1::database::{Name, names};
use crate::admin::v1::handle::Admin;
use crate::admin::v1::select::{Selection, selects};
use crate::error::Result;
use crate::generation::v1::quote;

/// A tag key of a measurement: a row of `SHOW TAG KEYS`.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TagKey {
    /// The measurement.
    #[measurement]
    pub measurement: String,
    /// The key.
    #[field(rename = "tagKey")]
    pub key: String,
}

/// A tag that a measurement has: a row of `SHOW TAG VALUES`.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TagPair {
    /// The measurement.
    #[measurement]
    pub measurement: String,
    /// The key.
    #[field]
    pub key: String,
    /// One of its values.
    #[field]
    pub value: String,
}

/// A field of a measurement: a row of `SHOW FIELD KEYS`.
///
/// A field that has several types, in different shards, has a row of each.
#[derive(FromRow, Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct FieldKey {
    /// The measurement.
    #[measurement]
    pub measurement: String,
    /// The key.
    #[field(rename = "fieldKey")]
    pub key: String,
    /// What it holds.
    #[field(rename = "fieldType")]
    pub kind: FieldType,
}

/// What a field holds.
#[derive(TagValue, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[tag_value(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FieldType {
    /// Floats of 64 bits.
    Float,
    /// Signed integers of 64 bits.
    Integer,
    /// Unsigned integers of 64 bits, of servers that are built with them.
    Unsigned,
    /// Texts.
    String,
    /// `true` and `false`.
    Boolean,
}

/// `SHOW MEASUREMENTS`: what [`Admin::show_measurements`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowMeasurements {
    admin: Admin,
    matching: String,
    selection: Selection,
}

/// `SHOW TAG KEYS`: what [`Admin::show_tag_keys`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowTagKeys {
    admin: Admin,
    selection: Selection,
}

/// `SHOW TAG VALUES`: what [`Admin::show_tag_values`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowTagValues {
    admin: Admin,
    keys: Vec<String>,
    matching: Option<String>,
    selection: Selection,
}

/// `SHOW FIELD KEYS`: what [`Admin::show_field_keys`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ShowFieldKeys {
    admin: Admin,
    selection: Selection,
}

impl Admin {
    /// The names of the database's measurements.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let names: Vec<String> = client.v1().show_measurements().matching("^cpu").tag("host", "a").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and those of
    /// [`Query::fetch_all`](crate::Query::fetch_all). A database that does not exist has none: no error.
    pub fn show_measurements(&self) -> ShowMeasurements {
        ShowMeasurements { admin: self.clone(), matching: String::new(), selection: Selection::default() }
    }

    /// The tag keys of the database's measurements.
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and those of
    /// [`Query::fetch_all`](crate::Query::fetch_all).
    pub fn show_tag_keys(&self) -> ShowTagKeys {
        ShowTagKeys { admin: self.clone(), selection: Selection::default() }
    }

    /// The values of a tag key; of several with [`key`](ShowTagValues::key).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// for pair in client.v1().show_tag_values("host").key("region").measurement("cpu").await? {
    ///     println!("{}={}", pair.key, pair.value);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and those of
    /// [`Query::fetch_all`](crate::Query::fetch_all).
    pub fn show_tag_values(&self, key: impl AsRef<str>) -> ShowTagValues {
        let request = ShowTagValues {
            admin: self.clone(),
            keys: Vec::new(),
            matching: None,
            selection: Selection::default(),
        };
        request.key(key)
    }

    /// The values of the tag keys that match a regular expression (Go's syntax).
    ///
    /// # Errors
    ///
    /// Those of [`show_tag_values`](Admin::show_tag_values).
    pub fn show_tag_values_matching(&self, keys: impl AsRef<str>) -> ShowTagValues {
        let mut selection = Selection::default();
        let matching = Some(selection.problem.keep(quote::regex(keys.as_ref())));
        ShowTagValues { admin: self.clone(), keys: Vec::new(), matching, selection }
    }

    /// The fields of the database's measurements, with their types.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::admin::v1::FieldType;
    ///
    /// let fields = client.v1().show_field_keys().measurement("cpu").await?;
    /// assert!(fields.iter().any(|field| field.key == "usage" && field.kind == FieldType::Float));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`show_tag_keys`](Admin::show_tag_keys).
    pub fn show_field_keys(&self) -> ShowFieldKeys {
        ShowFieldKeys { admin: self.clone(), selection: Selection::default() }
    }
}

selects!(ShowMeasurements: tag limit);
selects!(ShowTagKeys: measurement tag limit);
selects!(ShowTagValues: measurement tag limit);
selects!(ShowFieldKeys: measurement limit);
awaits!(ShowMeasurements => Vec<String>);
awaits!(ShowTagKeys => Vec<TagKey>);
awaits!(ShowTagValues => Vec<TagPair>);
awaits!(ShowFieldKeys => Vec<FieldKey>);

impl ShowMeasurements {
    /// Only names that match this regular expression (Go's syntax).
    pub fn matching(mut self, pattern: impl AsRef<str>) -> Self {
        let pattern = self.selection.problem.keep(quote::regex(pattern.as_ref()));
        self.matching = format!(" WITH MEASUREMENT =~ {pattern}");
        self
    }

    async fn run(self) -> Result<Vec<String>> {
        let text = self.selection.statement("SHOW MEASUREMENTS", &self.matching)?;
        Ok(names(self.admin.rows_in_database::<Name>(text).await?))
    }
}

impl ShowTagKeys {
    async fn run(self) -> Result<Vec<TagKey>> {
        self.admin.rows_in_database(self.selection.statement("SHOW TAG KEYS", "")?).await
    }
}

impl ShowTagValues {
    /// Also the values of this key.
    pub fn key(mut self, key: impl AsRef<str>) -> Self {
        let key = self.selection.problem.keep(quote::identifier(key.as_ref()));
        self.keys.push(key);
        self
    }

    async fn run(mut self) -> Result<Vec<TagPair>> {
        let keys = self.keys.join(", ");
        let with = match &self.matching {
            Some(pattern) => format!(" WITH KEY =~ {pattern}"),
            None => format!(" WITH KEY IN ({keys})"),
        };
        let mixed = self.matching.is_some() && !self.keys.is_empty();
        self.selection.problem.check(!mixed, "tag keys are named and matched: do one of both");
        self.admin.rows_in_database(self.selection.statement("SHOW TAG VALUES", &with)?).await
    }
}

impl ShowFieldKeys {
    async fn run(self) -> Result<Vec<FieldKey>> {
        self.admin.rows_in_database(self.selection.statement("SHOW FIELD KEYS", "")?).await
    }
}
