//! Crate `rmp-serde` 1.3: structs that borrow, of the msgpack answer.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error};

use super::seed;
use crate::answer::{Answer, Format, Visit};
use crate::reader::Read;

pub struct Borrowed;

impl Read for Borrowed {
    const NAME: &'static str = "rmp-serde 1.3, structs that borrow";
    const FORMAT: Format = Format::Msgpack;

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut from = rmp_serde::Deserializer::from_read_ref(answer.bytes());
        seed::answer::<_, Nanos>(to).deserialize(&mut from).expect("a good answer");
    }
}

/// The type 5 of the server, which serde knows under this name alone.
#[derive(Deserialize)]
#[serde(rename = "_ExtStruct")]
struct Extension<'a>(#[serde(borrow)] (i8, &'a [u8]));

struct Nanos(i64);

impl From<Nanos> for i64 {
    fn from(time: Nanos) -> i64 {
        time.0
    }
}

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Extension((kind, bytes)) = Extension::deserialize(from)?;
        match (kind, bytes) {
            (5, &[a, b, c, d, e, f, g, h, i, j, k, l]) => {
                let seconds = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
                let nanos = i32::from_be_bytes([i, j, k, l]);
                Ok(Nanos(seconds * 1_000_000_000 + i64::from(nanos)))
            }
            _ => Err(D::Error::custom("no time")),
        }
    }
}
