//! Settings from outside onto a client's builder: the same setters that a program calls.

use std::time::Duration;

use influx_core::{Dialect, Precision};

use crate::client::Client;
use crate::config::common::ClientBuilder;
use crate::config::v1::V1;
use crate::config::v2::V2;
use crate::error::{Error, Result};
use crate::http::auth::Auth;
use crate::message;
use crate::message::secret::Secret;
use crate::setup::config::ClientConfig;
use crate::setup::key::{Given, Setting};

pub(super) fn v1(config: &ClientConfig) -> Result<ClientBuilder<V1>> {
    let mut builder = common(config, ClientBuilder::v1(&config.need(Setting::Url)?))?;
    config.none_of(&[Setting::Org, Setting::Bucket], Dialect::V1, "database")?;
    if let Some(name) = config.text(Setting::Database)? {
        builder = builder.database(name);
    }
    if let Some(name) = config.text(Setting::RetentionPolicy)? {
        builder = builder.retention_policy(name);
    }
    let login = login(config)?;
    match (login, config.text(Setting::Token)?) {
        (Some(_), Some(_)) => Err(two_ways()),
        (Some((user, password)), None) => Ok(builder.basic_auth(user, password)),
        (None, Some(token)) => {
            let (user, password) = user_and_password(&token)?;
            Ok(match config.flag(Setting::AuthBasic)? {
                Some(true) => builder.basic_auth(user, password),
                _ => builder.token_auth(user, password),
            })
        }
        (None, None) => Ok(builder),
    }
}

pub(super) fn v2(config: &ClientConfig) -> Result<ClientBuilder<V2>> {
    let mut builder = common(config, ClientBuilder::v2(&config.need(Setting::Url)?))?;
    config.none_of(&[Setting::Database, Setting::RetentionPolicy], Dialect::V2, "bucket")?;
    if let Some(name) = config.text(Setting::Org)? {
        builder = builder.org(name);
    }
    if let Some(name) = config.text(Setting::Bucket)? {
        builder = builder.bucket(name);
    }
    match (login(config)?, config.text(Setting::Token)?) {
        (Some(_), Some(_)) => Err(two_ways()),
        (Some((user, password)), None) => Ok(builder.session_auth(user, password)),
        (None, Some(token)) if config.flag(Setting::AuthBasic)? == Some(true) => {
            let (user, password) = user_and_password(&token)?;
            builder.auth = Some(Auth::Basic { user: user.to_owned(), password: Secret::new(password) });
            Ok(builder)
        }
        (None, Some(token)) => Ok(builder.token(token)),
        (None, None) => Ok(builder),
    }
}

fn common<G>(config: &ClientConfig, mut builder: ClientBuilder<G>) -> Result<ClientBuilder<G>> {
    if config.flag(Setting::VerifySsl)? == Some(false) {
        return Err(Error::config(
            "verify_ssl is off, and connections that anybody can read are not made: give the server's authority by ssl_ca_cert",
        ));
    }
    if let Some(limit) = config.duration(Setting::Timeout)? {
        builder = builder.request_timeout(limit).read_timeout(limit);
    }
    if let Some(gzip) = config.flag(Setting::Gzip)? {
        builder = builder.gzip(gzip);
    }
    if let Some(precision) = config.precision()? {
        builder = builder.precision(precision);
    }
    if let Some(proxy) = config.text(Setting::Proxy)? {
        builder = builder.proxy(proxy);
    }
    if let Some(pem) = config.file(Setting::CaCert)? {
        builder = builder.root_certificate(pem);
    }
    match (config.file(Setting::Cert)?, config.file(Setting::CertKey)?) {
        (Some(certificate), Some(key)) => builder = builder.client_certificate(certificate, key),
        // one file may hold both
        (Some(both), None) => builder = builder.client_certificate(&both, &both),
        (None, Some(_)) => return Err(Error::config("cert_key_file is given without cert_file: give both")),
        (None, None) => {}
    }
    for (key, value) in &config.tags {
        builder = builder.default_tag(key, expanded(value, &format!("tags.{key}"))?);
    }
    Ok(builder)
}

