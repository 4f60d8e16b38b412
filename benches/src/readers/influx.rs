//! influx-core: rows lent from frames as a connection brings them, borrowed from a whole body, and owned.

use std::ops::ControlFlow;

use influx_core::decode::Scratch;
use influx_core::decode::influxql::{Decoder, Options, Rows, iterpoints_with};
use influx_core::{DecodeError, FromRow, Precision};

use crate::answer::{Answer, Load, OwnedLoad, Visit};
use crate::reader::Read;

/// What HTTP libraries read at once.
const LARGE: usize = 64 << 10;
/// What fits into one packet.
const SMALL: usize = 1_460;

fn options() -> Options {
    Options::new().epoch(Precision::Ns)
}

/// Rows lent as the frames come.
fn lend(body: &[u8], frame: usize, to: &mut impl Visit) {
    let mut each = |row: Result<influx_core::Row<'_, '_>, DecodeError>| {
        match row.and_then(|row| Load::from_row(&row)) {
            Ok(load) => to.visit(&load),
            Err(error) => return ControlFlow::Break(error),
        }
        ControlFlow::Continue(())
    };
    let mut decoder = Decoder::new(options());
    let mut flow = ControlFlow::Continue(());
    for frame in body.chunks(frame) {
        if flow.is_continue() {
            flow = decoder.feed(frame, Load::plan, &mut each);
        }
    }
    decoder.finish();
    if flow.is_continue() {
        flow = decoder.drain(Load::plan, &mut each);
    }
    assert!(flow.is_continue(), "a good answer: {flow:?}");
}

/// Owned rows as the frames come.
fn own(body: &[u8], mut each: impl FnMut(OwnedLoad)) {
    let mut rows = Rows::<OwnedLoad>::new(options());
    let mut frames = body.chunks(LARGE);
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
        lend(answer.bytes(), LARGE, to);
    }
}

pub struct LentInSmallFrames;

impl Read for LentInSmallFrames {
    const NAME: &'static str = "influx, rows lent, frames of 1,460 bytes";

    fn read(answer: &Answer, to: &mut impl Visit) {
        lend(answer.bytes(), SMALL, to);
    }
}

pub struct Borrowed;

impl Read for Borrowed {
    const NAME: &'static str = "influx, `iterpoints`, rows borrow from the body";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut scratch = Scratch::new();
        for row in iterpoints_with::<Load<'_>>(answer.bytes(), &mut scratch, options()) {
            to.visit(&row.expect("a good answer"));
        }
    }
}

pub struct Owned;

impl Read for Owned {
    const NAME: &'static str = "influx, `String` fields, rows dropped";

    fn read(answer: &Answer, to: &mut impl Visit) {
        own(answer.bytes(), |row| to.visit(&row.as_load()));
    }
}

pub struct Collected;

impl Read for Collected {
    const NAME: &'static str = "influx, `String` fields, collected in a `Vec`";

    fn read(answer: &Answer, to: &mut impl Visit) {
        let mut rows = Vec::new();
        own(answer.bytes(), |row| rows.push(row));
        rows.iter().for_each(|row| to.visit(&row.as_load()));
    }
}
