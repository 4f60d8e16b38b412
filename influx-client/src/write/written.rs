//! What a write did.

use std::sync::Arc;

/// What a write did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// Points, of raw text: lines, that the server answered with success.
    pub points: u64,
    /// Bytes of those lines, before compression.
    pub bytes: u64,
    /// Requests that were sent; more than one for large writes, none for an empty one.
    pub requests: u64,
    /// What the server remarked of points that it stored: that a node of a cluster gets them later, that it left a field called
    /// `time` out.
    pub remark: Option<Arc<str>>,
}
