//! What the server would do for a query, and what it cost.

use crate::error::Result;
use crate::query::builder::Query;
use crate::query::influxql::InfluxQl;
use crate::query::statement::single_statement;

impl Query<InfluxQl> {
    /// How the server would run this `SELECT`, without running it: the lines of its plan.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// for line in client.influxql("SELECT * FROM cpu WHERE host = $h").bind("h", "a").explain().await? {
    ///     println!("{line}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// More than one statement, anything but a `SELECT`, and those of [`fetch_all`](Query::fetch_all).
    pub async fn explain(self) -> Result<Vec<String>> {
        self.plan_lines("EXPLAIN").await
    }

    /// Runs this `SELECT` and tells what it cost: the lines of a tree with times and counts. Its rows are not sent, and of
    /// `SELECT .. INTO` nothing is written.
    ///
    /// # Errors
    ///
    /// Those of [`explain`](Query::explain).
    pub async fn explain_analyze(self) -> Result<Vec<String>> {
        self.plan_lines("EXPLAIN ANALYZE").await
    }

    async fn plan_lines(mut self, verb: &str) -> Result<Vec<String>> {
        // A second statement would run, and not be explained.
        self.asked.text = format!("{verb} {}", single_statement(&self.asked.text)?);
        let lines: Vec<(String,)> = self.fetch_all().await?;
        Ok(lines.into_iter().map(|(line,)| line).collect())
    }
}
