//! Sends requests.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header;

use crate::error::{Error, Kind, Result};
use crate::http::auth::Auth;
use crate::http::coding::Coding;
use crate::http::cookie::Cookie;
use crate::http::endpoint::Endpoint;
use crate::http::proxy::{Proxy, with_proxy};
use crate::http::request::{Caller, Method, Request, encode_params};
use crate::http::response::Response;
use crate::http::runtime;
#[cfg(test)]
use crate::http::scripted::Script;
use crate::http::tls::{Tls, way_out, with_certificates};
use crate::message::secret::Secret;
use crate::message::secrets::Secrets;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) request: Duration,
    pub(crate) read: Duration,
}

/// Where requests go, and what all of them carry.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) endpoint: Endpoint,
    pub(crate) auth: Option<Auth>,
    pub(crate) tls: Tls,
    /// What stands between.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) user_agent: String,
    pub(crate) timeouts: Timeouts,
}

impl Connection {
    /// What must not appear in any message.
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some(auth) = &self.auth {
            auth.add_to(&mut secrets);
        }
        if let Some(pem) = &self.tls.identity {
            secrets.add_pem(pem.expose());
        }
        if let Some(proxy) = &self.proxy {
            proxy.add_to(&mut secrets);
        }
        secrets
    }
}

pub(crate) struct Http {
    client: reqwest::Client,
    connection: Connection,
    secrets: Arc<Secrets>,
    cookie: Cookie,
    #[cfg(test)]
    script: Option<Script>,
}

impl Http {
    pub(crate) fn new(connection: Connection) -> Result<Http> {
        let secrets = Arc::new(connection.secrets());
        let client = client(&connection).map_err(|error| error.without(&secrets))?;
        Ok(Http {
            client,
            connection,
            secrets,
            cookie: Cookie::default(),
            #[cfg(test)]
            script: None,
        })
    }

