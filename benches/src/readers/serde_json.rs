//! Crate `serde_json` 1 as it is by default: structs that borrow, and `Value`. Its feature for exact floats would be slower.

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::seed;
use crate::answer::{Answer, Load, Visit};
use crate::reader::Read;

pub struct Borrowed;

impl Read for Borrowed {
    const NAME: &'static str = "serde_json 1, structs that borrow";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut from = serde_json::Deserializer::from_slice(answer.bytes());
        seed::answer::<_, i64>(to).deserialize(&mut from).expect("a good answer");
        from.end().expect("one document");
    }
}

pub struct Dynamic;

impl Read for Dynamic {
    const NAME: &'static str = "serde_json 1, `Value`";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let document: Value = serde_json::from_slice(answer.bytes()).expect("a good answer");
        for statement in list(&document["results"]) {
            for series in list(&statement["series"]) {
                let tags = &series["tags"];
                for row in list(&series["values"]) {
                    to.visit(&load(tags, row).expect("a row of these columns"));
                }
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn load<'a>(tags: &'a Value, row: &'a Value) -> Option<Load<'a>> {
    Some(Load {
        time: row[0].as_i64()?,
        host: tags["host"].as_str()?,
        rack: tags["rack"].as_str()?,
        region: tags["region"].as_str()?,
        load1: row[1].as_f64()?,
        status: row[2].as_str()?,
        temp_c: row[3].as_f64()?,
        throttled: row[4].as_bool()?,
        uptime: row[5].as_i64()?,
        usage_idle: row[6].as_f64()?,
        usage_system: row[7].as_f64()?,
        usage_user: row[8].as_f64()?,
    })
}
