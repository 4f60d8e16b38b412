//! The push decoder: frames of bytes in, rows out that borrow from them.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::{Message, Options};
use crate::decode::Scratch;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;
use crate::decode::plan::Plan;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;

/// How much of the next frame is looked at first for the end of a row that began in the one before.
const FIRST_PIECE: usize = 256;

/// Takes a response as it arrives, in frames that are split anywhere, and lends its rows.
///
/// Rows are decoded where they lie in the frame, and borrow their texts from it; only what straddles two frames is copied.
///
/// ```
/// use influx_core::{AnyRow, DecodeError};
/// use influx_core::decode::influxql::{Decoder, Options};
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
    /// All that was there was read.
    drained: bool,
    finished: bool,
}

#[derive(Debug, Clone, Copy)]
struct Carried {
    /// Length without what was added of the frame.
    before: usize,
    /// How much of the frame was added.
    added: usize,
    /// Only one thing begins in `before`: all others were read.
    one: bool,
    /// It ends in what was added.
    complete: bool,
}

impl<F: AsRef<[u8]>> Decoder<F> {
    /// A decoder for one response.
    pub fn new(options: Options) -> Self {
        Decoder {
            engine: Engine::new(options),
            carried: Vec::new(),
            in_carried: None,
            frame: None,
            scratch: Scratch::new(),
            cells: Vec::new(),
            drained: false,
            finished: false,
        }
    }

    /// The next frame of the response. Rows of the one before that were not read yet come first.
    pub fn push(&mut self, frame: F) {
        let consumed = self.engine.consumed();
        let last = self.frame.as_ref().map_or(&[][..], |frame| frame.as_ref());
        match self.in_carried {
            Some(Carried { added, .. }) => {
                self.carried.extend_from_slice(&last[added..]);
                self.carried.drain(..consumed);
            }
            None => {
                self.carried.clear();
                self.carried.extend_from_slice(&last[consumed..]);
            }
        }
        self.engine.shift(consumed);
        let (before, one) = (self.carried.len(), mem::take(&mut self.drained));
        self.in_carried = (before > 0).then_some(Carried { before, added: 0, one, complete: false });
        self.frame = Some(frame);
    }

    /// The response has ended: what is left is read, and a response that is not complete becomes an error.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The rows that are complete, as `T`, and the errors in between. After an error that is not final more rows can follow; a
    /// series that does not fit `T` is passed over. What is not read stays for the next call.
    pub fn rows<'b, T: FromRow<'b>>(&'b mut self) -> LentRows<'b, T> {
        self.complete();
        let Decoder { engine, carried, in_carried, frame, scratch, cells, drained, finished } = self;
        let frame = frame.as_ref().map_or(&[][..], |frame| frame.as_ref());
        let body = if in_carried.is_some() { carried } else { frame };
        let lender = Lender::with_room(body, scratch.arena(), mem::take(cells));
        LentRows {
            engine,
            lender,
            in_carried,
            frame,
            cells,
            drained,
            finished: *finished,
            marker: PhantomData,
        }
    }

    /// Adds as much of the frame to what was carried over as completes the row that begins there. Anything but a row is
    /// seldom there: all of the frame is added then.
    fn complete(&mut self) {
        let Some(carried) = &mut self.in_carried else { return };
        let Some(frame) = &self.frame else { return };
        let frame = frame.as_ref();
        let mut piece = FIRST_PIECE;
        while !carried.complete && carried.added < frame.len() {
            let row = if carried.one { self.engine.row_is_whole(&self.carried) } else { None };
            if row == Some(true) {
                carried.complete = true;
                break;
            }
            let end = if row.is_none() { frame.len() } else { frame.len().min(carried.added + piece) };
            self.carried.extend_from_slice(&frame[carried.added..end]);
            carried.added = end;
            piece *= 2;
        }
    }

    /// The header of the series that was read last.
    pub fn series(&self) -> &Arc<Columns> {
        &self.engine.response().columns
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        &self.engine.response().messages
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

/// The complete rows of a frame: what [`Decoder::rows`] returns. They borrow from the frame, so several can be kept as long as
/// the decoder is not used.
pub struct LentRows<'b, T> {
    engine: &'b mut Engine,
    lender: Lender<'b>,
    in_carried: &'b mut Option<Carried>,
    frame: &'b [u8],
    cells: &'b mut Vec<ValueRef<'static>>,
    drained: &'b mut bool,
    finished: bool,
    marker: PhantomData<fn() -> T>,
}

/// What comes out of a frame.
pub(super) enum Lent<T> {
    Row(T),
    /// A header; whether it is one more of the same series.
    Series {
        goes_on: bool,
    },
    Failed(DecodeError),
}

impl<'b, T: FromRow<'b>> LentRows<'b, T> {
    #[inline(always)]
    pub(super) fn next_lent(&mut self) -> Option<Lent<T>> {
        if self.in_carried.is_some() {
            self.leave_carried();
        }
        let reached = self.engine.advance(&mut self.lender, &mut Plan::of::<T>);
        self.lent(reached)
    }

    #[inline(always)]
    fn lent(&mut self, reached: Advance) -> Option<Lent<T>> {
        match reached {
            Advance::Row => match T::from_row(&self.engine.row(&self.lender)?) {
                Ok(row) => Some(Lent::Row(row)),
                Err(error) => Some(Lent::Failed(error)),
            },
            Advance::Series { goes_on } => Some(Lent::Series { goes_on }),
            Advance::Failed(error) => Some(Lent::Failed(error)),
            Advance::More => {
                *self.drained = true;
                self.engine.end_if(self.finished).map(Lent::Failed)
            }
        }
    }

    /// Goes on with the frame itself once all that began before it was read.
    #[inline(never)]
    fn leave_carried(&mut self) {
        if let Some(Carried { before, complete: true, .. }) = *self.in_carried
            && self.engine.position() >= before
        {
            self.engine.shift(before);
            *self.in_carried = None;
            self.lender.go_on_with(self.frame);
        }
    }

    /// The header of the series that the last row was of, or that an error was about.
    pub fn series(&self) -> &Arc<Columns> {
        &self.engine.response().columns
    }
}

impl<'b, T: FromRow<'b>> Iterator for LentRows<'b, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_lent()? {
                Lent::Row(row) => return Some(Ok(row)),
                Lent::Series { .. } => {}
                Lent::Failed(error) => return Some(Err(error)),
            }
        }
    }

    /// What [`for_each`](Iterator::for_each) is made of: rows that stand right behind each other are read in one loop.
    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(mut self, init: B, mut f: F) -> B {
        let mut all = init;
        loop {
            let mut reached = None;
            if self.in_carried.is_none() {
                let mut each = |all, row: Row<'_, 'b>| f(all, T::from_row(&row));
                (all, reached) = self.engine.fold_rows(&mut self.lender, all, &mut each);
            }
            let lent = match reached {
                Some(reached) => self.lent(reached),
                None => self.next_lent(),
            };
            match lent {
                Some(Lent::Row(row)) => all = f(all, Ok(row)),
                Some(Lent::Series { .. }) => {}
                Some(Lent::Failed(error)) => all = f(all, Err(error)),
                None => return all,
            }
        }
    }
}

