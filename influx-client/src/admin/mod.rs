//! Administration: what a server has beside points, each generation under a handle of its own.
//!
//! [`client.v1()`](crate::Handles::v1) speaks InfluxQL's statements: databases, retention policies, users, series; see [`v1`].
//! [`client.v2()`](crate::Handles::v2) speaks the API of 2.x and Cloud: buckets, organizations, tokens, tasks, deleting; see [`v2`].

mod future;
pub mod v1;
pub mod v2;

pub use future::AdminFuture;
