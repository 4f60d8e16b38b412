//! Where settings come from, and the client that they make.

use std::path::Path;

use influx_core::Dialect;

use crate::client::Client;
use crate::config::common::ClientBuilder;
use crate::config::v1::V1;
use crate::config::v2::V2;
use crate::error::{Error, Result};
use crate::setup::config::ClientConfig;
use crate::setup::{apply, connection_string, detect, env, file};

impl Client {
    /// Settings of the environment: the variables of the Python clients.
    ///
    /// | variables | generation |
    /// |---|---|
    /// | `INFLUXDB_V2_URL`, `_ORG`, `_TOKEN`, `_BUCKET`, `_TIMEOUT`, `_SSL_CA_CERT`, .., `_TAG_NAME` for the default tag `name` | 2.x |
    /// | `INFLUX_URL` or `INFLUX_HOST`, `INFLUX_ORG`, `INFLUX_BUCKET`, `INFLUX_TOKEN`, `INFLUX_PRECISION` | 2.x |
    /// | the same with `INFLUX_DATABASE` and `INFLUX_USERNAME`, `INFLUX_PASSWORD` | 1.x |
    ///
    /// `INFLUX_VERSION` (1 or 2) says the generation where these do not. An unknown variable `INFLUXDB_V2_..` is an error; of those that begin
    /// with `INFLUX_`, which others use, too, only the known ones are looked at. Both kinds at once are an error.
    ///
    /// ```no_run
    /// # async fn run() -> influx_client::Result<()> {
    /// let client = influx_client::Client::from_env()?.detect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// No URL, or a variable that is unknown or not text.
    pub fn from_env() -> Result<ClientConfig> {
        env::of(std::env::vars_os())
    }

    /// Settings of a file: TOML (`.toml`), JSON (`.json`), or INI (all others), with the Python client's keys.
    ///
    /// They stand at the top, or in one table named `influx1`, `influx2` or `influx`, of which the first two say the generation; default tags
    /// in a table `tags`:
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("config.toml");
    /// std::fs::write(&path, r#"
    /// [influx2]
    /// url = "http://localhost:8086"
    /// org = "desk"
    /// bucket = "market"
    /// token = "secret"
    /// timeout = "10s"
    ///
    /// [tags]
    /// zone = "eu"
    /// "#)?;
    /// let client = influx_client::Client::from_config_file(&path)?.build()?;
    /// assert_eq!(client.bucket(), Some("market"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A file that cannot be read, in the form that its name says; unknown keys, which list the known ones; no URL.
    pub fn from_config_file(path: impl AsRef<Path>) -> Result<ClientConfig> {
        file::read(path.as_ref())
    }

    /// Settings in one line: the URL, and all else as its query. As in other URLs, `+` is a blank there, and `%2B` a plus, `%26` an
    /// ampersand, `%25` a percent sign and `%23` a `#`.
    ///
    /// ```
    /// let text = "http://localhost:8086?org=desk&bucket=market&token=secret&timeout=10s&tags.zone=eu";
    /// let client = influx_client::Client::from_connection_string(text)?.build()?;
    /// assert_eq!((client.org(), client.bucket()), (Some("desk"), Some("market")));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A text that is no URL, and unknown keys, which list the known ones.
    pub fn from_connection_string(text: impl AsRef<str>) -> Result<ClientConfig> {
        connection_string::of(text.as_ref())
    }
}

impl ClientConfig {
    /// The client, of the generation that the settings mean.
    ///
    /// # Errors
    ///
    /// Settings that do not say it, that this generation does not have, or that are wrong.
    pub fn build(&self) -> Result<Client> {
        match self.generation() {
            Some(generation) => self.build_as(generation),
            None => Err(Error::config(
                "the settings do not say which generation of InfluxDB the server is: give version (1 or 2), or ask the server by detect()",
            )),
        }
    }

    /// The client, of the generation that the settings mean, or else of that which the server says it is (`/ping`).
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build) and [`Client::ping`]; a server that does not say its version, such as VictoriaMetrics.
    pub async fn detect(&self) -> Result<Client> {
        self.build_as(self.detect_generation().await?)
    }

    /// The generation of InfluxDB that the settings mean, or else that which the server says it is (`/ping`): for programs that go on
    /// with its builder.
    ///
    /// ```no_run
    /// # async fn run() -> influx_client::Result<()> {
    /// use influx_client::{Client, Dialect};
    ///
    /// let config = Client::from_env()?;
    /// let client = match config.detect_generation().await? {
    ///     Dialect::V1 => config.v1()?.database("market").build()?,
    ///     _ => config.v2()?.bucket("market").build()?,
    /// };
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`]; a server that does not say its version, such as VictoriaMetrics.
    pub async fn detect_generation(&self) -> Result<Dialect> {
        match self.generation() {
            Some(generation) => Ok(generation),
            None => detect::generation(&self.anonymous()?).await,
        }
    }

    fn build_as(&self, generation: Dialect) -> Result<Client> {
        match generation {
            Dialect::V1 => self.v1()?.build(),
            Dialect::V2 => self.v2()?.build(),
            Dialect::V3 => {
                Err(Error::config("the server is InfluxDB 3.x, which this client does not speak yet"))
            }
        }
    }

    /// The builder of a client for 1.x, whatever the settings say of the generation.
    ///
    /// # Errors
    ///
    /// Settings that 1.x does not have, and values that are not what they should be.
    pub fn v1(&self) -> Result<ClientBuilder<V1>> {
        apply::v1(self)
    }

    /// The builder of a client for 2.x, whatever the settings say of the generation.
    ///
    /// # Errors
    ///
    /// Settings that 2.x does not have, and values that are not what they should be.
    pub fn v2(&self) -> Result<ClientBuilder<V2>> {
        apply::v2(self)
    }
}
