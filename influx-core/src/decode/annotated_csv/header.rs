//! Annotations and header rows: what the columns of the tables that follow are.

use std::sync::Arc;

use super::scan::Cell;
use crate::decode::column::{Column, ColumnRole};
use crate::decode::plan::want::{Kind, Want};
use crate::kind::ColumnKind;

/// The annotations in front of a header row. They hold until others come.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    /// In the order of [`NAMES`].
    rows: [Option<Vec<Box<str>>>; 3],
    /// A header row came behind them: another annotation begins the next block.
    used: bool,
}

const NAMES: [&str; 3] = ["datatype", "group", "default"];

/// What a header row is not, and where in the list of its cells.
#[derive(Debug)]
pub(super) enum Fault {
    /// Annotations are missing: these.
    Missing(String),
    /// The cells are no header row.
    NoHeader,
    Bad(&'static str),
}

/// The names in a header row of the first two columns behind the empty one.
fn names<'b>(cells: &[Cell<'b>]) -> Option<(&'b [u8], &'b [u8])> {
    match cells {
        [_, first, second, ..] => Some((first.raw, second.raw)),
        _ => None,
    }
}

/// Whether the cells are the header row of a table of errors.
pub(super) fn of_errors(cells: &[Cell<'_>]) -> bool {
    names(cells) == Some((b"error", b"reference"))
}

/// Whether the cells are the header row of a table for sure: a number of a table stands in no other place.
pub(super) fn of_table(cells: &[Cell<'_>]) -> bool {
    names(cells) == Some((b"result", b"table"))
}

impl Annotations {
    /// Takes the cells of an annotation; others than the three are passed over.
    pub(super) fn take(&mut self, cells: &[Cell<'_>]) -> Result<(), &'static str> {
        let name = cells.first().map_or(&b""[..], |cell| &cell.raw[1..]);
        if core::mem::take(&mut self.used) {
            self.rows = Default::default();
        }
        let Some(at) = NAMES.iter().position(|known| known.as_bytes() == name) else { return Ok(()) };
        if self.rows[at].is_some() {
            // a block without a header row was before it
            self.rows = Default::default();
        }
        self.rows[at] = Some(texts(cells)?);
        Ok(())
    }

    /// They are those of a table of errors, which needs none.
    pub(super) fn use_up(&mut self) {
        self.used = true;
    }

    /// The columns that a header row names.
    pub(super) fn columns(&mut self, cells: &[Cell<'_>]) -> Result<Arc<[Column]>, Fault> {
        let missing: Vec<_> =
            NAMES.iter().zip(&self.rows).filter(|(_, row)| row.is_none()).map(|(name, _)| *name).collect();
        let [Some(datatypes), Some(groups), Some(defaults)] = &self.rows else {
            return Err(Fault::Missing(missing.join(", ")));
        };
        let header = texts(cells).map_err(Fault::Bad)?;
        let has_header = header.get(1).is_some_and(|name| !name.is_empty() && name.parse::<i64>().is_err());
        if !has_header {
            return Err(Fault::NoHeader);
        }
        if [datatypes, groups, defaults].iter().any(|row| row.len() != header.len()) {
            return Err(Fault::Bad("an annotation has another number of cells than the header row"));
        }
        self.used = true;
        let parts = header.into_iter().zip(datatypes).zip(groups.iter().zip(defaults)).enumerate();
        parts
            .map(|(at, ((name, datatype), (group, default)))| column(at, name, datatype, group, default))
            .collect()
    }
}

/// The texts of the cells behind the first.
fn texts(cells: &[Cell<'_>]) -> Result<Vec<Box<str>>, &'static str> {
    let text = |cell: &Cell<'_>| match cell.shown() {
        (text, true) => Ok(text.into()),
        (_, false) => Err("a name or an annotation is not UTF-8"),
    };
    cells.iter().skip(1).map(text).collect()
}

fn column(at: usize, name: Box<str>, datatype: &str, group: &str, default: &str) -> Result<Column, Fault> {
    let group = match group {
        // the two of the format are in no group key
        "true" => at > 1,
        "false" | "" => false,
        _ => return Err(Fault::Bad("an annotation `group` is neither true nor false")),
    };
    let kind = kind_of(datatype);
    if at == 1 && !default.is_empty() && default.parse::<i64>().is_err() {
        return Err(Fault::Bad("the default of `table` is no number"));
    }
    if !default.is_empty() && Kind::of_column(Want::Any, kind).read(default).is_none() {
        return Err(Fault::Bad("a default is not of its column's type"));
    }
    let mut column = Column::new(name);
    column.role = role_of(at, &column.name, kind, group);
    column.kind = kind;
    column.datatype = Some(datatype.into());
    column.group = group;
    column.default = (!default.is_empty()).then(|| default.into());
    Ok(column)
}

/// What is not known is a text.
fn kind_of(datatype: &str) -> ColumnKind {
    match datatype {
        "boolean" => ColumnKind::Bool,
        "long" => ColumnKind::Int,
        "unsignedLong" => ColumnKind::Uint,
        "double" => ColumnKind::Float,
        "dateTime" | "dateTime:RFC3339" | "dateTime:RFC3339Nano" => ColumnKind::Time,
        _ => ColumnKind::Str,
    }
}

fn role_of(at: usize, name: &str, kind: ColumnKind, group: bool) -> ColumnRole {
    match name {
        _ if at < 2 => ColumnRole::Table,
        "_start" | "_stop" => ColumnRole::Table,
        "_measurement" => ColumnRole::Measurement,
        "_time" => ColumnRole::Time,
        "_field" | "_value" => ColumnRole::Field,
        // tags are texts
        _ if kind != ColumnKind::Str => ColumnRole::Field,
        _ if group => ColumnRole::Tag,
        // a field, or a tag that the query took out of the group key
        _ => ColumnRole::Unknown,
    }
}
