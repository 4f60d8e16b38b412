//! The push decoder of a type: bytes in, owned rows out.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc;

use super::decoder::{Decoder, Lent};
use super::machine::{Message, Syntax};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;

/// Rows that are decoded ahead of what the caller asked for.
const AHEAD: usize = 256;

/// Takes a response's bytes as they arrive, split anywhere, and gives rows that own their texts.
///
/// ```
/// use influx_core::{DecodeError, FromRow, FromValue, Read, Reads, Row};
/// use influx_core::decode::{Rows, influxql::Options};
///
/// #[derive(Debug, PartialEq)]
/// struct Usage(String, f64);
///
/// impl<'r> FromRow<'r> for Usage {
///     const READS: Reads = Reads::new("Usage", &[
///         Read::tag("0", "host", <String as FromValue<'_>>::WANT, false),
///         Read::field("1", "usage", <f64 as FromValue<'_>>::WANT, false),
///     ]);
///     fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
///         Ok(Usage(FromValue::take_tag(row, 0)?, FromValue::take(row, 1)?))
///     }
/// }
///
/// let mut rows = Rows::<Usage, &[u8]>::new(Options::new().chunked(true));
/// rows.push(&br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["usage"],"values":[[1],["#[..]);
/// assert_eq!(rows.next_row().transpose()?, Some(Usage("a".into(), 1.0)));
/// assert!(rows.next_row().is_none(), "more bytes are needed");
/// rows.push(&br#"2.5]]}]}]}"#[..]);
/// rows.finish();
/// assert_eq!(rows.next_row().transpose()?, Some(Usage("a".into(), 2.5)));
/// assert_eq!(rows.series().and_then(|series| series.name()), Some("cpu"));
/// assert!(rows.next_row().is_none(), "the response is complete");
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Rows<T, F = Vec<u8>> {
    decoder: Decoder<F>,
    ready: VecDeque<Result<T, DecodeError>>,
    /// How many rows and errors were taken from those that are ready.
    taken: usize,
    /// The headers of rows that are ready, each with the number of rows and errors before it.
    headers: VecDeque<(usize, Arc<Columns>)>,
    /// A header came, and no row of it yet.
    begun: bool,
    series: Option<Arc<Columns>>,
    marker: PhantomData<fn() -> T>,
}

impl<T: for<'r> FromRow<'r>, F: AsRef<[u8]>> Rows<T, F> {
    /// A decoder for one response.
    pub fn new(syntax: impl Into<Syntax>) -> Self {
        Rows {
            decoder: Decoder::new(syntax),
            ready: VecDeque::new(),
            taken: 0,
            headers: VecDeque::new(),
            begun: false,
            series: None,
            marker: PhantomData,
        }
    }

    /// The next frame of the response.
    pub fn push(&mut self, frame: F) {
        self.decoder.push(frame);
    }

    /// The response has ended: a response that is not complete becomes an error after its rows.
    pub fn finish(&mut self) {
        self.decoder.finish();
    }

    /// The next row or error; `None` when more bytes are needed, or, after [`finish`](Self::finish), when there is nothing more.
    ///
    /// An error about one row, series or statement does not end the rows: those behind it can still be read.
    pub fn next_row(&mut self) -> Option<Result<T, DecodeError>> {
        if self.ready.is_empty() {
            self.fill();
        }
        let row = self.ready.pop_front()?;
        if let Some((at, _)) = self.headers.front()
            && *at == self.taken
        {
            self.series = self.headers.pop_front().map(|(_, series)| series);
        }
        self.taken += 1;
        Some(row)
    }

    fn fill(&mut self) {
        let mut rows = self.decoder.rows::<T>();
        while self.ready.len() < AHEAD {
            match rows.next_event() {
                Some(Lent::Row(row)) => {
                    if self.begun && row.is_ok() {
                        self.begun = false;
                        let at = self.taken + self.ready.len();
                        self.headers.push_back((at, Arc::clone(rows.series())));
                    }
                    self.ready.push_back(row);
                }
                Some(Lent::Series { .. }) => self.begun = true,
                None => break,
            }
        }
    }

    /// The header of the series that the last row was of.
    pub fn series(&self) -> Option<&Arc<Columns>> {
        self.series.as_ref()
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        self.decoder.messages()
    }
}
