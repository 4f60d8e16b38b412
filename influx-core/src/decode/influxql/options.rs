//! How a response was asked for, and how it is written.

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
    pub(super) epoch: Option<Precision>,
    pub(super) chunked: bool,
    pub(super) format: Format,
    pub(super) may_be_empty: bool,
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
