//! Settings: who the caller is.

use crate::config::common::ClientBuilder;
use crate::config::v1::V1;
use crate::http::auth::Auth;
use crate::message::secret::Secret;

/// Who the caller is. Of several ways the last that was named counts, and each wins over user and password in the URL.
impl ClientBuilder<V1> {
    /// User and password, sent as HTTP Basic: the usual way, which every 1.x server and proxy knows.
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let user = user.into();
        self.check_user(&user, "basic_auth");
        self.check(!user.contains(':'), "the user's name contains ':', which HTTP Basic cannot carry");
        self.auth = Some(Auth::Basic { user, password: Secret::new(password) });
        self
    }

    /// User and password as the parameters `u` and `p` of each URL, for proxies that keep or replace the `Authorization`
    /// header.
    ///
    /// Prefer [`basic_auth`](ClientBuilder::basic_auth): URLs are written into the logs of proxies and load balancers, passwords
    /// and all. In this client's errors and `Debug` they never appear.
    ///
    /// ```
    /// let client = influx_client::Client::v1("http://localhost:8086").url_auth("reader", "secret").build()?;
    /// assert!(!format!("{client:?}").contains("secret"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn url_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let (user, password) = (user.into(), password.into());
        self.check_user(&user, "url_auth");
        self.check(
            !password.is_empty(),
            "the password is empty, which servers take for none: use .basic_auth(..)",
        );
        self.auth = Some(Auth::Url { user, password: Secret::new(password) });
        self
    }

    /// User and password as `Authorization: Token user:password`, which 1.8 and later take, for programs that are moved to
    /// or from 2.x. Older servers answer 401.
    ///
    /// ```
    /// let client = influx_client::Client::v1("http://localhost:8086").token_auth("reader", "secret").build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn token_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let (user, password) = (user.into(), password.into());
        self.check_user(&user, "token_auth");
        self.check(!user.contains(':'), "the user's name contains ':', which a token cannot carry");
        let carried = |text: &str| text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        self.check(
            carried(&user) && carried(&password),
            "the user or password holds white space, which a token cannot carry: use .basic_auth(..)",
        );
        self.auth = Some(Auth::Token { user, password: Secret::new(password) });
        self
    }

    /// A JSON web token, sent as `Authorization: Bearer`. It was signed with the secret that the server shares, and names the
    /// user (`username`) and when it expires (`exp`); for tokens that this client signs see
    /// [`jwt_auth`](ClientBuilder::jwt_auth).
    ///
    /// ```
    /// # let token = "a.b.c";
    /// let client = influx_client::Client::v1("http://localhost:8086").bearer_token(token).build()?;
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.check_token(&token, "bearer token");
        self.auth = Some(Auth::Bearer(Secret::new(token)));
        self
    }

    /// A user and the secret that the server shares (`[http] shared-secret`). Each request carries a JSON web token of its
    /// own, signed with HMAC-SHA-256 and good for ten minutes, and no password.
    ///
    /// ```
    /// let client = influx_client::Client::v1("http://localhost:8086").jwt_auth("reader", "shared secret").build()?;
    /// assert!(!format!("{client:?}").contains("shared secret"));
    /// # Ok::<(), influx_client::Error>(())
    /// ```
    pub fn jwt_auth(mut self, user: impl Into<String>, shared_secret: impl Into<String>) -> Self {
        let (user, shared_secret) = (user.into(), shared_secret.into());
        self.check_user(&user, "jwt_auth");
        self.check(
            !shared_secret.is_empty(),
            "the shared secret is empty, with which servers take no token: give it",
        );
        self.auth = Some(Auth::Jwt { user, shared_secret: Secret::new(shared_secret) });
        self
    }
}

impl<G> ClientBuilder<G> {
    pub(super) fn check_user(&mut self, user: &str, setter: &str) {
        self.writes.problem.check_name(user, "user", setter);
    }

    /// A token that a header can carry.
    pub(super) fn check_token(&mut self, token: &str, what: &str) {
        let carried = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        let text = format!("the {what} is empty or holds more than visible ASCII: give the token alone");
        self.check(carried, &text);
    }
}
