//! Answers as they arrive, owned: rows and whole series.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use influx_core::decode::{Message, Rows, Series, WholeSeries};
use influx_core::{Columns, FromRow};

use crate::error::Result;
use crate::query::feed::{Answer, Feed};

/// The rows of a query as a stream of `T`: what [`Query::fetch`](crate::Query::fetch) returns.
///
/// The request is sent when the first row is asked for; memory is bounded by one piece of the answer. The first error
/// ends the stream; the rows before it have been handed out. It is a [`Stream`], and [`next`](RowStream::next) reads it
/// without one. Dropping it closes the connection, and the server stops.
#[must_use = "a stream does nothing until it is read"]
pub struct RowStream<T> {
    answer: Answer<Rows<T, Bytes>>,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for RowStream<T> {}

impl<T: for<'r> FromRow<'r>> RowStream<T> {
    pub(super) fn new(feed: Feed) -> Self {
        RowStream { answer: Answer::new(feed) }
    }

    /// The next row; `None` after the last row or an error.
    ///
    /// # Errors
    ///
    /// Those of sending the query, errors that the server put into its answer, an answer that ends early, and rows that
    /// do not fit `T`.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.answer.poll_next(cx, Rows::next_row)
    }

    /// Measurement, tags, columns and statement of the last row.
    pub fn series(&self) -> Option<&Arc<Columns>> {
        self.answer.decoder.as_ref()?.series()
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.answer.decoder.as_ref().map_or(&[], Rows::messages)
    }
}

impl<T: for<'r> FromRow<'r>> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.poll(cx)
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("answer", &self.answer.feed).finish_non_exhaustive()
    }
}

/// The series of a query, each with all its rows: what [`Query::series`](crate::Query::series) returns.
///
/// The request is sent when the first series is asked for; memory is bounded by the largest series and one piece of the
/// answer. The first error ends the stream. It is a [`Stream`], and [`next`](SeriesStream::next) reads it without one.
#[must_use = "a stream does nothing until it is read"]
pub struct SeriesStream<T> {
    answer: Answer<WholeSeries<T, Bytes>>,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for SeriesStream<T> {}

impl<T: for<'r> FromRow<'r>> SeriesStream<T> {
    pub(super) fn new(feed: Feed) -> Self {
        SeriesStream { answer: Answer::new(feed) }
    }

    /// The next series; `None` after the last one or an error.
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn next(&mut self) -> Option<Result<Series<T>>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Series<T>>>> {
        self.answer.poll_next(cx, WholeSeries::next_series)
    }

    /// All series.
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn all(mut self) -> Result<Vec<Series<T>>> {
        let mut all = Vec::new();
        while let Some(series) = self.next().await {
            all.push(series?);
        }
        Ok(all)
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.answer.decoder.as_ref().map_or(&[], WholeSeries::messages)
    }
}

impl<T: for<'r> FromRow<'r>> Stream for SeriesStream<T> {
    type Item = Result<Series<T>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<T> fmt::Debug for SeriesStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeriesStream").field("answer", &self.answer.feed).finish_non_exhaustive()
    }
}
