//! Machine, plan and cells put together: goes from row to row over bytes that are borrowed for as long as the rows are used.
//! Nothing here depends on the type of the rows: it is compiled once.

use super::machine::{Event, Found, Machine, Syntax};
use crate::decode::error::DecodeError;
use crate::decode::plan::{Asked, Plan};
use crate::decode::row::Row;
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;
use std::sync::Arc;

/// What was reached.
pub(super) enum Advance {
    /// A row, of that number; [`Engine::row`] shows it.
    Row(u64),
    /// A header; whether it is one more of the same series.
    Series { goes_on: bool },
    /// An error. Unless it is final, the rows behind it can be read.
    Failed(DecodeError),
    /// More bytes are needed.
    More,
}

/// What stays when bytes come and go.
#[derive(Debug)]
pub(super) struct Engine {
    machine: Box<dyn Machine>,
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
    /// With room for the cells that may have been used before.
    pub(super) fn new(body: &'b [u8], arena: Arena<'b>, cells: Vec<ValueRef<'b>>) -> Self {
        Lender { body, arena, cells, loaded: false }
    }

    /// Other bytes that live as long.
    pub(super) fn go_on_with(&mut self, body: &'b [u8]) {
        self.body = body;
    }

    /// The same bytes with more behind them, `length` in all; false if they are that long already.
    pub(super) fn lengthen(&mut self, more: &[u8], length: usize) -> bool {
        if self.body.len() >= length {
            return false;
        }
        self.body = self.arena.join(self.body, more);
        true
    }

    /// The room for the cells, to be used for other bytes.
    pub(super) fn take_room<'n>(&mut self) -> Vec<ValueRef<'n>> {
        let mut cells = core::mem::take(&mut self.cells);
        cells.clear();
        // nothing is left to map: this changes the lifetime and keeps the allocation
        cells.into_iter().map(|_| ValueRef::Null).collect()
    }

    /// Sets the cells that are the same in every row of a series: its tags and measurement.
    #[cold]
    #[inline(never)]
    fn load(&mut self, plan: &Plan) {
        let arena = &mut self.arena;
        plan.fill(&mut self.cells, |text| arena.copy(text));
        self.loaded = true;
    }
}

impl Engine {
    pub(super) fn new(syntax: Syntax) -> Self {
        Engine { machine: syntax.0, plan: None, muted: false, failed: false, ended: false }
    }

    pub(super) fn machine(&self) -> &dyn Machine {
        &*self.machine
    }

    pub(super) fn shift(&mut self, bytes: usize) {
        self.machine.shift(bytes);
    }

    /// The row that was reached.
    #[inline(always)]
    pub(super) fn row<'c, 'b>(&'c self, lender: &'c Lender<'b>, number: u64) -> Option<Row<'c, 'b>> {
        self.plan.as_ref().map(|plan| Row::new(plan, &lender.cells, number))
    }

    /// Goes on to the next row, header or error.
    pub(super) fn advance(&mut self, lender: &mut Lender<'_>, asked: Asked) -> Advance {
        // almost every row stands right behind another one
        if !self.failed
            && let Some(advance) = self.next_row(lender)
        {
            return advance;
        }
        self.advance_any(lender, asked)
    }

    /// The row at the position; `None` if something else may stand there, or the row is passed over.
    #[inline(always)]
    fn next_row(&mut self, lender: &mut Lender<'_>) -> Option<Advance> {
        let Some(plan) = &self.plan else { return None };
        if !lender.loaded {
            lender.load(plan);
        }
        match self.machine.row(lender.body, plan, &mut lender.cells, &mut lender.arena) {
            Found::Row(_) if self.muted => None,
            Found::Row(number) => Some(Advance::Row(number)),
            Found::Other => None,
            Found::More => Some(Advance::More),
            Found::Bad(error) => Some(self.fail(error)),
        }
    }

    #[inline(never)]
    fn advance_any(&mut self, lender: &mut Lender<'_>, asked: Asked) -> Advance {
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
                    return self.begin(asked);
                }
                Err(error) => return self.fail(error),
            }
            if let Some(advance) = self.next_row(lender) {
                return advance;
            }
        }
    }

    /// Plans for the series that begins; one that does not fit is passed over.
    fn begin(&mut self, asked: Asked) -> Advance {
        let head = self.machine.head();
        let goes_on = head.row > 0;
        let made = Plan::asked(Arc::clone(&head.columns), asked);
        self.muted = made.is_err();
        match made {
            Ok(plan) => {
                if let Some(before) = &self.plan {
                    plan.share_with(before);
                }
                self.plan = Some(plan);
                Advance::Series { goes_on }
            }
            Err(error) => {
                self.plan = Some(Plan::nothing(Arc::clone(&self.machine.head().columns)));
                Advance::Failed(error)
            }
        }
    }

    /// If all bytes were there: whether the response was complete. Says it once.
    pub(super) fn end_if(&mut self, finished: bool) -> Option<DecodeError> {
        if !finished || self.failed || self.ended {
            return None;
        }
        self.ended = true;
        self.machine.at_end()
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> Advance {
        self.failed = true;
        Advance::Failed(error)
    }
}
