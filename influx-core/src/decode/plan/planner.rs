//! What a type wants of one header, collected slot by slot.

mod layout;

use super::want::{Kind, Want};
use super::{Slot, Takes};
use crate::decode::column::ColumnRole;
use crate::decode::columns::Columns;
use crate::decode::error::{DecodeError, Owner};
use crate::kind::ColumnKind;

/// Which columns a map takes that is a field with `flatten`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Tags,
    Fields,
}

/// Collects what a struct wants of one header. Derived code calls these methods from [`FromRow::plan`](crate::FromRow::plan), one per field in
/// the order of the slots.
#[derive(Debug)]
pub struct Planner<'p> {
    columns: &'p Columns,
    structs: Vec<&'static str>,
    pub(super) slots: Vec<Slot>,
    wants: Vec<Want>,
    tags_taken: Vec<bool>,
    /// What the rests want of a column: of the tags, of the fields.
    rest_wants: [Want; 2],
    all: bool,
    /// Columns and tags are taken by their names: none may stand there twice.
    pub(super) by_name: bool,
    /// Missing columns are null, whatever the type of their field.
    lenient: bool,
    /// One of the fields is there.
    has_field: bool,
    /// The first of the fields that are not.
    no_field: Option<Owner>,
}

impl<'p> Planner<'p> {
    pub(crate) fn new(columns: &'p Columns) -> Self {
        Planner {
            columns,
            structs: Vec::new(),
            slots: Vec::new(),
            wants: vec![Want::Skip; columns.columns().len()],
            tags_taken: vec![false; columns.other_tags().len()],
            rest_wants: [Want::Any; 2],
            all: false,
            by_name: false,
            lenient: false,
            has_field: false,
            no_field: None,
        }
    }

    /// The header that is planned for.
    pub fn columns(&self) -> &Columns {
        self.columns
    }

    /// The following fields belong to this struct: errors name it.
    pub fn enter(&mut self, strukt: &'static str) {
        self.structs.push(strukt);
    }

    /// Back to the fields of the struct before.
    pub fn leave(&mut self) {
        self.structs.pop();
    }

    /// A slot for the measurement's name.
    ///
    /// # Errors
    /// The column is there twice (Flux); results without a measurement give null.
    pub fn measurement(&mut self, field: &'static str) -> Result<(), DecodeError> {
        if self.columns.is_table() {
            return self.tag(field, "_measurement", Want::Str, true);
        }
        let cell = self.wants.len() + self.tags_taken.len();
        self.slot(field, "measurement", Takes::One, cell);
        Ok(())
    }

    /// A slot for an instant.
    ///
    /// # Errors
    /// The column is missing and may not be, is there twice, or is known to hold something else.
    pub fn timestamp(
        &mut self,
        field: &'static str,
        column: &'static str,
        nullable: bool,
    ) -> Result<(), DecodeError> {
        let owner = self.owner(field, self.time_column(column));
        let cell = self.found(owner, Want::Time)?;
        self.settle(owner, cell, nullable)
    }

