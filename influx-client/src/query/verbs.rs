//! What a query can be asked for, in any language.

use bytes::Bytes;
use influx_core::{FromRow, RowFamily};

use crate::error::{Error, Kind, Result};
use crate::query::batches::{RowBatches, lend};
use crate::query::builder::Query;
use crate::query::language::Language;
use crate::query::outcome::RowOutcome;
use crate::query::raw::RawStream;
use crate::query::stream::{RowStream, SeriesStream};

/// What all languages are asked for.
impl<L: Language> Query<L> {
    /// The body of the answer as it came, whatever it says; only an error status is an error.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, or an answer that is not success.
    pub async fn raw(self) -> Result<Bytes> {
        let (mut answer, _) = self.sending().await?;
        answer.bytes().await.map(Bytes::from)
    }

    /// The body of the answer as it arrives, for results that are larger than memory.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::Write;
    ///
    /// let mut file = std::fs::File::create("cpu.csv")?;
    /// let mut body = client.flux(r#"from(bucket: "market") |> range(start: -30d)"#).raw_stream();
    /// while let Some(bytes) = body.next().await {
    ///     file.write_all(&bytes?)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw_stream(self) -> RawStream {
        RawStream::new(self.raw_feed())
    }

    /// The rows as a stream of `T`, which owns its texts.
    ///
    /// ```no_run
    /// # async fn run<Trade: for<'r> influx_client::FromRow<'r> + std::fmt::Debug>(client: influx_client::Client)
    /// # -> influx_client::Result<()> {
    /// let mut trades = client.influxql("SELECT * FROM trades").fetch::<Trade>();
    /// while let Some(trade) = trades.next().await {
    ///     println!("{:?}", trade?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fetch<T: for<'r> FromRow<'r>>(self) -> RowStream<T> {
        RowStream::new(self.feed(<T as FromRow<'static>>::TYPED))
    }

    /// All rows, into a `Vec` of a struct with `#[derive(FromRow)]`, of a tuple with a part for each column, and of all else that
    /// [`FromRow`] lists. A function of yours that reads any of them has the same bound:
    ///
    /// ```no_run
    /// use influx_client::{Client, FromRow};
    ///
    /// async fn of_host<T: for<'r> FromRow<'r>>(client: &Client, host: &str) -> influx_client::Result<Vec<T>> {
    ///     client.influxql("SELECT * FROM cpu WHERE host = $host").bind("host", host).fetch_all().await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn fetch_all<T: for<'r> FromRow<'r>>(self) -> Result<Vec<T>> {
        let mut stream = self.fetch::<T>();
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row?);
        }
        Ok(rows)
    }

    /// The only row.
    ///
    /// # Errors
    ///
    /// None or more than one row, and those of [`RowStream::next`].
    pub async fn fetch_one<T: for<'r> FromRow<'r>>(self) -> Result<T> {
        match self.fetch_optional().await? {
            Some(row) => Ok(row),
            None => Err(Error::new(
                Kind::NoRows,
                "one row was asked for and the result has none: fetch_optional takes that as None",
            )),
        }
    }

    /// The only row, or `None` when there is none.
    ///
    /// # Errors
    ///
    /// More than one row, and those of [`RowStream::next`].
    pub async fn fetch_optional<T: for<'r> FromRow<'r>>(self) -> Result<Option<T>> {
        let mut stream = self.fetch::<T>();
        let Some(first) = stream.next().await.transpose()? else { return Ok(None) };
        // Also an error that follows the row counts: the answer may lack others.
        match stream.next().await.transpose()? {
            None => Ok(Some(first)),
            Some(_) => Err(Error::new(
                Kind::TooManyRows,
                "one row was asked for and the result has more: limit it (LIMIT 1; in Flux |> limit(n: 1)), or fetch them all",
            )),
        }
    }

    /// Calls `each` with every row. `T` may borrow its texts: nothing is allocated per row then. A closure that can stop or fail
    /// is for [`try_for_each_row`](Query::try_for_each_row).
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Note<'r> {
    ///     text: &'r str,
    /// }
    ///
    /// let mut longest = 0;
    /// client.influxql("SELECT text FROM notes").for_each_row::<Note<'_>>(|note| longest = longest.max(note.text.len())).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`RowStream::next`].
    pub async fn for_each_row<T: RowFamily>(self, each: impl FnMut(T::Row<'_>)) -> Result<()> {
        lend(self.batches::<T>(), each).await
    }

    /// Calls `each` with every row until it stops or fails: as [`for_each_row`](Query::for_each_row), for a closure that returns
    /// a `Result`, a `ControlFlow`, or one in the other. The [table](RowOutcome) has what this returns for each. What is left of
    /// the answer is not read: the connection is closed, and the server stops.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> std::io::Result<()> {
    /// use std::io::Write;
    /// use std::ops::ControlFlow;
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Note<'r> {
    ///     text: &'r str,
    /// }
    ///
    /// // The first error ends it: one of the query, too, becomes the closure's.
    /// let mut file = std::fs::File::create("notes.txt")?;
    /// client
    ///     .influxql("SELECT text FROM notes")
    ///     .try_for_each_row::<Note<'_>, _>(|note| writeln!(file, "{}", note.text))
    ///     .await?;
    ///
    /// // The first row that is looked for ends it.
    /// let found = client
    ///     .influxql("SELECT text FROM notes")
    ///     .try_for_each_row::<Note<'_>, _>(|note| match note.text.strip_prefix("todo: ") {
    ///         Some(todo) => ControlFlow::Break(todo.to_owned()),
    ///         None => ControlFlow::Continue(()),
    ///     })
    ///     .await?;
    /// if let ControlFlow::Break(todo) = found {
    ///     println!("{todo}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An error type of your own needs `From<influx_client::Error>`, and no box:
    ///
    /// ```no_run
    /// use influx_client::{Client, FromRow};
    ///
    /// enum Failed {
    ///     Query(influx_client::Error),
    ///     Negative(f64),
    /// }
    ///
    /// impl From<influx_client::Error> for Failed {
    ///     fn from(error: influx_client::Error) -> Self {
    ///         Failed::Query(error)
    ///     }
    /// }
    ///
    /// #[derive(FromRow)]
    /// struct Load {
    ///     usage: f64,
    /// }
    ///
    /// async fn sum(client: &Client) -> Result<f64, Failed> {
    ///     let mut sum = 0.0;
    ///     let query = client.influxql("SELECT usage FROM cpu");
    ///     let each = |load: Load| {
    ///         if load.usage < 0.0 {
    ///             return Err(Failed::Negative(load.usage));
    ///         }
    ///         sum += load.usage;
    ///         Ok(())
    ///     };
    ///     query.try_for_each_row::<Load, _>(each).await?;
    ///     Ok(sum)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the closure and of [`RowStream::next`].
    pub async fn try_for_each_row<T: RowFamily, R: RowOutcome>(
        self,
        each: impl FnMut(T::Row<'_>) -> R,
    ) -> R::Output {
        lend(self.batches::<T>(), each).await
    }

    /// The rows in batches, as they arrive; they may borrow their texts from the batch.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// use influx_client::FromRow;
    ///
    /// #[derive(FromRow)]
    /// struct Load<'r> {
    ///     host: &'r str,
    ///     usage: f64,
    /// }
    ///
    /// let mut batches = client.influxql("SELECT host, usage FROM cpu").batches::<Load<'_>>();
    /// while let Some(batch) = batches.next().await {
    ///     let loads: Vec<Load<'_>> = batch?.collect::<Result<_, _>>()?;
    ///     println!("{} rows", loads.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn batches<T: RowFamily>(self) -> RowBatches<T> {
        RowBatches::new(self.feed(<T::Row<'static> as FromRow<'static>>::TYPED))
    }

    /// Whole series: measurement, tags and columns of each, and all its rows. Series that come in pieces are put
    /// together.
    ///
    /// ```no_run
    /// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
    /// let query = client.influxql("SELECT usage FROM cpu GROUP BY host");
    /// for series in query.series::<(i64, f64)>().all().await? {
    ///     let host = series.columns.tags().next().map_or("", |(_, value)| value);
    ///     println!("{host}: {} rows", series.rows.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn series<T: for<'r> FromRow<'r>>(self) -> SeriesStream<T> {
        SeriesStream::new(self.feed(<T as FromRow<'static>>::TYPED))
    }

    /// Runs statements that have no rows to read; rows that come are passed over.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, an answer that is not success, or an error of a statement.
    pub async fn execute(self) -> Result<()> {
        self.for_each_row::<()>(|()| ()).await
    }
}
