//! The match between a header and a struct, made once per series or table.

mod want;

use std::cell::RefCell;
use std::sync::Arc;

use crate::decode::columns::{ColumnKind, ColumnRole, Columns};
use crate::decode::error::DecodeError;
use crate::decode::error::Owner;
use crate::decode::quick::Kind as WantKind;
use crate::decode::shared::SharedTexts;
use crate::decode::value_ref::ValueRef;
use crate::precision::Precision;

pub use want::Want;

/// Which columns a map takes that is a field with `flatten`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Tags,
    Fields,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    One,
    RestTags,
    RestFields,
    /// Every column and tag of the series that no other slot takes.
    RestAll,
}

#[derive(Debug)]
struct Slot {
    owner: Owner,
    kind: Kind,
    cell: usize,
}

/// Collects what a struct wants of one header. Derived code calls these methods from [`FromRow::plan`], one per field in
/// the order of the slots.
#[derive(Debug)]
pub struct Planner<'p> {
    columns: &'p Columns,
    structs: Vec<&'static str>,
    slots: Vec<Slot>,
    wants: Vec<Want>,
    tags_taken: Vec<bool>,
    /// What the rests want of a column: of the tags, of the fields.
    rest_wants: [Want; 2],
    all: bool,
    /// Missing columns are null, whatever the type of their field.
    lenient: bool,
}

impl<'p> Planner<'p> {
    pub(crate) fn new(columns: &'p Columns) -> Self {
        Planner {
            columns,
            structs: Vec::new(),
            slots: Vec::new(),
            wants: vec![Want::Skip; columns.columns().len()],
            tags_taken: vec![false; columns.tags().len()],
            rest_wants: [Want::Any; 2],
            all: false,
            lenient: false,
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
    /// None today; results without a measurement give null.
    pub fn measurement(&mut self, field: &'static str) -> Result<(), DecodeError> {
        let cell = self.wants.len() + self.tags_taken.len();
        self.slot(field, "measurement", Kind::One, cell);
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
        self.field(field, column, Want::Time, nullable)
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
        let cell = match self.column(owner, want, false)? {
            Some(cell) => Some(cell),
            None => self.series_tag(owner)?,
        };
        self.settle(owner, cell, nullable)
    }

    /// A slot for what no other slot takes: the tags, or the columns that are not known to be tags. Columns of which the format does
    /// not tell count as tags if the struct has no slot for the rest of the fields; their values other than texts are left out then.
    pub(crate) fn rest(&mut self, field: &'static str, rest: Rest, want: Want) {
        let (column, kind) = match rest {
            Rest::Tags => ("(other tags)", Kind::RestTags),
            Rest::Fields => ("(other fields)", Kind::RestFields),
        };
        self.rest_wants[usize::from(rest == Rest::Fields)] = want;
        let null = self.null();
        self.slot(field, column, kind, null);
    }

    /// A slot for all columns and all tags of the series.
    pub(crate) fn rest_all(&mut self, want: Want) {
        self.rest_wants[1] = want;
        let null = self.null();
        self.slot("", "", Kind::RestAll, null);
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
        let want = if want == Want::Any { self.natural(position) } else { want };
        self.wants[position] = self.wants[position].merge(want);
        self.slots.push(Slot { owner, kind: Kind::One, cell: position });
        Ok(())
    }

    /// Wants every column, without slots: for rows that are read by name or position.
    pub fn everything(&mut self) {
        self.all = true;
    }

    /// What is wanted of a column by those who take anything: InfluxQL puts the time first.
    fn natural(&self, at: usize) -> Want {
        match self.columns.columns().get(at) {
            Some(column) if at == 0 && &*column.name == "time" => Want::Time,
            _ => Want::Any,
        }
    }

    fn null(&self) -> usize {
        self.wants.len() + self.tags_taken.len() + 1
    }

    fn owner(&self, field: &'static str, column: &'static str) -> Owner {
        Owner { strukt: self.structs.last().copied().unwrap_or("row"), field, column }
    }

    fn slot(&mut self, field: &'static str, column: &'static str, kind: Kind, cell: usize) {
        let owner = self.owner(field, column);
        self.slots.push(Slot { owner, kind, cell });
    }

    fn settle(&mut self, owner: Owner, cell: Option<usize>, nullable: bool) -> Result<(), DecodeError> {
        let cell = match cell {
            Some(cell) => cell,
            None if nullable || self.lenient => self.null(),
            None => return Err(DecodeError::missing(owner, self.columns)),
        };
        self.slots.push(Slot { owner, kind: Kind::One, cell });
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
        self.wants[at] = self.wants[at].merge(want);
        Ok(Some(at))
    }

    fn series_tag(&mut self, owner: Owner) -> Result<Option<usize>, DecodeError> {
        let mut found = self.columns.tags().enumerate().filter(|(_, (key, _))| *key == owner.column);
        let Some((at, _)) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(DecodeError::duplicate(owner));
        }
        self.tags_taken[at] = true;
        Ok(Some(self.wants.len() + at))
    }

    fn finish(mut self, columns: Arc<Columns>) -> Plan {
        let width = self.wants.len();
        let has = |kind| self.slots.iter().any(|slot| slot.kind == kind);
        let want_all = has(Kind::RestAll);
        let (want_tags, want_fields) = (has(Kind::RestTags), has(Kind::RestFields));
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
            let as_field = want_all || (want_fields && column.role != ColumnRole::Tag);
            let as_tag = want_tags
                && (column.role == ColumnRole::Tag || (!want_fields && column.role != ColumnRole::Field));
            let want = if as_field { self.rest_wants[1] } else { self.rest_wants[0] };
            if as_field {
                rest_fields.push(at);
            } else if as_tag {
                rest_tags.push(at);
            } else if !self.all {
                continue;
            }
            self.wants[at] = if want == Want::Any { self.natural(at) } else { want };
        }
        let shared = |at| self.all || rest_tags.contains(&at) || rest_fields.contains(&at);
        let (targets, copies) = self.targets(shared);
        let unit = columns.epoch().map(Precision::nanos);
        Plan {
            columns,
            slots: self.slots,
            targets,
            unit,
            copies,
            rest_tags,
            rest_fields,
            shared: RefCell::default(),
        }
    }

