//! The settings as they were found.

use std::fmt;

use influx_core::Dialect;

use crate::error::{Error, Result};
use crate::setup::key::{Given, Setting};

/// The settings of a client as they were given outside of the program: what [`Client::from_env`](crate::Client::from_env),
/// [`Client::from_config_file`](crate::Client::from_config_file) and
/// [`Client::from_connection_string`](crate::Client::from_connection_string) return.
///
/// The settings say which generation of InfluxDB is meant, or the server is asked: [`build`](Self::build) needs the first,
/// [`detect`](Self::detect) does the second. [`v1`](Self::v1) and [`v2`](Self::v2) give the builder, for what only the program knows.
///
/// # Keys
///
/// | key | other names | is |
/// |---|---|---|
/// | `url` | `host` | the server, as in [`Client::v1`](crate::Client::v1) |
/// | `version` | | 1 or 2: the generation |
/// | `org`, `bucket` | `organization` | of 2.x, by name or id |
/// | `database`, `retention_policy` | `db`, `rp` | of 1.x |
/// | `token` | | of 2.x; for 1.8 and later also `user:password` |
/// | `username`, `password` | `user` | of 1.x; on 2.x the client signs in with them |
/// | `auth_basic` | | `true`: `user:password` of `token` go as HTTP Basic, for a proxy before 1.8 |
/// | `timeout` | | of the head of an answer, and of silences within one: milliseconds, or `500ms`, `10s`, `1m` |
/// | `enable_gzip` | `gzip` | `true` or `false`: whether bodies of writes are compressed |
/// | `precision` | | `ns`, `us`, `ms`, `s`, or the long names: of the timestamps of writes |
/// | `ssl_ca_cert` | | a file: the authority to trust beside the system's, in PEM |
/// | `cert_file`, `cert_key_file` | | files: the client's own certificate and its key, in PEM |
/// | `proxy` | | the URL of a proxy |
/// | `tags` | | a table of default tags |
///
/// An unknown key is an error that lists these. Keys of the Python client that have no meaning here are errors, too, and say why. A value
/// `${env.NAME}` is that of the environment's variable, which must be set. Booleans are `true`, `yes`, `on`, `1` and their opposites.
#[derive(Clone)]
pub struct ClientConfig {
    generation: Option<Dialect>,
    pub(super) given: Vec<Given>,
    pub(super) tags: Vec<(String, String)>,
}

impl ClientConfig {
    /// The settings, as they were found; `generation` where the place says it.
    pub(super) fn new(
        generation: Option<Dialect>,
        given: Vec<Given>,
        tags: Vec<(String, String)>,
    ) -> Result<Self> {
        if let Some(unused) = given.iter().find(|one| one.key.unused().is_some()) {
            return Err(Error::config(format!(
                "the setting {:?} says nothing here: {}",
                unused.name,
                unused.key.unused().unwrap_or_default()
            )));
        }
        for (at, one) in given.iter().enumerate() {
            if let Some(other) = given[..at].iter().find(|other| other.key == one.key) {
                return Err(Error::config(format!(
                    "{:?} and {:?} say the same: leave one out",
                    other.name, one.name
                )));
            }
        }
        let mut config = ClientConfig { generation, given, tags };
        if config.get(Setting::Url).is_none() {
            return Err(Error::config("the settings name no server: give url"));
        }
        config.generation = config.said()?;
        Ok(config)
    }

    /// The generation that the settings mean: by `version`, by the place where they stand, or by what only one generation has.
    fn said(&self) -> Result<Option<Dialect>> {
        let version =
            self.read(Setting::Version, "give 1 or 2", |text| match text.trim_start_matches('v') {
                "1" => Some(Dialect::V1),
                "2" => Some(Dialect::V2),
                _ => None,
            })?;
        let has = |key| self.get(key).is_some();
        let by_keys = match (
            has(Setting::Bucket),
            has(Setting::Database) && has(Setting::User),
            has(Setting::RetentionPolicy),
        ) {
            (true, ..) => Some(Dialect::V2),
            (false, true, _) | (false, _, true) => Some(Dialect::V1),
            _ => None,
        };
        Ok(version.or(self.generation).or(by_keys))
    }

    pub(super) fn get(&self, key: Setting) -> Option<&Given> {
        self.given.iter().find(|one| one.key == key)
    }

    /// The generation of InfluxDB that the settings mean; `None` where they do not say.
    ///
    /// ```
    /// use influx_client::{Client, Dialect};
    /// let of = |text: &str| Client::from_connection_string(text).map(|config| config.generation());
    /// assert_eq!(of("http://localhost:8086?bucket=market")?, Some(Dialect::V2));
    /// assert_eq!(of("http://localhost:8086?database=market&version=1")?, Some(Dialect::V1));
    /// assert_eq!(of("http://localhost:8086")?, None);
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn generation(&self) -> Option<Dialect> {
        self.generation
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // any value may be a secret that stands at the wrong key
        let names: Vec<_> = self.given.iter().map(|one| &one.name).collect();
        let tags: Vec<_> = self.tags.iter().map(|(key, _)| key).collect();
        f.debug_struct("ClientConfig")
            .field("generation", &self.generation)
            .field("keys", &names)
            .field("tags", &tags)
            .finish_non_exhaustive()
    }
}
