//! Tasks: Flux that the server runs by itself.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::admin::future::awaits;
use crate::admin::v2::decode::{shape, words};
use crate::admin::v2::handle::Admin;
use crate::admin::v2::id::Id;
use crate::admin::v2::kept::{folder, has_id, set};
use crate::admin::v2::label::Label;
use crate::admin::v2::page::{Listed, Listing, Turn, listing};
use crate::admin::v2::user::Status;
use crate::error::Result;
use crate::error::problem::Problem;
use crate::generation::v2::{option, rules};

shape! {
    /// A task.
    Task {
        /// Its id.
        id: Id = "id",
        /// Its organization.
        org_id: Option<Id> = "orgID",
        /// That one's name.
        org: Option<String> = "org",
        /// Its name, which others may have, too.
        name: String = "name",
        /// The user it belongs to.
        owner_id: Option<Id> = "ownerID",
        /// Whether it runs.
        status: Option<Status> = "status",
        /// What it is for.
        description: Option<String> = "description",
        /// What it does: the text with its `option task = {..}`.
        flux: String = "flux",
        /// How often it runs, in Flux: `1h`.
        every: Option<String> = "every",
        /// When it runs, as cron has it.
        cron: Option<String> = "cron",
        /// How much later it runs, in Flux: `5m`.
        offset: Option<String> = "offset",
        /// Up to when it has run.
        latest_completed: Option<SystemTime> = "latestCompleted",
        /// How the last run ended.
        last_run_status: Option<RunStatus> = "lastRunStatus",
        /// Why it did not end well.
        last_run_error: Option<String> = "lastRunError",
        /// When it was created.
        created_at: Option<SystemTime> = "createdAt",
        /// When it was changed last.
        updated_at: Option<SystemTime> = "updatedAt",
        /// Its labels.
        labels: Vec<Label> = "labels",
    }
}

words! {
    /// What became of a run.
    RunStatus {
        /// It waits.
        Scheduled = "scheduled",
        /// It runs.
        Started = "started",
        /// It failed.
        Failed = "failed",
        /// It is done.
        Success = "success",
        /// Somebody stopped it.
        Canceled = "canceled",
    }
}

has_id!(Task: "task" in "tasks");

impl Listed for Task {
    const KEY: &'static str = "tasks";
    const LIMIT: usize = 500;
    const TURN: Turn = Turn::After;

    fn id(&self) -> &Id {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A task to be created: what [`Admin::create_task`] and its like return.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct CreateTask {
    admin: Admin,
    body: Map<String, Value>,
    problem: Problem,
}

/// A task to be changed: what [`Admin::update_task`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct UpdateTask {
    admin: Admin,
    id: Id,
    body: Map<String, Value>,
    problem: Problem,
}

impl Admin {
    /// Creates a task of the organization. Its name and when it runs stand in the text: `option task = {name: "hourly", every: 1h}`;
    /// [`create_task_every`](Self::create_task_every) and [`create_task_cron`](Self::create_task_cron) add them.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let flux = r#"option task = {name: "hourly", every: 1h}
    /// from(bucket: "market") |> range(start: -1h) |> to(bucket: "archive")"#;
    /// let task = client.v2().create_task(flux).description("copies").await?;
    /// assert_eq!(task.every.as_deref(), Some("1h"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A text that is no Flux or has no option of a task, no organization, and all that [`Client::ping`](crate::Client::ping) has.
    pub fn create_task(&self, flux: impl Into<String>) -> CreateTask {
        let body = Map::from_iter([("flux".to_owned(), Value::String(flux.into()))]);
        CreateTask { admin: self.clone(), body, problem: Problem::default() }
    }

    /// Creates a task that runs every so often.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::Duration;
    ///
    /// let flux = r#"from(bucket: "market") |> range(start: -1h) |> to(bucket: "archive")"#;
    /// client.v2().create_task_every("hourly", flux, Duration::from_secs(3_600)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`create_task`](Self::create_task), an empty name, and a time that is not a number of seconds.
    pub fn create_task_every(&self, name: &str, flux: &str, every: Duration) -> CreateTask {
        let mut problem = Problem::default();
        problem.keep(rules::name(name, "task"));
        let seconds = problem.keep(rules::seconds(every, "time between two runs"));
        CreateTask { problem, ..self.create_task(option::with_every(flux, name, seconds)) }
    }