    /// Where each column's value goes, and to which other slots it goes from there.
    fn targets(&self, shared: impl Fn(usize) -> bool) -> (Vec<Target>, Vec<(usize, usize)>) {
        let mut copies = Vec::new();
        let last = self.wants.len().saturating_sub(1);
        let of_column = |(at, &want): (usize, &Want)| {
            let mut takers = (0..self.slots.len()).filter(|&slot| self.slots[slot].cell == at);
            let cell = if shared(at) {
                self.slots.len() + at
            } else {
                takers.next().unwrap_or(self.slots.len() + self.null())
            };
            copies.extend(takers.map(|slot| (cell, slot)));
            Target { want, kind: WantKind::of(want), cell, end: if at == last { b']' } else { b',' } }
        };
        let targets = self.wants.iter().enumerate().map(of_column).collect();
        (targets, copies)
    }
}

/// What becomes of a column's values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) want: Want,
    pub(crate) kind: WantKind,
    /// The cell that takes them.
    pub(crate) cell: usize,
    /// What follows them in a row: a comma, or the bracket behind the last.
    pub(crate) end: u8,
}

/// Which values of a row go to which slot, and what is wanted of every column; made by [`Plan::of`] for one header.
///
/// A row has one cell per slot, so that a struct finds its values where it looks for them. Behind those it has one per column, one
/// per series tag, one for the measurement, and one that is always null; a slot's `cell` counts from there. A column that a
/// slot takes is written to the slot's cell alone.
#[derive(Debug)]
pub struct Plan {
    columns: Arc<Columns>,
    slots: Vec<Slot>,
    targets: Vec<Target>,
    /// The unit of times that are numbers, in nanoseconds.
    unit: Option<i64>,
    copies: Vec<(usize, usize)>,
    rest_tags: Vec<usize>,
    rest_fields: Vec<usize>,
    /// Texts that rows share.
    shared: RefCell<SharedTexts>,
}

