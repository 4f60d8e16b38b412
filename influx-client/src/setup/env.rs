//! Settings of the environment's variables.

use std::ffi::OsString;

use influx_core::Dialect;

use crate::error::{Error, Result};
use crate::setup::config::ClientConfig;
use crate::setup::key::{Given, given};

const V2: &str = "INFLUXDB_V2_";
const PLAIN: &str = "INFLUX_";
const TAG: &str = "tag_";

/// Those of the plain names that are looked at: others belong to other programs.
const PLAIN_KEYS: [&str; 12] = [
    "url",
    "host",
    "version",
    "org",
    "bucket",
    "database",
    "retention_policy",
    "token",
    "username",
    "password",
    "timeout",
    "precision",
];

/// The settings of these variables.
pub(super) fn of(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<ClientConfig> {
    let (mut v2, mut plain, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    // in the order of their names: which mistake is told does not depend on the system
    let mut variables: Vec<_> = variables.collect();
    variables.sort();
    for (name, value) in variables {
        let Some(name) = name.to_str() else { continue };
        let text = || match value.to_str() {
            Some(value) => Ok(value.to_owned()),
            None => Err(Error::config(format!("the environment's variable {name} is not UTF-8"))),
        };
        if let Some(key) = name.strip_prefix(V2).map(str::to_ascii_lowercase) {
            match key.strip_prefix(TAG) {
                Some(tag) => tags.push((tag.to_owned(), text()?)),
                None => v2.push(given(&key, name, text()?)?),
            }
        } else if let Some(key) = name.strip_prefix(PLAIN).map(str::to_ascii_lowercase)
            && PLAIN_KEYS.contains(&&*key)
            && !value.is_empty()
        {
            plain.push(given(&key, name, text()?)?);
        }
    }
    match (v2.is_empty() && tags.is_empty(), plain.is_empty()) {
        (false, true) => ClientConfig::new(Some(Dialect::V2), v2, tags),
        (true, false) => ClientConfig::new(None, plain, tags),
        (false, false) => {
            let first = |given: &[Given], or| given.first().map_or(or, |one: &Given| one.name.clone());
            Err(Error::config(format!(
                "the environment has variables of two kinds, such as {} and {}: unset those of one",
                first(&v2, format!("{V2}TAG_..")),
                first(&plain, String::new()),
            )))
        }
        (true, true) => {
            Err(Error::config(format!("the environment names no server: set {PLAIN}URL or {V2}URL")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<ClientConfig> {
        of(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn both_kinds_of_names() {
        let of_v2 = config(&[
            ("INFLUXDB_V2_URL", "http://localhost:9999"),
            ("INFLUXDB_V2_ORG", "desk"),
            ("INFLUXDB_V2_TOKEN", "t"),
            ("INFLUXDB_V2_TAG_ZONE", "eu"),
            ("HOME", "/"),
        ]);
        let of_v2 = of_v2.unwrap();
        assert_eq!(of_v2.generation(), Some(Dialect::V2));
        assert_eq!(of_v2.tags, [("zone".to_owned(), "eu".to_owned())]);
        assert_eq!(of_v2.build().unwrap().org(), Some("desk"));

        let plain = |more: &[(&str, &str)]| {
            config(&[&[("INFLUX_URL", "http://a:1"), ("INFLUX_TOKEN", "t")], more].concat())
        };
        assert_eq!(plain(&[("INFLUX_BUCKET", "b")]).unwrap().generation(), Some(Dialect::V2));
        assert_eq!(plain(&[]).unwrap().generation(), None);
        assert_eq!(plain(&[("INFLUX_VERSION", "1")]).unwrap().generation(), Some(Dialect::V1));
        // other programs' variables, and those that are set to nothing
        let others = [("INFLUX_CONFIGS_PATH", "x"), ("INFLUX_TESTS_OFFLINE", "1"), ("INFLUX_BUCKET", "")];
        assert_eq!(plain(&others).unwrap().generation(), None);
        let host =
            config(&[("INFLUX_HOST", "http://a:1"), ("INFLUX_DATABASE", "d"), ("INFLUX_USERNAME", "u")]);
        assert_eq!(host.unwrap().generation(), Some(Dialect::V1));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |variables: &[(&str, &str)]| config(variables).unwrap_err().to_string();
        assert!(error(&[]).contains("set INFLUX_URL or INFLUXDB_V2_URL"));
        assert!(
            error(&[("INFLUXDB_V2_TOKN", "secret")])
                .starts_with("INFLUXDB_V2_TOKN is no setting that is known: url, ")
        );
        assert!(!error(&[("INFLUXDB_V2_TOKN", "secret")]).contains("secret"));
        let both = [("INFLUXDB_V2_URL", "http://a"), ("INFLUX_URL", "http://b")];
        assert!(error(&both).contains("such as INFLUXDB_V2_URL and INFLUX_URL"));
        assert!(error(&[("INFLUXDB_V2_ORG", "o")]).contains("give url"));
        assert!(error(&[("INFLUX_URL", "http://a"), ("INFLUX_HOST", "http://a")]).contains("say the same"));
        assert!(
            error(&[("INFLUX_URL", "http://a"), ("INFLUX_VERSION", "7")])
                .contains("INFLUX_VERSION is not what it should be: give 1 or 2")
        );
        assert!(
            error(&[("INFLUXDB_V2_URL", "http://a"), ("INFLUXDB_V2_PROFILERS", "query")])
                .contains("profile()")
        );
    }
}
