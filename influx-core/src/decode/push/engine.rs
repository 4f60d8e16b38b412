//! Machine, plan and cells put together: goes from row to row over bytes that are borrowed for as long as the rows are used.
//! Nothing here depends on the type of the rows: it is compiled once.

use std::sync::Arc;

use super::machine::{Event, Found, Machine, Syntax};
use crate::decode::ahead::{Ahead, Room};
use crate::decode::error::DecodeError;
use crate::decode::plan::Plan;
use crate::decode::plan::asked::Asked;
use crate::decode::row::Row;
use crate::decode::scratch::Arena;

/// What was reached.
pub(super) enum Advance {
    /// Rows; [`Engine::next`] shows them.
    Rows,
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
    /// What the plan was made for: the rows that are left of a series can be asked for by another type.
    asked: Option<Asked>,
    /// The struct does not fit the series: its rows are passed over.
    muted: bool,
    failed: bool,
    ended: bool,
}

/// What lives as long as the borrowed bytes.
pub(super) struct Lender<'b> {
    body: &'b [u8],
    /// The place behind the last row that can be complete; 0 until that is known.
    rows_end: usize,
    arena: Arena<'b>,
    ahead: Ahead<'b>,
    /// Where in the cells the next row is that was read ahead, and where they end; rows are that [`width`](Plan::width) apart.
    next: usize,
    end: usize,
    width: usize,
    /// The number of the next row.
    number: u64,
}

impl<'b> Lender<'b> {
    /// Goes on with the cells of the lender before. Rows from `rows_end` on are not looked at, unless it is 0.
    ///
    /// # Safety
    /// The cells are new, or were left by a lender of the same engine and the same scratch.
    pub(super) unsafe fn new(body: &'b [u8], rows_end: usize, arena: Arena<'b>, room: Room) -> Self {
        // SAFETY: the scratch holds the last header, and an engine that goes on to another series loads other cells.
        let ahead = unsafe { Ahead::new(room) };
        Lender { body, rows_end, arena, ahead, next: 0, end: 0, width: 0, number: 0 }
    }

    /// Other bytes that live as long.
    pub(super) fn go_on_with(&mut self, body: &'b [u8]) {
        self.body = body;
        self.rows_end = 0;
    }

    /// The same bytes with more behind them, `length` in all; false if they are that long already.
    pub(super) fn lengthen(&mut self, more: &[u8], length: usize) -> bool {
        if self.body.len() >= length {
            return false;
        }
        self.body = self.arena.join(self.body, more);
        true
    }

    /// The cells, to be used for other bytes.
    pub(super) fn leave(&mut self) -> Room {
        self.ahead.leave()
    }

    /// Sets the cells that are the same in every row of a series: its tags and measurement.
    #[cold]
    #[inline(never)]
    fn load(&mut self, plan: &Plan) {
        plan.fill(&mut self.ahead.cells, self.arena.header(plan.columns()));
        self.ahead.loaded = 1;
    }
}

impl Engine {
    pub(super) fn new(syntax: Syntax) -> Self {
        Engine { machine: syntax.0, plan: None, asked: None, muted: false, failed: false, ended: false }
    }

    pub(super) fn machine(&self) -> &dyn Machine {
        &*self.machine
    }

    pub(super) fn shift(&mut self, bytes: usize) {
        self.machine.shift(bytes);
    }

    /// The next of the rows that were read ahead; `None` if they are used up.
    #[inline(always)]
    pub(super) fn next<'c, 'b>(&'c self, lender: &'c mut Lender<'b>) -> Option<Row<'c, 'b>> {
        if lender.next == lender.end {
            return None;
        }
        let (from, number) = (lender.next, lender.number);
        lender.next += lender.width;
        lender.number += 1;
        let cells = lender.ahead.cells.get(from..from + lender.width)?;
        self.plan.as_ref().map(|plan| Row::new(plan, cells, number))
    }

    /// The rows that were read ahead and not used are read again by somebody else.
    pub(super) fn rewind(&mut self, lender: &mut Lender<'_>) {
        if lender.next < lender.end {
            let rows = (lender.end - lender.next) / lender.width;
            self.machine.rewind(lender.next / lender.width, rows);
            lender.next = lender.end;
        }
    }

