//! Deleting points.

use influx_core::{Timestamp, rfc3339};
use serde_json::json;

use crate::admin::future::awaits;
use crate::admin::v2::call::Call;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::NameOrId;
use crate::error::problem::Problem;
use crate::error::{Error, Result};
use crate::generation::v2::predicate::{Comparison, Predicate};
use crate::generation::v2::{no_bucket, rules};

/// The earliest and the latest time of the server, in nanoseconds.
const TIMES: (i64, i64) = (i64::MIN + 2, i64::MAX - 1);

/// Points to be deleted: what [`Admin::delete_points`] and [`Admin::delete_all_points`] return.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DeletePoints {
    admin: Admin,
    bucket: Option<NameOrId>,
    /// `None`: all of them.
    predicate: Option<Predicate>,
    since: i64,
    /// The last nanosecond that is deleted: the server's own end of the time is one that belongs to it.
    last: i64,
    problem: Problem,
}

impl Admin {
    /// Deletes points of a measurement or with some tags, of the client's bucket unless another one is named, and of all times unless some
    /// are. All that is named must hold: the server knows no OR, no regular expressions, and no conditions on fields.
    ///
    /// Names and values are quoted: whatever they hold, they never become a part of the condition. InfluxDB 1.8 and later delete so, too, but
    /// know no `tag_not`, and do not reach the first and the last nanosecond that there is, 1677 and 2262, which
    /// [`client.v1()`](crate::Handles::v1) does.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::{Duration, SystemTime};
    ///
    /// let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    /// client.v2().delete_points().measurement("trades").tag("venue", "test").before(yesterday).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Neither a measurement nor a tag is named, what the server cannot do, a time that is not before its end, no bucket and no
    /// organization, a token that may not delete ([`is_auth`](Error::is_auth)), no such bucket ([`is_not_found`](Error::is_not_found)), and
    /// all that [`Client::ping`](crate::Client::ping) has. That nothing was found to delete is no error: the server does not tell.
    pub fn delete_points(&self) -> DeletePoints {
        DeletePoints {
            admin: self.clone(),
            bucket: None,
            predicate: Some(Predicate::default()),
            since: TIMES.0,
            last: TIMES.1,
            problem: Problem::default(),
        }
    }

    /// Deletes all points of a bucket, of all measurements: the client's bucket unless another one is named, and of all times unless some
    /// are.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// client.v2().delete_all_points().bucket("test").await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`delete_points`](Self::delete_points), but for the conditions.
    pub fn delete_all_points(&self) -> DeletePoints {
        DeletePoints { predicate: None, ..self.delete_points() }
    }

    /// `bucket` or `bucketID`. The server would take a name that looks like an id for one.
    async fn bucket_param(&self, bucket: NameOrId) -> Result<(&'static str, String)> {
        match bucket {
            NameOrId::Id(id) => id.checked("bucket").map(|id| ("bucketID", id.to_owned())),
            NameOrId::Name(name) if rules::is_id(&name) => match self.find_bucket(&*name).await? {
                Some(found) => Ok(("bucketID", found.id.to_string())),
                None => Err(Error::status_answer(404, String::new()).because(format!(
                    "no bucket is named {name:?}, or it is a matter of rights; if that is an id, say Id::from(\"{name}\")"
                ))),
            },
            NameOrId::Name(name) => Ok(("bucket", name)),
        }
    }
}

awaits!(DeletePoints => ());

impl DeletePoints {
    /// Of another bucket than the client's.
    pub fn bucket(mut self, bucket: impl Into<NameOrId>) -> Self {
        self.bucket = Some(bucket.into());
        self
    }

    /// Only points of this measurement.
    pub fn measurement(self, name: impl AsRef<str>) -> Self {
        self.narrow(|predicate| predicate.measurement(name.as_ref()))
    }

    /// Only points with this tag.
    pub fn tag(self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.narrow(|predicate| predicate.tag(key.as_ref(), Comparison::Is, value.as_ref()))
    }

    /// Only points that have a tag of this key with another value: those without the tag stay. With an empty value, all that have one.
    pub fn tag_not(self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.narrow(|predicate| predicate.tag(key.as_ref(), Comparison::IsNot, value.as_ref()))
    }

    /// Only points at or after this time.
    pub fn since(mut self, time: impl Timestamp) -> Self {
        self.since = self.time(time).unwrap_or(self.since);
        self
    }

    /// Only points before this time.
    pub fn before(mut self, time: impl Timestamp) -> Self {
        let last = self.time(time).map(|time| time.saturating_sub(1));
        self.last = last.unwrap_or(self.last);
        self
    }

    fn narrow(mut self, add: impl FnOnce(&mut Predicate) -> Result<()>) -> Self {
        let added = match &mut self.predicate {
            Some(predicate) => add(predicate),
            None => Err(Error::config(
                "delete_all_points() takes no conditions: use delete_points() for some of the points",
            )),
        };
        self.problem.keep(added);
        self
    }

    fn time(&mut self, time: impl Timestamp) -> Option<i64> {
        let nanos = self.problem.time(time, "a time in the request")?;
        let stored = (TIMES.0..=TIMES.1).contains(&nanos);
        let text = format!("{} is outside of the times that 2.x has", rfc3339::to_exact_text(nanos));
        self.problem.check(stored, &text);
        stored.then_some(nanos)
    }

    async fn run(self) -> Result<()> {
        self.problem.result()?;
        if self.since > self.last {
            return Err(Error::config(format!(
                "nothing lies between {} and {}: give a time to .since(..) that is before the one of .before(..)",
                rfc3339::to_exact_text(self.since),
                rfc3339::to_exact_text(self.last.saturating_add(1)),
            )));
        }
        let predicate = match &self.predicate {
            Some(predicate) if predicate.is_empty() => {
                return Err(Error::config(
                    "deleting without a condition: name a measurement or a tag, or use delete_all_points() for all of them",
                ));
            }
            Some(predicate) => Some(predicate.text()?),
            None => None,
        };
        let org = self.admin.org_param().await?;
        let bucket = match (self.bucket, &self.admin.session.writes.database) {
            (Some(told), _) => self.admin.bucket_param(told).await?,
            // as writes have it
            (None, Some(clients)) => ("bucket", clients.clone()),
            (None, None) => return Err(no_bucket("request")),
        };
        let call = |start, stop| {
            let mut body =
                json!({"start": rfc3339::to_exact_text(start), "stop": rfc3339::to_exact_text(stop)});
            if let Some(predicate) = &predicate {
                body["predicate"] = predicate.as_str().into();
            }
            Call::post("/api/v2/delete").params([org.clone(), bucket.clone()]).json(&body)
        };
        let mut done = self.admin.body(call(self.since, self.last)).await;
        if self.since == TIMES.0 && done.as_ref().is_err_and(is_too_early_for_v1) {
            done = self.admin.body(call(self.since + 1, self.last)).await;
        }
        let done = done?;
        let of_v1 = done.is_of_v1();
        done.nothing()?;
        if of_v1 && self.last < TIMES.1 {
            // to 1.8 and later the end of the time does not belong to it
            self.admin.tell(call(self.last, self.last + 1)).await?;
        }
        Ok(())
    }
}

/// 1.8 and later read all times but the first.
fn is_too_early_for_v1(error: &Error) -> bool {
    error.server_message().is_some_and(|text| text.contains("underflows time literal"))
}
