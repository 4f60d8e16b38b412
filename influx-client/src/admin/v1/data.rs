//! Deleting what is stored.

use influx_core::Timestamp;

use crate::admin::future::awaits;
use crate::admin::v1::handle::Admin;
use crate::admin::v1::select::{Selection, selects};
use crate::error::Result;
use crate::generation::v1::quote;

/// `DROP SERIES`: what [`Admin::drop_series`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DropSeries {
    admin: Admin,
    selection: Selection,
}

/// `DELETE`: what [`Admin::delete_points`] returns.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct DeletePoints {
    admin: Admin,
    selection: Selection,
}

impl Admin {
    /// Drops a measurement with all its series; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// No database is named, a name that InfluxQL cannot express, and all that
    /// [`Query::execute`](crate::Query::execute) has.
    pub async fn drop_measurement(&self, name: &str) -> Result<()> {
        self.run_in_database(format!("DROP MEASUREMENT {}", quote::identifier(name)?)).await
    }

    /// Drops series, of some measurements or with some tags, from the index and the data of all retention policies.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// client.v1().drop_series().measurement("cpu").tag("host", "a").await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Neither a measurement nor a tag is named, no database is named, a name that InfluxQL cannot express, and all that
    /// [`Query::execute`](crate::Query::execute) has.
    pub fn drop_series(&self) -> DropSeries {
        DropSeries { admin: self.clone(), selection: Selection::default() }
    }

    /// Deletes points, of some measurements, with some tags or within some time, of all retention policies. Unlike
    /// [`drop_series`](Admin::drop_series) it may leave series without points in the index.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use std::time::{Duration, SystemTime};
    ///
    /// let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    /// client.v1().delete_points().measurement("cpu").tag("host", "a").before(yesterday).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Neither a measurement, a tag nor a time is named, no database is named, a name that InfluxQL cannot express, and all
    /// that [`Query::execute`](crate::Query::execute) has.
    pub fn delete_points(&self) -> DeletePoints {
        DeletePoints { admin: self.clone(), selection: Selection::default() }
    }
}

selects!(DropSeries: measurement tag);
selects!(DeletePoints: measurement tag);
awaits!(DropSeries => ());
awaits!(DeletePoints => ());

impl DropSeries {
    async fn run(self) -> Result<()> {
        self.admin.run_in_database(self.selection.narrowed_statement("DROP SERIES")?).await
    }
}

impl DeletePoints {
    /// Only points at or after this time.
    pub fn since(mut self, time: impl Timestamp) -> Self {
        self.selection.time(">=", time);
        self
    }

    /// Only points before this time.
    pub fn before(mut self, time: impl Timestamp) -> Self {
        self.selection.time("<", time);
        self
    }

    async fn run(self) -> Result<()> {
        self.admin.run_in_database(self.selection.narrowed_statement("DELETE")?).await
    }
}
