//! What can go wrong between a response body and a struct.

mod words;

use core::fmt;
use std::borrow::Cow;

use crate::decode::columns::Columns;
use crate::decode::mismatch::Mismatch;
use crate::decode::value_ref::{ValueRef, told};
use crate::shown::shown;

/// Why a response could not be read, or what error the server sent in it.
///
/// The message is one line that names what is known of: struct, field, column, what was found, statement, series, row.
///
/// ```
/// use influx_core::AnyRow;
/// use influx_core::decode::{Scratch, influxql::iterpoints};
///
/// let body = br#"{"results":[{"statement_id":0,"error":"database not found: nope"}]}"#;
/// let mut scratch = Scratch::new();
/// let error = iterpoints::<AnyRow<'_>>(body, &mut scratch).next().unwrap().unwrap_err();
/// assert!(error.is_server_error());
/// assert_eq!(error.server_message(), Some("database not found: nope"));
/// assert_eq!(error.statement_id(), Some(0));
/// ```
pub struct DecodeError(Box<Inner>);

#[derive(Default)]
struct Inner {
    kind: Kind,
    statement: Option<u64>,
    /// The result and the number of the table.
    table: Option<(Box<str>, Option<i64>)>,
    series: Option<Box<str>>,
    /// It stood in a table of errors, behind other tables; what the server gives beside its words.
    reference: Option<Box<str>>,
    row: Option<u64>,
    owner: Option<Owner>,
    /// The column, where it is not the owner's: one of many that a map takes.
    column: Option<Box<str>>,
    found: Option<Found>,
}

/// The field that wanted a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) strukt: &'static str,
    pub(crate) field: &'static str,
    pub(crate) column: &'static str,
}

struct Found {
    kind: &'static str,
    /// As messages show it.
    text: Box<str>,
}

#[derive(Default)]
enum Kind {
    Server(Box<str>),
    Truncated(Cow<'static, str>),
    /// The server stopped at its limit.
    RowLimit,
    Syntax {
        offset: u64,
        what: Cow<'static, str>,
    },
    /// Well formed, and not what was asked for.
    Foreign(Cow<'static, str>),
    Value(Mismatch),
    Missing {
        /// As messages show them.
        have: Box<str>,
        /// The rows are one for each field.
        unpivoted: bool,
    },
    #[default]
    Duplicate,
    ColumnType {
        want: &'static str,
    },
    /// A tuple of another number of parts.
    Width {
        parts: usize,
        have: Box<str>,
    },
    /// A row as a whole does not become the type.
    #[cfg(feature = "serde")]
    Row(Box<str>),
    /// The result's series have no name.
    NoMeasurement,
    Slots {
        registered: usize,
        declared: usize,
    },
}

impl DecodeError {
    #[cold]
    fn of(kind: Kind) -> Self {
        DecodeError(Box::new(Inner { kind, ..Inner::default() }))
    }

    #[cold]
    pub(crate) fn server(message: impl Into<Box<str>>) -> Self {
        Self::of(Kind::Server(message.into()))
    }

    #[cold]
    pub(crate) fn truncated(what: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Truncated(what.into()))
    }

    #[cold]
    pub(crate) fn row_limit() -> Self {
        Self::of(Kind::RowLimit)
    }

    #[cold]
    pub(crate) fn syntax(offset: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Syntax { offset, what: what.into() })
    }

