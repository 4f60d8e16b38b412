//! What the tests and examples of the workspace share.

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod rows;
pub mod soak;
pub mod support;

/// The README, whose examples are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The pages for those who come from another client, whose examples are compiled, too.
#[cfg(doctest)]
#[doc = include_str!("../../docs/from-influxdb-client.md")]
pub struct FromInfluxdbClient;

/// See above.
#[cfg(doctest)]
#[doc = include_str!("../../docs/from-influxdb2.md")]
pub struct FromInfluxdb2;
