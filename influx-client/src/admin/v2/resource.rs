//! What labels hang on, and what has members and owners.

use serde_json::json;

use crate::admin::v2::bucket::Bucket;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::{shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::Kept;
use crate::admin::v2::label::Label;
use crate::admin::v2::org::Organization;
use crate::admin::v2::task::Task;
use crate::admin::v2::user::Status;
use crate::error::Result;

/// A bucket, a task or an organization: what labels hang on, and what has members and owners. A `&Bucket`, `&Task` or
/// `&Organization` is one.
///
/// ```
/// use influx_client::admin::v2::Resource;
/// let bucket = Resource::bucket("a46ecb92ee0b6995");
/// # let _ = bucket;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    kind: &'static str,
    folder: &'static str,
    id: Id,
}

impl Resource {
    /// A bucket, by its id.
    pub fn bucket(id: impl Into<Id>) -> Resource {
        Resource::of::<Bucket>(id.into())
    }

    /// A task, by its id.
    pub fn task(id: impl Into<Id>) -> Resource {
        Resource::of::<Task>(id.into())
    }

    /// An organization, by its id. It has members and owners, and no labels.
    pub fn organization(id: impl Into<Id>) -> Resource {
        Resource::of::<Organization>(id.into())
    }

    fn of<T: Kept>(id: Id) -> Resource {
        Resource { kind: T::WHAT, folder: T::FOLDER, id }
    }

    pub(super) fn path(&self) -> Result<String> {
        Ok(format!("/api/v2/{}/{}", self.folder, self.id.checked(self.kind)?))
    }
}

impl From<&Bucket> for Resource {
    fn from(bucket: &Bucket) -> Self {
        Resource::bucket(&bucket.id)
    }
}

impl From<&Task> for Resource {
    fn from(task: &Task) -> Self {
        Resource::task(&task.id)
    }
}

impl From<&Organization> for Resource {
    fn from(org: &Organization) -> Self {
        Resource::organization(&org.id)
    }
}

shape! {
    /// A user who has a part in a bucket, task or organization.
    Member {
        /// The user's id.
        id: Id = "id",
        /// The user's name.
        name: String = "name",
        /// The part.
        role: Option<Role> = "role",
        /// Whether the user may do anything.
        status: Option<Status> = "status",
    }
}

words! {
    /// What part a user has in something.
    Role {
        /// Uses it.
        Member = "member",
        /// May change and give it away, too.
        Owner = "owner",
    }
}

macro_rules! members {
    ($(#[$doc:meta])* $list:ident, $add:ident, $remove:ident, $folder:literal) => {
        impl Admin {
            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// There is no such thing ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
            /// [`Client::ping`](crate::Client::ping) has.
            pub async fn $list(&self, of: impl Into<Resource>) -> Result<Vec<Member>> {
                self.ask_within(Call::get(format!("{}/{}", of.into().path()?, $folder)), "users").await
            }

            /// Makes a user one.
            ///
            /// # Errors
            ///
            /// The user is one already ([`is_conflict`](crate::Error::is_conflict)), an id of the wrong form, and all that
            /// [`Client::ping`](crate::Client::ping) has.
            pub async fn $add(&self, of: impl Into<Resource>, user: impl Into<Id>) -> Result<Member> {
                let (path, user) = (of.into().path()?, user.into());
                let body = json!({"id": user.checked("user")?});
                self.ask(Call::post(format!("{path}/{}", $folder)).json(&body)).await
            }

            /// Makes a user none any more.
            ///
            /// # Errors
            ///
            /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has.
            pub async fn $remove(&self, of: impl Into<Resource>, user: impl Into<Id>) -> Result<()> {
                let (path, user) = (of.into().path()?, user.into());
                self.tell(Call::delete(format!("{path}/{}/{}", $folder, user.checked("user")?))).await
            }
        }
    };
}

members! {
    /// Who uses a bucket, a task or an organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let desk = admin.find_org("desk").await?.unwrap();
    /// let ann = admin.create_user("ann").await?;
    /// admin.add_member(&desk, &ann).await?;
    /// assert_eq!(admin.members(&desk).await?[0].name, "ann");
    /// # Ok(())
    /// # }
    /// ```
    members, add_member, remove_member, "members"
}

members! {
    /// Who may change a bucket, a task or an organization, and give it away.
    owners, add_owner, remove_owner, "owners"
}

impl Admin {
    /// The labels of a bucket or task.
    ///
    /// # Errors
    ///
    /// There is no such thing ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn labels_of(&self, resource: impl Into<Resource>) -> Result<Vec<Label>> {
        self.ask_within(Call::get(format!("{}/labels", resource.into().path()?)), "labels").await
    }

    /// Hangs a label on a bucket or task.
    ///
    /// # Errors
    ///
    /// Those of [`labels_of`](Self::labels_of), and there is no such label.
    pub async fn add_label(&self, resource: impl Into<Resource>, label: impl Into<Id>) -> Result<()> {
        let (path, label) = (resource.into().path()?, label.into());
        let body = json!({"labelID": label.checked("label")?});
        self.tell(Call::post(format!("{path}/labels")).json(&body)).await
    }

    /// Takes a label from a bucket or task; the label itself stays.
    ///
    /// # Errors
    ///
    /// Those of [`labels_of`](Self::labels_of).
    pub async fn remove_label(&self, resource: impl Into<Resource>, label: impl Into<Id>) -> Result<()> {
        let (path, label) = (resource.into().path()?, label.into());
        self.tell(Call::delete(format!("{path}/labels/{}", label.checked("label")?))).await
    }
}
