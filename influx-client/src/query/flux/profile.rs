//! A query with what the server measured of it.

use std::time::Duration;

use bytes::Bytes;
use influx_core::decode::annotated_csv::{Options, Profiles};
use influx_core::decode::{Rows, Syntax};
use influx_core::{FromRow, OwnedRow};

use crate::error::{Error, Result};
use crate::query::builder::Query;
use crate::query::feed::{Answer, Sink};
use crate::query::flux::Flux;

/// What the server measured of a query in Flux, by its profilers `query` and `operator`: what
/// [`Query::profile`](crate::Query::profile) returns beside the rows.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Profile {
    /// From the query's arrival to its end.
    pub total: Duration,
    /// Of these, compiling it.
    pub compile: Duration,
    /// Waiting for its turn.
    pub queue: Duration,
    /// Planning it.
    pub plan: Duration,
    /// Waiting again, for memory.
    pub requeue: Duration,
    /// Running it.
    pub execute: Duration,
    /// How many parts of it ran at once.
    pub concurrency: i64,
    /// Most bytes that it held at a time.
    pub max_allocated: i64,
    /// All bytes that it took.
    pub total_allocated: i64,
    /// The plan, as a graph in the language DOT.
    pub plan_graph: Option<String>,
    /// Bytes read from the storage, where the server counts them.
    pub scanned_bytes: Option<i64>,
    /// Values read from the storage, where the server counts them.
    pub scanned_values: Option<i64>,
    /// What went wrong while it ran.
    pub runtime_errors: Option<String>,
    /// Each step of the plan.
    pub operators: Vec<OperatorProfile>,
}

/// A step of a query's plan.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OperatorProfile {
    /// What it is in the server's code, such as `*universe.filterTransformation`.
    pub kind: String,
    /// Its name in the plan.
    pub label: String,
    /// How often it ran: once for each table, most often.
    pub count: i64,
    /// The shortest of these.
    pub min: Duration,
    /// The longest.
    pub max: Duration,
    /// All together.
    pub sum: Duration,
    /// On average, in nanoseconds.
    pub mean_nanos: f64,
}

impl Query<Flux> {
    /// All rows, and what the server measured of the query; `None`: it measures nothing, as 1.x.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::OwnedRow;
    ///
    /// let query = client.flux(r#"from(bucket: "market") |> range(start: -1h)"#);
    /// let (rows, profile) = query.profile::<OwnedRow>().await?;
    /// if let Some(profile) = profile {
    ///     println!("{} rows in {:?}, of which planning {:?}", rows.len(), profile.total, profile.plan);
    ///     for step in &profile.operators {
    ///         println!("{} ran {} times, {:?} in all", step.label, step.count, step.sum);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`](crate::RowStream::next).
    pub async fn profile<T: for<'r> FromRow<'r>>(mut self) -> Result<(Vec<T>, Option<Profile>)> {
        self.language.profilers = &["query", "operator"];
        let mut answer = Answer::<Both<T>>::new(self.feed(<T as FromRow<'static>>::TYPED));
        let (mut rows, mut profile) = (Vec::new(), None::<Profile>);
        while answer.more().await? {
            let Some(both) = &mut answer.decoder else { continue };
            while let Some(row) = both.rows.next_row() {
                rows.push(row.map_err(|error| answer.feed.unread(error))?);
            }
            while let Some(row) = both.profiles.next_row() {
                let row = row.map_err(|error| answer.feed.unread(error))?;
                profile.get_or_insert_default().add(&row).map_err(|error| answer.feed.failed(error))?;
            }
        }
        Ok((rows, profile))
    }
}

/// The same bytes for both.
struct Both<T> {
    rows: Rows<T, Bytes>,
    profiles: Rows<OwnedRow, Bytes>,
}

impl<T: for<'r> FromRow<'r>> Sink for Both<T> {
    fn new(_: Syntax) -> Self {
        let options = |profiles| Options::new().profiles(profiles);
        Both { rows: Rows::new(options(Profiles::LeftOut)), profiles: Rows::new(options(Profiles::Only)) }
    }

    fn push(&mut self, frame: Bytes) {
        self.rows.push(frame.clone());
        self.profiles.push(frame);
    }

    fn finish(&mut self) {
        self.rows.finish();
        self.profiles.finish();
    }
}

impl Profile {
    /// What a row of the result `_profiler` tells. Members that a server does not know stay as they are.
    fn add(&mut self, row: &OwnedRow) -> Result<()> {
        let row = Measured(row);
        match row.text("_measurement")?.as_deref() {
            Some("profiler/query") => {
                self.total = row.span("TotalDuration")?;
                self.compile = row.span("CompileDuration")?;
                self.queue = row.span("QueueDuration")?;
                self.plan = row.span("PlanDuration")?;
                self.requeue = row.span("RequeueDuration")?;
                self.execute = row.span("ExecuteDuration")?;
                self.concurrency = row.count("Concurrency")?.unwrap_or_default();
                self.max_allocated = row.count("MaxAllocated")?.unwrap_or_default();
                self.total_allocated = row.count("TotalAllocated")?.unwrap_or_default();
                self.plan_graph = row.text("flux/query-plan")?;
                self.scanned_bytes = row.count("influxdb/scanned-bytes")?;
                self.scanned_values = row.count("influxdb/scanned-values")?;
                self.runtime_errors = row.text("RuntimeErrors")?;
            }
            Some("profiler/operator") => self.operators.push(OperatorProfile {
                kind: row.text("Type")?.unwrap_or_default(),
                label: row.text("Label")?.unwrap_or_default(),
                count: row.count("Count")?.unwrap_or_default(),
                min: row.span("MinDuration")?,
                max: row.span("MaxDuration")?,
                sum: row.span("DurationSum")?,
                mean_nanos: row.float("MeanDuration")?.unwrap_or_default(),
            }),
            // a profiler that nobody asked for
            _ => {}
        }
        Ok(())
    }
}

/// A row that tells what was measured.
struct Measured<'r>(&'r OwnedRow);

impl Measured<'_> {
    fn get<V: for<'v> influx_core::FromValue<'v>>(&self, name: &str) -> Result<Option<V>> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.get::<Option<V>>().map_err(|error| {
                Error::new(crate::error::Kind::Decode, format!("the column {name} of the profile: {error}"))
            }),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>> {
        self.get(name)
    }

    fn count(&self, name: &str) -> Result<Option<i64>> {
        self.get(name)
    }

    fn float(&self, name: &str) -> Result<Option<f64>> {
        self.get(name)
    }

    /// Nanoseconds.
    fn span(&self, name: &str) -> Result<Duration> {
        let nanos: Option<i64> = self.get(name)?;
        Ok(Duration::from_nanos(nanos.and_then(|nanos| nanos.try_into().ok()).unwrap_or_default()))
    }
}
