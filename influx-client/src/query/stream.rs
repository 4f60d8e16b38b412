//! Answers as they arrive, owned: rows and whole series.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use influx_core::decode::influxql::Options;
use influx_core::decode::{Message, Rows, Series, WholeSeries};
use influx_core::{Columns, DecodeError, FromRow};

use crate::error::{Error, Result};
use crate::http::response::Response;
use crate::message::secrets::Secrets;
use crate::query::request::{Prepared, Sending, unread};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a push decoder does, whatever comes out of it.
trait Push {
    type Item;
    fn new(options: Options) -> Self;
    fn push(&mut self, frame: Bytes);
    fn finish(&mut self);
    fn next(&mut self) -> Option<Result<Self::Item, DecodeError>>;
}

impl<T: for<'r> FromRow<'r>> Push for Rows<T, Bytes> {
    type Item = T;

    fn new(options: Options) -> Self {
        Rows::new(options)
    }

    fn push(&mut self, frame: Bytes) {
        Rows::push(self, frame);
    }

    fn finish(&mut self) {
        Rows::finish(self);
    }

    fn next(&mut self) -> Option<Result<T, DecodeError>> {
        self.next_row()
    }
}

impl<T: for<'r> FromRow<'r>> Push for WholeSeries<T, Bytes> {
    type Item = Series<T>;

    fn new(options: Options) -> Self {
        WholeSeries::new(options)
    }

    fn push(&mut self, frame: Bytes) {
        WholeSeries::push(self, frame);
    }

    fn finish(&mut self) {
        WholeSeries::finish(self);
    }

    fn next(&mut self) -> Option<Result<Series<T>, DecodeError>> {
        self.next_series()
    }
}

/// A query that is sent when its first item is asked for, and its answer, decoded by `D`.
struct Pump<D> {
    feed: Feed,
    decoder: Option<D>,
}

/// Where the bytes of an answer come from: what does not depend on the type that they become, and is compiled once.
struct Feed {
    state: State,
    secrets: Arc<Secrets>,
}

enum State {
    Sending(Sending),
    Reading(BoxFuture<(Response, Result<Option<Bytes>>)>),
    /// All bytes are there; `shown` is the request for messages.
    Read {
        shown: String,
    },
    Ended,
}

/// What a feed has for the decoder.
enum Fed {
    /// An answer, written as was asked for.
    Begin(Options),
    Frame(Bytes),
    /// There are no more bytes.
    Finish,
    /// And nothing is left of those that were there.
    End,
    Failed(Error),
}

impl<D: Push> Pump<D> {
    fn new(query: Prepared) -> Self {
        Pump { feed: Feed::new(query), decoder: None }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<D::Item>>> {
        loop {
            // What is decoded comes first: an error of the connection follows what arrived before it.
            if let Some(decoder) = &mut self.decoder
                && !self.feed.has_ended()
            {
                match decoder.next() {
                    Some(Ok(item)) => return Poll::Ready(Some(Ok(item))),
                    Some(Err(error)) => return Poll::Ready(Some(Err(self.feed.unread(error)))),
                    None => {}
                }
            }
            match (ready!(self.feed.poll(cx)), &mut self.decoder) {
                (Fed::Begin(options), _) => self.decoder = Some(D::new(options)),
                (Fed::Frame(bytes), Some(decoder)) => decoder.push(bytes),
                (Fed::Finish, Some(decoder)) => decoder.finish(),
                (Fed::Failed(error), _) => return Poll::Ready(Some(Err(error))),
                _ => return Poll::Ready(None),
            }
        }
    }
}

impl Feed {
    fn new(query: Prepared) -> Self {
        let secrets = Arc::clone(query.secrets());
        Feed { state: State::Sending(query.sending()), secrets }
    }

    fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fed> {
        let (next, fed) = match &mut self.state {
            State::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                Ok((response, options)) => (State::reading(response), Fed::Begin(options)),
                Err(error) => (State::Ended, Fed::Failed(error)),
            },
            State::Reading(reading) => match ready!(reading.as_mut().poll(cx)) {
                (response, Ok(Some(bytes))) => (State::reading(response), Fed::Frame(bytes)),
                (response, Ok(None)) => (State::Read { shown: response.shown().to_owned() }, Fed::Finish),
                (_, Err(error)) => (State::Ended, Fed::Failed(error)),
            },
            State::Read { .. } | State::Ended => (State::Ended, Fed::End),
        };
        self.state = next;
        Poll::Ready(fed)
    }

    /// The error of an answer that cannot be read: nothing follows it.
    fn unread(&mut self, error: DecodeError) -> Error {
        let error = unread(error, &self.secrets);
        let error = match &self.state {
            State::Read { shown } => error.at(shown),
            _ => error,
        };
        self.state = State::Ended;
        error
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

impl<D> fmt::Debug for Pump<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.feed.state {
            State::Sending(_) => "sending",
            State::Reading(_) => "reading",
            State::Read { .. } => "read",
            State::Ended => "ended",
        };
        f.debug_struct("Pump").field("state", &state).finish_non_exhaustive()
    }
}

/// The rows of a query as a stream of `T`: what [`Query::fetch`](crate::Query::fetch) returns.
///
/// The request is sent when the first row is asked for; memory is bounded by one piece of the answer. The first error
/// ends the stream; the rows before it have been handed out. It is a [`Stream`], and [`next`](RowStream::next) reads it
/// without one. Dropping it closes the connection, and the server stops.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is read"]
pub struct RowStream<T> {
    pump: Pump<Rows<T, Bytes>>,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for RowStream<T> {}

impl<T: for<'r> FromRow<'r>> RowStream<T> {
    pub(super) fn new(query: Prepared) -> Self {
        RowStream { pump: Pump::new(query) }
    }

    /// The next row; `None` after the last row or an error.
    ///
    /// # Errors
    ///
    /// Those of sending the query, errors that the server put into its answer, an answer that ends early, and rows that
    /// do not fit `T`.
    pub async fn next(&mut self) -> Option<Result<T>> {
        poll_fn(|cx| self.pump.poll(cx)).await
    }

    /// Measurement, tags, columns and statement of the last row.
    pub fn series(&self) -> Option<&Arc<Columns>> {
        self.pump.decoder.as_ref()?.series()
    }

    /// What the server remarked so far, such as warnings.
    pub fn messages(&self) -> &[Message] {
        self.pump.decoder.as_ref().map_or(&[], |rows| rows.messages())
    }
}

impl<T: for<'r> FromRow<'r>> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.pump.poll(cx)
    }
}

/// The series of a query, each with all its rows: what [`Query::series`](crate::Query::series) returns.
///
/// The request is sent when the first series is asked for; memory is bounded by the largest series and one piece of the
/// answer. The first error ends the stream. It is a [`Stream`], and [`next`](SeriesStream::next) reads it without one.
#[derive(Debug)]
#[must_use = "a stream does nothing until it is read"]
pub struct SeriesStream<T> {
    pump: Pump<WholeSeries<T, Bytes>>,
}

// Nothing in it is pinned in place: the futures are boxed.
impl<T> Unpin for SeriesStream<T> {}

impl<T: for<'r> FromRow<'r>> SeriesStream<T> {
    pub(super) fn new(query: Prepared) -> Self {
        SeriesStream { pump: Pump::new(query) }
    }

    /// The next series; `None` after the last one or an error.
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn next(&mut self) -> Option<Result<Series<T>>> {
        poll_fn(|cx| self.pump.poll(cx)).await
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
        self.pump.decoder.as_ref().map_or(&[], |series| series.messages())
    }
}

impl<T: for<'r> FromRow<'r>> Stream for SeriesStream<T> {
    type Item = Result<Series<T>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pump.poll(cx)
    }
}
