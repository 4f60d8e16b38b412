//! Answers to InfluxQL, as `/query` of 1.x, 2.x and 3.x writes them: in one document or in chunks, as JSON or as msgpack.
//!
//! All series of all statements are read. Errors that the server wrote into the response come out as errors, after the rows before
//! them, and decoding goes on behind them: with the next statement, the next chunk. A response that ends too early is an error.
//! Memory is bounded by the largest row and what was pushed last.
//!
//! - [`iterpoints`] reads a complete body; rows can borrow from it.
//! - [`Rows`](crate::decode::Rows) takes bytes as they arrive and gives owned rows.
//! - [`WholeSeries`](crate::decode::WholeSeries) takes bytes as they arrive and gives series with all their rows.
//! - [`Decoder`](crate::decode::Decoder) takes bytes as they arrive and lends rows that borrow from them.
//!
//! Numbers carry no type in JSON: they are read exactly into the type of their field. Object keys may come in any order,
//! except that the name and tags of a series must not follow its values if the columns came before; unknown keys are passed over.

mod json;
mod msgpack;
mod notation;
pub(crate) mod options;
mod response;
mod walk;

pub use options::{Format, Options};

use crate::decode::from_row::FromRow;
use crate::decode::push::machine::Syntax;
use crate::decode::push::points::Points;
use crate::decode::scratch::Scratch;

impl From<Options> for Syntax {
    fn from(options: Options) -> Syntax {
        Syntax(match options.format {
            Format::Json => Box::new(walk::Walk::<json::Json>::new(options)),
            Format::Msgpack => Box::new(walk::Walk::<msgpack::Msgpack>::new(options)),
        })
    }
}

/// The rows of all series of all statements of a complete response, as `T`. Texts are borrowed from the body; those with escapes
/// from `scratch`, which must live as long and can be used again afterwards.
///
/// JSON with times as RFC 3339 is expected; [`iterpoints_with`] knows other forms. See [`FromRow`] for an example;
/// [`SeriesRow`](crate::SeriesRow) gives each row's measurement, tags and statement with it.
pub fn iterpoints<'b, T: FromRow<'b>>(body: &'b [u8], scratch: &'b mut Scratch) -> Points<'b, T> {
    iterpoints_with(body, scratch, Options::new())
}

/// As [`iterpoints`], for a response that was asked for in that way.
///
/// ```
/// use influx_core::{AnyRow, Precision, SeriesRow};
/// use influx_core::decode::{Scratch, influxql::{Options, iterpoints_with}};
///
/// let body = br#"{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","f"],"values":[[7,1]]}]}]}"#;
/// let mut scratch = Scratch::new();
/// let options = Options::new().epoch(Precision::Ns);
/// for point in iterpoints_with::<SeriesRow<AnyRow<'_>>>(body, &mut scratch, options) {
///     let point = point?;
///     assert_eq!((point.series.name(), point.series.statement_id()), (Some("m"), Some(0)));
///     assert_eq!(point.row.values()[1].get::<i64>()?, 1);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn iterpoints_with<'b, T: FromRow<'b>>(
    body: &'b [u8],
    scratch: &'b mut Scratch,
    options: Options,
) -> Points<'b, T> {
    Points::new(body, scratch, options)
}
