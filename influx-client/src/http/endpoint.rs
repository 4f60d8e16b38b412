//! The server's URL: what is taken out of it, and what is wrong with it.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use url::{Host, Url};

use crate::error::{Error, Result};
use crate::message::secret::Secret;

/// Where a server listens.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// `http://host:8086` or `http://host:8086/prefix`: no credentials, no slash at the end.
    pub(crate) base: String,
    /// The socket of a `unix:` URL.
    pub(crate) socket: Option<PathBuf>,
    /// User and password that stood in the URL.
    pub(crate) credentials: Option<(String, Secret)>,
    /// On this machine or in a private network, where compression costs more than it saves.
    pub(crate) near: bool,
    /// On this machine.
    pub(crate) own: bool,
    /// InfluxDB Cloud.
    pub(crate) cloud: bool,
}

impl Endpoint {
    pub(crate) fn parse(text: &str) -> Result<Endpoint> {
        let shown = without_secrets(text);
        let fail = |what: &str| Err(Error::config(format!("the URL {shown:?} {what}")));
        if text.trim().is_empty() {
            return Err(Error::config("the URL is empty: write something like http://localhost:8086"));
        }
        // where what stands before is no scheme, it may be a password
        let parts = text.trim().split_once("://").filter(|(scheme, _)| shown.starts_with(scheme));
        let Some((scheme, rest)) = parts else {
            if let Some(path) = shown.strip_prefix("unix:/") {
                return fail(&format!("has one slash: write unix:///{path}"));
            }
            return fail(&format!("has no scheme: write http://{}", shown.trim_start_matches('/')));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {}
            "unix" => return unix(rest, &shown),
            other => return fail(&format!("has the scheme {other}: only http, https and unix are known")),
        }
        if rest.is_empty() || rest.starts_with('/') {
            return fail("names no host: write something like http://localhost:8086");
        }
        let url = match Url::parse(text.trim()) {
            Ok(url) => url,
            Err(error) => return fail(&format!("cannot be read: {error}")),
        };
        if url.query().is_some() {
            return fail(
                "has a query string: give the database, user and other settings to the builder instead",
            );
        }
        if url.fragment().is_some() {
            return fail("has a fragment (#..): leave it out");
        }
        let path = url.path().trim_end_matches('/');
        if let Some(end) = ["/write", "/query", "/ping"].iter().find(|end| path.ends_with(**end)) {
            return fail(&format!(
                "ends in {end}: give the server's address alone, the client adds the path"
            ));
        }
        let Some(host) = url.host() else {
            return fail("names no host: write something like http://localhost:8086");
        };
        let (near, own) = (is_near(&host), is_own(&host));
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let base = format!("{}://{host}{port}{path}", url.scheme());
        let cloud = matches!(host, Host::Domain(name) if is_cloud(name));
        Ok(Endpoint { base, socket: None, credentials: credentials(&url)?, near, own, cloud })
    }
}

fn unix(rest: &str, shown: &str) -> Result<Endpoint> {
    if !rest.starts_with('/') || rest.len() < 2 {
        return Err(Error::config(format!(
            "the URL {shown:?} names no socket: write three slashes and the socket's path, as in unix:///run/influxdb.sock"
        )));
    }
    if !cfg!(unix) {
        return Err(Error::config(format!("the URL {shown:?} needs Unix sockets, which this system lacks")));
    }
    // The host of the requests; the connection goes to the socket whatever it is.
    let base = "http://localhost".to_owned();
    Ok(Endpoint {
        base,
        socket: Some(PathBuf::from(rest)),
        credentials: None,
        near: true,
        own: true,
        cloud: false,
    })
}

fn credentials(url: &Url) -> Result<Option<(String, Secret)>> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let decode = |text: &str| {
        percent_decode(text).ok_or_else(|| {
            Error::config(
                "the user or password in the URL is not UTF-8 once its %XX are decoded: use .basic_auth(..)",
            )
        })
    };
    let user = decode(url.username())?;
    let password = decode(url.password().unwrap_or_default())?;
    Ok(Some((user, Secret::new(password))))
}

pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match tail {
            [a, b, ..] if *first == b'%' => char::from(*a).to_digit(16).zip(char::from(*b).to_digit(16)),
            _ => None,
        };
        rest = match code {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                &tail[2..]
            }
            None => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).ok()
}

/// The URL as it may be shown: no user and password, no parameters.
pub(crate) fn without_secrets(text: &str) -> String {
    let text = text.trim();
    let is_scheme =
        |at: &usize| text[..*at].bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let (scheme, rest) = match text.find("://").filter(is_scheme) {
        Some(at) => text.split_at(at + 3),
        None => ("", text),
    };
    // A password may hold an unescaped `/`, `?` or `#`, so everything up to the last `@` is left out.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    format!("{scheme}{}", &rest[..end])
}

/// On this machine. Names other than `localhost` are not looked up.
fn is_own(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(ip) => ip.is_loopback() || ip.is_unspecified(),
        Host::Ipv6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.is_loopback() || ip.is_unspecified(),
            None => ip.is_loopback() || ip.is_unspecified(),
        },
    }
}

/// On this machine or in a private network.
fn is_cloud(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "influxdata.com" || name.ends_with(".influxdata.com")
}

fn is_near(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(_) => is_own(host),
        Host::Ipv4(ip) => is_near_v4(*ip),
        Host::Ipv6(ip) => is_near_v6(*ip),
    }
}

