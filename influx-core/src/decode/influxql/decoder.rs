//! The push decoder: bytes in, rows lent to a function.

use core::mem;
use core::ops::ControlFlow;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::{Message, Options};
use crate::decode::Scratch;
use crate::{Columns, DecodeError, Plan, Planner, Row, ValueRef};

/// Takes a response's bytes as they arrive, split anywhere, and lends its rows.
///
/// ```
/// use std::ops::ControlFlow;
/// use influx_core::{AnyRow, DecodeError, FromRow, FromValue};
/// use influx_core::decode::influxql::{Decoder, Options};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","columns":["host","usage"],"values":[["a",1],["b",2.5]]}]}]}"#;
/// let mut decoder = Decoder::new(Options::new());
/// let mut total = 0.0;
/// for piece in body.chunks(7) {
///     decoder.push(piece);
///     let flow = decoder.drain(AnyRow::plan, |row| {
///         match row.and_then(|row| AnyRow::from_row(&row)) {
///             Ok(row) => total += row.values()[1].get::<f64>().unwrap_or(f64::NAN),
///             Err(error) => return ControlFlow::Break(error),
///         }
///         ControlFlow::Continue(())
///     });
///     assert!(flow.is_continue());
/// }
/// decoder.finish();
/// let flow = decoder.drain(AnyRow::plan, |row| row.map_or_else(ControlFlow::Break, |_| ControlFlow::Continue(())));
/// assert!(flow.is_continue(), "the response was complete");
/// assert_eq!(total, 3.5);
/// ```
#[derive(Debug)]
pub struct Decoder {
    engine: Engine,
    bytes: Vec<u8>,
    scratch: Scratch,
    /// Room for the cells of a row; empty between calls.
    cells: Vec<ValueRef<'static>>,
    finished: bool,
}

impl Decoder {
    /// A decoder for one response.
    pub fn new(options: Options) -> Self {
        Decoder {
            engine: Engine::new(options),
            bytes: Vec::new(),
            scratch: Scratch::new(),
            cells: Vec::new(),
            finished: false,
        }
    }

    /// The next bytes of the response.
    pub fn push(&mut self, bytes: &[u8]) {
        self.compact();
        self.bytes.extend_from_slice(bytes);
    }

