//! The transport: the only file that names the HTTP library.

#[cfg(test)]
pub(crate) mod scripted;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use influx_core::decode::influxql::Format;
use reqwest::header;

use crate::auth::Auth;
use crate::config::{Config, Timeouts};
use crate::endpoint::without_secrets;
use crate::error::{Error, Kind, Result};
use crate::generation::{self, Answer};
use crate::inflate::Inflate;
use crate::message::Secrets;
use crate::retry;
use crate::runtime;
use crate::tls::{self, Tls};

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

pub(crate) struct Http {
    client: reqwest::Client,
    base: String,
    auth: Option<Auth>,
    timeouts: Timeouts,
    secrets: Arc<Secrets>,
    #[cfg(test)]
    script: Option<scripted::Script>,
}

impl Http {
    pub(crate) fn new(config: &Config) -> Result<Http> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&config.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(config.timeouts.connect)
            .tcp_nodelay(true);
        #[cfg(unix)]
        if let Some(socket) = &config.endpoint.socket {
            builder = builder.unix_socket(socket.as_path());
        }
        if config.endpoint.socket.is_some() {
            builder = builder.no_proxy();
        }
        let client = with_certificates(builder, &config.tls)?.build().map_err(|error| {
            let what = match config.tls.roots.is_empty() && config.tls.identity.is_none() {
                true => "the HTTP client cannot be set up",
                false => "the HTTP client cannot be set up with these certificates: look at .root_certificate(..) and .client_certificate(..)",
            };
            Error::config(what).with_source(error.without_url())
        })?;
        let (base, auth) = (config.endpoint.base.clone(), config.auth.clone());
        Ok(Http {
            client,
            base,
            auth,
            timeouts: config.timeouts,
            secrets: Arc::new(config.secrets()),
            #[cfg(test)]
            script: None,
        })
    }

    /// What must not appear in any message.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// Sends the request and waits for the head of the answer, whatever its status.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Response> {
        let verb = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let shown = format!("{verb} {}{}", self.base, request.path);
        let mut url = format!("{}{}", self.base, request.path);
        request.params.extend(self.auth.iter().flat_map(Auth::params));
        if !request.params.is_empty() {
            url.push('?');
            url.push_str(&encode_params(&request.params));
        }
        let mut builder = self.client.request(verb, url);
        builder =
            builder.header(header::ACCEPT_ENCODING, if request.accept_gzip { "gzip" } else { "identity" });
        if let Some(accept) = request.accept {
            builder = builder.header(header::ACCEPT, accept);
        }
        if let Some((user, password)) = self.auth.as_ref().and_then(Auth::basic) {
            builder = builder.basic_auth(user, Some(password.expose()));
        }
        if let Some(value) = self.auth.as_ref().and_then(|auth| auth.header(SystemTime::now())) {
            let mut value = header::HeaderValue::from_bytes(value.expose().as_bytes())
                .map_err(|_| Error::config("the credentials hold what a header cannot carry").at(&shown))?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        if let Some(content_type) = request.content_type {
            builder = builder.header(header::CONTENT_TYPE, content_type);
        }
        if request.gzipped {
            builder = builder.header(header::CONTENT_ENCODING, "gzip");
        }
        if request.method == Method::Post {
            builder = builder.body(request.body);
        }
        let limit = request.timeout.unwrap_or(self.timeouts.request);
        match runtime::timeout(limit, self.exchange(builder)).await.map_err(|error| error.at(&shown))? {
            Some(Ok(inner)) => {
                let packed =
                    inner.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
                let inflate = packed.then(Inflate::new);
                let (read_limit, secrets) = (self.timeouts.read, Arc::clone(&self.secrets));
                Ok(Response { inner, inflate, shown, read_limit, secrets })
            }
            Some(Err(error)) => Err(error.at(shown).without(&self.secrets)),
            None => {
                Err(Error::new(Kind::Timeout, format!("no answer within {limit:?} (request timeout)"))
                    .at(shown))
            }
        }
    }

    async fn exchange(&self, builder: reqwest::RequestBuilder) -> Result<reqwest::Response> {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return script.answer(builder.build().map_err(transport_error)?).await;
        }
        builder.send().await.map_err(transport_error)
    }
}

