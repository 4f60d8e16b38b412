//! A query that is sent when its first bytes are asked for, and its answer as it feeds a decoder: the same for all languages, and
//! whether rows are owned or lent.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use influx_core::decode::{Decoder, Message, Rows, Syntax, WholeSeries};
use influx_core::{DecodeError, FromRow};

use crate::error::{Error, Result};
use crate::http::response::Response;
use crate::message::secrets::Secrets;
use crate::query::builder::Query;
use crate::query::language::Language;
use crate::query::request::{BoxFuture, Sending, unread};

/// What takes an answer's bytes, whatever comes out of it.
pub(super) trait Sink {
    fn new(syntax: Syntax) -> Self;
    fn push(&mut self, frame: Bytes);
    fn finish(&mut self);
    fn messages(&self) -> &[Message];
}

macro_rules! sinks {
    ($([$($t:ident)?] $sink:ty),*) => { $(
        impl<$($t: for<'r> FromRow<'r>)?> Sink for $sink {
            fn new(syntax: Syntax) -> Self {
                Self::new(syntax)
            }

            fn push(&mut self, frame: Bytes) {
                Self::push(self, frame);
            }

            fn finish(&mut self) {
                Self::finish(self);
            }

            fn messages(&self) -> &[Message] {
                Self::messages(self)
            }
        }
    )* };
}
sinks!([] Decoder<Bytes>, [T] Rows<T, Bytes>, [T] WholeSeries<T, Bytes>);

/// An answer, decoded by `D`.
pub(super) struct Answer<D> {
    pub(super) feed: Feed,
    pub(super) decoder: Option<D>,
}

impl<D: Sink> Answer<D> {
    pub(super) fn new<L: Language>(query: Query<L>) -> Self {
        Answer { feed: Feed::new(query), decoder: None }
    }

    /// Gives the decoder more to read. `false`: everything was read.
    pub(super) fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        loop {
            match (ready!(self.feed.poll(cx))?, &mut self.decoder) {
                (Fed::Begin(syntax), decoder) => *decoder = Some(D::new(syntax)),
                (Fed::Frame(bytes), Some(decoder)) => {
                    decoder.push(bytes);
                    return Poll::Ready(Ok(true));
                }
                (Fed::Finish, Some(decoder)) => {
                    decoder.finish();
                    return Poll::Ready(Ok(true));
                }
                _ => return Poll::Ready(Ok(false)),
            }
        }
    }

    /// As [`poll_more`](Self::poll_more), to be awaited. Who leaves it and comes back goes on waiting.
    pub(super) async fn more(&mut self) -> Result<bool> {
        poll_fn(|cx| self.poll_more(cx)).await
    }

    /// The next thing that `next` finds. What is decoded comes first: an error of the connection follows what arrived before it.
    pub(super) fn poll_next<T>(
        &mut self,
        cx: &mut Context<'_>,
        next: impl Fn(&mut D) -> Option<Result<T, DecodeError>>,
    ) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(decoder) = &mut self.decoder
                && !self.feed.has_ended()
                && let Some(found) = next(decoder)
            {
                return Poll::Ready(Some(found.map_err(|error| self.feed.unread(error))));
            }
            match ready!(self.poll_more(cx)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    pub(super) fn messages(&self) -> &[Message] {
        self.decoder.as_ref().map_or(&[], D::messages)
    }
}

/// Where the bytes of an answer come from: what does not depend on the type that they become, and is compiled once.
pub(super) struct Feed {
    state: State,
    /// The request, for messages.
    shown: String,
    secrets: Arc<Secrets>,
}

enum State {
    Sending(Sending),
    Reading(BoxFuture<(Response, Result<Option<Bytes>>)>),
    /// All bytes are there.
    Read,
    Ended,
}

/// What a feed has for the decoder.
enum Fed {
    /// An answer, which is read in this way.
    Begin(Syntax),
    Frame(Bytes),
    /// There are no more bytes.
    Finish,
    /// And nothing is left of those that were there.
    End,
}

impl Feed {
    fn new<L: Language>(query: Query<L>) -> Self {
        let secrets = query.secrets();
        Feed { state: State::Sending(query.sending()), shown: String::new(), secrets }
    }

    fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Fed>> {
        let (next, fed) = match &mut self.state {
            State::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                Ok((response, syntax)) => {
                    response.shown().clone_into(&mut self.shown);
                    (State::reading(response), Ok(Fed::Begin(syntax)))
                }
                Err(error) => (State::Ended, Err(error)),
            },
            State::Reading(reading) => match ready!(reading.as_mut().poll(cx)) {
                (response, Ok(Some(bytes))) => (State::reading(response), Ok(Fed::Frame(bytes))),
                (_, Ok(None)) => (State::Read, Ok(Fed::Finish)),
                (_, Err(error)) => (State::Ended, Err(error)),
            },
            State::Read | State::Ended => (State::Ended, Ok(Fed::End)),
        };
        self.state = next;
        Poll::Ready(fed)
    }

    /// The error of an answer that cannot be read: nothing follows it.
    pub(super) fn unread(&mut self, error: DecodeError) -> Error {
        self.failed(unread(error, &self.secrets))
    }

    /// An error of what the answer holds: nothing follows it.
    pub(super) fn failed(&mut self, error: Error) -> Error {
        self.state = State::Ended;
        error.at(&*self.shown)
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

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Sending(_) => "sending",
            State::Reading(_) => "reading",
            State::Read => "read",
            State::Ended => "ended",
        };
        f.debug_struct("Feed").field("request", &self.shown).field("state", &state).finish_non_exhaustive()
    }
}
