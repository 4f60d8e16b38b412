//! Answers as they arrive, lent: batches of rows that borrow from a piece of the answer.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use influx_core::decode::{Decoder, LentRows, Message};
use influx_core::{Columns, RowFamily};

use crate::error::Result;
use crate::http::response::Response;
use crate::message::secrets::Secrets;
use crate::query::request::{Prepared, Sending, unread};

/// The rows of a query in batches, as they arrive: what [`Query::batches`](crate::Query::batches) returns.
///
/// The request is sent when the first batch is asked for; memory is bounded by one batch. Dropping it closes the
/// connection, and the server stops.
#[must_use = "batches do nothing until they are read"]
pub struct RowBatches<T> {
    state: BatchState,
    decoder: Option<Decoder<Bytes>>,
    shown: String,
    secrets: Arc<Secrets>,
    marker: PhantomData<fn() -> T>,
}

enum BatchState {
    Sending(Sending),
    Reading(Box<Response>),
    Ended,
}

impl<T: RowFamily> RowBatches<T> {
    pub(super) fn new(query: Prepared) -> Self {
        RowBatches {
            secrets: Arc::clone(query.secrets()),
            state: BatchState::Sending(query.sending()),
            decoder: None,
            shown: String::new(),
            marker: PhantomData,
        }
    }

    /// The next batch: the rows of a piece of the answer, which borrow from it. Rows of the batch before that were not
    /// taken come first. `None` after the last batch or an error.
    ///
    /// # Errors
    ///
    /// Those of sending the query and of the connection; errors in the answer are the batch's.
    pub async fn next(&mut self) -> Option<Result<RowBatch<'_, T>>> {
        match self.receive().await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                self.state = BatchState::Ended;
                return Some(Err(error));
            }
        }
        let RowBatches { state, decoder, shown, secrets, .. } = self;
        let rows = decoder.as_mut()?.rows();
        Some(Ok(RowBatch { rows, state, shown, secrets }))
    }

    /// Gives the decoder more to read. `false`: everything was read.
    async fn receive(&mut self) -> Result<bool> {
        if let BatchState::Sending(sending) = &mut self.state {
            let (response, options) = sending.await?;
            self.shown = response.shown().to_owned();
            self.decoder = Some(Decoder::new(options));
            self.state = BatchState::Reading(Box::new(response));
        }
        let (BatchState::Reading(response), Some(decoder)) = (&mut self.state, &mut self.decoder) else {
            return Ok(false);
        };
        match response.chunk().await? {
            Some(bytes) => decoder.push(bytes),
            None => {
                decoder.finish();
                self.state = BatchState::Ended;
            }
        }
        Ok(true)
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.decoder.as_ref().map_or(&[], |decoder| decoder.messages())
    }
}

impl<T> fmt::Debug for RowBatches<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatches").field("request", &self.shown).finish_non_exhaustive()
    }
}

/// Rows of one piece of an answer. They borrow from it, and can be kept side by side until the next batch is asked for.
///
/// It iterates over `Result<T::Row>`; the first error ends it and the batches.
pub struct RowBatch<'b, T: RowFamily> {
    rows: LentRows<'b, T::Row<'b>>,
    state: &'b mut BatchState,
    shown: &'b str,
    secrets: &'b Secrets,
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
            Err(error) => {
                *self.state = BatchState::Ended;
                Some(Err(unread(error, self.secrets).at(self.shown)))
            }
        }
    }
}

impl<T: RowFamily> fmt::Debug for RowBatch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatch").field("series", self.series()).finish_non_exhaustive()
    }
}

/// Lends every row of a query to `each`, until the answer's end or the first error.
pub(super) async fn lend<T: RowFamily>(query: Prepared, mut each: impl FnMut(T::Row<'_>)) -> Result<()> {
    let mut batches = RowBatches::<T>::new(query);
    while let Some(batch) = batches.next().await {
        for row in batch? {
            each(row?);
        }
    }
    Ok(())
}
