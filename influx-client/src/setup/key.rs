//! The settings that can be given from outside, and their names.

use crate::error::{Error, Result};
use crate::message;
use crate::message::secret::Secret;

/// One setting.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) key: Setting,
    /// As it is called where it was found, for messages: `INFLUXDB_V2_URL`, `url`.
    pub(super) name: String,
    pub(super) value: Secret,
}

/// What a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    Url,
    Version,
    Org,
    Bucket,
    Database,
    RetentionPolicy,
    Token,
    User,
    Password,
    AuthBasic,
    Timeout,
    Gzip,
    Precision,
    CaCert,
    Cert,
    CertKey,
    Proxy,
    VerifySsl,
    CertKeyPassword,
    PoolSize,
    Profilers,
    Debug,
}

/// The names of each; the first is the one that is shown.
const NAMES: [(Setting, &[&str]); 22] = [
    (Setting::Url, &["url", "host"]),
    (Setting::Version, &["version"]),
    (Setting::Org, &["org", "organization"]),
    (Setting::Bucket, &["bucket"]),
    (Setting::Database, &["database", "db"]),
    (Setting::RetentionPolicy, &["retention_policy", "rp"]),
    (Setting::Token, &["token"]),
    (Setting::User, &["username", "user"]),
    (Setting::Password, &["password"]),
    (Setting::AuthBasic, &["auth_basic"]),
    (Setting::Timeout, &["timeout"]),
    (Setting::Gzip, &["enable_gzip", "gzip"]),
    (Setting::Precision, &["precision"]),
    (Setting::CaCert, &["ssl_ca_cert"]),
    (Setting::Cert, &["cert_file"]),
    (Setting::CertKey, &["cert_key_file"]),
    (Setting::Proxy, &["proxy"]),
    (Setting::VerifySsl, &["verify_ssl"]),
    (Setting::CertKeyPassword, &["cert_key_password"]),
    (Setting::PoolSize, &["connection_pool_maxsize"]),
    (Setting::Profilers, &["profilers"]),
    (Setting::Debug, &["debug"]),
];

impl Setting {
    pub(super) fn of(name: &str) -> Option<Setting> {
        NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(key, _)| *key)
    }

    /// Why a key of the Python client has no meaning here, and what to do instead.
    pub(super) fn unused(self) -> Option<&'static str> {
        Some(match self {
            Setting::CertKeyPassword => "the key must not be encrypted: decrypt it once, with `openssl pkey`",
            Setting::PoolSize => "connections are opened as they are needed, and kept: leave it out",
            Setting::Profilers => "a query is profiled by its method profile(): leave it out",
            Setting::Debug => "this client logs by the crate tracing: leave it out, and set the level there",
            _ => return None,
        })
    }
}

/// The setting of that name; `shown` is what it is called where it was found.
pub(super) fn given(name: &str, shown: &str, value: String) -> Result<Given> {
    match Setting::of(name) {
        Some(key) => Ok(Given { key, name: shown.to_owned(), value: Secret::new(value) }),
        None => Err(unknown(shown)),
    }
}

pub(super) fn unknown(shown: &str) -> Error {
    let known = NAMES.iter().filter(|(key, _)| key.unused().is_none());
    let known: Vec<_> = known.map(|(_, names)| names[0]).collect();
    Error::config(format!(
        "{} is no setting that is known: {}, or the table tags",
        message::name(shown),
        known.join(", ")
    ))
}
