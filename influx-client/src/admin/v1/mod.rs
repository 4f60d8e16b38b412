//! Schema and administration of InfluxDB 1.x: databases, retention policies, users, series, and what the server says of them.
//!
//! [`client.v1()`](crate::Handles::v1) gives an [`Admin`], whose methods are named after InfluxQL's statements. Names and
//! texts are quoted: whatever they hold, they never become a part of the statement.
//!
//! While one database is dropped, 1.x answers statements about others with `engine is closed`. Listings, deletions and drops, which
//! come to the same when they are run twice, are run again then, for up to two seconds; for all else that is an error that
//! [`is_retryable`](crate::Error::is_retryable).
//!
//! ```no_run
//! # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
//! use std::time::Duration;
//! use influx_client::admin::v1::Privilege;
//!
//! const DAY: Duration = Duration::from_secs(86_400);
//! let admin = client.v1();
//! admin.create_database("market").duration(30 * DAY).await?;
//! admin.create_user("reader", "secret").await?;
//! admin.grant(Privilege::Read, "market", "reader").await?;
//!
//! let market = admin.database("market");
//! market.create_retention_policy("daily", None).shard_duration(7 * DAY).await?;
//! for key in market.show_tag_keys().measurement("trades").await? {
//!     println!("{} {}", key.measurement, key.key);
//! }
//! market.delete_points().measurement("trades").tag("venue", "test").await?;
//! # Ok(())
//! # }
//! ```

mod again;
mod continuous;
mod data;
mod database;
pub(crate) mod handle;
mod monitor;
mod policy;
mod privilege;
mod schema;
mod select;
mod series;
mod server;
mod user;

pub use continuous::{ContinuousQuery, CreateContinuousQuery};
pub use data::{DeletePoints, DropSeries};
pub use database::CreateDatabase;
pub use handle::Admin;
pub use monitor::{Diagnostic, Stat};
pub use policy::{AlterRetentionPolicy, CreateRetentionPolicy, RetentionPolicy};
pub use privilege::{Grant, Privilege};
pub use schema::{
    FieldKey, FieldType, ShowFieldKeys, ShowMeasurements, ShowTagKeys, ShowTagValues, TagKey, TagPair,
};
pub use series::{SeriesCount, SeriesKey, ShowExactSeriesCardinality, ShowSeries};
pub use server::{RunningQuery, Shard};
pub use user::User;
