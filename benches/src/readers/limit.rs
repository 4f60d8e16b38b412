//! The limit: written by hand for these columns.

use crate::answer::{Answer, Visit};
use crate::read_limit;
use crate::reader::Read;

pub struct Limit;

impl Read for Limit {
    const NAME: &'static str = "hand-written limit";

    fn read(answer: &Answer, to: &mut impl Visit) {
        read_limit::read(answer, to).expect("an answer of these columns");
    }
}
