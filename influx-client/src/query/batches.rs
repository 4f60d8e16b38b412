//! Answers as they arrive, lent: batches of rows that borrow from a piece of the answer.

use std::fmt;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use influx_core::decode::{Decoder, LentRows, Message};
use influx_core::{Columns, RowFamily};

use crate::error::Result;
use crate::query::feed::{Answer, Feed};
use crate::query::outcome::RowOutcome;

/// The rows of a query in batches, as they arrive: what [`Query::batches`](crate::Query::batches) returns.
///
/// The request is sent when the first batch is asked for; memory is bounded by one batch. Dropping it closes the
/// connection, and the server stops.
#[must_use = "batches do nothing until they are read"]
pub struct RowBatches<T> {
    answer: Answer<Decoder<Bytes>>,
    marker: PhantomData<fn() -> T>,
}

impl<T: RowFamily> RowBatches<T> {
    pub(super) fn new(feed: Feed) -> Self {
        RowBatches { answer: Answer::new(feed), marker: PhantomData }
    }

    /// The next batch: the rows of a piece of the answer, which borrow from it. Rows of the batch before that were not
    /// taken come first. `None` after the last batch or an error.
    ///
    /// # Errors
    ///
    /// Those of sending the query and of the connection; errors in the answer are the batch's.
    pub async fn next(&mut self) -> Option<Result<RowBatch<'_, T>>> {
        match self.answer.more().await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let Answer { feed, decoder } = &mut self.answer;
        Some(Ok(RowBatch { rows: decoder.as_mut()?.rows(), feed }))
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.answer.decoder.as_ref().map_or(&[], Decoder::messages)
    }
}

impl<T> fmt::Debug for RowBatches<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatches").field("answer", &self.answer.feed).finish_non_exhaustive()
    }
}

/// Rows of one piece of an answer. They borrow from it, and can be kept side by side until the next batch is asked for.
///
/// It iterates over `Result<T::Row>`; the first error ends it and the batches.
pub struct RowBatch<'b, T: RowFamily> {
    rows: LentRows<'b, T::Row<'b>>,
    feed: &'b mut Feed,
}

impl<T: RowFamily> RowBatch<'_, T> {
    /// Measurement, tags, columns and statement of the last row.
    pub fn series(&self) -> &Arc<Columns> {
        self.rows.series()
    }
}

impl<'b, T: RowFamily> Iterator for RowBatch<'b, T> {
    type Item = Result<T::Row<'b>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next()? {
            Ok(row) => Some(Ok(row)),
            Err(error) => Some(Err(self.feed.unread(error))),
        }
    }
}

impl<T: RowFamily> fmt::Debug for RowBatch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatch").field("series", self.series()).finish_non_exhaustive()
    }
}

/// Lends every row of a query to `each`, until it has enough, the answer's end, or the first error.
pub(super) async fn lend<T: RowFamily, R: RowOutcome>(
    mut batches: RowBatches<T>,
    mut each: impl FnMut(T::Row<'_>) -> R,
) -> R::Output {
    while let Some(batch) = batches.next().await {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => return R::ended(Err(error)),
        };
        for row in batch {
            match row {
                Ok(row) => {
                    if let ControlFlow::Break(output) = each(row).go_on() {
                        return output;
                    }
                }
                Err(error) => return R::ended(Err(error)),
            }
        }
    }
    R::ended(Ok(()))
}
