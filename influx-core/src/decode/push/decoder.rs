//! The push decoder: frames of bytes in, rows out that borrow from them.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::machine::{Message, Syntax};
use crate::decode::cells::near::BEFORE;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;
use crate::decode::plan::planner::Asked;
use crate::decode::scratch::Scratch;
use crate::decode::value_ref::ValueRef;

/// How much of the next frame is looked at first for the end of a row that began in the one before.
const FIRST_PIECE: usize = 256;

/// Takes a response as it arrives, in frames that are split anywhere, and lends its rows.
///
/// Rows are decoded where they lie in the frame, and borrow their texts from it; only what straddles two frames is copied.
///
/// ```
/// use influx_core::{AnyRow, DecodeError};
/// use influx_core::decode::{Decoder, influxql::Options};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","columns":["host","usage"],"values":[["a",1],["b",2.5]]}]}]}"#;
/// let mut decoder = Decoder::new(Options::new());
/// let mut total = 0.0;
/// for frame in body.chunks(7) {
///     decoder.push(frame);
///     for row in decoder.rows::<AnyRow<'_>>() {
///         total += row?.values()[1].get::<f64>().unwrap_or(f64::NAN);
///     }
/// }
/// decoder.finish();
/// assert!(decoder.rows::<AnyRow<'_>>().next().is_none(), "the response was complete");
/// assert_eq!(total, 3.5);
/// # Ok::<(), DecodeError>(())
/// ```
pub struct Decoder<F = Vec<u8>> {
    engine: Engine,
    /// What began in an earlier frame, and as much of this one as it takes to complete it.
    carried: Vec<u8>,
    /// How far into `carried` things may begin; `None` when the frame itself is read.
    in_carried: Option<Carried>,
    frame: Option<F>,
    scratch: Scratch,
    /// Room for the cells of a row; empty between calls.
    cells: Vec<ValueRef<'static>>,
    finished: bool,
}

#[derive(Debug, Clone, Copy)]
struct Carried {
    /// Length without what was added of the frame.
    before: usize,
    /// How much of the frame was added.
    added: usize,
}

impl<F: AsRef<[u8]>> Decoder<F> {
    /// A decoder for one response, of the format that the options are of.
    pub fn new(syntax: impl Into<Syntax>) -> Self {
        Decoder {
            engine: Engine::new(syntax.into()),
            carried: Vec::new(),
            in_carried: None,
            frame: None,
            scratch: Scratch::new(),
            cells: Vec::new(),
            finished: false,
        }
    }

    /// The next frame of the response. Rows of the one before that were not read yet come first.
    pub fn push(&mut self, frame: F) {
        let consumed = self.engine.machine().consumed();
        // values are read faster where some bytes are before them
        let dropped = consumed.saturating_sub(BEFORE);
        let last = self.frame.as_ref().map_or(&[][..], |frame| frame.as_ref());
        match self.in_carried {
            Some(Carried { added, .. }) => {
                self.carried.extend_from_slice(&last[added..]);
                self.carried.drain(..dropped);
            }
            None => {
                self.carried.clear();
                self.carried.extend_from_slice(&last[dropped..]);
            }
        }
        let (before, rest) = (self.carried.len(), self.carried.len() - (consumed - dropped));
        self.engine.shift(if rest > 0 { dropped } else { consumed });
        self.in_carried = (rest > 0).then_some(Carried { before, added: 0 });
        self.frame = Some(frame);
    }

    /// The response has ended: what is left is read, and a response that is not complete becomes an error.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The rows that are complete, as `T`, and the errors in between. After an error that is not final more rows can follow; a
    /// series that does not fit `T` is passed over. What is not read stays for the next call.
    pub fn rows<'b, T: FromRow<'b>>(&'b mut self) -> LentRows<'b, T> {
        LentRows { lending: self.lend(), marker: PhantomData }
    }

    fn lend(&mut self) -> Lending<'_> {
        self.complete();
        let Decoder { engine, carried, in_carried, frame, scratch, cells, finished } = self;
        let frame = frame.as_ref().map_or(&[][..], |frame| frame.as_ref());
        let (body, rows_end) = match in_carried {
            // what begins in the frame is read there
            Some(Carried { before, .. }) => (&**carried, *before),
            None => (frame, 0),
        };
        let lender = Lender::new(body, rows_end, scratch.arena(), mem::take(cells));
        Lending { engine, lender, in_carried, frame, cells, finished: *finished }
    }

