//! Encoders of line protocol beside each other: the derive of influx-core, a limit written by hand, and other crates. And readers of
//! answers, in the same way.

pub mod allocations;
pub mod answer;
pub mod data;
pub mod encoder;
pub mod encoders;
#[cfg(target_arch = "x86_64")]
pub mod limit;
pub mod measure;
#[cfg(feature = "peers")]
pub mod queries;
mod random;
#[cfg(target_arch = "x86_64")]
pub mod read_limit;
pub mod reader;
pub mod readers;
pub mod report;

#[cfg(feature = "peers")]
pub mod check;
#[cfg(feature = "peers")]
pub mod writers;
