//! What the tests and examples of the workspace share.

pub mod conformance;
pub mod rows;
pub mod support;
