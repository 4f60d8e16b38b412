//! The cookie of a session of 2.x.

use tokio::sync::Mutex;

use crate::message::secret::Secret;

/// The cookie, once there is one. It is locked while somebody signs in: the others wait for theirs.
#[derive(Debug, Default)]
pub(super) struct Cookie(pub(super) Mutex<Option<Secret>>);
