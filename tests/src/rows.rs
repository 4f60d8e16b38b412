//! Row types that several tests read.

use influx_core::FromRow;

/// A host and its load.
#[derive(FromRow, Debug, Clone, PartialEq)]
pub struct Usage {
    /// A tag.
    #[tag]
    pub host: Option<String>,
    /// A field.
    pub usage: f64,
}

/// A usage of that host.
pub fn usage(host: &str, usage: f64) -> Usage {
    Usage { host: Some(host.to_owned()), usage }
}
