//! Crate `sonic-rs` 0.5: structs that borrow.

use serde::de::DeserializeSeed;

use super::seed;
use crate::answer::{Answer, Visit};
use crate::reader::Read;

pub struct Borrowed;

impl Read for Borrowed {
    const NAME: &'static str = "sonic-rs 0.5, structs that borrow";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let text = std::str::from_utf8(answer.bytes()).expect("text");
        let mut from = sonic_rs::Deserializer::from_str(text);
        seed::answer::<_, i64>(to).deserialize(&mut from).expect("a good answer");
    }
}
