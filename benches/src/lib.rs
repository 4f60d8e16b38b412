//! Encoders of line protocol beside each other: the derive of influx-core, a limit written by hand, and other crates.

pub mod data;
pub mod encoder;
pub mod encoders;
#[cfg(target_arch = "x86_64")]
pub mod limit;

#[cfg(feature = "peers")]
pub mod allocations;
#[cfg(feature = "peers")]
pub mod check;
#[cfg(feature = "peers")]
pub mod measure;
