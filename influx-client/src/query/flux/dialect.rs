//! How an answer to Flux is written.

use serde_json::{Value as Json, json};

use crate::error::{Error, Result};

/// How the CSV of a Flux query is written; for those who read the text themselves, by [`raw`](crate::Query::raw).
///
/// ```no_run
/// # async fn run(client: influx_client::Client) -> influx_client::Result<()> {
/// use influx_client::CsvDialect;
///
/// let plain = CsvDialect::new().annotations(false).delimiter(';');
/// let query = client.flux("from(bucket: \"market\") |> range(start: -1h)").dialect(plain);
/// std::fs::write("market.csv", query.raw().await?).unwrap();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvDialect {
    annotations: bool,
    header: bool,
    delimiter: char,
}

impl CsvDialect {
    /// With all annotations, a header, and commas.
    pub fn new() -> CsvDialect {
        CsvDialect { annotations: true, header: true, delimiter: ',' }
    }

    /// Whether rows with the types (`#datatype`), the group key (`#group`) and the defaults (`#default`) of the columns stand before
    /// each header.
    pub fn annotations(mut self, yes: bool) -> CsvDialect {
        self.annotations = yes;
        self
    }

    /// Whether a row names the columns.
    pub fn header(mut self, yes: bool) -> CsvDialect {
        self.header = yes;
        self
    }

    /// What stands between cells.
    pub fn delimiter(mut self, delimiter: char) -> CsvDialect {
        self.delimiter = delimiter;
        self
    }

    pub(super) fn json(&self) -> Result<Json> {
        if matches!(self.delimiter, '"' | '\r' | '\n' | '\0' | '\u{fffd}') {
            return Err(Error::config(format!(
                "{:?} cannot stand between cells: give another delimiter",
                self.delimiter
            )));
        }
        let annotations: &[&str] = if self.annotations { &["datatype", "group", "default"] } else { &[] };
        Ok(
            json!({"annotations": annotations, "header": self.header, "delimiter": self.delimiter.to_string()}),
        )
    }
}

impl Default for CsvDialect {
    fn default() -> Self {
        CsvDialect::new()
    }
}
