//! What an answer says: annotations, headers, tables and errors.

use std::borrow::Cow;
use std::sync::Arc;

use super::foreign;
use super::header::{self, Annotations, Fault};
use super::options::Options;
use super::row::{FEWER, MORE};
use super::scan::{self, Cell};
use crate::decode::column::Column;
use crate::decode::columns::Columns;
use crate::decode::columns::table::{Shared, Table};
use crate::decode::error::DecodeError;
use crate::decode::foreign::KEPT;
use crate::decode::plan::want::{Kind, Want};
use crate::decode::push::machine::{Event, Head};

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing came yet.
    Start,
    /// Annotations came, and no header row.
    Annotations,
    /// A header row came, and no row of its tables.
    Header,
    /// A table without rows.
    Empty,
    /// Rows of tables.
    Rows,
    /// The header row of a table of errors; whether one of them came.
    Errors { told: bool },
    /// A text where annotated CSV was expected.
    Text,
}

/// What a row is.
pub(super) enum Told {
    /// One of the table that the last one was of.
    Row,
    /// The first of another table.
    Table,
    /// Nothing that is handed on.
    Nothing,
    Event(Event),
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) options: Options,
    pub(super) place: Place,
    /// Bytes that were decoded and dropped.
    pub(super) dropped: u64,
    /// Where the record begins that is looked at.
    pub(super) at: usize,
    pub(super) head: Head,
    /// The place behind the last empty line, counted from the body's begin.
    pub(super) behind_empty: u64,
    /// The rows of the table are passed over.
    pub(super) hidden: bool,
    annotations: Annotations,
    columns: Arc<[Column]>,
    text: Vec<u8>,
}

impl Response {
    pub(super) fn new(options: Options) -> Self {
        Response {
            options,
            place: Place::Start,
            dropped: 0,
            at: 0,
            head: Head::default(),
            behind_empty: 0,
            hidden: false,
            annotations: Annotations::default(),
            columns: Arc::default(),
            text: Vec::new(),
        }
    }

    /// Whether rows of a table follow, which are handed on.
    pub(super) fn in_rows(&self) -> bool {
        self.place == Place::Rows && !self.hidden
    }

    /// The table of a header row behind which no row came, if the defaults say which it is.
    pub(super) fn empty_table(&mut self) -> Option<Event> {
        if self.place != Place::Header {
            return None;
        }
        self.place = Place::Empty;
        let number = self.columns.get(1)?.default.as_deref()?.parse().ok();
        let result = self.columns.first()?.default.as_deref().unwrap_or_default();
        let mut table = Table::new(result, number);
        for (at, column) in self.columns.iter().enumerate() {
            let default = column.default.as_deref().map_or(Shared::Null, Shared::Text);
            table.push(if is_shared(at, column) { default } else { Shared::No });
        }
        let shown = self.begin(table);
        self.place = Place::Empty;
        shown.then_some(Event::Series)
    }

    /// A table with rows begins; false if its rows are left out.
    fn begin(&mut self, table: Table) -> bool {
        self.place = Place::Rows;
        self.hidden = self.options.profiles.leave_out(&table.result);
        self.head.row = 0;
        self.head.columns = Arc::new(Columns::of_table(table, Arc::clone(&self.columns)));
        !self.hidden
    }

