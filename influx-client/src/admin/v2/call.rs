//! One request to the API, and its answer.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::admin::v2::decode::{Decode, Unfit, member, object};
use crate::admin::v2::handle::Admin;
use crate::error::{Error, Kind, Result};
use crate::generation::document::{Answered, NOT_INFLUXDB, error_of};
use crate::generation::v2::way_out::NO_ENDPOINT;
use crate::http::answer::TEXT_LIMIT;
use crate::http::request::{Caller, Method, Request};
use crate::message::secrets::Secrets;
use crate::message::{SERVER_TEXT, shown};

/// A request, and what of it must not appear in any message.
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
            let error = error_of(response).await.without(&secrets);
            if error.is_not_found()
                && error.server_message().is_some_and(|text| text.contains("organization"))
            {
                // it may have been created anew
                self.session.forget_orgs();
            }
            return Err(error);
        }
        let bytes = response.bytes().await?;
        let secrets = (secrets, Arc::clone(response.secrets()));
        let of_v1 = response.header("x-influxdb-version").is_some_and(|version| version.starts_with("1."));
        Ok(Body { at: response.shown().to_owned(), bytes, of_v1, secrets })
    }

    /// An answer of which nothing is read.
    pub(super) async fn tell(&self, call: Call) -> Result<()> {
        self.body(call).await?.nothing()
    }

    /// What an answer tells.
    pub(super) async fn ask<T: Decode>(&self, call: Call) -> Result<T> {
        self.body(call).await?.decoded(T::decode)
    }

    /// What an answer tells, also one of this status without success. Somebody else's answer of that status is an error.
    pub(super) async fn ask_also<T: Decode>(&self, call: Call, status: u16) -> Result<T> {
        self.spoken()?;
        let response = self.session.http.send(call.request).await?;
        let answered = Answered::from(response.answer(TEXT_LIMIT).await);
        if answered.answer.is_success() || answered.answer.status == status {
            let value = serde_json::from_slice(&answered.answer.body).unwrap_or_default();
            if let Ok(told) = T::decode(value) {
                return Ok(told);
            }
        }
        let is_success = answered.answer.is_success();
        let error = answered.error();
        let error = if is_success { error.because(NOT_INFLUXDB) } else { error };
        Err(error.without(&call.secrets).without(self.session.http.secrets()))
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
    of_v1: bool,
    /// The call's, and the client's.
    secrets: (Secrets, Arc<Secrets>),
}

impl Body {
    /// Whether an InfluxDB 1.8 or later answered, by its version.
    pub(super) fn is_of_v1(&self) -> bool {
        self.of_v1
    }

    /// What it tells is not looked at, but it is the database's.
    pub(super) fn nothing(self) -> Result<()> {
        if self.bytes.trim_ascii().is_empty() { Ok(()) } else { self.decoded(|_| Ok(())) }
    }

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
