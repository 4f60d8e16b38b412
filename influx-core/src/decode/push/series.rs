//! The push decoder of whole series: bytes in, series with all their rows out.

use std::collections::VecDeque;
use std::sync::Arc;

use super::decoder::{Decoder, Lent};
use super::machine::{Message, Syntax};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;

/// A series with all its rows; an answer in pieces is put together.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Series<T> {
    /// Measurement, tags, columns, number of the statement.
    pub columns: Arc<Columns>,
    /// The rows. A series can have none: that of `SHOW USERS` where there are no users.
    pub rows: Vec<T>,
}

/// Takes a response as it arrives, split anywhere, and gives whole series of rows that own their texts.
///
/// ```
/// use influx_core::decode::{WholeSeries, influxql::Options};
///
/// let body = br#"{"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["usage"],"values":[[1]],"partial":true}],"partial":true}]}
/// {"results":[{"series":[{"name":"cpu","tags":{"host":"a"},"columns":["usage"],"values":[[2]]}]}]}"#;
/// let mut series = WholeSeries::<(f64,), _>::new(Options::new().chunked(true));
/// for frame in body.chunks(20) {
///     series.push(frame);
/// }
/// series.finish();
/// let only = series.next_series().transpose()?.unwrap();
/// assert_eq!((only.columns.to_string().as_str(), &only.rows[..]), ("cpu,host=a", &[(1.0,), (2.0,)][..]));
/// assert!(series.next_series().is_none());
/// # Ok::<(), influx_core::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct WholeSeries<T, F = Vec<u8>> {
    decoder: Decoder<F>,
    current: Option<Series<T>>,
    ready: VecDeque<Result<Series<T>, DecodeError>>,
}

impl<T: for<'r> FromRow<'r>, F: AsRef<[u8]>> WholeSeries<T, F> {
    /// A decoder for one response.
    pub fn new(syntax: impl Into<Syntax>) -> Self {
        WholeSeries { decoder: Decoder::new(syntax), current: None, ready: VecDeque::new() }
    }

    /// The next frame of the response.
    pub fn push(&mut self, frame: F) {
        self.decoder.push(frame);
        self.fill();
    }

    /// The response has ended: a response that is not complete becomes an error instead of its last series.
    pub fn finish(&mut self) {
        self.decoder.finish();
        self.fill();
        self.ready.extend(self.current.take().map(Ok));
    }

    fn fill(&mut self) {
        let mut rows = self.decoder.rows::<T>();
        while let Some(lent) = rows.next_event() {
            match lent {
                Lent::Row(Ok(row)) => {
                    if let Some(series) = &mut self.current {
                        series.rows.push(row);
                    }
                }
                Lent::Series { goes_on: true } => {
                    // the mark of the last piece counts
                    if let Some(series) = &mut self.current {
                        series.columns = Arc::clone(rows.series());
                    }
                }
                Lent::Series { goes_on: false } => {
                    let columns = Arc::clone(rows.series());
                    let whole = self.current.replace(Series { columns, rows: Vec::new() });
                    self.ready.extend(whole.map(Ok));
                }
                Lent::Row(Err(error)) => {
                    // a series with a row missing is not whole; an error behind the tables of Flux is of none of them
                    let whole = self.current.take().filter(|_| error.is_behind_tables());
                    self.ready.extend(whole.map(Ok));
                    self.ready.push_back(Err(error));
                }
            }
        }
    }

    /// The next series or error; `None` when more bytes are needed, or, after [`finish`](Self::finish), when there is nothing more.
    ///
    /// An error stands for the series that it was found in.
    pub fn next_series(&mut self) -> Option<Result<Series<T>, DecodeError>> {
        self.ready.pop_front()
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        self.decoder.messages()
    }
}
