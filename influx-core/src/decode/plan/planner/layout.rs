//! Where the values go that a struct wants: the cells of a row.

use std::cell::RefCell;
use std::sync::Arc;

use super::Planner;
use crate::decode::cells::minute::Minute;
use crate::decode::column::ColumnRole;
use crate::decode::columns::Columns;
use crate::decode::plan::want::Want;
use crate::decode::plan::{Constant, Plan, Source, Takes, Target};
use crate::precision::Precision;

impl Planner<'_> {
    pub(in crate::decode::plan) fn finish(mut self, columns: Arc<Columns>) -> Plan {
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
        let (mut constants, mut cells) = (self.constants(), self.null_cell() + 1);
        for (at, target) in targets.iter_mut().enumerate() {
            if target.want != Want::Skip && columns.columns()[at].default.is_some() {
                constants.push(Constant { cell: cells, source: Source::Default(at, target.kind) });
                target.empty = cells as u32;
                cells += 1;
            }
        }
        assert!(targets.iter().all(|target| target.cell() < cells), "every target has a cell");
        Plan {
            unit: columns.epoch().map(Precision::nanos),
            columns,
            repeated: None,
            simple: !targets.is_empty() && copies.is_empty(),
            constants,
            slots: self.slots,
            targets,
            width: cells,
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
