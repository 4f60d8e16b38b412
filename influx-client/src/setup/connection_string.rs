//! Settings in one line: a URL, whose query has all else.

use url::Url;

use crate::error::{Error, Result};
use crate::setup::config::ClientConfig;
use crate::setup::key::given;

const TAGS: &str = "tags.";

pub(super) fn of(text: &str) -> Result<ClientConfig> {
    // an error must not show the text, which may hold a token
    let mut url = Url::parse(text.trim()).map_err(|error| {
        Error::config(format!(
            "the connection string is no URL ({error}): write http://host:8086?org=..&bucket=..&token=.."
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https" | "unix") {
        return Err(Error::config(
            "the connection string is no URL of http, https or unix: write http://host:8086?org=..",
        ));
    }
    if url.fragment().is_some() {
        return Err(Error::config(
            "the connection string has a #, which ends it: write %23 for one of a value",
        ));
    }
    if text.trim().contains(['\t', '\n', '\r']) {
        // the parser would leave them out
        return Err(Error::config("the connection string has a tab or a line end: write it in one line"));
    }
    let pairs: Vec<_> =
        url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    if pairs.iter().any(|(key, value)| key.contains('\u{fffd}') || value.contains('\u{fffd}')) {
        return Err(Error::config(
            "the connection string has bytes that are not UTF-8, after %: write its texts in UTF-8",
        ));
    }
    url.set_query(None);
    let (mut settings, mut tags) = (vec![given("url", "url", url.into())?], Vec::new());
    for (key, value) in pairs {
        match key.strip_prefix(TAGS) {
            Some(tag) => tags.push((tag.to_owned(), value)),
            None => settings.push(given(&snake(&key), &key, value)?),
        }
    }
    ClientConfig::new(None, settings, tags)
}

/// `retentionPolicy` as `retention_policy`: connection strings of other clients are written so.
fn snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 2);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_and_its_query() {
        let config =
            of("http://localhost:8086/prefix?org=my%20desk&bucket=b&token=t&timeout=250&tags.zone=e%26u")
                .unwrap();
        assert_eq!(config.tags, [("zone".to_owned(), "e&u".to_owned())]);
        let client = config.build().unwrap();
        assert_eq!((client.org(), client.bucket()), (Some("my desk"), Some("b")));
        let shown = format!("{client:?} {config:?}");
        assert!(shown.contains("http://localhost:8086/prefix") && shown.contains("250ms"), "{shown}");
        let old = of("http://u:p@localhost:8086?db=d&retentionPolicy=week").unwrap().build().unwrap();
        assert_eq!(old.database(), Some("d"));
    }

    #[test]
    fn mistakes_show_no_secrets() {
        for (text, says) in [
            ("localhost:8086?token=hidden", "http, https or unix"),
            ("?token=hidden", "is no URL"),
            ("http://h?tokn=hidden", "tokn is no setting that is known"),
            ("http://h?bucket=b&token=hidden&token=hidden", "say the same"),
            ("http://h?bucket=b&timeout=hidden", "timeout"),
            ("http://h?bucket=b&database=d&token=hidden", "database"),
            ("http://h?bucket=b&token=hidden#hidden", "write %23"),
            ("http://h?bucket=b&token=hid\nden", "a line end"),
            ("http://h?bucket=%FFhidden", "not UTF-8"),
        ] {
            let error = of(text).and_then(|config| config.build()).unwrap_err();
            assert!(error.is_config() && error.to_string().contains(says), "{text}: {error}");
            assert!(!format!("{error:?}").contains("hidden"), "{error:?}");
        }
    }
}
