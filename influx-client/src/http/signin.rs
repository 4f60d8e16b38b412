//! Signing in to 2.x: user and password are given once, for a cookie that is good until the session has run out.

use serde_json::Value;

use crate::error::delivery::Delivery;
use crate::error::{Error, Kind, Result};
use crate::http::answer::TEXT_LIMIT;
use crate::http::cookie;
use crate::http::request::{Caller, Method, Request};
use crate::http::response::Response;
use crate::http::transport::Http;
use crate::message::secret::Secret;

const PATH: &str = "/api/v2/signin";

impl Http {
    /// Sends the request within the session of a user, which is begun where there is none, and once more where it has run out.
    pub(super) async fn send_signed_in(
        &self,
        user: &str,
        password: &Secret,
        request: Request,
    ) -> Result<Response> {
        if request.path.starts_with("/query") {
            return Err(Error::config(
                "InfluxDB 2.x takes no session where InfluxQL is asked: give the client a .token(..) instead of user and password, or ask in Flux",
            ));
        }
        let mut last = None;
        loop {
            let (cookie, is_new) = self.cookie(user, password, last.as_ref()).await?;
            let mut request = request.clone();
            request.caller = Caller::Cookie(cookie.clone());
            let answer = self.send_once(request).await?;
            // one that was made a moment ago has not run out: the user lacks the right
            if answer.status() != 401 || is_new || last.is_some() {
                return Ok(answer);
            }
            last = Some(cookie);
        }
    }

    /// A cookie other than `old`, and whether it was made now.
    async fn cookie(&self, user: &str, password: &Secret, old: Option<&Secret>) -> Result<(Secret, bool)> {
        // nothing of the request itself is on its way yet
        let not_sent = |error: Error| error.delivered(Delivery::NotSent);
        let mut known = self.signed_in().lock().await.map_err(not_sent)?;
        if let Some(cookie) = known.cookie.as_ref().filter(|cookie| Some(*cookie) != old) {
            return Ok((cookie.clone(), false));
        }
        known.cookie = None;
        let cookie = self.sign_in(user, password).await.map_err(|error| {
            self.signed_in().fail(&mut known, &error);
            not_sent(error)
        })?;
        cookie::hide(&cookie, self.secrets());
        known.cookie = Some(cookie.clone());
        Ok((cookie, true))
    }

    async fn sign_in(&self, user: &str, password: &Secret) -> Result<Secret> {
        let mut request = Request::new(Method::Post, PATH);
        request.caller = Caller::Login { user: user.to_owned(), password: password.clone() };
        let response = self.send_once(request).await?;
        let at = response.shown().to_owned();
        let cookie = cookie::of(response.inner.headers()).filter(|_| response.is_success());
        if let Some(cookie) = cookie {
            return Ok(cookie);
        }
        if response.is_success() {
            let text = "signing in was answered without a cookie: is that an InfluxDB 2.x?";
            return Err(Error::new(Kind::Config, text).at(at));
        }
        let answer = response.answer(TEXT_LIMIT).await;
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let why = match (answer.redirected_to(), document["message"].as_str(), answer.status) {
            (Some(to), ..) => format!("redirected to {to}: give that address to the client"),
            (None, Some(why), _) => why.to_owned(),
            (None, None, 404) => {
                "there is nothing to sign in at; a server of 1.x takes Client::v1(url).basic_auth(..)"
                    .to_owned()
            }
            (None, None, _) => "no reason given".to_owned(),
        };
        // what another moment, or a server behind a proxy that is there again, may answer otherwise
        let later = answer.status == 429 || answer.status >= 500;
        let error = Error::status_answer(answer.status, format!("signing in failed: {why}"));
        Err(error.retryable(later).with_retry_after(answer.retry_after).at(at).without(self.secrets()))
    }

    /// Ends the session, if one was begun.
    pub(crate) async fn sign_out(&self) -> Result<Option<Response>> {
        let Some(cookie) = self.signed_in().lock().await?.cookie.take() else { return Ok(None) };
        let mut request = Request::new(Method::Post, "/api/v2/signout");
        request.caller = Caller::Cookie(cookie);
        self.send_once(request).await.map(Some)
    }
}