    /// Flux calls the time of the rows `_time`, unless the query gave it another name.
    fn time_column(&self, column: &'static str) -> &'static str {
        let is_there = |name| self.columns.position(name).is_some();
        if column == "time" && self.columns.is_table() && (is_there("_time") || !is_there("time")) {
            return "_time";
        }
        column
    }

    /// A slot for a tag: of the series' tags (`GROUP BY`) if it is among them, of the columns otherwise.
    ///
    /// # Errors
    /// The tag is missing and may not be, is there twice, or is known to hold something else.
    pub fn tag(
        &mut self,
        field: &'static str,
        column: &'static str,
        want: Want,
        nullable: bool,
    ) -> Result<(), DecodeError> {
        let owner = self.owner(field, column);
        let cell = match self.series_tag(owner)? {
            Some(cell) => Some(cell),
            None => self.column(owner, want, true)?,
        };
        self.settle(owner, cell, nullable)
    }

    /// A slot for a field: of the columns if it is among them, of the series' tags otherwise.
    ///
    /// # Errors
    /// The column is missing and may not be, is there twice, or is known to hold something else.
    pub fn field(
        &mut self,
        field: &'static str,
        column: &'static str,
        want: Want,
        nullable: bool,
    ) -> Result<(), DecodeError> {
        let owner = self.owner(field, column);
        let cell = self.found(owner, want)?;
        self.has_field |= cell.is_some();
        if cell.is_none() {
            self.no_field.get_or_insert(owner);
        }
        self.settle(owner, cell, nullable)
    }

    fn found(&mut self, owner: Owner, want: Want) -> Result<Option<usize>, DecodeError> {
        match self.column(owner, want, false)? {
            Some(cell) => Ok(Some(cell)),
            None => self.series_tag(owner),
        }
    }

    /// Where the rows are one for each field, a struct that names none of the columns would be left empty.
    pub(super) fn check_fields(&self) -> Result<(), DecodeError> {
        let takes_all = self.slots.iter().any(|slot| matches!(slot.kind, Takes::RestFields | Takes::RestAll));
        match self.no_field {
            Some(owner) if !self.has_field && !takes_all && self.columns.is_unpivoted() => {
                Err(DecodeError::missing(owner, self.columns))
            }
            _ => Ok(()),
        }
    }

    /// A slot for what no other slot takes: the tags, or the columns that are neither known to be tags nor the time. Columns of which the format does
    /// not tell count as tags if the struct has no slot for the rest of the fields; their values other than texts are left out then.
    pub(crate) fn rest(&mut self, field: &'static str, rest: Rest, want: Want) {
        let (column, kind) = match rest {
            Rest::Tags => ("(other tags)", Takes::RestTags),
            Rest::Fields => ("(other fields)", Takes::RestFields),
        };
        self.rest_wants[usize::from(rest == Rest::Fields)] = want;
        let null = self.null();
        self.slot(field, column, kind, null);
    }

    /// What is taken by a slot for the rest becomes what one name leads to one value in: two of one name are an error.
    pub(crate) fn by_name(&mut self) {
        self.by_name = true;
    }

    /// A slot for all columns and all tags of the series.
    pub(crate) fn rest_all(&mut self, want: Want) {
        self.rest_wants[1] = want;
        let null = self.null();
        self.slot("", "", Takes::RestAll, null);
    }

    /// What `plan` asks for may be missing: it is null then.
    pub(crate) fn optional(
        &mut self,
        plan: impl FnOnce(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let before = core::mem::replace(&mut self.lenient, true);
        let planned = plan(self);
        self.lenient = before;
        planned
    }

    /// The result must have that many columns.
    pub(crate) fn width(&self, parts: usize) -> Result<(), DecodeError> {
        if self.columns.columns().len() == parts {
            Ok(())
        } else {
            Err(DecodeError::width(parts, self.columns))
        }
    }

    /// A slot for the column at a position, which is there.
    pub(crate) fn at(&mut self, position: usize, field: &'static str, want: Want) -> Result<(), DecodeError> {
        let owner = self.owner(field, "");
        let column = &self.columns.columns()[position];
        if let Some(found) = want.refuses(column.kind) {
            return Err(DecodeError::column_type(owner, found, want.name()).in_column(&column.name));
        }
        self.wants[position] = self.wants[position].merge(self.natural(position, want));
        self.slots.push(Slot { owner, kind: Takes::One, cell: position });
        Ok(())
    }

    /// Wants every column, without slots: for rows that are read by name or position.
    pub fn everything(&mut self) {
        self.all = true;
    }

    /// What is wanted of a column that `want` is asked of: of the time an instant, by those who take anything. No float holds one exactly,
    /// so that those who ask for one are told what is there; and a text says the instant, not the number that came for it.
    fn natural(&self, at: usize, want: Want) -> Want {
        let instant = match want {
            Want::Any | Want::Float => true,
            Want::Str => self.columns.epoch().is_some(),
            _ => false,
        };
        if instant && self.is_time(at) && !self.columns.is_table() { Want::Time } else { want }
    }

    /// Whether the column is the time of the rows: InfluxQL puts it first.
    fn is_time(&self, at: usize) -> bool {
        let Some(column) = self.columns.columns().get(at) else { return false };
        column.role == ColumnRole::Time || (at == 0 && &*column.name == "time" && !self.columns.is_table())
    }

    /// How the values of a column are read that this is wanted of.
    fn kind(&self, at: usize, want: Want) -> Kind {
        Kind::of_column(want, self.columns.columns()[at].kind)
    }

    fn null(&self) -> usize {
        self.wants.len() + self.tags_taken.len() + 1
    }

    pub(super) fn owner(&self, field: &'static str, column: &'static str) -> Owner {
        Owner { strukt: self.structs.last().copied().unwrap_or("row"), field, column }
    }

    fn slot(&mut self, field: &'static str, column: &'static str, kind: Takes, cell: usize) {
        let owner = self.owner(field, column);
        self.slots.push(Slot { owner, kind, cell });
    }

    fn settle(&mut self, owner: Owner, cell: Option<usize>, nullable: bool) -> Result<(), DecodeError> {
        let cell = match cell {
            Some(cell) => cell,
            None if nullable || self.lenient => self.null(),
            None => return Err(DecodeError::missing(owner, self.columns)),
        };
        self.slots.push(Slot { owner, kind: Takes::One, cell });
        Ok(())
    }

    fn column(&mut self, owner: Owner, want: Want, tag: bool) -> Result<Option<usize>, DecodeError> {
        let Some(at) = self.columns.position(owner.column) else { return Ok(None) };
        let columns = self.columns.columns();
        if columns[at + 1..].iter().any(|column| &*column.name == owner.column) {
            return Err(DecodeError::duplicate(owner));
        }
        // tags are texts, whatever their field's type is
        let text = tag && columns[at].kind == ColumnKind::Str;
        if let Some(found) = want.refuses(columns[at].kind).filter(|_| !text) {
            return Err(DecodeError::column_type(owner, found, want.name()));
        }
        let want = if matches!(want, Want::Float | Want::Str) { self.natural(at, want) } else { want };
        self.wants[at] = self.wants[at].merge(want);
        Ok(Some(at))
    }

    fn series_tag(&mut self, owner: Owner) -> Result<Option<usize>, DecodeError> {
        let mut found = self.columns.other_tags().enumerate().filter(|(_, (key, _))| *key == owner.column);
        let Some((at, _)) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(DecodeError::duplicate(owner));
        }
        self.tags_taken[at] = true;
        Ok(Some(self.wants.len() + at))
    }
}
