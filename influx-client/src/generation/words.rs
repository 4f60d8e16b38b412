//! What the words of the three generations about writes have in common.

/// What a database's own text about a write means.
#[derive(Debug, PartialEq)]
pub(crate) enum Words<'a> {
    /// It refuses points.
    Points(Refusal<'a>),
    /// The points are stored, and there is something to say about it.
    Stored,
    /// The body is larger than the server takes.
    TooLarge,
    /// The body could not be unpacked.
    Packing,
    /// Settings, names, rights: the same request will be refused until somebody changes them, whatever its lines are.
    Request,
}

/// A refused write in the server's words, taken apart.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal<'a> {
    /// What became of the lines that the cause does not speak of.
    pub(crate) others: Others,
    /// Points that the storage dropped; lines that could not be parsed are not counted.
    pub(crate) dropped: Option<u64>,
    pub(crate) cause: Cause<'a>,
}

/// What became of the lines that a refusal does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// The server took them.
    Stored,
    /// The server took the others, but it tells one reason and hides that there may be more.
    StoredOrHidden,
    /// The request was refused as a whole.
    NotStored,
    Unknown,
}

/// Why lines were refused.
#[derive(Debug, PartialEq)]
pub(crate) enum Cause<'a> {
    /// `unable to parse 'line': reason`, several joined by LF; the whole text, as lines may hold anything.
    Unparsable(&'a str),
    /// A field was written with another type before.
    Conflict { field: &'a str, measurement: &'a str, sent: &'a str, text: &'a str },
    /// Two lines of the request write one field with two types.
    ConflictInBatch(&'a str),
    /// A reserved or invalid tag or field name.
    Name { is_tag: bool, key: &'a str, measurement: &'a str, text: &'a str },
    /// Lines by their number, counted from 1 over those that are neither blank nor comments, each with its reason.
    Numbered(Vec<(u64, String)>),
    /// Anything else that concerns points, such as `points beyond retention policy`.
    Other(&'a str),
}
