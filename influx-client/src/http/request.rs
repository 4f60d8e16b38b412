//! A request, before it goes anywhere.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use crate::message::secret::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Caller {
    /// The client's user.
    Client,
    /// Anybody.
    Nobody,
    /// Who has this name and password.
    Login { user: String, password: Secret },
    /// Who has this cookie.
    Cookie(Secret),
}

/// One request; `params` go into the URL, behind those that the path has already.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: Cow<'static, str>,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) gzipped: bool,
    /// Whether the answer may be compressed.
    pub(crate) accept_gzip: bool,
    /// The `Accept` header, where the server has a choice.
    pub(crate) accept: Option<&'static str>,
    pub(crate) body: Bytes,
    /// Instead of the client's request timeout.
    pub(crate) timeout: Option<Duration>,
    /// Who asks, instead of the client.
    pub(crate) caller: Caller,
}

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        Request {
            method,
            path: path.into(),
            params: Vec::new(),
            content_type: None,
            gzipped: false,
            accept_gzip: false,
            accept: None,
            body: Bytes::new(),
            timeout: None,
            caller: Caller::Client,
        }
    }
}

/// `a=b&c=d`, as the servers read it from URLs and forms.
pub(crate) fn encode_params(params: &[(&'static str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn params_are_encoded() {
        assert_eq!(
            encode_params(&[("db", "a b&c=d".into()), ("q", "é+%".into())]),
            "db=a+b%26c%3Dd&q=%C3%A9%2B%25"
        );
    }
}