    /// Requests that a function answers, see [`crate::http::scripted`].
    #[cfg(test)]
    pub(crate) fn scripted(connection: Connection, script: Script) -> Http {
        // it only puts requests together; to load the certificates takes long
        static CLIENT: std::sync::LazyLock<reqwest::Client> = std::sync::LazyLock::new(reqwest::Client::new);
        let secrets = Arc::new(connection.secrets());
        Http { client: CLIENT.clone(), connection, secrets, cookie: Cookie::default(), script: Some(script) }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What must not appear in any message.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// The session of 2.x that requests belong to.
    pub(super) fn signed_in(&self) -> &Cookie {
        &self.cookie
    }

    /// Sends the request and waits for the head of the answer, whatever its status.
    pub(crate) async fn send(&self, request: Request) -> Result<Response> {
        match &self.connection.auth {
            Some(Auth::Session { user, password }) if request.caller == Caller::Client => {
                self.send_signed_in(user, password, request).await
            }
            _ => self.send_once(request).await,
        }
    }

    /// The same, without signing in.
    pub(super) async fn send_once(&self, request: Request) -> Result<Response> {
        let verb = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let timeouts = self.connection.timeouts;
        let limit = request.timeout.unwrap_or(timeouts.request);
        let way = self.connection.proxy.as_ref().map(Proxy::way).unwrap_or_default();
        let path = request.path.split('?').next().unwrap_or_default();
        let shown = format!("{verb} {}{path}{way}", self.connection.endpoint.base);
        let exchange = match self.prepared(verb, request) {
            Ok(builder) => self.exchange(builder),
            Err(error) => return Err(error.at(shown)),
        };
        match runtime::timeout(limit, exchange).await.map_err(|error| error.at(&shown))? {
            Some(Ok(inner)) => {
                let (coding, secrets) = (Coding::of(inner.headers()), Arc::clone(&self.secrets));
                Ok(Response { inner, coding, shown, read_limit: timeouts.read, secrets })
            }
            Some(Err(error)) => Err(error.at(shown).without(&self.secrets)),
            None => {
                Err(Error::new(Kind::Timeout, format!("no answer within {limit:?} (request timeout)"))
                    .at(shown))
            }
        }
    }

    /// The request as the HTTP library has it, with credentials.
    fn prepared(&self, verb: reqwest::Method, mut request: Request) -> Result<reqwest::RequestBuilder> {
        let Connection { endpoint, .. } = &self.connection;
        let auth = self.connection.auth.as_ref().filter(|_| request.caller == Caller::Client);
        let mut url = format!("{}{}", endpoint.base, request.path);
        request.params.extend(auth.into_iter().flat_map(Auth::params));
        if !request.params.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&encode_params(&request.params));
        }
        let mut builder = self.client.request(verb, url);
        builder =
            builder.header(header::ACCEPT_ENCODING, if request.accept_gzip { "gzip" } else { "identity" });
        if let Some(accept) = request.accept {
            builder = builder.header(header::ACCEPT, accept);
        }
        match (&request.caller, auth.and_then(Auth::basic)) {
            (Caller::Login { user, password }, _) => {
                builder = builder.basic_auth(user, Some(password.expose()));
            }
            (_, Some((user, password))) => builder = builder.basic_auth(user, Some(password.expose())),
            (Caller::Cookie(cookie), None) => builder = builder.header(header::COOKIE, sensitive(cookie)?),
            (Caller::Client | Caller::Nobody, None) => {}
        }
        if let Some(value) = auth.and_then(|auth| auth.header(SystemTime::now())) {
            builder = builder.header(header::AUTHORIZATION, sensitive(&value)?);
        }
        if let Some(content_type) = request.content_type {
            builder = builder.header(header::CONTENT_TYPE, content_type);
        }
        if request.gzipped {
            builder = builder.header(header::CONTENT_ENCODING, "gzip");
        }
        if request.method != Method::Get && (request.method == Method::Post || !request.body.is_empty()) {
            builder = builder.body(request.body);
        }
        Ok(builder)
    }

    async fn exchange(&self, builder: reqwest::RequestBuilder) -> Result<reqwest::Response> {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return script.answer(builder.build().map_err(|error| self.transport_error(error))?).await;
        }
        builder.send().await.map_err(|error| self.transport_error(error))
    }

    fn transport_error(&self, error: reqwest::Error) -> Error {
        let causes = causes(&error);
        let known = way_out(&causes).map(Cow::Borrowed);
        let (kind, text) = match (error.is_connect(), error.is_timeout(), error.is_builder()) {
            (true, true, _) => (Kind::ConnectTimeout, "no connection in time (connect timeout)".into()),
            (true, false, _) => {
                let proxy = self.connection.proxy.as_ref().map(|proxy| Cow::Owned(proxy.way_out()));
                let text = known.or(proxy).unwrap_or(unreachable(&causes).into());
                (Kind::Connect, text)
            }
            (_, true, _) => (Kind::Timeout, "no answer in time".into()),
            (_, _, true) => (Kind::Config, "the request cannot be made".into()),
            _ => (Kind::Connection, known.unwrap_or("the connection was lost before an answer came".into())),
        };
        Error::new(kind, text).with_source(error.without_url())
    }
}

fn sensitive(text: &Secret) -> Result<header::HeaderValue> {
    let mut value = header::HeaderValue::from_bytes(text.expose().as_bytes())
        .map_err(|_| Error::config("the credentials hold what a header cannot carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn client(connection: &Connection) -> Result<reqwest::Client> {
    let Connection { endpoint, tls, proxy, user_agent, timeouts, .. } = connection;
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(timeouts.connect)
        .tcp_nodelay(true);
    #[cfg(unix)]
    if let Some(socket) = &endpoint.socket {
        builder = builder.unix_socket(socket.as_path());
    }
    with_certificates(with_proxy(builder, proxy.as_ref())?, tls)?.build().map_err(|error| {
        let what = match tls.roots.is_empty() && tls.identity.is_none() {
            true => "the HTTP client cannot be set up",
            false => "the HTTP client cannot be set up with these certificates: look at .root_certificate(..) and .client_certificate(..)",
        };
        Error::config(what).with_source(error.without_url())
    })
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// The way out where no connection could be made, and nothing else is known of it.
fn unreachable(causes: &str) -> &'static str {
    if causes.lines().any(|cause| cause == "dns error") {
        "cannot connect: the host's name leads to no address; is it spelled right?"
    } else {
        "cannot connect; is a server listening there?"
    }
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