    /// Adds as much of the frame to what was carried over as most likely completes the row that begins there: a few hundred bytes,
    /// or as many as were carried, so that a large row is put together in linear time.
    fn complete(&mut self) {
        let Some(carried) = &mut self.in_carried else { return };
        if carried.added == 0
            && let Some(frame) = &self.frame
        {
            let frame = frame.as_ref();
            carried.added = frame.len().min(FIRST_PIECE.max(carried.before));
            self.carried.extend_from_slice(&frame[..carried.added]);
        }
    }

    /// The header of the series that was read last.
    pub fn series(&self) -> &Arc<Columns> {
        &self.engine.machine().head().columns
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        &self.engine.machine().head().messages
    }
}

impl<F> fmt::Debug for Decoder<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("engine", &self.engine)
            .field("scratch", &self.scratch)
            .finish_non_exhaustive()
    }
}

/// The part of [`LentRows`] that does not depend on their type.
struct Lending<'b> {
    engine: &'b mut Engine,
    lender: Lender<'b>,
    in_carried: &'b mut Option<Carried>,
    frame: &'b [u8],
    cells: &'b mut Vec<ValueRef<'static>>,
    finished: bool,
}

impl Lending<'_> {
    /// Goes on to the next rows, header or error, when there is none ahead; [`Advance::More`] is the end.
    #[inline(never)]
    fn advance(&mut self, asked: Asked) -> Advance {
        loop {
            if self.in_carried.is_some() {
                self.leave();
            }
            match self.engine.advance(&mut self.lender, asked) {
                Advance::More if self.in_carried.is_some() && (self.leave() || self.grow()) => {}
                Advance::More => {
                    return self.engine.end_if(self.finished).map_or(Advance::More, Advance::Failed);
                }
                reached => return reached,
            }
        }
    }

    /// Goes on with the frame itself once all that began before it was read.
    #[inline(never)]
    fn leave(&mut self) -> bool {
        match *self.in_carried {
            Some(Carried { before, .. }) if self.engine.machine().consumed() >= before => {
                self.engine.shift(before);
                *self.in_carried = None;
                self.lender.go_on_with(self.frame);
                true
            }
            _ => false,
        }
    }

    /// All of the frame behind what was carried over, where a part of it was not enough.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        match self.in_carried {
            Some(carried) if carried.added < self.frame.len() => {
                self.lender.lengthen(&self.frame[carried.added..], carried.before + self.frame.len())
            }
            _ => false,
        }
    }
}

impl Drop for Lending<'_> {
    fn drop(&mut self) {
        self.engine.rewind(&mut self.lender);
        *self.cells = self.lender.take_room();
    }
}

/// The complete rows of a frame: what [`Decoder::rows`] returns. They borrow from the frame, so several can be kept as long as
/// the decoder is not used.
pub struct LentRows<'b, T> {
    lending: Lending<'b>,
    marker: PhantomData<fn() -> T>,
}

/// What comes out of a frame.
pub(super) enum Lent<T> {
    /// A row, or an error in its place.
    Row(Result<T, DecodeError>),
    /// A header; whether it is one more of the same series.
    Series { goes_on: bool },
}

impl<'b, T: FromRow<'b>> LentRows<'b, T> {
    /// The next row, error or header.
    #[inline]
    pub(super) fn next_event(&mut self) -> Option<Lent<T>> {
        loop {
            if let Some(row) = self.lending.engine.next(&mut self.lending.lender) {
                return Some(Lent::Row(T::from_row(&row)));
            }
            return Some(match self.lending.advance(Asked::by::<T>()) {
                Advance::Rows => continue,
                Advance::Series { goes_on } => Lent::Series { goes_on },
                Advance::Failed(error) => Lent::Row(Err(error)),
                Advance::More => return None,
            });
        }
    }

    /// The header of the series that the last row was of, or that an error was about.
    pub fn series(&self) -> &Arc<Columns> {
        &self.lending.engine.machine().head().columns
    }
}

impl<'b, T: FromRow<'b>> Iterator for LentRows<'b, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Lent::Row(row) = self.next_event()? {
                return Some(row);
            }
        }
    }
}

impl<T> fmt::Debug for LentRows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LentRows").field("engine", &self.lending.engine).finish_non_exhaustive()
    }
}
