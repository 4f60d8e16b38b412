//! The request of a query, and the head of its answer.

use std::pin::Pin;
use std::sync::Arc;

use influx_core::DecodeError;
use influx_core::decode::Syntax;

use crate::config::session::Session;
use crate::error::{Error, Result};
use crate::generation::document::error_of;
use crate::generation::retry::statement_is_retryable;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::message::secrets::Secrets;

pub(super) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A query on its way: its answer, and how that is read.
pub(super) type Sending = BoxFuture<Result<(Response, Syntax)>>;

/// An answer with success.
pub(super) async fn send(session: &Session, request: Request) -> Result<Response> {
    let answer = session.http.send(request).await?;
    if answer.is_success() { Ok(answer) } else { Err(error_of(answer).await) }
}

/// Sends it once polled. Not generic over the language: it is compiled here, and not with every program anew.
pub(super) fn sending(
    session: Arc<Session>,
    request: Result<Request>,
    syntax: Box<dyn FnOnce(&Response) -> Syntax + Send>,
) -> Sending {
    Box::pin(async move {
        let answer = send(&session, request?).await?;
        let syntax = syntax(&answer);
        Ok((answer, syntax))
    })
}

/// The error of an answer that cannot be read, or says that a statement failed.
pub(super) fn unread(cause: DecodeError, secrets: &Secrets) -> Error {
    let passes = cause.server_message().is_some_and(statement_is_retryable);
    let error = Error::decode(cause);
    // an answer that ends early may be whole the next time
    let error = if error.is_statement() { error.retryable(passes) } else { error };
    error.without(secrets)
}
