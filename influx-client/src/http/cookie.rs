//! The cookies of a session of 2.x.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{HeaderMap, SET_COOKIE};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Kind};
use crate::message::secret::Secret;
use crate::message::secrets::Secrets;

/// A value of fewer characters signs nobody in: hidden in messages, it would take words out of them.
const SECRET: usize = 8;

/// The header `Cookie`, once there is one.
#[derive(Debug, Default)]
pub(super) struct Cookie {
    /// It is locked while somebody signs in: the others wait for theirs.
    known: Mutex<Known>,
    /// How often signing in failed.
    failures: AtomicU64,
}

#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) cookie: Option<Secret>,
    /// How signing in failed the last time, as far as others have to know it.
    failed: Option<Failed>,
}

#[derive(Debug)]
struct Failed {
    kind: Kind,
    status: Option<u16>,
    text: String,
    retryable: bool,
}

impl Cookie {
    /// The cookie, or the right to get one. An error where the one that was waited for could not be got: who waits tries no more,
    /// as each would wait for a server that is silent after all before it.
    pub(super) async fn lock(&self) -> Result<MutexGuard<'_, Known>, Error> {
        let before = self.failures.load(Ordering::Acquire);
        let known = self.known.lock().await;
        match &known.failed {
            Some(failed) if self.failures.load(Ordering::Acquire) != before => Err(failed.error()),
            _ => Ok(known),
        }
    }

    /// Signing in failed; those that wait for it are told.
    pub(super) fn fail(&self, known: &mut Known, error: &Error) {
        known.failed = Some(Failed {
            kind: error.kind(),
            status: error.status(),
            text: error.to_string(),
            retryable: error.is_retryable(),
        });
        self.failures.fetch_add(1, Ordering::Release);
    }
}

impl Failed {
    fn error(&self) -> Error {
        let error = match self.status {
            Some(status) => Error::status_answer(status, String::new()).because(&*self.text),
            None => Error::new(self.kind, &*self.text),
        };
        error.retryable(self.retryable)
    }
}

/// What the header `Cookie` holds after this answer: all that it sets, as a proxy may set some of its own, by which it finds the
/// server again.
pub(super) fn of(headers: &HeaderMap) -> Option<Secret> {
    let mut all: Vec<(&str, &str)> = Vec::new();
    for header in headers.get_all(SET_COOKIE).iter().filter_map(|header| header.to_str().ok()) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
        all.retain(|(known, _)| *known != name);
        let is_deleted = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        if !name.is_empty() && !value.is_empty() && !is_deleted {
            all.push((name, value));
        }
    }
    let pairs: Vec<_> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
    (!pairs.is_empty()).then(|| Secret::new(pairs.join("; ")))
}

/// The values in that header must not appear in messages.
pub(super) fn hide(cookie: &Secret, secrets: &Secrets) {
    for (_, value) in cookie.expose().split("; ").filter_map(|pair| pair.split_once('=')) {
        if value.len() >= SECRET {
            secrets.add_later(value.trim_matches('"'));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_cookies_of_an_answer() {
        for (set, expected) in [
            (
                &["influxdb-oss-session=a==; Path=/api/; Expires=Thu, 26 Nov 2026 14:00:00 GMT"][..],
                Some("influxdb-oss-session=a=="),
            ),
            (&["AWSALB=lb; Path=/", "influxdb-oss-session=a"], Some("AWSALB=lb; influxdb-oss-session=a")),
            (&["s=a", "s=b; HttpOnly"], Some("s=b")),
            (&["s=a", "s=; Max-Age=0"], None),
            (&["s=deleted; max-age=0"], None),
            (&["", "=", "x", "=y", "s="], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for one in set {
                headers.append(SET_COOKIE, one.parse().unwrap());
            }
            assert_eq!(of(&headers).as_ref().map(Secret::expose), expected, "{set:?}");
        }
    }
}
