//! What a query can be asked for.

use bytes::Bytes;
use influx_core::{FromRow, RowFamily};

use crate::error::{Error, Kind, Result};
use crate::query::batches::{RowBatches, lend};
use crate::query::influxql::Query;
use crate::query::stream::{RowStream, SeriesStream};

impl Query {
    /// The body of the answer as it came, whatever it says; only an error status is an error.
    ///
    /// # Errors
    ///
    /// No connection, no answer in time, or an answer that is not success.
    pub async fn raw(self) -> Result<Bytes> {
        let (mut response, _) = self.prepared().send().await?;
        response.bytes().await.map(Bytes::from)
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
        RowStream::new(self.typed(<T as FromRow<'static>>::TYPED).prepared())
    }

    /// All rows.
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
            None => Err(Error::new(Kind::NoRows, "one row was asked for and the result has none")),
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
                "one row was asked for and the result has more: add LIMIT 1, or fetch them all",
            )),
        }
    }

    /// Calls `each` with every row. `T` may borrow its texts: nothing is allocated per row then.
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
        lend::<T>(self.typed(<T::Row<'static> as FromRow<'static>>::TYPED).prepared(), each).await
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
        RowBatches::new(self.typed(<T::Row<'static> as FromRow<'static>>::TYPED).prepared())
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
        SeriesStream::new(self.typed(<T as FromRow<'static>>::TYPED).prepared())
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