    pub(super) fn annotate(&mut self, cells: &[Cell<'_>]) -> Result<(), &'static str> {
        self.annotations.take(cells)?;
        self.place = Place::Annotations;
        Ok(())
    }

    /// Whether a record that is no annotation is a header row: the first behind annotations, or one that no row can be, as the number of
    /// a table is not in its place.
    pub(super) fn begins_tables(&self, cells: &[Cell<'_>]) -> bool {
        matches!(self.place, Place::Start | Place::Annotations)
            || header::of_errors(cells)
            || header::of_table(cells)
    }

    /// What a record is that is no annotation.
    pub(super) fn record(&mut self, cells: &[Cell<'_>]) -> Result<Told, DecodeError> {
        if header::of_errors(cells) {
            self.annotations.use_up();
            self.place = Place::Errors { told: false };
            return Ok(Told::Nothing);
        }
        if self.begins_tables(cells) {
            return self.header(cells).map(|()| Told::Nothing);
        }
        if let Place::Errors { told } = &mut self.place {
            *told = true;
            return Ok(Told::Event(Event::Error(error_of(cells))));
        }
        self.row(cells)
    }

    fn header(&mut self, cells: &[Cell<'_>]) -> Result<(), DecodeError> {
        self.columns = match self.annotations.columns(cells) {
            Ok(columns) => columns,
            Err(Fault::Bad(what)) => return Err(self.malformed(self.at, what, "")),
            Err(Fault::Missing(names)) => return Err(foreign::no_annotations(&names)),
            Err(Fault::NoHeader) => return Err(foreign::no_header()),
        };
        self.place = Place::Header;
        Ok(())
    }

    /// A row: of the same table as the one before it, or of another.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Told, DecodeError> {
        let width = self.columns.len();
        if cells.len() - 1 != width {
            let what = if cells.len() - 1 < width { FEWER } else { MORE };
            return Err(self.malformed(self.at, what, ""));
        }
        if self.place == Place::Rows && self.is_same(cells) {
            return Ok(if self.hidden { Told::Nothing } else { Told::Row });
        }
        let mut table = Table::default();
        table.reserve(width);
        let mut unreadable = None;
        let columns = Arc::clone(&self.columns);
        for (at, (column, cell)) in columns.iter().zip(&cells[1..]).enumerate() {
            if !is_shared(at, column) {
                table.push(Shared::No);
                continue;
            }
            let (text, is_utf8) = text_of(column, cell);
            if at == 0 {
                table.result = (*text).into();
            } else if at == 1 {
                table.number = text.parse().ok();
            }
            let kind = Kind::of_column(Want::Any, column.kind);
            if !is_utf8 {
                unreadable = Some((at, scan::NOT_UTF8, text.clone()));
            } else if !text.is_empty() && kind.read(&text).is_none() {
                unreadable = Some((at, kind.name(), text.clone()));
            }
            table.push(if text.is_empty() { Shared::Null } else { Shared::Text(&text) });
        }
        if table.number.is_none() {
            return Err(self.malformed(self.at, "the number of a table was expected", ""));
        }
        let shown = self.begin(table);
        match unreadable {
            // what they belong to cannot be said
            Some((column, what, text)) if shown => {
                self.hidden = true;
                Ok(Told::Event(Event::Error(self.unreadable(self.at, column, what, text.as_bytes()))))
            }
            _ if shown => Ok(Told::Table),
            _ => Ok(Told::Nothing),
        }
    }

    /// Whether a row is of the table that the last one was of.
    fn is_same(&self, cells: &[Cell<'_>]) -> bool {
        let mut columns = self.columns.iter().zip(&cells[1..]).enumerate();
        columns.all(|(at, (column, cell))| match self.head.columns.shared(at) {
            Shared::No => true,
            Shared::Null => text_of(column, cell).0.is_empty(),
            Shared::Text(known) => text_of(column, cell).0 == known,
        })
    }

    /// A text instead of annotated CSV: all that is left. Gives how much of it was taken.
    pub(super) fn take_text(&mut self, rest: &[u8]) -> usize {
        let kept = rest.len().min(KEPT.saturating_sub(self.text.len()));
        self.text.extend_from_slice(&rest[..kept]);
        rest.len()
    }

    /// The bytes are all there, up to `position`, `left` of them are not read, and no event is left: whether the answer is complete.
    pub(super) fn at_end(&mut self, position: usize, left: usize) -> Option<DecodeError> {
        let end = self.dropped + (position + left) as u64;
        let cut = |what: &str| DecodeError::truncated(format!("the body ends {what} (byte {end})"));
        match self.place {
            Place::Text => Some(foreign::error_of(&self.text)),
            Place::Rows if left > 0 && !self.hidden => {
                Some(cut("inside of a row").in_series(&self.head.columns).in_row(self.head.row + 1))
            }
            _ if left > 0 => Some(cut("inside of a row")),
            Place::Annotations => Some(cut("behind annotations, before their header row")),
            Place::Start | Place::Header | Place::Empty | Place::Rows
                if self.options.empty_line_ends && (end == 0 || self.behind_empty != end) =>
            {
                Some(cut("without an empty line, and nothing else says that it is all"))
            }
            Place::Errors { told: false } => Some(cut("where the server reports an error, before its words")),
            _ => None,
        }
    }

    /// The error of malformed bytes, as far as the place is known.
    #[cold]
    pub(super) fn malformed(&self, at: usize, what: &'static str, found: &str) -> DecodeError {
        let what = if found.is_empty() { what.into() } else { format!("{what}, found {found}") };
        self.locate(DecodeError::syntax(self.dropped + at as u64, what))
    }

    /// The error of a cell that is not of its column's type.
    #[cold]
    pub(super) fn unreadable(
        &self,
        at: usize,
        column: usize,
        what: &'static str,
        found: &[u8],
    ) -> DecodeError {
        let name = self.columns.get(column).map_or("", |column| &*column.name);
        let name = crate::shown::quoted(name, crate::shown::NAME);
        let found = crate::shown::quoted_bytes(found, 96);
        let text = format!("column {name} holds {found} where {what}");
        self.locate(DecodeError::syntax(self.dropped + at as u64, text))
    }

    fn locate(&self, error: DecodeError) -> DecodeError {
        if self.place == Place::Rows {
            error.in_series(&self.head.columns).in_row(self.head.row + 1)
        } else {
            error
        }
    }
}

/// Whether all rows of a table have the same value in a column.
pub(super) fn is_shared(at: usize, column: &Column) -> bool {
    at < 2 || column.group
}

/// What a cell says: the default where it is empty. And whether it is UTF-8.
fn text_of<'c>(column: &'c Column, cell: &Cell<'c>) -> (Cow<'c, str>, bool) {
    match cell.shown() {
        (text, is_utf8) if !text.is_empty() => (text, is_utf8),
        _ => (column.default.as_deref().unwrap_or_default().into(), true),
    }
}

/// The error that a row of a table of errors is.
#[cold]
fn error_of(cells: &[Cell<'_>]) -> DecodeError {
    let text = |at: usize| cells.get(at).map(|cell| cell.shown().0).unwrap_or_default();
    let words = text(1);
    let words = if words.is_empty() { "an error without words".into() } else { words };
    DecodeError::server(&*words).with_reference(&text(2))
}
