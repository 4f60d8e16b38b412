//! The rows of the table, one file per library. To add one: write the file, name it here, add it to `all`.

pub mod influx;
#[cfg(target_arch = "x86_64")]
pub mod limit;

#[cfg(feature = "peers")]
pub mod influxdb;
#[cfg(feature = "peers")]
pub mod influxdb2;
#[cfg(feature = "peers")]
pub mod influxdb3_client;
#[cfg(feature = "peers")]
pub mod influxdb_line_protocol;
#[cfg(feature = "peers")]
pub mod questdb;

use crate::encoder::Encoder;

/// All rows in the order of the table. The first is the one that ratios refer to.
pub fn all() -> Vec<Box<dyn Encoder>> {
    let mut all: Vec<Box<dyn Encoder>> = vec![Box::<influx::Derive>::default()];
    #[cfg(target_arch = "x86_64")]
    all.push(Box::<limit::Limit>::default());
    all.push(Box::<influx::DefaultTags>::default());
    all.push(Box::<influx::Dynamic>::default());
    #[cfg(feature = "peers")]
    all.extend([
        Box::<questdb::Buffered>::default() as Box<dyn Encoder>,
        Box::<influxdb2::Derive>::default(),
        Box::<influxdb3_client::Built>::default(),
        Box::<influxdb_line_protocol::Builder>::default(),
        Box::<influxdb::Derive>::default(),
    ]);
    all
}
