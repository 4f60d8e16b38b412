//! Ids and names, which 2.x lets stand in for each other, and this client does not.

use std::fmt;

use crate::error::{Error, Result};
use crate::generation::v2::rules;

/// The id of a bucket, an organization, a user ..: 16 lower-case hex digits.
///
/// A text becomes one without being looked at: the request that it is given to refuses one of another form before anything is sent.
///
/// ```
/// use influx_client::admin::v2::Id;
///
/// let id = Id::from("11b12aefdfba2000");
/// assert!(id.is_valid() && !Id::from("market").is_valid());
/// assert_eq!(id.to_string(), "11b12aefdfba2000");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the form of an id of 2.x. Those of InfluxDB 1.8 are `database/policy`.
    pub fn is_valid(&self) -> bool {
        rules::is_id(&self.0)
    }

    /// The digits, if they are; `of` is what the id is of.
    pub(super) fn checked(&self, of: &str) -> Result<&str> {
        if self.is_valid() {
            return Ok(&self.0);
        }
        Err(Error::config(format!(
            "{:?} is no {of}'s id, which are 16 lower-case hex digits: find the {of} by its name first, and take its id",
            self.0
        )))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Id(text.to_owned())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Id(text)
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// What something is found by: a text is a name, an [`Id`] is an id. So a bucket whose name is the 16 hex digits of another one's id is
/// found by its name, and the other by its id.
///
/// ```
/// use influx_client::admin::v2::{Id, NameOrId};
///
/// assert_eq!(NameOrId::from("11b12aefdfba2000"), NameOrId::Name("11b12aefdfba2000".into()));
/// assert_eq!(NameOrId::from(Id::from("11b12aefdfba2000")), NameOrId::Id("11b12aefdfba2000".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NameOrId {
    /// By its name.
    Name(String),
    /// By its id.
    Id(Id),
}

impl From<&str> for NameOrId {
    fn from(name: &str) -> Self {
        NameOrId::Name(name.to_owned())
    }
}

impl From<String> for NameOrId {
    fn from(name: String) -> Self {
        NameOrId::Name(name)
    }
}

impl From<&String> for NameOrId {
    fn from(name: &String) -> Self {
        NameOrId::Name(name.clone())
    }
}

impl From<Id> for NameOrId {
    fn from(id: Id) -> Self {
        NameOrId::Id(id)
    }
}

impl From<&Id> for NameOrId {
    fn from(id: &Id) -> Self {
        NameOrId::Id(id.clone())
    }
}
