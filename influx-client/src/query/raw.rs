//! The body of an answer as it came, piece by piece.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Result;
use crate::http::response::Response;
use crate::query::request::{BoxFuture, Sending};

/// The body of an answer, as it arrives: what [`Query::raw_stream`](crate::Query::raw_stream) returns.
///
/// The request is sent when the first piece is asked for. The first error ends it. It is a [`Stream`], and [`next`](RawStream::next)
/// reads it without one. Dropping it closes the connection, and the server stops.
#[must_use = "a stream does nothing until it is read"]
pub struct RawStream(State);

enum State {
    Sending(Sending),
    Reading(BoxFuture<(Response, Result<Option<Bytes>>)>),
    Ended,
}

impl RawStream {
    pub(super) fn new(sending: Sending) -> Self {
        RawStream(State::Sending(sending))
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
        loop {
            let (next, piece) = match &mut self.0 {
                State::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                    Ok((response, _)) => (State::reading(response), None),
                    Err(error) => (State::Ended, Some(Err(error))),
                },
                State::Reading(reading) => match ready!(reading.as_mut().poll(cx)) {
                    (response, Ok(Some(bytes))) => (State::reading(response), Some(Ok(bytes))),
                    (_, Ok(None)) => (State::Ended, None),
                    (_, Err(error)) => (State::Ended, Some(Err(error))),
                },
                State::Ended => return Poll::Ready(None),
            };
            self.0 = next;
            if piece.is_some() {
                return Poll::Ready(piece);
            }
        }
    }
}

impl State {
    fn reading(mut response: Response) -> State {
        State::Reading(Box::pin(async move {
            let chunk = response.chunk().await;
            (response, chunk)
        }))
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
        f.debug_struct("RawStream").finish_non_exhaustive()
    }
}