    #[cold]
    pub(crate) fn foreign(what: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Kind::Foreign(what.into()))
    }

    #[cold]
    pub(crate) fn value(owner: Owner, value: ValueRef<'_>, why: Mismatch) -> Self {
        let found = Some(Found { kind: value.kind(), text: told(value).into() });
        DecodeError(Box::new(Inner { owner: Some(owner), found, ..Inner::kind(Kind::Value(why)) }))
    }

    #[cold]
    pub(crate) fn missing(owner: Owner, columns: &Columns) -> Self {
        let tags = columns.other_tags().map(|(key, _)| key);
        let have = names(tags.chain(columns.columns().iter().map(|c| &*c.name)));
        let kind = Kind::Missing { have, unpivoted: columns.is_unpivoted() };
        DecodeError(Box::new(Inner { owner: Some(owner), ..Inner::kind(kind) }))
    }

    #[cold]
    pub(crate) fn width(parts: usize, columns: &Columns) -> Self {
        Self::of(Kind::Width { parts, have: names(columns.columns().iter().map(|c| &*c.name)) })
    }

    #[cfg(feature = "serde")]
    #[cold]
    pub(crate) fn whole_row(why: String) -> Self {
        Self::of(Kind::Row(why.into()))
    }

    #[cold]
    pub(crate) fn no_measurement() -> Self {
        Self::of(Kind::NoMeasurement)
    }

    #[cold]
    pub(crate) fn duplicate(owner: Owner) -> Self {
        DecodeError(Box::new(Inner { owner: Some(owner), ..Inner::kind(Kind::Duplicate) }))
    }

    #[cold]
    pub(crate) fn column_type(owner: Owner, found: &'static str, want: &'static str) -> Self {
        let found = Some(Found { kind: found, text: "".into() });
        DecodeError(Box::new(Inner { owner: Some(owner), found, ..Inner::kind(Kind::ColumnType { want }) }))
    }

    #[cold]
    pub(crate) fn slots(strukt: &'static str, registered: usize, declared: usize) -> Self {
        let owner = Owner { strukt, field: "", column: "" };
        DecodeError(Box::new(Inner {
            owner: Some(owner),
            ..Inner::kind(Kind::Slots { registered, declared })
        }))
    }

    #[cold]
    pub(crate) fn in_statement(mut self, id: Option<u64>) -> Self {
        self.0.statement = self.0.statement.or(id);
        self
    }

    #[cold]
    pub(crate) fn in_series(mut self, columns: &Columns) -> Self {
        self.0.statement = self.0.statement.or(columns.statement_id());
        if let (None, Some(result)) = (&self.0.table, columns.result()) {
            self.0.table = Some((shorten(result, 200), columns.table()));
        }
        // a table need not be of one series
        if columns.result().is_none() || columns.name().is_some() || columns.tags().len() > 0 {
            self.0.series.get_or_insert_with(|| shorten(&columns.to_string(), 200));
        }
        self
    }

    #[cold]
    pub(crate) fn with_reference(mut self, reference: &str) -> Self {
        self.0.reference = Some(reference.into());
        self
    }

    #[cold]
    pub(crate) fn in_row(mut self, number: u64) -> Self {
        self.0.row = self.0.row.or(Some(number));
        self
    }

    #[cold]
    pub(crate) fn in_column(mut self, column: &str) -> Self {
        self.0.column = Some(shorten(column, 200));
        self
    }

    /// The server reported this error inside of the response.
    pub fn is_server_error(&self) -> bool {
        matches!(self.0.kind, Kind::Server(_))
    }

    /// The response ended before it was complete.
    pub fn is_truncated(&self) -> bool {
        matches!(self.0.kind, Kind::Truncated(_) | Kind::RowLimit)
    }

    /// The response is not complete because the server gives no more rows at once; it will be so the next time, too.
    pub fn is_row_limit(&self) -> bool {
        matches!(self.0.kind, Kind::RowLimit)
    }

    /// The response is not of the form that the format prescribes.
    pub fn is_syntax(&self) -> bool {
        matches!(self.0.kind, Kind::Syntax { .. } | Kind::Foreign(_))
    }

    /// A value or a column does not fit the type of its field.
    pub fn is_mismatch(&self) -> bool {
        #[cfg(feature = "serde")]
        if matches!(self.0.kind, Kind::Row(_)) {
            return true;
        }
        matches!(self.0.kind, Kind::Value(_) | Kind::ColumnType { .. } | Kind::Width { .. })
    }

    /// A column that the struct needs is not in the result.
    pub fn is_missing_column(&self) -> bool {
        matches!(self.0.kind, Kind::Missing { .. } | Kind::NoMeasurement)
    }

    /// A column that the struct needs is in the result more than once.
    pub fn is_duplicate_column(&self) -> bool {
        matches!(self.0.kind, Kind::Duplicate)
    }

    /// The server's own words, of an error that it reported.
    pub fn server_message(&self) -> Option<&str> {
        if let Kind::Server(text) = &self.0.kind { Some(text) } else { None }
    }

    /// What the server gave beside its words: the number of the error, say (Flux).
    pub fn server_reference(&self) -> Option<&str> {
        self.0.reference.as_deref().filter(|reference| !reference.is_empty())
    }

    /// Whether the server reported it in a table of its own.
    pub(crate) fn is_behind_tables(&self) -> bool {
        self.0.reference.is_some()
    }

    /// The result concerned, by the name of its `yield` (Flux).
    pub fn result(&self) -> Option<&str> {
        self.0.table.as_ref().map(|(result, _)| &**result)
    }

    /// The table concerned, by its number in the result (Flux).
    pub fn table(&self) -> Option<i64> {
        self.0.table.as_ref().and_then(|(_, number)| *number)
    }

    /// The number of the statement concerned.
    pub fn statement_id(&self) -> Option<u64> {
        self.0.statement
    }

    /// The series concerned, as `measurement,tag=value`.
    pub fn series(&self) -> Option<&str> {
        self.0.series.as_deref()
    }

    /// The row concerned, counted from 1 within its series.
    pub fn row(&self) -> Option<u64> {
        self.0.row
    }

    /// The struct concerned.
    pub fn struct_name(&self) -> Option<&'static str> {
        self.0.owner.map(|owner| owner.strukt)
    }

    /// The field of the struct concerned.
    pub fn field(&self) -> Option<&'static str> {
        self.0.owner.map(|owner| owner.field)
    }

    /// The column concerned.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref().or(self.0.owner.map(|owner| owner.column))
    }

    /// The kind of value that was found: `null`, `boolean`, `integer`, `float`, `string` ...
    pub fn found(&self) -> Option<&str> {
        self.0.found.as_ref().map(|found| found.kind)
    }
}

impl Inner {
    fn kind(kind: Kind) -> Self {
        Inner { kind, ..Inner::default() }
    }
}

/// Most names of a list in a message, and most bytes of each.
const NAMES: usize = 40;
const NAME_OF_MANY: usize = 60;

/// The names as messages show them.
fn names<'n>(names: impl Iterator<Item = &'n str>) -> Box<str> {
    let mut names = names.map(|name| shown(name, NAME_OF_MANY).to_string());
    let mut list = names.by_ref().take(NAMES).collect::<Vec<_>>().join(", ");
    if names.next().is_some() {
        list.push_str(", ...");
    }
    list.into()
}

fn shorten(text: &str, limit: usize) -> Box<str> {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{} ...", &text[..end]).into(),
        None => text.into(),
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.what(f)?;
        self.0.place(f)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl core::error::Error for DecodeError {}