impl<T> Drop for LentRows<'_, T> {
    fn drop(&mut self) {
        *self.cells = self.lender.take_room();
    }
}

impl<T> fmt::Debug for LentRows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LentRows").field("engine", &self.engine).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::from_row::AnyRow;

    /// One document of many rows, some of them with escapes, pushed in frames.
    #[test]
    #[cfg_attr(miri, ignore = "large")]
    fn memory_is_bounded_by_frame_and_row() {
        const FRAME: usize = 8 << 10;
        let rows: String = (0..200).map(|n| format!(r#"[{n},"a \u003c {n}"],"#)).collect();
        let mut body = br#"{"x":["#.to_vec();
        body.extend(b"\"skipped\",".repeat(20_000));
        body.extend(br#"1],"results":[{"series":[{"columns":["n","s"],"values":["#);
        for _ in 0..500 {
            body.extend(rows.as_bytes());
        }
        body.extend(br#"[0,""]]}]}]}"#);
        let mut decoder = Decoder::new(Options::new());
        let mut seen = 0;
        for frame in body.chunks(FRAME) {
            decoder.push(frame);
            decoder.rows::<AnyRow<'_>>().for_each(|row| seen += usize::from(row.is_ok()));
            assert!(decoder.carried.capacity() <= 3 * FRAME, "{}", decoder.carried.capacity());
        }
        assert_eq!(seen, 100_001);
        assert!(format!("{:?}", decoder.scratch).len() < 24, "{:?}", decoder.scratch);
    }

    /// A large row that arrives in small pieces is looked through once, not once per piece.
    #[test]
    #[cfg_attr(miri, ignore = "large")]
    fn a_large_row_in_small_pieces_takes_linear_time() {
        let large = "x".repeat(8 << 20);
        let body = format!(r#"{{"results":[{{"series":[{{"columns":["s"],"values":[["{large}"]]}}]}}]}}"#);
        let mut decoder = Decoder::new(Options::new());
        let mut seen = 0;
        for frame in body.as_bytes().chunks(64) {
            decoder.push(frame);
            seen += decoder.rows::<AnyRow<'_>>().map(|row| row.expect("a row").values().len()).sum::<usize>();
        }
        assert_eq!(seen, 1);
    }

    /// The series of a statement share the list of their columns while it stays the same.
    #[test]
    fn columns_are_shared_by_series() {
        let series = |host: &str, columns: &str| {
            format!(r#"{{"name":"m","tags":{{"host":"{host}"}},"columns":[{columns}],"values":[[1,2]]}}"#)
        };
        let all = [r#""time","a""#, r#""time","a""#, r#""time","b""#, r#""time","a""#];
        let all: Vec<String> = (0..).zip(all).map(|(n, columns)| series(&format!("h{n}"), columns)).collect();
        let body = format!(r#"{{"results":[{{"series":[{}]}}]}}"#, all.join(","));
        let mut decoder = Decoder::new(Options::new());
        decoder.push(body.as_bytes());
        let mut rows = decoder.rows::<(i64, i64)>();
        let mut seen = Vec::new();
        while rows.next().is_some() {
            seen.push(Arc::clone(rows.series()));
        }
        let shown: Vec<_> =
            seen.iter().map(|series| format!("{series} {}", series.columns()[1].name)).collect();
        assert_eq!(shown, ["m,host=h0 a", "m,host=h1 a", "m,host=h2 b", "m,host=h3 a"]);
        let places: Vec<_> = seen.iter().map(|series| series.columns().as_ptr()).collect();
        assert_eq!(places[0], places[1]);
        assert!(places[2] != places[1] && places[3] != places[2]);
    }
}
