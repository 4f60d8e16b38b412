//! The machine's vocabulary: where it can stand, what it can expect, and what it remembers there.

/// What the decoder is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between two documents.
    Top,
    /// A text where a document was expected.
    Text,
    Root,
    Results,
    Result,
    SeriesList,
    Series,
    Values,
}

/// What may come next there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    FirstOrEnd,
    Next,
    Colon,
    Value,
    CommaOrEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Results,
    Error,
    StatementId,
    Series,
    Messages,
    Partial,
    Name,
    Tags,
    Columns,
    Values,
    Other,
}

#[derive(Debug, Default)]
pub(super) struct ResultState {
    pub(super) id: Option<u64>,
    pub(super) error: Option<Box<str>>,
    pub(super) partial: bool,
}

#[derive(Debug, Default)]
pub(super) struct SeriesState {
    pub(super) name: Option<Box<str>>,
    pub(super) tags: Vec<(Box<str>, Box<str>)>,
    pub(super) columns: Option<Vec<Box<str>>>,
    pub(super) partial: bool,
    pub(super) started: bool,
    /// Where `values` are that came before `columns`.
    pub(super) deferred: Option<usize>,
    /// Where to go on once these values were read.
    pub(super) resume: Option<usize>,
}
