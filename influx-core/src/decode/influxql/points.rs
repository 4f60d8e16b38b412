//! Iteration over a complete body; rows can borrow from it.

use std::marker::PhantomData;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::{Message, Options};
use crate::decode::Scratch;
use crate::{Columns, DecodeError, FromRow, Plan};

/// The rows of all series of all statements of a complete response, as `T`. Texts are borrowed from the body; those with escapes
/// from `scratch`, which must live as long and can be used again afterwards.
///
/// Times are expected as RFC 3339; [`iterpoints_with`] knows other forms. See [`FromRow`] for an example;
/// [`Points::with_series`] tells each row's measurement, tags and statement.
pub fn iterpoints<'b, T: FromRow<'b>>(body: &'b [u8], scratch: &'b mut Scratch) -> Points<'b, T> {
    iterpoints_with(body, scratch, Options::new())
}

/// As [`iterpoints`], for a response that was asked for in that way.
///
/// ```
/// use influx_core::{AnyRow, Precision};
/// use influx_core::decode::{Scratch, influxql::{Options, iterpoints_with}};
///
/// let body = br#"{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[7,1]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// let points = iterpoints_with::<AnyRow<'_>>(body, &mut scratch, Options::new().epoch(Precision::Ns));
/// for point in points.with_series() {
///     let point = point?;
///     assert_eq!((point.series.name(), point.series.statement_id()), (Some("m"), Some(0)));
///     assert_eq!(point.value.values()[1].get::<i64>()?, 1);
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
        self.engine.machine.columns()
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        self.engine.machine.messages()
    }

    /// Each row with the header of its series.
    pub fn with_series(self) -> SeriesPoints<'b, T> {
        SeriesPoints { points: self }
    }
}

impl<'b, T: FromRow<'b>> Iterator for Points<'b, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.engine.advance(&mut self.lender, &mut Plan::of::<T>) {
            Advance::Row => self.engine.row(&self.lender).map(|row| T::from_row(&row)),
            Advance::Failed(error) => Some(Err(error)),
            Advance::More => self.engine.end_if(true).map(Err),
        }
    }
}

impl<T> core::fmt::Debug for Points<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Points").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// A row and the header of its series.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeriesRow<T> {
    /// Measurement, tags, columns, statement; [`Columns::partial`] is known once the series' last row was read.
    pub series: Arc<Columns>,
    /// The row.
    pub value: T,
}

/// The iterator of [`Points::with_series`].
#[derive(Debug)]
pub struct SeriesPoints<'b, T> {
    points: Points<'b, T>,
}

impl<'b, T: FromRow<'b>> Iterator for SeriesPoints<'b, T> {
    type Item = Result<SeriesRow<T>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.points.next()?;
        Some(value.map(|value| SeriesRow { series: Arc::clone(self.points.series()), value }))
    }
}
