//! What a server says of itself, and how a new one is set up.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::admin::future::awaits;
use crate::admin::v2::authorization::{Authorization, Token};
use crate::admin::v2::bucket::Bucket;
use crate::admin::v2::call::Call;
use crate::admin::v2::decode::{Decode, Unfit, member, object, shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::org::Organization;
use crate::admin::v2::user::User;
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::document::error_of;
use crate::generation::v2::rules;
use crate::message::secret::Secret;

shape! {
    /// How a server is.
    Health {
        /// What it is: `influxdb`.
        name: Option<String> = "name",
        /// In its own words.
        message: Option<String> = "message",
        /// Whether it works.
        status: HealthStatus = "status",
        /// Its version, such as `v2.7.12`; 1.8 and later answer, too.
        version: Option<String> = "version",
        /// What it was built of.
        commit: Option<String> = "commit",
    }
}

words! {
    /// Whether a server works.
    HealthStatus {
        /// It does.
        Pass = "pass",
        /// It does not.
        Fail = "fail",
    }
}

shape! {
    /// That a server is ready, and since when.
    Ready {
        /// `ready`.
        status: String = "status",
        /// When it was started.
        started: Option<SystemTime> = "started",
        /// For how long it runs, in its own words: `1h2m3s`.
        up: Option<String> = "up",
    }
}

shape! {
    /// What the setup of a server created.
    Setup {
        /// The first user.
        user: User = "user",
        /// The first organization.
        org: Organization = "org",
        /// The first bucket.
        bucket: Bucket = "bucket",
        /// The token that may do everything.
        auth: Authorization = "auth",
    }
}

impl Setup {
    /// The token that may do everything, as [`ClientBuilder::token`](crate::ClientBuilder::token) takes it. It is shown once.
    pub fn token(&self) -> &str {
        self.auth.token.as_ref().map_or("", Token::expose)
    }
}

/// Whether a server waits for its setup.
struct Allowed(bool);

impl Decode for Allowed {
    fn decode(value: Value) -> Result<Self, Unfit> {
        member(&mut object(value)?, "allowed").map(Allowed)
    }
}

/// The setup of a server: what [`Admin::setup`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct SetUp {
    admin: Admin,
    body: Map<String, Value>,
    password: Secret,
    token: Option<Secret>,
    problem: Problem,
}

impl Admin {
    /// How the server is; it asks for no token. That it is not well is no error: [`HealthStatus::Fail`].
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::admin::v2::HealthStatus;
    /// assert_eq!(client.v2().health().await?.status, HealthStatus::Pass);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`](crate::Client::ping).
    pub async fn health(&self) -> Result<Health> {
        self.ask_also(Call::get("/health").by_nobody(), 503).await
    }

    /// Since when the server is ready; it asks for no token. InfluxDB 1.8 does not say.
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`](crate::Client::ping).
    pub async fn ready(&self) -> Result<Ready> {
        self.ask(Call::get("/ready").by_nobody()).await
    }

    /// Whether the server is new, and waits for its [`setup`](Self::setup).
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`](crate::Client::ping).
    pub async fn is_setup_allowed(&self) -> Result<bool> {
        self.ask(Call::get("/api/v2/setup").by_nobody()).await.map(|answer: Allowed| answer.0)
    }

    /// Sets a new server up: its first user, organization, bucket and token. Nobody needs to be named for it.
    ///
    /// ```no_run
    /// # async fn run(password: String) -> influx_client::Result<()> {
    /// use influx_client::Client;
    ///
    /// let new = Client::v2("http://localhost:8086").build()?;
    /// if new.v2().is_setup_allowed().await? {
    ///     let made = new.v2().setup("ann", password, "desk", "market").await?;
    ///     let client = Client::v2("http://localhost:8086").org("desk").bucket("market").token(made.token()).build()?;
    /// # let _ = client;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// It is done already ([`is_conflict`](crate::Error::is_conflict)), an empty name, a password that is not of 8 to 72 bytes, and those of
    /// [`Client::ping`](crate::Client::ping).
    pub fn setup(
        &self,
        user: impl Into<String>,
        password: impl Into<String>,
        org: impl Into<String>,
        bucket: impl Into<String>,
    ) -> SetUp {
        let (password, mut problem) = (Secret::new(password), Problem::default());
        let names = [("username", user.into()), ("org", org.into()), ("bucket", bucket.into())];
        problem.keep(rules::name(&names[0].1, "user"));
        problem.keep(rules::password(password.expose()));
        problem.keep(rules::name(&names[1].1, "organization"));
        problem.keep(rules::bucket_name(&names[2].1));
        let body = names.into_iter().map(|(key, name)| (key.to_owned(), name.into())).collect();
        SetUp { admin: self.clone(), body, password, token: None, problem }
    }

    /// Ends the session of a client of [`session_auth`](crate::ClientBuilder::session_auth), if one was begun; the next request begins
    /// another.
    ///
    /// # Errors
    ///
    /// Those of [`Client::ping`](crate::Client::ping).
    pub async fn sign_out(&self) -> Result<()> {
        self.spoken()?;
        match self.session.http.sign_out().await? {
            Some(answer) if !answer.is_success() => Err(error_of(answer).await),
            _ => Ok(()),
        }
    }
}

awaits!(SetUp => Setup);

impl SetUp {
    /// How long points of the first bucket are kept, at least an hour; `None`, the default, is for ever.
    pub fn retention(mut self, keep: impl Into<Option<Duration>>) -> Self {
        let seconds = self.problem.keep(rules::retention(keep.into()));
        self.body.insert("retentionPeriodSeconds".to_owned(), seconds.into());
        self
    }

    /// The token, instead of one that the server makes up.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        let carried = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        self.problem
            .check(carried, "the token is empty or holds more than visible ASCII: give the token alone");
        self.token = Some(Secret::new(token));
        self
    }

    async fn run(mut self) -> Result<Setup> {
        self.problem.result()?;
        let password = self.password.expose();
        self.body.insert("password".to_owned(), password.into());
        let mut call = Call::post("/api/v2/setup").by_nobody().secret(password);
        if let Some(token) = &self.token {
            call = call.secret(token.expose());
            self.body.insert("token".to_owned(), token.expose().into());
        }
        self.admin.ask(call.json(&Value::Object(self.body))).await
    }
}
