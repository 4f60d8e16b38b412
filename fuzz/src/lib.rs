//! What the fuzz targets share.

pub mod answer;
pub mod input;
pub mod json;
pub mod model;
pub mod msgpack;
pub mod pack;
pub mod response;
pub mod typed;
