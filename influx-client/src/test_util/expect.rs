//! What a scripted server waits for.

use crate::test_util::request::{Request, WRITES};

/// A request that a [`Server`](crate::test_util::Server) waits for.
///
/// ```
/// use influx_client::test_util::Expect;
/// let two_writes = Expect::write().param("db", "market").body_contains("cpu").times(2);
/// # let _ = two_writes;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Expect {
    method: Option<&'static str>,
    /// Without any, all fit.
    paths: Vec<String>,
    params: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body_has: Vec<String>,
    min: usize,
    max: usize,
}

impl Expect {
    /// Any request.
    pub fn any() -> Self {
        Expect {
            method: None,
            paths: Vec::new(),
            params: Vec::new(),
            headers: Vec::new(),
            body_has: Vec::new(),
            min: 1,
            max: 1,
        }
    }

    /// A write: `POST` of `/write`, or of `/api/v2/write` by a client of 2.x.
    pub fn write() -> Self {
        Expect { method: Some("POST"), paths: WRITES.map(str::to_owned).into(), ..Expect::any() }
    }

    /// `GET` or `POST` of `/query`.
    pub fn query() -> Self {
        Expect::path("/query")
    }

    /// A query in Flux: `POST` of `/api/v2/query`. [`body_contains`](Self::body_contains) tells queries apart.
    pub fn flux() -> Self {
        Expect { method: Some("POST"), ..Expect::path("/api/v2/query") }
    }

    /// `GET /ping`.
    pub fn ping() -> Self {
        Expect { method: Some("GET"), ..Expect::path("/ping") }
    }

    /// Any method on this path.
    pub fn path(path: impl Into<String>) -> Self {
        Expect { paths: vec![path.into()], ..Expect::any() }
    }

    /// Only with this parameter, in the URL or a form.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }

    /// Only with this header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Only with this text in the body.
    pub fn body_contains(mut self, text: impl Into<String>) -> Self {
        self.body_has.push(text.into());
        self
    }

    /// Exactly this many times; default once.
    pub fn times(mut self, times: usize) -> Self {
        (self.min, self.max) = (times, times);
        self
    }

    /// Any number of times, also never.
    pub fn any_times(mut self) -> Self {
        (self.min, self.max) = (0, usize::MAX);
        self
    }

    pub(super) fn fits(&self, request: &Request) -> bool {
        self.method.is_none_or(|method| method == request.method())
            && (self.paths.is_empty() || self.paths.iter().any(|path| path == request.path()))
            && self.params.iter().all(|(name, value)| request.param(name) == Some(value))
            && self.headers.iter().all(|(name, value)| request.header(name) == Some(value))
            && self.body_has.iter().all(|text| request.text().contains(text))
    }

    pub(super) fn has_room(&self, used: usize) -> bool {
        used < self.max
    }

    /// What is missing after `used` requests.
    pub(super) fn complaint(&self, used: usize) -> Option<String> {
        (used < self.min).then(|| format!("{} came {used} times instead of {}", self.describe(), self.min))
    }

    fn describe(&self) -> String {
        let params: Vec<_> = self.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = self.paths.first().map_or("(any path)", String::as_str);
        let parts = [self.method.unwrap_or("(any method)"), path, &params.join("&")];
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }
}
