//! A query that is sent when its first bytes are asked for, and its answer as it feeds a decoder: the same for all languages, and
//! whether rows are owned or lent.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use influx_core::decode::{Decoder, Rows, Syntax, WholeSeries};
use influx_core::{DecodeError, FromRow};

use crate::error::{Error, Result};
use crate::http::response::Response;
use crate::message::secrets::Secrets;
use crate::query::request::{BoxFuture, Sending, unread};

/// What takes an answer's bytes, whatever comes out of it.
pub(super) trait Sink {
    fn new(syntax: Syntax) -> Self
    where
        Self: Sized;
    fn push(&mut self, frame: Bytes);
    fn finish(&mut self);
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
    pub(super) fn new(feed: Feed) -> Self {
        Answer { feed, decoder: None }
    }

    /// Gives the decoder more to read. `false`: everything was read. Who leaves it and comes back goes on waiting.
    pub(super) async fn more(&mut self) -> Result<bool> {
        loop {
            match poll_fn(|cx| self.feed.poll_into(cx, sink(&mut self.decoder))).await? {
                Fed::Begin(syntax) => self.decoder = Some(D::new(syntax)),
                Fed::More => return Ok(true),
                Fed::End => return Ok(false),
            }
        }
    }

    /// The next thing that `next` finds. What is decoded comes first: an error of the connection follows what arrived before it.
    pub(super) fn poll_next<T>(
        &mut self,
        cx: &mut Context<'_>,
        next: fn(&mut D) -> Option<Result<T, DecodeError>>,
    ) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(decoder) = &mut self.decoder
                && !self.feed.has_ended()
                && let Some(found) = next(decoder)
            {
                return Poll::Ready(Some(match found {
                    Ok(found) => Ok(found),
                    Err(error) => Err(self.feed.unread(error)),
                }));
            }
            match ready!(self.feed.poll_into(cx, sink(&mut self.decoder))) {
                Ok(Fed::Begin(syntax)) => self.decoder = Some(D::new(syntax)),
                Ok(Fed::More) => {}
                Ok(Fed::End) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

/// The decoder, whatever its type: the feed is compiled once. Plain matches cost the compiler less than closures, for each row type.
fn sink<D: Sink>(decoder: &mut Option<D>) -> Option<&mut dyn Sink> {
    match decoder {
        Some(decoder) => Some(decoder),
        None => None,
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

/// What a feed had for the decoder.
enum Fed {
    /// An answer, which is read in this way: a decoder is needed.
    Begin(Syntax),
    /// Bytes, or that there are no more of them.
    More,
    /// Nothing: all was read.
    End,
}

impl Feed {
    pub(super) fn new(sending: Sending, secrets: Arc<Secrets>) -> Self {
        Feed { state: State::Sending(sending), shown: String::new(), secrets }
    }

    fn has_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Gives the decoder, if there is one already, what comes next.
    fn poll_into(&mut self, cx: &mut Context<'_>, decoder: Option<&mut dyn Sink>) -> Poll<Result<Fed>> {
        let (next, fed) = match &mut self.state {
            State::Sending(sending) => match ready!(sending.as_mut().poll(cx)) {
                Ok((response, syntax)) => {
                    response.shown().clone_into(&mut self.shown);
                    (State::reading(response), Ok(Fed::Begin(syntax)))
                }
                Err(error) => (State::Ended, Err(error)),
            },
            State::Reading(reading) => match ready!(reading.as_mut().poll(cx)) {
                (response, Ok(Some(bytes))) => {
                    if let Some(decoder) = decoder {
                        decoder.push(bytes);
                    }
                    (State::reading(response), Ok(Fed::More))
                }
                (_, Ok(None)) => {
                    if let Some(decoder) = decoder {
                        decoder.finish();
                    }
                    (State::Read, Ok(Fed::More))
                }
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