fn login(config: &ClientConfig) -> Result<Option<(String, String)>> {
    match (config.text(Setting::User)?, config.text(Setting::Password)?) {
        (Some(user), Some(password)) => Ok(Some((user, password))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::config("username is given without password: give both")),
        (None, Some(_)) => Err(Error::config("password is given without username: give both")),
    }
}

fn two_ways() -> Error {
    Error::config("token is given, and username and password, too: leave one of the two ways out")
}

fn user_and_password(token: &str) -> Result<(&str, &str)> {
    token.split_once(':').ok_or_else(|| {
        Error::config(
            "token is no user:password, which a server of 1.x takes there: give username and password",
        )
    })
}

/// `${env.NAME}` is the value of that variable.
fn expanded(value: &str, name: &str) -> Result<String> {
    const BEGIN: &str = "${env.";
    let variable = value.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix('}'));
    let Some(variable) = variable.filter(|name| !name.contains('}')) else {
        return match value.contains(BEGIN) {
            true => Err(Error::config(format!(
                "{} has {BEGIN} within more text: a variable is the whole value or nothing of it",
                message::name(name)
            ))),
            false => Ok(value.to_owned()),
        };
    };
    std::env::var(variable).map_err(|_| {
        Error::config(format!(
            "{} is {}, and that variable is not set, or not UTF-8",
            message::name(name),
            message::name(value)
        ))
    })
}

impl ClientConfig {
    /// A client that nobody signed in: to ask who the server is.
    pub(super) fn anonymous(&self) -> Result<Client> {
        common(self, ClientBuilder::v1(&self.need(Setting::Url)?))?.build()
    }

    fn text(&self, key: Setting) -> Result<Option<String>> {
        self.get(key).map(|one| expanded(one.value.expose(), &one.name)).transpose()
    }

    fn need(&self, key: Setting) -> Result<String> {
        Ok(self.text(key)?.unwrap_or_default())
    }

    fn none_of(&self, keys: &[Setting], dialect: Dialect, instead: &str) -> Result<()> {
        match self.given.iter().find(|one| keys.contains(&one.key)) {
            Some(one) => Err(Error::config(format!(
                "{} is nothing that {dialect} has: give {instead}, or another version",
                one.name
            ))),
            None => Ok(()),
        }
    }

    /// A value that is read; the error does not show it, as it may be a secret at the wrong place.
    pub(super) fn read<T>(
        &self,
        key: Setting,
        form: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        let (Some(one), Some(text)) = (self.get(key), self.text(key)?) else { return Ok(None) };
        match read(text.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::config(format!("{} is not what it should be: {form}", one.name))),
        }
    }

    fn flag(&self, key: Setting) -> Result<Option<bool>> {
        self.read(key, "write true or false", |text| match &*text.to_ascii_lowercase() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        })
    }

    fn duration(&self, key: Setting) -> Result<Option<Duration>> {
        self.read(key, "write milliseconds, or 500ms, 10s, 1m", |text| {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let count: u64 = text[..digits].parse().ok()?;
            Some(match &text[digits..] {
                "" | "ms" => Duration::from_millis(count),
                "s" => Duration::from_secs(count),
                "m" => Duration::from_secs(count.checked_mul(60)?),
                _ => return None,
            })
        })
    }

    fn precision(&self) -> Result<Option<Precision>> {
        self.read(Setting::Precision, "write ns, us, ms or s", |text| {
            Some(match text {
                "ns" | "nanosecond" => Precision::Ns,
                "us" | "microsecond" => Precision::Us,
                "ms" | "millisecond" => Precision::Ms,
                "s" | "second" => Precision::S,
                _ => return None,
            })
        })
    }

    fn file(&self, key: Setting) -> Result<Option<Vec<u8>>> {
        let (Some(Given { name, .. }), Some(path)) = (self.get(key), self.text(key)?) else {
            return Ok(None);
        };
        let fail = |error| {
            Error::config(format!("{name} names {}, which cannot be read: {error}", message::name(&path)))
        };
        std::fs::read(&path).map(Some).map_err(fail)
    }
}
