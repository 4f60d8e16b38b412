//! What a table says beside its columns: the result that it is of, its number, and the values that all its rows share.

use crate::decode::column::{Column, ColumnRole};
use crate::kind::ColumnKind;

/// A value that is the same in every row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shared<'t> {
    /// It is not: each row has its own.
    No,
    Null,
    /// As it is written.
    Text(&'t str),
}

#[derive(Debug, Clone, Copy)]
enum Place {
    No,
    Null,
    Text { from: usize, to: usize },
}

/// One table of a result.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) result: Box<str>,
    pub(crate) number: Option<i64>,
    /// The texts of the shared values, one behind the other.
    texts: String,
    /// A place for each column.
    places: Vec<Place>,
}

impl Table {
    pub(crate) fn new(result: &str, number: Option<i64>) -> Table {
        Table { result: result.into(), number, ..Table::default() }
    }

    /// A place for so many columns.
    pub(crate) fn reserve(&mut self, columns: usize) {
        self.places.reserve(columns);
        self.texts.reserve(16 * columns);
    }

    /// Adds what the next column's value is.
    pub(crate) fn push(&mut self, value: Shared<'_>) {
        self.places.push(match value {
            Shared::No => Place::No,
            Shared::Null => Place::Null,
            Shared::Text(text) => {
                let from = self.texts.len();
                self.texts.push_str(text);
                Place::Text { from, to: self.texts.len() }
            }
        });
    }

    /// What the value of a column is.
    pub(crate) fn shared(&self, column: usize) -> Shared<'_> {
        match self.places.get(column) {
            None | Some(Place::No) => Shared::No,
            Some(Place::Null) => Shared::Null,
            Some(&Place::Text { from, to }) => Shared::Text(&self.texts[from..to]),
        }
    }

    /// The measurement, where all rows are of one.
    pub(crate) fn name(&self, columns: &[Column]) -> Option<Box<str>> {
        let at = columns.iter().position(|column| column.role == ColumnRole::Measurement)?;
        if let Shared::Text(text) = self.shared(at) { Some(text.into()) } else { None }
    }

    /// The texts of the group key but for the measurement; the empty one where the rows lack it.
    pub(crate) fn tags(&self, columns: &[Column]) -> Vec<(Box<str>, Box<str>)> {
        let key = columns.iter().enumerate().filter(|(_, column)| {
            column.group && column.kind == ColumnKind::Str && column.role != ColumnRole::Measurement
        });
        let tag = |(at, column): (usize, &Column)| {
            let value = if let Shared::Text(text) = self.shared(at) { text } else { "" };
            (column.name.clone(), value.into())
        };
        key.map(tag).collect()
    }
}