    /// The response has ended: what is left is read, and a response that is not complete becomes an error.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Reads on as far as the bytes reach. `plan` is called at the header of each series, with `T::plan` of the type to read;
    /// `each` gets the rows, and the errors in between. After an error that is not final, more rows can follow; a series that the
    /// plan refuses is passed over.
    ///
    /// Breaking off leaves the rest for the next call.
    pub fn drain<B>(
        &mut self,
        mut plan: impl FnMut(&mut Planner<'_>) -> Result<(), DecodeError>,
        each: impl FnMut(Result<Row<'_, '_>, DecodeError>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        self.run(|columns| Plan::with(columns, &mut plan), each)
    }

    /// As [`push`](Self::push) and [`drain`](Self::drain) at once, for callers that have the frame at hand: rows are decoded where
    /// they lie, and only what straddles two frames is copied.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use influx_core::{AnyRow, FromRow};
    /// use influx_core::decode::influxql::{Decoder, Options};
    ///
    /// let body = br#"{"results":[{"series":[{"columns":["n"],"values":[[1],[2],[3]]}]}]}"#;
    /// let mut decoder = Decoder::new(Options::new());
    /// let mut rows = 0;
    /// for frame in body.chunks(16) {
    ///     let _: ControlFlow<()> = decoder.feed(frame, AnyRow::plan, |row| {
    ///         rows += usize::from(row.is_ok());
    ///         ControlFlow::Continue(())
    ///     });
    /// }
    /// assert_eq!(rows, 3);
    /// ```
    pub fn feed<B>(
        &mut self,
        frame: &[u8],
        mut plan: impl FnMut(&mut Planner<'_>) -> Result<(), DecodeError>,
        mut each: impl FnMut(Result<Row<'_, '_>, DecodeError>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut make = |columns| Plan::with(columns, &mut plan);
        self.compact();
        let mut used = 0;
        if !self.bytes.is_empty() {
            match self.complete(frame, &mut make, &mut each)? {
                Some(decoded) => used = decoded,
                None => return ControlFlow::Continue(()),
            }
        }
        let rest = &frame[used..];
        let flow =
            go(&mut self.engine, &mut self.scratch, &mut self.cells, rest, usize::MAX, &mut make, &mut each);
        let consumed = self.engine.machine.consumed();
        self.bytes.extend_from_slice(&rest[consumed..]);
        self.engine.machine.shift(consumed);
        flow
    }

    /// Adds pieces of the frame to the bytes that are left, until what begins in them is decoded. Gives how much of the frame was
    /// decoded with them; `None` when all of it was added.
    fn complete<B>(
        &mut self,
        frame: &[u8],
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
        each: &mut impl FnMut(Result<Row<'_, '_>, DecodeError>) -> ControlFlow<B>,
    ) -> ControlFlow<B, Option<usize>> {
        let left = self.bytes.len();
        let (mut added, mut piece) = (0, 256);
        loop {
            let end = frame.len().min(added + piece);
            self.bytes.extend_from_slice(&frame[added..end]);
            added = end;
            piece *= 2;
            let limit = if added == frame.len() { usize::MAX } else { left };
            let flow =
                go(&mut self.engine, &mut self.scratch, &mut self.cells, &self.bytes, limit, make, each);
            if flow.is_break() {
                self.bytes.extend_from_slice(&frame[added..]);
                flow?;
            }
            if added == frame.len() {
                return ControlFlow::Continue(None);
            }
            let consumed = self.engine.machine.consumed();
            if consumed >= left {
                self.engine.machine.shift(consumed);
                self.bytes.clear();
                return ControlFlow::Continue(Some(consumed - left));
            }
        }
    }

    pub(super) fn run<B>(
        &mut self,
        mut make: impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
        mut each: impl FnMut(Result<Row<'_, '_>, DecodeError>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        go(
            &mut self.engine,
            &mut self.scratch,
            &mut self.cells,
            &self.bytes,
            usize::MAX,
            &mut make,
            &mut each,
        )?;
        match self.engine.end_if(self.finished) {
            Some(error) => each(Err(error)),
            None => ControlFlow::Continue(()),
        }
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        self.engine.machine.messages()
    }

    /// Drops the bytes that were decoded.
    fn compact(&mut self) {
        let consumed = self.engine.machine.consumed();
        self.bytes.drain(..consumed);
        self.engine.machine.shift(consumed);
    }
}

/// Decodes what begins before `limit`, as far as the bytes reach.
fn go<B>(
    engine: &mut Engine,
    scratch: &mut Scratch,
    room: &mut Vec<ValueRef<'static>>,
    bytes: &[u8],
    limit: usize,
    make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    each: &mut impl FnMut(Result<Row<'_, '_>, DecodeError>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let mut lender = Lender::with_room(bytes, scratch.arena(), mem::take(room));
    let mut flow = ControlFlow::Continue(());
    while flow.is_continue() && engine.machine.position() < limit {
        flow = match engine.advance(&mut lender, make) {
            Advance::Row => match engine.row(&lender) {
                Some(row) => each(Ok(row)),
                None => ControlFlow::Continue(()),
            },
            Advance::Failed(error) => each(Err(error)),
            Advance::More => break,
        };
    }
    *room = lender.into_room();
    flow
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnyRow, FromRow};

    /// One document of many rows, some of them with escapes, pushed in frames.
    #[test]
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
            let flow = decoder.drain(AnyRow::plan, |row| {
                seen += 1;
                row.map_or_else(ControlFlow::Break, |_| ControlFlow::Continue(()))
            });
            assert!(flow.is_continue());
            assert!(decoder.bytes.capacity() <= 3 * FRAME, "{}", decoder.bytes.capacity());
        }
        assert_eq!(seen, 100_001);
        assert!(format!("{:?}", decoder.scratch).len() < 24, "{:?}", decoder.scratch);
    }

    /// A large row that arrives in small pieces is looked through once, not once per piece.
    #[test]
    fn a_large_row_in_small_pieces_takes_linear_time() {
        let large = "x".repeat(8 << 20);
        let body = format!(r#"{{"results":[{{"series":[{{"columns":["s"],"values":[["{large}"]]}}]}}]}}"#);
        let mut decoder = Decoder::new(Options::new());
        let mut seen = 0;
        for frame in body.as_bytes().chunks(64) {
            decoder.push(frame);
            let _: ControlFlow<()> = decoder.drain(AnyRow::plan, |row| {
                seen += row.map_or(0, |row| AnyRow::from_row(&row).map_or(0, |row| row.values().len()));
                ControlFlow::Continue(())
            });
        }
        assert_eq!(seen, 1);
    }
}
