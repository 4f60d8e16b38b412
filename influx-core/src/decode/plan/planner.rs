//! What a type wants of one header, collected slot by slot.

use std::cell::RefCell;
use std::sync::Arc;

use super::want::{Kind, Want};
use super::{Constant, Plan, Slot, Source, Takes, Target};
use crate::decode::cells::minute::Minute;
use crate::decode::columns::{ColumnRole, Columns};
use crate::decode::error::{DecodeError, Owner};
use crate::kind::ColumnKind;
use crate::precision::Precision;

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

    pub(super) fn finish(mut self, columns: Arc<Columns>) -> Plan {
        let width = self.wants.len();
        let has = |kind| self.slots.iter().any(|slot| slot.kind == kind);
        let want_all = has(Takes::RestAll);
        let (want_tags, want_fields) = (has(Takes::RestTags), has(Takes::RestFields));
        let (mut rest_tags, mut rest_fields) = (Vec::new(), Vec::new());
        if want_tags || want_all {
            rest_tags.extend(
                (0..self.tags_taken.len()).filter(|&tag| !self.tags_taken[tag]).map(|tag| width + tag),
            );
        }
        for (at, column) in columns.columns().iter().enumerate() {
            if self.wants[at] != Want::Skip {
                continue;
            }
            let of_point =
                !self.is_time(at) && !matches!(column.role, ColumnRole::Measurement | ColumnRole::Table);
            let as_field = want_all || (want_fields && of_point && column.role != ColumnRole::Tag);
            let as_tag = want_tags
                && of_point
                && (column.role == ColumnRole::Tag || (!want_fields && column.role != ColumnRole::Field));
            let want = if as_field { self.rest_wants[1] } else { self.rest_wants[0] };
            if as_field && column.role != ColumnRole::Tag {
                rest_fields.push(at);
            } else if as_field || as_tag {
                rest_tags.push(at);
            } else if !self.all {
                continue;
            }
            self.wants[at] = self.natural(at, want);
        }
        let own_cell = |at| self.all || rest_tags.contains(&at) || rest_fields.contains(&at);
        let (mut targets, copies) = self.targets(own_cell);
        let mut constants = self.constants();
        let mut cells = self.null_cell() + 1;
        for (at, target) in targets.iter_mut().enumerate() {
            if target.want != Want::Skip && columns.columns()[at].default.is_some() {
                constants.push(Constant { cell: cells, source: Source::Default(at, target.kind) });
                target.empty = cells as u32;
                cells += 1;
            }
        }
        assert!(targets.iter().all(|target| target.cell() < cells), "every target has a cell");
        let unit = columns.epoch().map(Precision::nanos);
        Plan {
            columns,
            repeated: None,
            simple: !targets.is_empty() && copies.is_empty(),
            constants,
            slots: self.slots,
            targets,
            width: cells,
            unit,
            copies,
            rest_tags,
            rest_fields,
            shared: RefCell::default(),
            minute: Minute::default(),
        }
        .with_repeated()
    }

    /// Whether columns and tags have cells beside those of the slots.
    fn keeps_columns(&self) -> bool {
        self.all || self.slots.iter().any(|slot| slot.kind != Takes::One)
    }

    /// The last cell of a row, which is always null.
    fn null_cell(&self) -> usize {
        self.slots.len() + if self.keeps_columns() { self.null() } else { 0 }
    }

    /// The cells of the series' tags and its name that a slot takes, and those of the tags themselves where a slot takes the rest.
    fn constants(&self) -> Vec<Constant> {
        let width = self.wants.len();
        let measurement = self.null() - 1;
        let of = |cell, at| {
            let source = match at {
                _ if at < width => Source::Shared(at, self.kind(at, self.wants[at])),
                _ if at < measurement => Source::Tag(at - width),
                _ => Source::Name,
            };
            Constant { cell, source }
        };
        let is_constant = |at: usize| self.columns.is_shared(at) || (width..=measurement).contains(&at);
        let taken = (0..).zip(&self.slots).filter(|(_, slot)| is_constant(slot.cell));
        let mut constants: Vec<_> = taken.map(|(cell, slot)| of(cell, slot.cell)).collect();
        if self.keeps_columns() {
            let kept = (0..measurement).filter(|&at| is_constant(at));
            constants.extend(kept.map(|at| of(self.slots.len() + at, at)));
        }
        constants
    }

    /// Where each column's value goes, and to which other slots it goes from there.
    fn targets(&self, own_cell: impl Fn(usize) -> bool) -> (Vec<Target>, Vec<(usize, usize)>) {
        let mut copies = Vec::new();
        let last = self.wants.len().saturating_sub(1);
        let last_end = if self.columns.is_table() { b'\r' } else { b']' };
        let of_column = |(at, &want): (usize, &Want)| {
            let mut takers = (0..self.slots.len()).filter(|&slot| self.slots[slot].cell == at);
            let cell =
                if own_cell(at) { self.slots.len() + at } else { takers.next().unwrap_or(self.null_cell()) };
            let end = if at == last { last_end } else { b',' };
            // what all rows share is in its cells before a row is read
            if self.columns.is_shared(at) {
                return Target::new((Want::Skip, self.kind(at, Want::Skip)), cell, end, self.null_cell());
            }
            copies.extend(takers.map(|slot| (cell, slot)));
            Target::new((want, self.kind(at, want)), cell, end, self.null_cell())
        };
        let targets = self.wants.iter().enumerate().map(of_column).collect();
        (targets, copies)
    }
}
