//! Administration of InfluxDB 2.x and Cloud: buckets, organizations, users, tokens, labels, tasks, mappings, secrets, deleting, and the
//! setup of a new server.
//!
//! [`client.v2()`](crate::Handles::v2) gives an [`Admin`]. What is created belongs to the client's organization, unless
//! [`Admin::org`] names another one; its id is asked for once. Names and ids are told apart: a text is a name, an [`Id`] is an id, and what
//! an answer told of, such as a `&Bucket`, can be given for either. What is looked up and not there is `None`; all else that is not there
//! is an error that [`is_not_found`](crate::Error::is_not_found), and what is there already one that
//! [`is_conflict`](crate::Error::is_conflict). Nothing is tried again behind the caller's back.
//!
//! What has no method here can be asked for as JSON: [`Admin::get`], [`Admin::post`] ..
//!
//! InfluxDB 1.8 and later have a part of it, for a client of `Client::v2(url).org("-").bucket("db/rp").token("user:password")`:
//! [`health`](Admin::health), [`buckets`](Admin::buckets), [`delete_points`](Admin::delete_points); their users and policies are
//! [`admin::v1`](crate::admin::v1)'s. Only Cloud has scripts.
//!
//! ```no_run
//! # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
//! use std::time::Duration;
//! use influx_client::admin::v2::Permission;
//!
//! const DAY: Duration = Duration::from_secs(86_400);
//! let admin = client.v2();
//! let market = match admin.find_bucket("market").await? {
//!     Some(bucket) => bucket,
//!     None => admin.create_bucket("market").retention(30 * DAY).await?,
//! };
//! let reader = admin.create_authorization().permission(Permission::read_bucket(&market)).await?;
//! println!("{:?}", reader.token); // ***: .expose() has it
//!
//! let mut buckets = admin.buckets();
//! while let Some(bucket) = buckets.next().await {
//!     println!("{}", bucket?.name);
//! }
//! admin.delete_points().bucket(&market).measurement("trades").tag("venue", "test").await
//! # }
//! ```

mod authorization;
mod belongs;
mod bucket;
mod call;
mod dbrp;
mod decode;
mod delete;
pub(crate) mod handle;
mod id;
mod kept;
mod label;
mod org;
mod page;
mod permission;
mod raw;
mod resource;
mod run;
mod script;
mod secret;
mod server;
mod task;
mod user;

pub use authorization::{Authorization, CreateAuthorization, Token, UpdateAuthorization};
pub use bucket::{Bucket, BucketKind, CreateBucket, Retention, UpdateBucket};
pub use dbrp::{CreateDbrp, Dbrp, UpdateDbrp};
pub use delete::DeletePoints;
pub use handle::Admin;
pub use id::{Id, NameOrId};
pub use label::{Label, SetLabel};
pub use org::{Organization, SetOrganization};
pub use page::Listing;
pub use permission::{Action, Permission, ResourceType};
pub use raw::RawRequest;
pub use resource::{Member, Resource, Role};
pub use run::{LogEvent, Run};
pub use script::{CreateScript, InvokeScript, Param, Script, ScriptLanguage, UpdateScript};
pub use server::{Health, HealthStatus, Ready, SetUp, Setup};
pub use task::{CreateTask, RunStatus, Task, UpdateTask};
pub use user::{SetUser, Status, User};
