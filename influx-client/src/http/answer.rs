//! An answer as data: its head, and the begin of its body.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::http::endpoint::without_secrets;

/// More of an error text than this is of no use to anybody. Errors keep 64 KiB of it: what is cut here in the middle of a secret is
/// beyond that.
pub(crate) const TEXT_LIMIT: usize = 68 << 10;

/// What came back for a request, read to its end or to a limit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// The request without credentials and parameters, for messages.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(super) headers: HeaderMap,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
    /// The body ended as HTTP wants it, before any limit.
    pub(crate) whole: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text_of(&self.headers, name)
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Where a redirect points to, without credentials and parameters.
    pub(crate) fn redirected_to(&self) -> Option<String> {
        let redirects = (300..400).contains(&self.status);
        self.header("location").filter(|_| redirects).map(without_secrets)
    }

    /// Whether the body says nothing: how writes are answered with success. Proxies make 200 and blanks of 204.
    pub(crate) fn is_blank(&self) -> bool {
        self.whole && self.body.trim_ascii().is_empty()
    }
}

/// A header that is text.
pub(super) fn text_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
impl Answer {
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, body: body.into(), whole: true, ..Answer::default() }
    }

    /// The body ended as HTTP wants it, or not.
    pub(crate) fn ended(self, whole: bool) -> Answer {
        Answer { whole, ..self }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Answer {
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }
}
