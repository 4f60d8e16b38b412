//! Any request to the API: what has no method of its own.

use std::fmt;

use crate::admin::future::awaits;
use crate::admin::v2::call::Call;
use crate::admin::v2::handle::Admin;
use crate::error::problem::Problem;
use crate::error::{Error, Result};
use crate::http::request::Method;

/// Any request to the API: what [`Admin::get`] and its like return. `Debug` shows neither its parameters nor its body.
#[must_use = "a request is sent when it is awaited"]
pub struct RawRequest {
    admin: Admin,
    method: Method,
    path: String,
    params: Vec<(String, String)>,
    json: Option<String>,
    problem: Problem,
}

impl Admin {
    /// `GET` of a path below `/api/v2/`: the body of the answer.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let json: String = admin.get("/api/v2/variables").param("orgID", "331757e6fce87162").await?;
    /// let made: String = admin.post("/api/v2/checks").json(r#"{"name": ".."}"#).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A path that is not below `/api/v2/`, or is none, and all that [`Client::ping`](crate::Client::ping) has.
    pub fn get(&self, path: impl Into<String>) -> RawRequest {
        self.raw(Method::Get, path.into())
    }

    /// `POST` to a path below `/api/v2/`, see [`get`](Self::get).
    pub fn post(&self, path: impl Into<String>) -> RawRequest {
        self.raw(Method::Post, path.into())
    }

    /// `PUT` to a path below `/api/v2/`, see [`get`](Self::get).
    pub fn put(&self, path: impl Into<String>) -> RawRequest {
        self.raw(Method::Put, path.into())
    }

    /// `PATCH` of a path below `/api/v2/`, see [`get`](Self::get).
    pub fn patch(&self, path: impl Into<String>) -> RawRequest {
        self.raw(Method::Patch, path.into())
    }

    /// `DELETE` of a path below `/api/v2/`, see [`get`](Self::get).
    pub fn delete(&self, path: impl Into<String>) -> RawRequest {
        self.raw(Method::Delete, path.into())
    }

    fn raw(&self, method: Method, path: String) -> RawRequest {
        let (admin, params, json) = (self.clone(), Vec::new(), None);
        RawRequest { admin, method, path, params, json, problem: Problem::default() }
    }
}

awaits!(RawRequest => String);

impl RawRequest {
    /// A parameter of the URL.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }

    /// The body, which is JSON already.
    pub fn json(mut self, text: impl Into<String>) -> Self {
        self.problem
            .check(self.method != Method::Get, "a GET has no body: use .param(..), or another method");
        self.json = Some(text.into());
        self
    }

    async fn run(self) -> Result<String> {
        self.problem.result()?;
        let mut path = checked(self.path)?;
        if !self.params.is_empty() {
            let params = self.params.iter().map(|(name, value)| (&**name, &**value));
            path = format!("{path}?{}", encoded(params));
        }
        let call = Call::new(self.method, path);
        let call = match self.json {
            Some(json) => call.body(json),
            None => call,
        };
        self.admin.body(call).await?.text()
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A path below the API: nothing in it leads out of there, and nothing of it is a parameter.
fn checked(path: String) -> Result<String> {
    let parts = path.strip_prefix("/api/v2/").map(|rest| rest.split('/'));
    let mut parts = parts.ok_or_else(|| Error::config(format!("the path {path:?} is not below /api/v2/")))?;
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~%!$&'()*+,;=:@".contains(&b);
    if parts.all(|part| !matches!(part, "" | "." | "..") && part.bytes().all(is_plain)) {
        return Ok(path);
    }
    Err(Error::config(format!(
        "{path:?} is no path: parameters go into .param(..), and other characters are percent-encoded"
    )))
}

fn encoded<'p>(params: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for path in
            ["/api/v2/variables", "/api/v2/checks/0123456789abcdef/query", "/api/v2/a%20b", "/api/v2/a:b@c"]
        {
            assert_eq!(checked(path.to_owned()).unwrap(), path);
        }
        for path in [
            "",
            "/",
            "variables",
            "/api/v2",
            "/api/v2/",
            "/api/v1/x",
            "/query",
            "/api/v2/../../query",
            "/api/v2/./x",
            "/api/v2/a//b",
            "/api/v2/a?b=c",
            "/api/v2/a#b",
            "/api/v2/a b",
            "/api/v2/é",
            "/api/v2/a\nb",
            "/api/v2/x/",
            "http://h/api/v2/x",
        ] {
            assert!(checked(path.to_owned()).unwrap_err().is_config(), "{path}");
        }
    }
}
