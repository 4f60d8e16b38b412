//! influx-core: rows lent from frames as a connection brings them, borrowed from a whole body, and owned.

use influx_core::decode::influxql::{Format, Options};
use influx_core::decode::{Decoder, Points, Rows, Scratch, Syntax, annotated_csv};
use influx_core::{DecodeError, Precision};

use crate::answer::{self, Answer, Load, OwnedLoad, Visit};
use crate::reader::Read;

/// What HTTP libraries read at once.
const LARGE: usize = 64 << 10;
/// What fits into one packet.
const SMALL: usize = 1_460;

fn syntax(answer: &Answer) -> Syntax {
    match answer.format() {
        answer::Format::Json => Options::new().epoch(Precision::Ns).into(),
        // times tell their unit there
        answer::Format::Msgpack => Options::new().format(Format::Msgpack).into(),
        answer::Format::Csv => annotated_csv::Options::new().into(),
    }
}

/// Rows lent as the frames come.
fn lend(answer: &Answer, frame: usize, to: &mut impl Visit) {
    let mut decoder = Decoder::new(syntax(answer));
    let mut each = |row: Result<Load<'_>, DecodeError>| to.visit(&row.expect("a good answer"));
    for frame in answer.bytes().chunks(frame) {
        decoder.push(frame);
        decoder.rows().for_each(&mut each);
    }
    decoder.finish();
    decoder.rows().for_each(each);
}

/// Rows that borrow from the whole body.
fn borrow(answer: &Answer, to: &mut impl Visit) {
    let mut scratch = Scratch::new();
    for row in Points::<Load<'_>>::new(answer.bytes(), &mut scratch, syntax(answer)) {
        to.visit(&row.expect("a good answer"));
    }
}

/// Owned rows as the frames come, collected.
fn collect(answer: &Answer, to: &mut impl Visit) {
    let mut rows = Vec::new();
    own(answer, |row| rows.push(row));
    rows.iter().for_each(|row| to.visit(&row.as_load()));
}

/// Owned rows as the frames come.
fn own(answer: &Answer, mut each: impl FnMut(OwnedLoad)) {
    let mut rows = Rows::<OwnedLoad, _>::new(syntax(answer));
    let mut frames = answer.bytes().chunks(LARGE);
    loop {
        while let Some(row) = rows.next_row() {
            each(row.expect("a good answer"));
        }
        match frames.next() {
            Some(frame) => rows.push(frame),
            None => break,
        }
    }
    rows.finish();
    assert!(rows.next_row().is_none(), "the answer is complete");
}

pub struct Lent;

impl Read for Lent {
    const NAME: &'static str = "influx, rows lent, frames of 64 KiB";

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer, LARGE, to);
    }
}

pub struct LentMsgpack;

impl Read for LentMsgpack {
    const NAME: &'static str = "influx, msgpack, rows lent, frames of 64 KiB";

    const FORMAT: answer::Format = answer::Format::Msgpack;

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer, LARGE, to);
    }
}

pub struct LentInSmallFrames;

impl Read for LentInSmallFrames {
    const NAME: &'static str = "influx, rows lent, frames of 1,460 bytes";

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer, SMALL, to);
    }
}

pub struct Borrowed;

impl Read for Borrowed {
    const NAME: &'static str = "influx, `iterpoints`, rows borrow from the body";

    fn read(answer: &Answer, to: &mut impl Visit) {
        borrow(answer, to);
    }
}

pub struct Owned;

impl Read for Owned {
    const NAME: &'static str = "influx, `String` fields, rows dropped";

    fn read(answer: &Answer, to: &mut impl Visit) {
        own(answer, |row| to.visit(&row.as_load()));
    }
}

pub struct Collected;

impl Read for Collected {
    const NAME: &'static str = "influx, `String` fields, collected in a `Vec`";

    fn read(answer: &Answer, to: &mut impl Visit) {
        collect(answer, to);
    }
}

pub struct LentCsv;

impl Read for LentCsv {
    const NAME: &'static str = "influx, annotated CSV, rows lent, frames of 64 KiB";

    const FORMAT: answer::Format = answer::Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer, LARGE, to);
    }
}

pub struct LentCsvInSmallFrames;

impl Read for LentCsvInSmallFrames {
    const NAME: &'static str = "influx, annotated CSV, rows lent, frames of 1,460 bytes";

    const FORMAT: answer::Format = answer::Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer, SMALL, to);
    }
}

pub struct BorrowedCsv;

impl Read for BorrowedCsv {
    const NAME: &'static str = "influx, annotated CSV, `iterpoints`, rows borrow from the body";

    const FORMAT: answer::Format = answer::Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        borrow(answer, to);
    }
}

pub struct CollectedCsv;

impl Read for CollectedCsv {
    const NAME: &'static str = "influx, annotated CSV, `String` fields, collected in a `Vec`";

    const FORMAT: answer::Format = answer::Format::Csv;

    fn read(answer: &Answer, to: &mut impl Visit) {
        collect(answer, to);
    }
}
