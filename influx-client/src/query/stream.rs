//! Rows as they arrive.

use std::fmt;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use influx_core::decode::influxql::{Decoder, Message, Options, Rows};
use influx_core::{Columns, DecodeError, FromRow, Planner, Row};

use crate::error::{Error, Result};
use crate::http::Response;
use crate::query::Query;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The rows of a query as a stream of `T`: what [`Query::fetch`] returns.
///
/// The request is sent when the first row is asked for; memory is bounded by one piece of the answer. The first error
/// ends the stream; the rows before it have been handed out. It is a [`Stream`], and [`next`](RowStream::next) reads it
/// without one.
#[must_use = "a stream does nothing until it is read"]
pub struct RowStream<T> {
    state: State,
    rows: Rows<T>,
}

enum State {
    Sending(BoxFuture<Result<Response>>),
    Reading(BoxFuture<(Response, Result<Option<Bytes>>)>),
    /// All bytes are there; `shown` is the request for messages.
    Read {
        shown: String,
    },
    Ended,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for RowStream<T> {}

impl<T: for<'r> FromRow<'r>> RowStream<T> {
    pub(crate) fn new(query: Query) -> Self {
        let rows = Rows::new(query.options());
        RowStream { state: State::Sending(Box::pin(async move { query.send().await })), rows }
    }

    /// The next row; `None` after the last row or an error.
    ///
    /// # Errors
    ///
    /// Those of sending the query, errors that the server put into its answer, an answer that ends early, and rows that
    /// do not fit `T`.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|cx| self.poll_row(cx)).await
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            // Rows first: an error of the connection comes after the rows that arrived before it.
            if !matches!(self.state, State::Ended) {
                match self.rows.next_row() {
                    Some(Ok(row)) => return Poll::Ready(Some(Ok(row))),
                    Some(Err(error)) => return self.fail(Error::decode(error)),
                    None => {}
                }
            }
            let next = match &mut self.state {
                State::Sending(sending) => ready!(sending.as_mut().poll(cx)).map(State::reading),
                State::Reading(reading) => {
                    let (response, chunk) = ready!(reading.as_mut().poll(cx));
                    chunk.map(|chunk| match chunk {
                        Some(bytes) => {
                            self.rows.push(&bytes);
                            State::reading(response)
                        }
                        None => {
                            self.rows.finish();
                            State::Read { shown: response.shown().to_owned() }
                        }
                    })
                }
                State::Read { .. } | State::Ended => {
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
            };
            match next {
                Ok(state) => self.state = state,
                Err(error) => return self.fail(error),
            }
        }
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<T>>> {
        let error = match &self.state {
            State::Read { shown } => error.at(shown),
            _ => error,
        };
        self.state = State::Ended;
        Poll::Ready(Some(Err(error)))
    }

    /// Measurement, tags, columns and statement of the last row.
    pub fn series(&self) -> Option<&Arc<Columns>> {
        self.rows.series()
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.rows.messages()
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

impl<T: for<'r> FromRow<'r>> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.poll_row(cx)
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Sending(_) => "sending",
            State::Reading(_) => "reading",
            State::Read { .. } => "read",
            State::Ended => "ended",
        };
        f.debug_struct("RowStream").field("state", &state).finish_non_exhaustive()
    }
}

/// Lends the rows of an answer to `each`, until its end or the first error.
pub(crate) async fn lend(
    mut response: Response,
    options: Options,
    mut plan: impl FnMut(&mut Planner<'_>) -> Result<(), DecodeError>,
    mut each: impl FnMut(Row<'_, '_>) -> Result<(), DecodeError>,
) -> Result<()> {
    let mut decoder = Decoder::new(options);
    loop {
        let chunk = response.chunk().await?;
        match &chunk {
            Some(bytes) => decoder.push(bytes),
            None => decoder.finish(),
        }
        let flow = decoder.drain(&mut plan, |row| match row.and_then(&mut each) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        });
        if let ControlFlow::Break(error) = flow {
            return Err(Error::decode(error).at(response.shown()));
        }
        if chunk.is_none() {
            return Ok(());
        }
    }
}
