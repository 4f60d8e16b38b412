//! Machine, plan and cells put together: goes from row to row over bytes that are borrowed for as long as the rows are used.

use std::sync::Arc;

use super::Options;
use super::machine::{Event, Machine};
use crate::decode::json::Stop;
use crate::decode::json_row;
use crate::decode::scratch::Arena;
use crate::{Columns, DecodeError, Plan, Row, ValueRef};

/// What was reached.
pub(super) enum Advance {
    /// A row; [`Engine::row`] shows it.
    Row,
    /// An error. Unless it is final, the rows behind it can be read.
    Failed(DecodeError),
    /// More bytes are needed.
    More,
}

/// What stays when bytes come and go.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) machine: Machine,
    plan: Option<Plan>,
    /// The struct does not fit the series: its rows are passed over.
    muted: bool,
    failed: bool,
    ended: bool,
}

/// What lives as long as the borrowed bytes.
pub(super) struct Lender<'b> {
    body: &'b [u8],
    arena: Arena<'b>,
    cells: Vec<ValueRef<'b>>,
    loaded: bool,
}

impl<'b> Lender<'b> {
    pub(super) fn new(body: &'b [u8], arena: Arena<'b>) -> Self {
        Lender::with_room(body, arena, Vec::new())
    }

    /// With room for the cells that was used before.
    pub(super) fn with_room(body: &'b [u8], arena: Arena<'b>, cells: Vec<ValueRef<'b>>) -> Self {
        Lender { body, arena, cells, loaded: false }
    }

    /// The room for the cells, to be used for other bytes.
    pub(super) fn into_room<'n>(mut self) -> Vec<ValueRef<'n>> {
        self.cells.clear();
        // nothing is left to map: this changes the lifetime and keeps the allocation
        self.cells.into_iter().map(|_| ValueRef::Null).collect()
    }

    /// Sets the cells that are the same in every row of a series: its tags and measurement.
    #[inline(never)]
    fn load(&mut self, plan: &Plan) {
        let arena = &mut self.arena;
        plan.fill(&mut self.cells, |text| arena.copy(text));
        self.loaded = true;
    }
}

impl Engine {
    pub(super) fn new(options: Options) -> Self {
        Engine { machine: Machine::new(options), plan: None, muted: false, failed: false, ended: false }
    }

    /// Goes on to the next row or error.
    #[inline]
    pub(super) fn advance(
        &mut self,
        lender: &mut Lender<'_>,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        // almost every row stands right behind another one
        if let (Some(plan), false) = (&self.plan, self.muted || self.failed)
            && let Some(at) = self.machine.next_row(lender.body)
        {
            if !lender.loaded {
                lender.load(plan);
            }
            return match json_row::row(lender.body, at, plan, &mut lender.cells, &mut lender.arena) {
                Ok(end) => {
                    self.machine.row_done(end);
                    Advance::Row
                }
                Err(stop) => {
                    self.machine.row_at(at);
                    self.row_stopped(stop, lender.body)
                }
            };
        }
        self.advance_any(lender, make)
    }

    #[inline(never)]
    fn advance_any(
        &mut self,
        lender: &mut Lender<'_>,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        if self.failed {
            return Advance::More;
        }
        loop {
            match self.machine.step(lender.body) {
                Ok(Event::Row) => {}
                Ok(Event::More) => return Advance::More,
                Ok(Event::Error(error)) => return Advance::Failed(error),
                Ok(Event::Series) => {
                    lender.loaded = false;
                    match self.begin(make) {
                        Ok(()) => continue,
                        Err(error) => return Advance::Failed(error),
                    }
                }
                Err(error) => return self.fail(error),
            }
            let Some(plan) = &self.plan else { return Advance::More };
            if !lender.loaded {
                lender.load(plan);
            }
            let at = self.machine.position();
            match json_row::row(lender.body, at, plan, &mut lender.cells, &mut lender.arena) {
                Ok(end) => {
                    self.machine.row_done(end);
                    if !self.muted {
                        return Advance::Row;
                    }
                }
                Err(stop) => return self.row_stopped(stop, lender.body),
            }
        }
    }

    /// Plans for the series that begins; one that does not fit is passed over.
    fn begin(
        &mut self,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Result<(), DecodeError> {
        let columns = self.machine.columns();
        let made = make(Arc::clone(columns));
        self.muted = made.is_err();
        match made {
            Ok(plan) => {
                self.plan = Some(plan);
                Ok(())
            }
            Err(error) => {
                self.plan = Some(Plan::nothing(Arc::clone(columns)));
                Err(error)
            }
        }
    }

    #[cold]
    fn row_stopped(&mut self, stop: Stop, b: &[u8]) -> Advance {
        match self.machine.row_stopped(stop, b) {
            Some(error) => self.fail(error),
            None => Advance::More,
        }
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> Advance {
        self.failed = true;
        Advance::Failed(error)
    }

    /// If all bytes were there: whether the response was complete. Says it once.
    pub(super) fn end_if(&mut self, finished: bool) -> Option<DecodeError> {
        if !finished || self.failed || self.ended {
            return None;
        }
        self.ended = true;
        self.machine.at_end()
    }

    /// The row that was reached.
    #[inline]
    pub(super) fn row<'c, 'b>(&'c self, lender: &'c Lender<'b>) -> Option<Row<'c, 'b>> {
        self.plan.as_ref().map(|plan| Row::new(plan, &lender.cells, self.machine.row_number()))
    }
}
