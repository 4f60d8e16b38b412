//! What the fuzz targets share.

pub mod input;
pub mod model;
pub mod reference;
