//! How the caller says who they are: what goes into the header and the URL of each request.

use std::time::{Duration, SystemTime};

use crate::http::jwt;
use crate::message::secret::Secret;
use crate::message::secrets::Secrets;

/// How long a token that is made for one request is good: clocks may disagree by that much.
const TOKEN_LIFE: Duration = Duration::from_secs(600);

/// One of the ways that InfluxDB knows.
#[derive(Debug, Clone)]
pub(crate) enum Auth {
    /// `Authorization: Basic` and both in base64.
    Basic { user: String, password: Secret },
    /// The parameters `u` and `p`.
    Url { user: String, password: Secret },
    /// `Authorization: Token user:password`.
    Token { user: String, password: Secret },
    /// `Authorization: Token` and a token of 2.x.
    ApiToken(Secret),
    /// A cookie of 2.x, for which user and password were given once: see [`crate::http::signin`].
    Session { user: String, password: Secret },
    /// `Authorization: Bearer` and a token that somebody else signed.
    Bearer(Secret),
    /// `Authorization: Bearer` and a token of each request's own.
    Jwt { user: String, shared_secret: Secret },
}

impl Auth {
    /// User and password of HTTP Basic, which the HTTP library encodes.
    pub(crate) fn basic(&self) -> Option<(&str, &Secret)> {
        match self {
            Auth::Basic { user, password } => Some((user, password)),
            _ => None,
        }
    }

    /// The `Authorization` header of the ways other than Basic.
    pub(crate) fn header(&self, now: SystemTime) -> Option<Secret> {
        match self {
            Auth::Basic { .. } | Auth::Url { .. } | Auth::Session { .. } => None,
            Auth::ApiToken(token) => Some(Secret::new(format!("Token {}", token.expose()))),
            Auth::Token { user, password } => {
                Some(Secret::new(format!("Token {user}:{}", password.expose())))
            }
            Auth::Bearer(token) => Some(Secret::new(format!("Bearer {}", token.expose()))),
            Auth::Jwt { user, shared_secret } => {
                let expires = (now + TOKEN_LIFE).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                let token = jwt::sign(user, expires.as_secs(), shared_secret);
                Some(Secret::new(format!("Bearer {token}")))
            }
        }
    }

    /// What must not be told to anybody, in whatever form it travels.
    pub(crate) fn add_to(&self, secrets: &mut Secrets) {
        match self {
            Auth::Basic { user, password }
            | Auth::Url { user, password }
            | Auth::Token { user, password }
            | Auth::Session { user, password } => {
                secrets.add_login(user, password.expose());
            }
            Auth::Bearer(token) | Auth::ApiToken(token) => secrets.add(token.expose()),
            Auth::Jwt { shared_secret, .. } => {
                secrets.add(shared_secret.expose());
                secrets.add_tokens(&jwt::beginning());
            }
        }
    }

    /// The parameters of the URL.
    pub(crate) fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Auth::Url { user, password } => vec![("u", user.clone()), ("p", password.expose().to_owned())],
            _ => Vec::new(),
        }
    }
}
