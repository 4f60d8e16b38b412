//! One request to the API, and its answer.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::admin::v2::decode::{Decode, Unfit, member, object};
use crate::admin::v2::handle::Admin;
use crate::error::{Error, Kind, Result};
use crate::generation::document::{NOT_INFLUXDB, error_of};
use crate::generation::v2::way_out::NO_ENDPOINT;
use crate::http::request::{Caller, Method, Request};
use crate::message::secrets::Secrets;
use crate::message::{SERVER_TEXT, shown};

/// A request, and what of it must not appear in any message.
#[derive(Debug)]
pub(super) struct Call {
    request: Request,
    secrets: Secrets,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Call {
        Call { request: Request::new(method, path.into()), secrets: Secrets::default() }
    }

    pub(super) fn get(path: impl Into<String>) -> Call {
        Call::new(Method::Get, path)
    }

    pub(super) fn post(path: impl Into<String>) -> Call {
        Call::new(Method::Post, path)
    }

    pub(super) fn patch(path: impl Into<String>) -> Call {
        Call::new(Method::Patch, path)
    }

    pub(super) fn delete(path: impl Into<String>) -> Call {
        Call::new(Method::Delete, path)
    }

    pub(super) fn param(mut self, name: &'static str, value: impl Into<String>) -> Call {
        self.request.params.push((name, value.into()));
        self
    }

    pub(super) fn params(mut self, params: impl IntoIterator<Item = (&'static str, String)>) -> Call {
        self.request.params.extend(params);
        self
    }

    pub(super) fn json(self, body: &Value) -> Call {
        self.body(body.to_string())
    }

    /// A body that is JSON already.
    pub(super) fn body(mut self, json: String) -> Call {
        self.request.content_type = Some("application/json");
        self.request.body = Bytes::from(json);
        self
    }

    /// A text that must not appear in any message.
    pub(super) fn secret(mut self, secret: &str) -> Call {
        self.secrets.add(secret);
        self
    }

    /// Anybody may ask that.
    pub(super) fn by_nobody(mut self) -> Call {
        self.request.caller = Caller::Nobody;
        self
    }
}

impl Admin {
    /// The body of an answer with success.
    pub(super) async fn body(&self, call: Call) -> Result<Body> {
        self.spoken()?;
        let Call { request, secrets } = call;
        let mut response = self.session.http.send(request).await?;
        if !response.is_success() {
            return Err(error_of(response).await.without(&secrets));
        }
        let bytes = response.bytes().await?;
        let secrets = (secrets, Arc::clone(response.secrets()));
        Ok(Body { at: response.shown().to_owned(), bytes, secrets })
    }

    /// An answer of which nothing is read.
    pub(super) async fn tell(&self, call: Call) -> Result<()> {
        let body = self.body(call).await?;
        if body.bytes.trim_ascii().is_empty() { Ok(()) } else { body.decoded(|_| Ok(())) }
    }

    /// What an answer tells.
    pub(super) async fn ask<T: Decode>(&self, call: Call) -> Result<T> {
        self.body(call).await?.decoded(T::decode)
    }

    /// What an answer wraps in an object, such as `{"label": {..}}`.
    pub(super) async fn ask_within<T: Decode>(&self, call: Call, key: &str) -> Result<T> {
        self.body(call).await?.decoded(|value| member(&mut object(value)?, key))
    }

    /// What an answer tells; `None` where there is no such thing.
    pub(super) async fn find<T: Decode>(&self, call: Call) -> Result<Option<T>> {
        found(self.ask(call).await)
    }
}

/// `None` where the server says that there is none.
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(one) => Ok(Some(one)),
        // a 404 of something else than the API, or of an endpoint that there is not, says nothing of what was looked for
        Err(error) if error.code() == Some("not found") && error.server_message() != Some(NO_ENDPOINT) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The body of an answer with success.
pub(super) struct Body {
    at: String,
    bytes: Vec<u8>,
    /// The call's, and the client's.
    secrets: (Secrets, Arc<Secrets>),
}

impl Body {
    /// What it tells.
    fn decoded<T>(self, decode: impl FnOnce(Value) -> Result<T, Unfit>) -> Result<T> {
        let value = serde_json::from_slice(&self.bytes).map_err(|_| self.unread())?;
        decode(value).map_err(|unfit| unfit.error().at(self.at))
    }

    /// As text.
    pub(super) fn text(self) -> Result<String> {
        let Body { at, bytes, .. } = self;
        String::from_utf8(bytes).map_err(|_| Error::new(Kind::Decode, "the answer is not UTF-8").at(at))
    }

    /// Something else than JSON. What was to be JSON is not shown: it may hold a token, cut short.
    fn unread(&self) -> Error {
        let text = match self.bytes.trim_ascii() {
            [] => "success, but without the document that was to come: does the URL lead to an InfluxDB 2.x?"
                .into(),
            [b'{' | b'[', ..] => "success, but with a document that is broken or cut short".into(),
            other => {
                let text = String::from_utf8_lossy(other);
                let (own, clients) = &self.secrets;
                let clean = own.taken_out(&text);
                format!("{NOT_INFLUXDB} {}", shown(&clients.taken_out(&clean), SERVER_TEXT))
            }
        };
        Error::new(Kind::Decode, text).at(&*self.at)
    }
}
