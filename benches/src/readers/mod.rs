//! The rows of the table of readers, one file per library. To add one: write the file, name it here, add it to `all`.

pub mod influx;
#[cfg(target_arch = "x86_64")]
pub mod limit;

#[cfg(feature = "peers")]
pub mod csv;
#[cfg(feature = "peers")]
pub mod influxdb;
#[cfg(feature = "peers")]
pub mod influxdb2;
#[cfg(feature = "peers")]
pub mod rmp_serde;
#[cfg(feature = "peers")]
mod seed;
#[cfg(feature = "peers")]
pub mod serde_json;
#[cfg(feature = "peers")]
pub mod sonic_rs;

use crate::reader::Reader;

/// All rows in the order of the table. The first is the one that ratios refer to.
pub fn all() -> Vec<Reader> {
    let mut all = vec![Reader::of::<influx::Lent>()];
    #[cfg(target_arch = "x86_64")]
    all.push(Reader::of::<limit::Limit>());
    all.extend([
        Reader::of::<influx::LentInSmallFrames>(),
        Reader::of::<influx::Borrowed>(),
        Reader::of::<influx::Owned>(),
        Reader::of::<influx::Collected>(),
        Reader::of::<influx::LentMsgpack>(),
    ]);
    #[cfg(feature = "peers")]
    all.extend([
        Reader::of::<sonic_rs::Borrowed>(),
        Reader::of::<serde_json::Borrowed>(),
        Reader::of::<serde_json::Dynamic>(),
        Reader::of::<influxdb::Tagged>(),
        Reader::of::<rmp_serde::Borrowed>(),
    ]);
    all
}

/// Those of annotated CSV, in the order of their table.
pub fn of_csv() -> Vec<Reader> {
    let all = vec![
        Reader::of::<influx::LentCsv>(),
        Reader::of::<influx::LentCsvInSmallFrames>(),
        Reader::of::<influx::BorrowedCsv>(),
        Reader::of::<influx::CollectedCsv>(),
    ];
    #[cfg(feature = "peers")]
    let all = [
        all,
        vec![
            Reader::of::<csv::SimdCsv>(),
            Reader::of::<csv::Csv>(),
            Reader::of::<influxdb2::Dropped>(),
            Reader::of::<influxdb2::Collected>(),
        ],
    ]
    .concat();
    all
}
