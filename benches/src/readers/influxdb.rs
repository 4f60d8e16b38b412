//! Crate `influxdb` 0.8, as its `json_query` reads a body: first as an error, then into values, then into structs.

use influxdb::integrations::serde_integration::DatabaseQueryResult;
use serde::Deserialize;

use crate::answer::{Answer, Load, Visit};
use crate::reader::Read;

pub struct Tagged;

#[derive(Deserialize)]
struct DatabaseError {
    #[serde(rename = "error")]
    _error: String,
}

/// The tags of a series.
#[derive(Deserialize)]
pub struct Tags {
    pub host: String,
    pub rack: String,
    pub region: String,
}

/// A row; times may come as numbers or as texts.
#[derive(Deserialize)]
pub struct Row<T> {
    pub time: T,
    pub load1: f64,
    pub status: String,
    pub temp_c: f64,
    pub throttled: bool,
    pub uptime: i64,
    pub usage_idle: f64,
    pub usage_system: f64,
    pub usage_user: f64,
}

impl<T> Row<T> {
    pub fn load<'a>(&'a self, tags: &'a Tags, time: i64) -> Load<'a> {
        Load {
            time,
            host: &tags.host,
            rack: &tags.rack,
            region: &tags.region,
            load1: self.load1,
            status: &self.status,
            temp_c: self.temp_c,
            throttled: self.throttled,
            uptime: self.uptime,
            usage_idle: self.usage_idle,
            usage_system: self.usage_system,
            usage_user: self.usage_user,
        }
    }
}

impl Read for Tagged {
    const NAME: &'static str = "influxdb 0.8";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let body = answer.bytes();
        assert!(serde_json::from_slice::<DatabaseError>(body).is_err(), "no error");
        let mut result: DatabaseQueryResult = serde_json::from_slice(body).expect("a good answer");
        let statement = result.deserialize_next_tagged::<Tags, Row<i64>>().expect("rows of these columns");
        for series in &statement.series {
            for row in &series.values {
                to.visit(&row.load(&series.tags, row.time));
            }
        }
    }
}
