//! A request, before it goes anywhere.

use std::time::Duration;

use bytes::Bytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
}

/// One request; `params` go into the URL.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
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
}

impl Request {
    pub(crate) fn new(method: Method, path: &'static str) -> Self {
        Request {
            method,
            path,
            params: Vec::new(),
            content_type: None,
            gzipped: false,
            accept_gzip: false,
            accept: None,
            body: Bytes::new(),
            timeout: None,
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