fn is_near_v4(ip: Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
}

fn is_near_v6(ip: Ipv6Addr) -> bool {
    match ip.to_ipv4_mapped() {
        Some(ip) => is_near_v4(ip),
        None => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls() {
        for (url, base, near) in [
            ("http://localhost:8086", "http://localhost:8086", true),
            ("http://localhost:8086/", "http://localhost:8086", true),
            ("HTTP://LOCALHOST", "http://localhost", true),
            ("https://db.example.com", "https://db.example.com", false),
            ("https://db.example.com:443", "https://db.example.com", false),
            ("https://db.example.com/influx/", "https://db.example.com/influx", false),
            ("http://127.0.0.9:1", "http://127.0.0.9:1", true),
            ("http://10.1.2.3", "http://10.1.2.3", true),
            ("http://172.16.0.1", "http://172.16.0.1", true),
            ("http://172.32.0.1", "http://172.32.0.1", false),
            ("http://192.168.1.1", "http://192.168.1.1", true),
            ("http://169.254.1.1", "http://169.254.1.1", true),
            ("http://8.8.8.8", "http://8.8.8.8", false),
            ("http://[::1]:8086", "http://[::1]:8086", true),
            ("http://[fd00::1]", "http://[fd00::1]", true),
            ("http://[fe80::1]", "http://[fe80::1]", true),
            ("http://[::ffff:10.0.0.1]", "http://[::ffff:a00:1]", true),
            ("http://[2606:4700::1]", "http://[2606:4700::1]", false),
            ("http://notlocalhost", "http://notlocalhost", false),
            (" http://a.localhost ", "http://a.localhost", true),
        ] {
            let endpoint = Endpoint::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!((endpoint.base.as_str(), endpoint.near), (base, near), "{url}");
            assert!(endpoint.credentials.is_none());
        }
    }

    #[test]
    fn bad_urls_say_the_way_out() {
        for (url, says) in [
            ("", "the URL is empty: write something like http://localhost:8086"),
            ("  ", "the URL is empty: write something like http://localhost:8086"),
            ("localhost:8086", "the URL \"localhost:8086\" has no scheme: write http://localhost:8086"),
            ("//host", "the URL \"//host\" has no scheme: write http://host"),
            ("unix:/run/i.sock", "the URL \"unix:/run/i.sock\" has one slash: write unix:///run/i.sock"),
            ("db.example.com", "the URL \"db.example.com\" has no scheme: write http://db.example.com"),
            (
                "udp://h:8089",
                "the URL \"udp://h:8089\" has the scheme udp: only http, https and unix are known",
            ),
            ("http://", "the URL \"http://\" names no host: write something like http://localhost:8086"),
            ("http:///x", "the URL \"http:///x\" names no host: write something like http://localhost:8086"),
            ("http://:8086", "the URL \"http://:8086\" cannot be read: empty host"),
            ("http://h:99999", "the URL \"http://h:99999\" cannot be read: invalid port number"),
            ("http://h h", "the URL \"http://h h\" cannot be read: invalid international domain name"),
            (
                "http://h/?db=x&p=pw",
                "the URL \"http://h/\" has a query string: give the database, user and other settings to the builder instead",
            ),
            ("http://h/#x", "the URL \"http://h/\" has a fragment (#..): leave it out"),
            (
                "http://h:8086/write",
                "the URL \"http://h:8086/write\" ends in /write: give the server's address alone, the client adds the path",
            ),
            (
                "unix://run/x.sock",
                "the URL \"unix://run/x.sock\" names no socket: write three slashes and the socket's path, as in unix:///run/influxdb.sock",
            ),
        ] {
            let error = Endpoint::parse(url).map(|_| ()).unwrap_err();
            assert!(error.is_config());
            assert_eq!(error.to_string(), says, "{url}");
        }
    }

    #[test]
    fn credentials_leave_the_url() {
        let endpoint = Endpoint::parse("http://us%40er:p%2Fw%C3%A9@h:1/x").unwrap();
        assert_eq!(endpoint.base, "http://h:1/x");
        let (user, password) = endpoint.credentials.clone().unwrap();
        assert_eq!((user.as_str(), password.expose()), ("us@er", "p/wé"));
        assert!(!format!("{endpoint:?}").contains("p/w"), "{endpoint:?}");
        let user_only = Endpoint::parse("http://me@h").unwrap().credentials.unwrap();
        assert_eq!((user_only.0.as_str(), user_only.1.expose()), ("me", ""));
    }

    #[test]
    fn errors_never_show_the_password() {
        for url in [
            "http://u:hunter2@h/?x=1",
            "ftp://u:hunter2@h",
            "u:hunter2@h:8086",
            "http://u:hunter2@:1",
            "http://u:hunter2@h:99999",
            "http://u:a/hunter2@h/write",
            "http://h/?u=a&p=hunter2",
            "u:hunter2@h://8086",
            "u:hunter2://x@h",
            "http:/u:hunter2@h",
            "u:p://hunter2@h/x",
        ] {
            let error = Endpoint::parse(url).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?} {}", error.report()).contains("hunter2"), "{url}: {error:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn unix_sockets() {
        let endpoint = Endpoint::parse("unix:///run/influxdb.sock").unwrap();
        assert_eq!(endpoint.socket.as_deref(), Some(std::path::Path::new("/run/influxdb.sock")));
        assert!(endpoint.near);
    }
}
