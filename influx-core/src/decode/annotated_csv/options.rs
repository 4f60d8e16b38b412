//! How an answer is read.

/// How an answer is to be read.
///
/// ```
/// use influx_core::decode::annotated_csv::{Options, Profiles};
/// let options = Options::new().profiles(Profiles::LeftOut);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Options {
    pub(super) delimiter: u8,
    pub(super) open_end: bool,
    pub(super) empty_line_ends: bool,
    pub(super) profiles: Profiles,
}

/// What becomes of the result `_profiler`, which Flux adds where profilers are enabled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profiles {
    /// Its rows are rows like others.
    #[default]
    Rows,
    /// They are left out.
    LeftOut,
    /// Those of other results are left out.
    Only,
}

impl Profiles {
    /// Whether the rows of a result are left out.
    pub(super) fn leave_out(self, result: &str) -> bool {
        match self {
            Profiles::Rows => false,
            Profiles::LeftOut => result == "_profiler",
            Profiles::Only => result != "_profiler",
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options { delimiter: b',', open_end: false, empty_line_ends: false, profiles: Profiles::Rows }
    }
}

impl Options {
    /// As servers write answers; every result is read.
    pub fn new() -> Self {
        Options::default()
    }

    /// The `delimiter` of the query's dialect. The comma, which servers use where they are not asked for another, is read fastest.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Whether the last line may lack its end, as it does in files of other makers. By default, such a body was cut: the server ends every
    /// line, and of a number nobody knows whether its last digits are there.
    pub fn open_end(mut self, open_end: bool) -> Self {
        self.open_end = open_end;
        self
    }

    /// Whether a body that does not end with an empty line was cut. The server writes one behind each result: it tells where nothing else
    /// does, as HTTP does not of a body that the end of the connection ends. By default, a body may end behind any row.
    pub fn empty_line_ends(mut self, yes: bool) -> Self {
        self.empty_line_ends = yes;
        self
    }

    /// What becomes of the result `_profiler`; by default its rows are rows like others.
    pub fn profiles(mut self, profiles: Profiles) -> Self {
        self.profiles = profiles;
        self
    }
}
