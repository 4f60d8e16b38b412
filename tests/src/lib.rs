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
