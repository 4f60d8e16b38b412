//! The settings that only a client for InfluxDB 1.x has.

use influx_core::Dialect;

use crate::config::common::ClientBuilder;
use crate::config::setters::write_setters;

/// InfluxDB 1.x, and what speaks its protocol: the generation of a [`ClientBuilder`].
#[derive(Debug, Clone, Copy)]
pub enum V1 {}

impl ClientBuilder<V1> {
    pub(crate) fn v1(url: &str) -> Self {
        ClientBuilder::new(url, Dialect::V1)
    }

    write_setters! { "writes and queries that name no other":
        database
        retention_policy
    }

    write_setters! { "writes that say no other": consistency }
}
