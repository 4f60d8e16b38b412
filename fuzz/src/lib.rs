//! What the fuzz targets share.

pub mod answer;
pub mod csv;
pub mod input;
pub mod json;
pub mod model;
pub mod msgpack;
pub mod pack;
pub mod response;
// the client keeps it to itself, with its tests
#[cfg(not(test))]
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "../../influx-client/src/spool/mod.rs"]
mod spool;
#[cfg(not(test))]
pub mod spooled;
pub mod typed;