impl Plan {
    /// Matches a header to what a function asks of the planner; `T::plan` of any [`FromRow`] type is such a function.
    ///
    /// # Errors
    /// Those of the function.
    pub fn with(
        columns: Arc<Columns>,
        plan: impl FnOnce(&mut Planner<'_>) -> Result<(), DecodeError>,
    ) -> Result<Plan, DecodeError> {
        let mut planner = Planner::new(&columns);
        plan(&mut planner).map_err(|error| error.in_series(&columns))?;
        Ok(planner.finish(Arc::clone(&columns)))
    }

    /// As [`with`](Self::with), for what registers that many slots.
    pub(crate) fn with_slots(
        columns: Arc<Columns>,
        slots: usize,
        plan: fn(&mut Planner<'_>) -> Result<(), DecodeError>,
    ) -> Result<Plan, DecodeError> {
        Plan::with(columns, |planner| {
            planner.slots.reserve(slots.min(64));
            plan(planner)?;
            if planner.slots.len() != slots {
                let strukt = planner.slots.first().map_or("row", |slot| slot.owner.strukt);
                return Err(DecodeError::slots(strukt, planner.slots.len(), slots));
            }
            Ok(())
        })
    }

    /// A plan that passes over everything.
    pub(crate) fn nothing(columns: Arc<Columns>) -> Plan {
        Planner::new(&columns).finish(Arc::clone(&columns))
    }

    /// The header this plan was made for.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// What becomes of each column's values, in their order.
    #[inline]
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The unit of times that are numbers, in nanoseconds.
    #[inline]
    pub(crate) fn unit(&self) -> Option<i64> {
        self.unit
    }

    /// Cells that get the value of another cell, from and to: of columns that several slots take.
    #[inline]
    pub(crate) fn copies(&self) -> &[(usize, usize)] {
        &self.copies
    }

    /// The cell of a column.
    pub(crate) fn cell(&self, column: usize) -> usize {
        self.targets.get(column).map_or(usize::MAX, |target| target.cell)
    }

    /// All cells of a row, with the values that are the same in every row of the series; `keep` makes them last.
    pub(crate) fn fill<'b>(&self, cells: &mut Vec<ValueRef<'b>>, mut keep: impl FnMut(&str) -> &'b str) {
        let mut text = |text: Option<&str>| text.map_or(ValueRef::Null, |text| ValueRef::Str(keep(text)));
        let first = self.slots.len() + self.targets.len();
        cells.clear();
        cells.resize(first, ValueRef::Null);
        cells.extend(self.columns.tags().map(|(_, value)| text(Some(value))));
        cells.push(text(self.columns.name()));
        cells.push(ValueRef::Null);
        for (at, slot) in self.slots.iter().enumerate() {
            if slot.cell >= self.targets.len() {
                cells[at] = cells[self.slots.len() + slot.cell];
            }
        }
    }

    pub(crate) fn owner(&self, slot: usize) -> Owner {
        let unknown = Owner { strukt: "row", field: "(unknown slot)", column: "" };
        self.slots.get(slot).map_or(unknown, |slot| slot.owner)
    }

    /// The cells that a slot for the rest takes, with their names, and whether they are tags.
    pub(crate) fn rest(&self, slot: usize) -> impl Iterator<Item = (usize, &str, bool)> {
        let kind = self.slots.get(slot).map_or(Kind::One, |slot| slot.kind);
        let tags: &[usize] =
            if matches!(kind, Kind::RestTags | Kind::RestAll) { &self.rest_tags } else { &[] };
        let fields: &[usize] =
            if matches!(kind, Kind::RestFields | Kind::RestAll) { &self.rest_fields } else { &[] };
        let cells = tags.iter().map(|cell| (cell, true)).chain(fields.iter().map(|cell| (cell, false)));
        cells.map(|(&cell, tag)| (self.slots.len() + cell, self.name(cell), tag))
    }

    /// The text in an allocation that other rows share.
    pub(crate) fn shared(&self, text: &str) -> Arc<str> {
        self.shared.borrow_mut().get(text)
    }

    /// Goes on sharing the texts of the series before.
    pub(crate) fn share_with(&self, before: &Plan) {
        self.shared.swap(&before.shared);
    }

    fn name(&self, cell: usize) -> &str {
        match self.columns.columns().get(cell) {
            Some(column) => &column.name,
            None => self.columns.tags().nth(cell - self.targets.len()).map_or("", |(key, _)| key),
        }
    }
}
