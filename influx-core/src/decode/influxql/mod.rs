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
mod response;
mod walk;

use crate::decode::from_row::FromRow;
use crate::decode::push::Points;
use crate::decode::push::machine::Syntax;
use crate::decode::scratch::Scratch;
use crate::precision::Precision;

/// How the response was asked for.
///
/// ```
/// use influx_core::{Precision, decode::influxql::Options};
/// let options = Options::new().epoch(Precision::Ns).chunked(true);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Options {
    epoch: Option<Precision>,
    chunked: bool,
    format: Format,
    may_be_empty: bool,
}

/// How a response is written.
///
/// ```
/// use influx_core::decode::influxql::Format;
/// assert_eq!(Format::of_content_type("application/x-msgpack"), Format::Msgpack);
/// assert_eq!(Format::of_content_type("application/json; charset=utf-8"), Format::Json);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JSON: numbers without a type, no infinities.
    #[default]
    Json,
    /// MessagePack (1.x and 2.x; what 3.x calls so is another): integers, floats and times are told apart, infinities arrive.
    Msgpack,
}

impl Format {
    /// The format that a `Content-Type` stands for. Servers that know no msgpack answer in JSON, whatever was asked for.
    pub fn of_content_type(content_type: &str) -> Format {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/x-msgpack") { Format::Msgpack } else { Format::Json }
    }
}

impl Options {
    /// One document, times as RFC 3339.
    pub fn new() -> Self {
        Options::default()
    }

    /// The unit of times that the server was asked for. Without it, times are RFC 3339 texts, and a number where a time is wanted
    /// is an error. With it, texts are still read.
    pub fn epoch(mut self, unit: impl Into<Option<Precision>>) -> Self {
        self.epoch = unit.into();
        self
    }

    /// How the response is written; default JSON.
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Whether the server was asked for chunks. Then a text between the documents is one line long, and a response that ends
    /// although its last chunk announced more is truncated. In one document the server's mark `partial` says nothing of that kind.
    pub fn chunked(mut self, chunked: bool) -> Self {
        self.chunked = chunked;
        self
    }

    /// Whether a body without any document is an answer without rows; by default it is one that was cut. 2.x and 3.x give it to
    /// statements without rows when asked for chunks, 1.x never does. Who says that it may be empty must know that the body is
    /// the database's own and that its transport ended well.
    ///
    /// ```
    /// use influx_core::decode::{Scratch, influxql::{Options, iterpoints_with}};
    /// let rows = |options| iterpoints_with::<()>(b"", &mut Scratch::new(), options).count();
    /// assert_eq!((rows(Options::new().may_be_empty(true)), rows(Options::new())), (0, 1), "one error or nothing");
    /// ```
    pub fn may_be_empty(mut self, may_be_empty: bool) -> Self {
        self.may_be_empty = may_be_empty;
        self
    }
}

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
