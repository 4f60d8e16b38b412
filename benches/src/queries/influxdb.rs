//! Crate `influxdb` 0.8: `json_query`, which asks for one document, and structs. Times come as texts, as it has no way to ask for
//! numbers.

use chrono::{DateTime, Utc};
use influxdb::ReadQuery;

use super::{Ask, Place, QUERY};
use crate::answer::Visit;
use crate::readers::influxdb::{Row, Tags};

pub(super) struct Whole;

impl Ask for Whole {
    const NAME: &'static str = "influxdb 0.8";

    async fn ask(place: &Place, to: &mut impl Visit) {
        let client = influxdb::Client::new(place.url(), Place::DATABASE);
        let mut result = client.json_query(ReadQuery::new(QUERY)).await.expect("an answer");
        let statement =
            result.deserialize_next_tagged::<Tags, Row<DateTime<Utc>>>().expect("rows of these columns");
        for series in &statement.series {
            for row in &series.values {
                let nanos = row.time.timestamp_nanos_opt().expect("a time in nanoseconds");
                to.visit(&row.load(&series.tags, nanos));
            }
        }
    }
}
