//! The way to the server: straight, or through a proxy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::error::{Error, Result};
use crate::http::endpoint::{Endpoint, percent_decode, without_secrets};
use crate::message::secret::Secret;
use crate::message::secrets::Secrets;

/// Which proxy was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) enum ProxyChoice {
    /// The one that the environment names for the server, none for this machine.
    #[default]
    Environment,
    Direct,
    Given(Secret),
}

impl ProxyChoice {
    /// The proxy at that URL.
    pub(crate) fn given(url: &str) -> Result<ProxyChoice> {
        let shown = without_secrets(url);
        let fail = |what: &str| Err(Error::config(format!("the proxy {shown:?} {what}")));
        let url = url.trim();
        match Url::parse(url) {
            Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") && url.contains("://") => {
                fail("is of a kind that is not known: only http:// and https:// are")
            }
            Ok(parsed) if url.contains("://") && parsed.has_host() => {
                Ok(ProxyChoice::Given(Secret::new(url)))
            }
            _ => fail("is no URL: write something like http://proxy.example.com:3128"),
        }
    }
}

/// A proxy between this client and the server.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Without credentials.
    shown: String,
    login: Option<(String, Secret)>,
    /// What is given to the HTTP library; `None` where that finds it in the environment by itself.
    url: Option<Secret>,
}

impl Proxy {
    /// The proxy on the way to this server.
    pub(crate) fn of(choice: &ProxyChoice, endpoint: &Endpoint) -> Option<Proxy> {
        match choice {
            ProxyChoice::Direct => None,
            ProxyChoice::Given(url) => Proxy::given(url),
            ProxyChoice::Environment if endpoint.own => None,
            ProxyChoice::Environment => Proxy::of_environment(&Matcher::from_env(), endpoint),
        }
    }

    fn given(url: &Secret) -> Option<Proxy> {
        let parsed = Url::parse(url.expose()).ok()?;
        let password = parsed.password().unwrap_or_default();
        let login = (!parsed.username().is_empty()).then(|| {
            let decoded = |text: &str| percent_decode(text).unwrap_or_else(|| text.to_owned());
            (decoded(parsed.username()), Secret::new(decoded(password)))
        });
        Some(Proxy { shown: shown(url.expose()), login, url: Some(url.clone()) })
    }

    fn of_environment(matcher: &Matcher, endpoint: &Endpoint) -> Option<Proxy> {
        let proxy = matcher.intercept(&endpoint.base.parse().ok()?)?;
        let login = proxy.basic_auth().and_then(|value| {
            let letters = value.to_str().ok()?.strip_prefix("Basic ")?;
            let both = String::from_utf8(STANDARD.decode(letters).ok()?).ok()?;
            let (user, password) = both.split_once(':')?;
            Some((user.to_owned(), Secret::new(password)))
        });
        Some(Proxy { shown: shown(&proxy.uri().to_string()), login, url: None })
    }

    /// What follows the request in messages.
    pub(crate) fn way(&self) -> String {
        format!(" through the proxy {}", self.shown)
    }

    /// What to do when no connection comes about.
    pub(crate) fn way_out(&self) -> String {
        let named = match self.url {
            Some(_) => "given by .proxy(..)",
            None => {
                "named by the environment (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY): NO_PROXY takes servers out, .no_proxy() takes none"
            }
        };
        format!(
            "cannot connect; is the proxy {} listening, and may it reach the server? It is {named}",
            self.shown
        )
    }

    /// What must not be told to anybody.
    pub(crate) fn add_to(&self, secrets: &mut Secrets) {
        if let Some((user, password)) = &self.login {
            secrets.add_login(user, password.expose());
        }
    }
}

/// Tells the HTTP library.
pub(super) fn with_proxy(
    builder: reqwest::ClientBuilder,
    proxy: Option<&Proxy>,
) -> Result<reqwest::ClientBuilder> {
    let url = match proxy {
        None => return Ok(builder.no_proxy()),
        Some(Proxy { url: None, .. }) => return Ok(builder),
        Some(Proxy { url: Some(url), .. }) => url,
    };
    match reqwest::Proxy::all(url.expose()) {
        Ok(proxy) => Ok(builder.proxy(proxy)),
        Err(error) => Err(Error::config("the proxy cannot be used").with_source(error.without_url())),
    }
}

fn shown(url: &str) -> String {
    without_secrets(url).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Endpoint {
        Endpoint::parse(url).unwrap()
    }

    #[test]
    fn the_environments_choice() {
        let matcher = Matcher::builder().http("http://me:hunter2@proxy:3128").no("example.com").build();
        let found = |url| Proxy::of_environment(&matcher, &endpoint(url)).map(|proxy| proxy.shown);
        assert_eq!(found("http://db:8086").as_deref(), Some("http://proxy:3128"));
        assert_eq!(found("http://db.example.com:8086"), None);
        assert_eq!(found("https://db"), None);
        let proxy = Proxy::of_environment(&matcher, &endpoint("http://db")).unwrap();
        let mut secrets = Secrets::default();
        proxy.add_to(&mut secrets);
        assert_eq!(secrets.taken_out("407 for bWU6aHVudGVyMg, hunter2"), "407 for ***, ***");
        assert!(!format!("{proxy:?}").contains("hunter2"));
    }

    #[test]
    fn this_machine_is_reached_straight() {
        for url in [
            "http://localhost:8086",
            "http://127.0.0.1",
            "http://127.9.9.9",
            "http://[::1]:8086",
            "unix:///run/x.sock",
        ] {
            assert!(endpoint(url).own, "{url}");
            assert!(Proxy::of(&ProxyChoice::Environment, &endpoint(url)).is_none(), "{url}");
        }
        assert!(!endpoint("http://192.168.0.9").own && !endpoint("http://db").own);
        let given = ProxyChoice::given("http://proxy:3128/").unwrap();
        assert_eq!(Proxy::of(&given, &endpoint("http://localhost")).unwrap().shown, "http://proxy:3128");
        assert!(Proxy::of(&ProxyChoice::Direct, &endpoint("http://db")).is_none());
    }

    #[test]
    fn what_is_no_proxy() {
        for (url, says) in [
            ("socks5://me:hunter2@proxy", "the proxy \"socks5://proxy\" is of a kind that is not known"),
            ("proxy:3128", "the proxy \"proxy:3128\" is no URL: write something like"),
            ("", "the proxy \"\" is no URL"),
            ("http://", "the proxy \"http://\" is no URL"),
        ] {
            let error = ProxyChoice::given(url).unwrap_err();
            assert!(error.is_config() && error.to_string().starts_with(says), "{error}");
        }
    }
}
