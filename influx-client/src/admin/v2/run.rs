//! Runs of tasks, and what they logged.

use std::time::SystemTime;

use influx_core::{Timestamp, rfc3339};
use serde_json::json;

use crate::admin::v2::call::Call;
use crate::admin::v2::decode::shape;
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::path;
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::admin::v2::task::{RunStatus, Task};
use crate::error::problem::nanos;
use crate::error::{Error, Result};

shape! {
    /// A run of a task.
    Run {
        /// Its id.
        id: Id = "id",
        /// The task.
        task_id: Id = "taskID",
        /// What became of it.
        status: RunStatus = "status",
        /// The time that it runs for.
        scheduled_for: Option<SystemTime> = "scheduledFor",
        /// When it began.
        started_at: Option<SystemTime> = "startedAt",
        /// When it ended.
        finished_at: Option<SystemTime> = "finishedAt",
        /// When somebody asked for it.
        requested_at: Option<SystemTime> = "requestedAt",
        /// What it logged.
        log: Vec<LogEvent> = "log",
    }
}

shape! {
    /// Something that a run logged.
    LogEvent {
        /// The run.
        run_id: Option<Id> = "runID",
        /// When.
        time: Option<SystemTime> = "time",
        /// What.
        message: String = "message",
    }
}

impl Listed for Run {
    const KEY: &'static str = "runs";
    const LIMIT: usize = 500;
    const TURN: Turn = Turn::Before;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        self.id.as_str()
    }

    /// A second later, as several may run for one: those that are known are passed over.
    fn before(&self) -> Option<String> {
        let since = self.scheduled_for?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let next = i64::try_from(since.as_secs()).ok()?.checked_add(1)?.checked_mul(1_000_000_000)?;
        Some(seconds(next))
    }
}

/// As the server compares them, which is as texts: without a fraction.
fn seconds(nanos: i64) -> String {
    let exact = rfc3339::to_exact_text(nanos);
    exact.get(..19).map(|text| format!("{text}Z")).unwrap_or(exact)
}

impl Admin {
    /// The runs of a task that the server remembers, the newest first.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, task: influx_client::admin::v2::Task) -> influx_client::Result<()> {
    /// use influx_client::admin::v2::RunStatus;
    ///
    /// let admin = client.v2();
    /// let mut runs = admin.runs(&task);
    /// while let Some(run) = runs.next().await.transpose()? {
    ///     if run.status == RunStatus::Failed {
    ///         admin.retry_run(&task, &run.id).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn runs(&self, task: impl Into<Id>) -> Listing<Run> {
        let id = task.into();
        let mut list = listing(self, format!("/api/v2/tasks/{id}/runs"));
        list.problem.keep(id.checked("task").map(drop));
        list
    }

    /// One of the runs of a task.
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn find_run(&self, task: impl Into<Id>, run: impl Into<Id>) -> Result<Option<Run>> {
        self.find(Call::get(run_path(&task.into(), &run.into())?)).await
    }

    /// Runs a task now, whatever its times say.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client, task: influx_client::admin::v2::Task) -> influx_client::Result<()> {
    /// let admin = client.v2();
    /// let run = admin.run_task(&task).await?;
    /// for event in admin.run_logs(&task, &run.id).await? {
    ///     println!("{}", event.message);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such task ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn run_task(&self, task: impl Into<Id>) -> Result<Run> {
        let id = task.into();
        let path = format!("{}/runs", path::<Task>(&id)?);
        self.ask(Call::post(path).json(&json!({}))).await
    }

    /// Runs a task as if it were another time, which goes to the server in whole seconds.
    ///
    /// # Errors
    ///
    /// A time that is missing or has a fraction of a second, and those of [`run_task`](Self::run_task).
    pub async fn run_task_for(&self, task: impl Into<Id>, time: impl Timestamp) -> Result<Run> {
        let id = task.into();
        let path = format!("{}/runs", path::<Task>(&id)?);
        let nanos = nanos(time, "the time")?;
        if nanos % 1_000_000_000 != 0 {
            return Err(Error::config(
                "the time has a fraction of a second, which runs have not: use whole seconds",
            ));
        }
        self.ask(Call::post(path).json(&json!({"scheduledFor": seconds(nanos)}))).await
    }

    /// Runs a task again for the time of a run; the answer is the new one.
    ///
    /// # Errors
    ///
    /// There is no such run ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn retry_run(&self, task: impl Into<Id>, run: impl Into<Id>) -> Result<Run> {
        self.ask(Call::post(format!("{}/retry", run_path(&task.into(), &run.into())?))).await
    }

    /// Stops a run that waits or runs.
    ///
    /// # Errors
    ///
    /// It has ended, or there never was one ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn cancel_run(&self, task: impl Into<Id>, run: impl Into<Id>) -> Result<()> {
        self.tell(Call::delete(run_path(&task.into(), &run.into())?)).await
    }

    /// What a run logged.
    ///
    /// # Errors
    ///
    /// There is no such run ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn run_logs(&self, task: impl Into<Id>, run: impl Into<Id>) -> Result<Vec<LogEvent>> {
        self.ask_within(Call::get(format!("{}/logs", run_path(&task.into(), &run.into())?)), "events").await
    }

    /// What all runs of a task logged.
    ///
    /// # Errors
    ///
    /// There is no such task ([`is_not_found`](Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn task_logs(&self, task: impl Into<Id>) -> Result<Vec<LogEvent>> {
        let id = task.into();
        self.ask_within(Call::get(format!("{}/logs", path::<Task>(&id)?)), "events").await
    }
}

fn run_path(task: &Id, run: &Id) -> Result<String> {
    Ok(format!("{}/runs/{}", path::<Task>(task)?, run.checked("run")?))
}