fn with_certificates(builder: reqwest::ClientBuilder, tls: &Tls) -> Result<reqwest::ClientBuilder> {
    if tls.only_roots && tls.roots.is_empty() {
        return Err(Error::config(
            "neither the system's authorities nor any other are trusted: give one by .root_certificate(..)",
        ));
    }
    let unfit = |what: &str, error: reqwest::Error| {
        Error::config(format!("the {what} cannot be used")).with_source(error.without_url())
    };
    let roots = tls.roots.iter().map(|der| reqwest::Certificate::from_der(der));
    let roots: Vec<_> = roots.collect::<Result<_, _>>().map_err(|error| unfit("root certificate", error))?;
    let builder = match (tls.only_roots, roots.is_empty()) {
        (true, _) => builder.tls_certs_only(roots),
        (false, false) => builder.tls_certs_merge(roots),
        (false, true) => builder,
    };
    let Some(pem) = &tls.identity else { return Ok(builder) };
    let identity = reqwest::Identity::from_pem(pem.expose().as_bytes());
    Ok(builder.identity(identity.map_err(|error| unfit("client certificate", error))?))
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The head of an answer, and its body as it comes.
pub(crate) struct Response {
    inner: reqwest::Response,
    inflate: Option<Inflate>,
    shown: String,
    read_limit: Duration,
    secrets: Arc<Secrets>,
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    pub(crate) fn is_success(&self) -> bool {
        self.inner.status().is_success()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// How the server wrote the answer, which need not be what was asked for.
    pub(crate) fn format(&self) -> Format {
        self.header("content-type").map_or(Format::Json, Format::of_content_type)
    }

    /// Whether an empty body is an answer without rows, as 2.x and 3.x give it: the database's own, and its end told by HTTP. What
    /// ends with the connection may have been cut.
    pub(crate) fn may_be_empty(&self) -> bool {
        let framed = ["content-length", "transfer-encoding"].iter().any(|name| self.header(name).is_some());
        let ended = framed || self.status() == 204 || self.inner.version() >= reqwest::Version::HTTP_2;
        ended && generation::is_databases_own(|name| self.header(name))
    }

    /// The request without credentials and parameters, for messages.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The next piece of the body, unpacked; `None` at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        loop {
            let piece = self.wire_chunk().await?;
            let Some(inflate) = &mut self.inflate else { return Ok(piece) };
            let unpacked = match &piece {
                Some(bytes) => inflate.push(bytes),
                None => inflate.finish(),
            };
            let unpacked = unpacked.map_err(|error| error.at(&self.shown))?;
            if piece.is_none() {
                self.inflate = None;
            }
            if !unpacked.is_empty() {
                return Ok(Some(unpacked));
            }
            if piece.is_none() {
                return Ok(None);
            }
        }
    }

    async fn wire_chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = runtime::timeout(self.read_limit, self.inner.chunk()).await;
        match chunk.map_err(|error| error.at(&self.shown))? {
            Some(Ok(chunk)) => Ok(chunk),
            Some(Err(error)) => Err(Error::new(Kind::Incomplete, "the answer ended before it was complete")
                .with_source(error.without_url())
                .at(&self.shown)
                .without(&self.secrets)),
            None => {
                let text = format!("no more of the answer within {:?} (read timeout)", self.read_limit);
                Err(Error::new(Kind::Timeout, text).at(&self.shown))
            }
        }
    }

    /// The whole body.
    pub(crate) async fn bytes(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The head and the begin of the body, at most `limit` bytes and for at most [`BODY_LIMIT`]: the status is known already.
    pub(crate) async fn answer(mut self, limit: usize) -> Answer {
        let mut body = Vec::new();
        let all = async {
            while body.len() <= limit {
                match self.chunk().await {
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => return true,
                    // the status says more than the cut of its text
                    Err(_) => return false,
                }
            }
            false
        };
        let whole = matches!(runtime::timeout(BODY_LIMIT, all).await, Ok(Some(true)));
        body.truncate(limit);
        let text = |name| self.header(name).map(str::to_owned);
        Answer {
            request: self.shown.clone(),
            status: self.status(),
            content_type: text("content-type"),
            error_header: text("x-influxdb-error"),
            signed: generation::is_databases_own(|name| self.header(name)),
            retry_after: self
                .header("retry-after")
                .and_then(|value| retry::retry_after(value, SystemTime::now())),
            location: self.header("location").map(without_secrets),
            body,
            whole,
        }
    }

    /// The error that an answer without success stands for.
    pub(crate) async fn into_error(self) -> Error {
        let secrets = Arc::clone(&self.secrets);
        self.answer(TEXT_LIMIT).await.error().without(&secrets)
    }
}

/// Longest time for the body of an answer of which the status is all that matters.
const BODY_LIMIT: Duration = Duration::from_secs(5);

/// More of an error text than this is of no use to anybody. Errors keep 64 KiB of it: what is cut here in the middle of a secret is
/// beyond that.
pub(crate) const TEXT_LIMIT: usize = 68 << 10;

fn transport_error(error: reqwest::Error) -> Error {
    let causes = causes(&error);
    let (kind, text) = match (error.is_connect(), error.is_timeout(), error.is_builder()) {
        (true, true, _) => (Kind::ConnectTimeout, "no connection in time (connect timeout)"),
        (true, false, _) => {
            (Kind::Connect, tls::way_out(&causes).unwrap_or("cannot connect; is a server listening there?"))
        }
        (_, true, _) => (Kind::Timeout, "no answer in time"),
        (_, _, true) => (Kind::Config, "the request cannot be made"),
        _ => (
            Kind::Connection,
            tls::way_out(&causes).unwrap_or("the connection was lost before an answer came"),
        ),
    };
    Error::new(kind, text).with_source(error.without_url())
}

/// The causes of an error as one text.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text.push_str(&cause.to_string());
        text.push('\n');
        next = cause.source();
    }
    text
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
