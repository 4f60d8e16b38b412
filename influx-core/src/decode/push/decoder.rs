//! The push decoder: frames of bytes in, rows out that borrow from them.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::machine::{Message, Syntax};
use crate::decode::ahead::Room;
use crate::decode::cells::near::BEFORE;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;
use crate::decode::plan::asked::Asked;
use crate::decode::scratch::Scratch;

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
    /// The cells of the rows that are read ahead.
    room: Room,
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
            room: Room::default(),
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
    /// series that does not fit `T` is passed over. What is not read stays for the next call, which may ask for another type;
    /// an iterator that is forgotten (`mem::forget`) keeps up to 15 rows.
    pub fn rows<'b, T: FromRow<'b>>(&'b mut self) -> LentRows<'b, T> {
        LentRows { lending: self.lend(), marker: PhantomData }
    }

    fn lend(&mut self) -> Lending<'_> {
        self.complete();
        let Decoder { engine, carried, in_carried, frame, scratch, room, finished } = self;
        let frame = frame.as_ref().map_or(&[][..], |frame| frame.as_ref());
        let (body, rows_end) = match in_carried {
            // what begins in the frame is read there
            Some(Carried { before, .. }) => (&**carried, *before),
            None => (frame, 0),
        };
        // SAFETY: engine, scratch and cells of one decoder are used together only.
        let lender = unsafe { Lender::new(body, rows_end, scratch.arena(), mem::take(room)) };
        Lending { engine, lender, in_carried, frame, room, finished: *finished }
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

    /// How many statements are answered so far, by the highest of their numbers: those without rows count, too. A format without
    /// statements has none.
    ///
    /// ```
    /// use influx_core::decode::{Decoder, influxql::Options};
    ///
    /// let body = br#"{"results":[{"statement_id":0,"series":[{"columns":["f"],"values":[[1]]}]},{"statement_id":1}]}"#;
    /// let mut decoder = Decoder::new(Options::new());
    /// decoder.push(body);
    /// decoder.finish();
    /// assert_eq!((decoder.rows::<(i64,)>().count(), decoder.statements()), (1, 2));
    /// ```
    pub fn statements(&self) -> u64 {
        self.engine.machine().head().statements
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
    room: &'b mut Room,
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
                Advance::More if self.finished => return self.engine.end(&mut self.lender, asked),
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
        *self.room = self.lender.leave();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::from_value::FromValue;
    use crate::decode::influxql::options::Options;
    use crate::decode::reads::{Read, Reads};
    use crate::decode::row::Row;
    use crate::testing::scaled;

    #[derive(Debug, Clone, Copy)]
    struct Status<'r> {
        host: &'r str,
        status: &'r str,
    }

    impl<'r> FromRow<'r> for Status<'r> {
        const READS: Reads = Reads::new(
            "Status",
            &[
                Read::tag("host", "host", <&str as FromValue<'_>>::WANT, false),
                Read::field("status", "status", <&str as FromValue<'_>>::WANT, false),
            ],
        );

        fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
            Ok(Status { host: FromValue::take_tag(row, 0)?, status: FromValue::take(row, 1)? })
        }
    }

    /// The cells stay from frame to frame: what is in them is of the right series, whatever became of the rows before.
    #[test]
    fn rows_of_a_frame_can_be_kept_together() {
        let (mut body, mut expected) = (String::from(r#"{"results":[{"series":["#), Vec::new());
        for series in 0..5 {
            let comma = if series > 0 { "," } else { "" };
            body += &format!(
                r#"{comma}{{"name":"m","tags":{{"host":"host{series}"}},"columns":["status"],"values":["#
            );
            for row in 0..[1, 0, 20, 3, 33][series] {
                let comma = if row > 0 { "," } else { "" };
                body += &format!(r#"{comma}["a\u0020{row}"]"#);
                expected.push((format!("host{series}"), format!("a {row}")));
            }
            body += "]}";
        }
        body += "]}]}";
        for &size in &[5, 30, 64, 200, body.len()][scaled(0, 3)..] {
            let (mut decoder, mut found) = (Decoder::new(Options::new()), Vec::new());
            let mut keep = |rows: &[Status<'_>]| {
                found.extend(rows.iter().map(|row| (row.host.to_owned(), row.status.to_owned())));
            };
            for (at, frame) in body.as_bytes().chunks(size).enumerate() {
                decoder.push(frame);
                // some rows are taken together, others one at a time
                if at % 3 == 0 {
                    let two: Result<Vec<_>, _> = decoder.rows::<Status<'_>>().take(2).collect();
                    keep(&two.unwrap());
                }
                let rest: Result<Vec<_>, _> = decoder.rows::<Status<'_>>().collect();
                keep(&rest.unwrap());
            }
            assert_eq!(found, expected, "frames of {size}");
        }
    }
}