    /// Goes on to the next rows, header or error, when there is none ahead.
    pub(super) fn advance(&mut self, lender: &mut Lender<'_>, asked: Asked) -> Advance {
        if self.failed {
            return Advance::More;
        }
        loop {
            // almost every row stands right behind another one
            if self.is_planned(asked)
                && let Some(advance) = self.read_rows(lender)
            {
                return advance;
            }
            match self.machine.step(lender.body) {
                Ok(Event::Row) if self.is_planned(asked) => {}
                Ok(Event::Row) => {
                    lender.ahead.loaded = 0;
                    if let Err(error) = self.plan_for(asked) {
                        return Advance::Failed(error);
                    }
                }
                Ok(Event::More) => return Advance::More,
                Ok(Event::Error(error)) => return Advance::Failed(error),
                Ok(Event::Series) => {
                    lender.ahead.loaded = 0;
                    return self.begin(asked);
                }
                Err(error) => return self.fail(error),
            }
        }
    }

    /// The rows at the position; `None` if something else may stand there, or they are passed over.
    #[inline(always)]
    fn read_rows(&mut self, lender: &mut Lender<'_>) -> Option<Advance> {
        let Some(plan) = &self.plan else { return None };
        if lender.ahead.loaded == 0 {
            lender.load(plan);
        }
        if lender.rows_end == 0 {
            lender.rows_end = self.machine.rows_end(lender.body);
        }
        let bytes = (lender.body, lender.rows_end);
        match self.machine.rows(bytes, plan, &mut lender.ahead, &mut lender.arena) {
            Found::Rows(_) if self.muted => None,
            Found::Rows(rows) => {
                lender.width = plan.width();
                (lender.next, lender.end) = (0, rows * lender.width);
                lender.number = self.machine.head().row - rows as u64 + 1;
                Some(Advance::Rows)
            }
            Found::Other => None,
            Found::More => Some(Advance::More),
            Found::Bad(error) => Some(self.fail(error)),
        }
    }

    /// Plans for the series that begins.
    fn begin(&mut self, asked: Asked) -> Advance {
        let goes_on = self.machine.head().row > 0;
        match self.plan_for(asked) {
            Ok(()) => Advance::Series { goes_on },
            Err(error) => Advance::Failed(error),
        }
    }

    /// Whether the plan is what `asked` asks for.
    #[inline]
    fn is_planned(&self, asked: Asked) -> bool {
        self.asked.is_some_and(|planned| planned.is(asked))
    }

    /// Plans for the rows that come next; those of a series that does not fit are passed over.
    fn plan_for(&mut self, asked: Asked) -> Result<(), DecodeError> {
        let columns = Arc::clone(&self.machine.head().columns);
        let is_planned = self.is_planned(asked) && !self.muted;
        if let Some(plan) = &mut self.plan
            && is_planned
            && plan.go_on_with(&columns)
        {
            return Ok(());
        }
        let made = Plan::asked(Arc::clone(&columns), asked);
        self.asked = Some(asked);
        self.muted = made.is_err();
        let (plan, fits) = match made {
            Ok(plan) => (plan, Ok(())),
            Err(error) => (Plan::nothing(columns), Err(error)),
        };
        if let Some(before) = &self.plan {
            plan.share_with(before);
        }
        self.plan = Some(plan);
        fits
    }

    /// Where more bytes are needed and none come: what is left, and at last whether the response was complete, which is said once.
    #[cold]
    #[inline(never)]
    pub(super) fn end(&mut self, lender: &mut Lender<'_>, asked: Asked) -> Advance {
        if self.failed || self.ended {
            return Advance::More;
        }
        if self.machine.end() {
            lender.rows_end = 0;
            match self.advance(lender, asked) {
                Advance::More => {}
                reached => return reached,
            }
        }
        self.ended = true;
        self.machine.at_end().map_or(Advance::More, Advance::Failed)
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> Advance {
        self.failed = true;
        Advance::Failed(error)
    }
}
