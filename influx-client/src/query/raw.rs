//! The body of an answer as it came, piece by piece.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use influx_core::decode::Syntax;

use crate::error::Result;
use crate::query::feed::{Answer, Feed, Sink};

/// The body of an answer, as it arrives: what [`Query::raw_stream`](crate::Query::raw_stream) returns.
///
/// The request is sent when the first piece is asked for. The first error ends it. It is a [`Stream`], and [`next`](RawStream::next)
/// reads it without one. Dropping it closes the connection, and the server stops.
#[must_use = "a stream does nothing until it is read"]
pub struct RawStream {
    answer: Answer<Pieces>,
}

/// What nothing is decoded of.
struct Pieces(VecDeque<Bytes>);

impl Sink for Pieces {
    fn new(_: Syntax) -> Self {
        Pieces(VecDeque::new())
    }

    fn push(&mut self, frame: Bytes) {
        self.0.push_back(frame);
    }

    fn finish(&mut self) {}
}

impl RawStream {
    pub(super) fn new(feed: Feed) -> Self {
        RawStream { answer: Answer::new(feed) }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, an answer that is not success, or a body that is cut off.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.answer.poll_next(cx, |pieces| pieces.0.pop_front().map(Ok))
    }
}

impl Stream for RawStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.poll(cx)
    }
}

impl fmt::Debug for RawStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawStream").field("answer", &self.answer.feed).finish_non_exhaustive()
    }
}
