//! Encoders of line protocol beside each other: the derive of influx-core, a limit written by hand, and other crates.

pub mod allocations;
pub mod data;
pub mod encoder;
pub mod encoders;
#[cfg(target_arch = "x86_64")]
pub mod limit;
pub mod measure;

#[cfg(feature = "peers")]
pub mod check;
