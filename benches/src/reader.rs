//! What a reader must do to be measured.

use crate::answer::{Answer, Compare, Format, Loads, Sum, Visit};

/// A library, and one way to read an answer with it.
pub trait Read {
    const NAME: &'static str;

    const FORMAT: Format = Format::Json;

    /// Reads the answer and shows every row to `to`. What is built and freed for that counts.
    fn read(answer: &Answer, to: &mut impl Visit);
}

/// One row of the table: a [`Read`] by its functions.
#[derive(Clone, Copy)]
pub struct Reader {
    pub name: &'static str,
    pub format: Format,
    /// What time is taken of.
    pub sum: fn(&Answer) -> Sum,
    /// Whether all rows are right, in words.
    pub check: fn(&Answer, &Loads) -> String,
}

impl Reader {
    pub fn of<R: Read>() -> Reader {
        Reader { name: R::NAME, format: R::FORMAT, sum: sum::<R>, check: check::<R> }
    }
}

fn sum<R: Read>(answer: &Answer) -> Sum {
    let mut sum = Sum::default();
    R::read(answer, &mut sum);
    sum
}

fn check<R: Read>(answer: &Answer, loads: &Loads) -> String {
    let mut compare = Compare::new(loads.iter());
    R::read(answer, &mut compare);
    compare.verdict()
}
