//! Iteration over a complete body; rows can borrow from it.

use std::marker::PhantomData;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::{Message, Options};
use crate::decode::Scratch;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;
use crate::decode::plan::Plan;

/// The rows of all series of all statements of a complete response, as `T`. Texts are borrowed from the body; those with escapes
/// from `scratch`, which must live as long and can be used again afterwards.
///
/// JSON with times as RFC 3339 is expected; [`iterpoints_with`] knows other forms. See [`FromRow`] for an example;
/// [`SeriesRow`](crate::SeriesRow) gives each row's measurement, tags and statement with it.
pub fn iterpoints<'b, T: FromRow<'b>>(body: &'b [u8], scratch: &'b mut Scratch) -> Points<'b, T> {
    iterpoints_with(body, scratch, Options::new())
}

/// As [`iterpoints`], for a response that was asked for in that way.
///
/// ```
/// use influx_core::{AnyRow, Precision, SeriesRow};
/// use influx_core::decode::{Scratch, influxql::{Options, iterpoints_with}};
///
/// let body = br#"{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[7,1]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// let options = Options::new().epoch(Precision::Ns);
/// for point in iterpoints_with::<SeriesRow<AnyRow<'_>>>(body, &mut scratch, options) {
///     let point = point?;
///     assert_eq!((point.series.name(), point.series.statement_id()), (Some("m"), Some(0)));
///     assert_eq!(point.row.values()[1].get::<i64>()?, 1);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn iterpoints_with<'b, T: FromRow<'b>>(
    body: &'b [u8],
    scratch: &'b mut Scratch,
    options: Options,
) -> Points<'b, T> {
    let lender = Lender::new(body, scratch.arena());
    Points { engine: Engine::new(options), lender, marker: PhantomData }
}

/// The iterator of [`iterpoints`].
///
/// An error about one row, series or statement does not end it: the rows behind the error follow.
pub struct Points<'b, T> {
    engine: Engine,
    lender: Lender<'b>,
    marker: PhantomData<fn() -> T>,
}

impl<'b, T: FromRow<'b>> Points<'b, T> {
    /// The header of the series that the last row was of, or that an error was about.
    pub fn series(&self) -> &Arc<Columns> {
        &self.engine.response().columns
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        &self.engine.response().messages
    }
}

impl<'b, T: FromRow<'b>> Iterator for Points<'b, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            return match self.engine.advance(&mut self.lender, &mut Plan::of::<T>) {
                Advance::Row => self.engine.row(&self.lender).map(|row| T::from_row(&row)),
                Advance::Series { .. } => continue,
                Advance::Failed(error) => Some(Err(error)),
                Advance::More => self.engine.end_if(true).map(Err),
            };
        }
    }
}

impl<T> core::fmt::Debug for Points<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Points").field("engine", &self.engine).finish_non_exhaustive()
    }
}