    /// Creates a task that runs when cron says so: `0 * * * *`.
    ///
    /// # Errors
    ///
    /// Those of [`create_task`](Self::create_task), and an empty name.
    pub fn create_task_cron(&self, name: &str, flux: &str, cron: &str) -> CreateTask {
        let mut problem = Problem::default();
        problem.keep(rules::name(name, "task"));
        CreateTask { problem, ..self.create_task(option::with_cron(flux, name, cron)) }
    }

    /// The tasks of the organization.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::admin::v2::Status;
    ///
    /// let mut hourly = client.v2().tasks().named("hourly").status(Status::Active);
    /// while let Some(task) = hourly.next().await {
    ///     println!("{:?}", task?.latest_completed);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn tasks(&self) -> Listing<Task> {
        let mut list = listing(self, folder::<Task>());
        list.of_org = true;
        list
    }

    /// The task that has this id. Names are not theirs alone: see [`tasks`](Self::tasks).
    ///
    /// # Errors
    ///
    /// An id of the wrong form, and all that [`Client::ping`](crate::Client::ping) has.
    pub async fn find_task(&self, task: impl Into<Id>) -> Result<Option<Task>> {
        self.find_kept(task).await
    }

    /// Changes a task: what is not named stays as it is. Name and times are changed within its text.
    ///
    /// # Errors
    ///
    /// Nothing to change is named, there is no such task ([`is_not_found`](crate::Error::is_not_found)), and those of
    /// [`create_task`](Self::create_task).
    pub fn update_task(&self, task: impl Into<Id>) -> UpdateTask {
        UpdateTask { admin: self.clone(), id: task.into(), body: Map::new(), problem: Problem::default() }
    }

    /// Deletes a task with its runs.
    ///
    /// # Errors
    ///
    /// There is no such task ([`is_not_found`](crate::Error::is_not_found)), an id of the wrong form, and all that
    /// [`Client::ping`](crate::Client::ping) has.
    pub async fn delete_task(&self, task: impl Into<Id>) -> Result<()> {
        self.delete_kept::<Task>(task).await
    }
}

impl Listing<Task> {
    /// Only those of exactly this name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.params.push(("name", name.clone()));
        self.name = Some(name);
        self
    }

    /// Only those that run, or do not.
    pub fn status(mut self, status: Status) -> Self {
        self.params.push(("status", status.as_str().to_owned()));
        self
    }

    /// Only those of this user.
    pub fn user(mut self, user: impl Into<Id>) -> Self {
        let user = user.into();
        self.problem.keep(user.checked("user").map(drop));
        self.params.push(("user", user.to_string()));
        self
    }

    /// Those of all organizations that the token may see.
    pub fn of_all_orgs(mut self) -> Self {
        self.of_org = false;
        self
    }
}

macro_rules! setters {
    ($request:ident) => {
        impl $request {
            /// What it is for.
            pub fn description(mut self, text: impl Into<String>) -> Self {
                self.body.insert("description".to_owned(), text.into().into());
                self
            }

            /// Whether it runs.
            pub fn status(mut self, status: Status) -> Self {
                self.body.insert("status".to_owned(), status.as_str().into());
                self
            }
        }
    };
}

setters!(CreateTask);
setters!(UpdateTask);
awaits!(CreateTask => Task);
awaits!(UpdateTask => Task);

impl CreateTask {
    async fn run(mut self) -> Result<Task> {
        self.problem.result()?;
        self.body.insert("orgID".to_owned(), self.admin.org_id().await?.as_str().into());
        self.admin.ask(set::<Task>(None, self.body)?).await
    }
}

impl UpdateTask {
    /// Another text, with its `option task = {..}`.
    pub fn flux(self, text: impl Into<String>) -> Self {
        self.set("flux", text.into())
    }

    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.problem.keep(rules::name(&name, "task"));
        self.set("name", name)
    }

    /// Runs it every so often, and no more by cron.
    pub fn every(mut self, every: Duration) -> Self {
        let seconds = self.problem.keep(rules::seconds(every, "time between two runs"));
        self.set("every", format!("{seconds}s"))
    }

    /// Runs it when cron says so, and no more every so often.
    pub fn cron(self, cron: impl Into<String>) -> Self {
        self.set("cron", cron.into())
    }

    /// Runs it so much later.
    pub fn offset(mut self, offset: Duration) -> Self {
        let seconds = match offset.is_zero() {
            true => 0,
            false => self.problem.keep(rules::seconds(offset, "time that a run is put off")),
        };
        self.set("offset", format!("{seconds}s"))
    }

    fn set(mut self, key: &str, value: String) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    async fn run(self) -> Result<Task> {
        self.problem.result()?;
        self.admin.ask(set::<Task>(Some(&self.id), self.body)?).await
    }
}
