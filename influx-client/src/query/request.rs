//! The request of a query, and the head of its answer.

use std::pin::Pin;
use std::sync::Arc;

use influx_core::DecodeError;
use influx_core::decode::influxql::{Format, Options};

use crate::config::session::Session;
use crate::error::{Error, Result};
use crate::generation::document::{error_of, may_be_empty};
use crate::generation::retry::statement_is_retryable;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::message::secrets::Secrets;

/// A query that can be sent, in whatever language, or what is wrong with it.
pub(super) struct Prepared {
    pub(super) session: Arc<Session>,
    pub(super) request: Result<Request>,
    /// How the answer was asked for.
    pub(super) options: Options,
}

/// A query on its way.
pub(super) type Sending = Pin<Box<dyn Future<Output = Result<(Response, Options)>> + Send>>;

impl Prepared {
    pub(super) fn secrets(&self) -> &Arc<Secrets> {
        self.session.http.secrets()
    }

    /// Sends it once polled. Who leaves it and comes back goes on waiting, and sends nothing again.
    pub(super) fn sending(self) -> Sending {
        Box::pin(self.send())
    }

    /// The answer, and how it is read: as it was asked for, and as its head says.
    pub(super) async fn send(self) -> Result<(Response, Options)> {
        let response = self.session.http.send(self.request?).await?;
        if !response.is_success() {
            return Err(error_of(response).await);
        }
        let format = response.header("content-type").map_or(Format::Json, Format::of_content_type);
        let options = self.options.format(format).may_be_empty(may_be_empty(&response));
        Ok((response, options))
    }
}

/// The error of an answer that cannot be read, or says that a statement failed.
pub(super) fn unread(cause: DecodeError, secrets: &Secrets) -> Error {
    let passes = cause.server_message().is_some_and(statement_is_retryable);
    let error = Error::decode(cause);
    // an answer that ends early may be whole the next time
    let error = if error.is_statement() { error.retryable(passes) } else { error };
    error.without(secrets)
}
