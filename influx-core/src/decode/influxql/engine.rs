//! Machine, plan and cells put together: goes from row to row over bytes that are borrowed for as long as the rows are used.

use std::sync::Arc;

use super::json::Json;
use super::msgpack::Msgpack;
use super::response::{Event, Response};
use super::{Format, Options};
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::json::Stop;
use crate::decode::plan::Plan;
use crate::decode::row::Row;
use crate::decode::scratch::Arena;
use crate::decode::value_ref::ValueRef;

/// Knows where in a response's bytes it stands, and finds the rows: one for each format.
pub(super) trait Machine {
    fn response(&self) -> &Response;

    fn response_mut(&mut self) -> &mut Response;

    fn position(&self) -> usize;

    /// How many bytes at the front are needed no more.
    fn consumed(&self) -> usize;

    /// That many bytes at the front were dropped.
    fn shift(&mut self, bytes: usize);

    /// Whether the row that begins at the position is all there; `None` when no row does.
    fn row_is_whole(&mut self, b: &[u8]) -> Option<bool>;

    /// Goes on to the next event. An error is final: nothing can be read behind it.
    fn step(&mut self, b: &[u8]) -> Result<Event, DecodeError>;

    /// Where the next row begins, if that can be told without a step.
    fn next_row(&self, b: &[u8]) -> Option<usize>;

    /// Reads the row at `at` into the plan's cells; gives the place behind it.
    fn read_row<'b>(
        b: &'b [u8],
        at: usize,
        plan: &Plan,
        cells: &mut [ValueRef<'b>],
        arena: &mut Arena<'b>,
    ) -> Result<usize, Stop>;

    /// The row was read and ends at `end`.
    fn row_done(&mut self, end: usize);

    /// The error of the row at `at` that could not be read; `None` if bytes are missing.
    fn row_stopped(&mut self, at: usize, stop: Stop, b: &[u8]) -> Option<DecodeError>;
}

/// What was reached.
pub(super) enum Advance {
    /// A row; [`Engine::row`] shows it.
    Row,
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
    machine: Machines,
    reading: Reading,
}

#[derive(Debug)]
enum Machines {
    Json(Json),
    Msgpack(Msgpack),
}

macro_rules! each {
    ($machine:expr, $m:ident => $e:expr) => {
        match $machine {
            Machines::Json($m) => $e,
            Machines::Msgpack($m) => $e,
        }
    };
}

#[derive(Debug, Default)]
struct Reading {
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

    /// Other bytes that live as long.
    pub(super) fn go_on_with(&mut self, body: &'b [u8]) {
        self.body = body;
    }

    /// The room for the cells, to be used for other bytes.
    pub(super) fn take_room<'n>(&mut self) -> Vec<ValueRef<'n>> {
        let mut cells = core::mem::take(&mut self.cells);
        cells.clear();
        // nothing is left to map: this changes the lifetime and keeps the allocation
        cells.into_iter().map(|_| ValueRef::Null).collect()
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
        let machine = match options.format {
            Format::Json => Machines::Json(Json::new(options)),
            Format::Msgpack => Machines::Msgpack(Msgpack::new(options)),
        };
        Engine { machine, reading: Reading::default() }
    }

    pub(super) fn response(&self) -> &Response {
        each!(&self.machine, m => m.response())
    }

    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        each!(&self.machine, m => m.position())
    }

    pub(super) fn consumed(&self) -> usize {
        each!(&self.machine, m => m.consumed())
    }

    pub(super) fn shift(&mut self, bytes: usize) {
        each!(&mut self.machine, m => m.shift(bytes));
    }

    pub(super) fn row_is_whole(&mut self, b: &[u8]) -> Option<bool> {
        each!(&mut self.machine, m => m.row_is_whole(b))
    }

    /// Goes on to the next row, header or error.
    #[inline(always)]
    pub(super) fn advance(
        &mut self,
        lender: &mut Lender<'_>,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        each!(&mut self.machine, m => self.reading.advance(m, lender, make))
    }

    /// Folds the rows that stand right behind each other, and says what was reached behind them if that is known already.
    #[inline(always)]
    pub(super) fn fold_rows<'b, B>(
        &mut self,
        lender: &mut Lender<'b>,
        all: B,
        each: &mut impl FnMut(B, Row<'_, 'b>) -> B,
    ) -> (B, Option<Advance>) {
        each!(&mut self.machine, m => self.reading.fold_rows(m, lender, all, each))
    }

    /// If all bytes were there: whether the response was complete. Says it once.
    pub(super) fn end_if(&mut self, finished: bool) -> Option<DecodeError> {
        if !finished || self.reading.failed || self.reading.ended {
            return None;
        }
        self.reading.ended = true;
        each!(&mut self.machine, m => {
            let position = m.position();
            m.response_mut().at_end(position)
        })
    }

    /// The row that was reached.
    #[inline(always)]
    pub(super) fn row<'c, 'b>(&'c self, lender: &'c Lender<'b>) -> Option<Row<'c, 'b>> {
        let number = self.response().row;
        self.reading.plan.as_ref().map(|plan| Row::new(plan, &lender.cells, number))
    }
}

impl Reading {
    #[inline(always)]
    fn advance<M: Machine>(
        &mut self,
        machine: &mut M,
        lender: &mut Lender<'_>,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        // almost every row stands right behind another one
        if let (Some(plan), false) = (&self.plan, self.muted || self.failed)
            && let Some(at) = machine.next_row(lender.body)
        {
            if !lender.loaded {
                lender.load(plan);
            }
            return match M::read_row(lender.body, at, plan, &mut lender.cells, &mut lender.arena) {
                Ok(end) => {
                    machine.row_done(end);
                    Advance::Row
                }
                Err(stop) => self.row_stopped(machine, at, stop, lender.body),
            };
        }
        self.advance_any(machine, lender, make)
    }

    /// As [`advance`](Self::advance), again and again: what does not change from row to row is looked at once.
    #[inline(always)]
    fn fold_rows<'b, B, M: Machine>(
        &mut self,
        machine: &mut M,
        lender: &mut Lender<'b>,
        mut all: B,
        each: &mut impl FnMut(B, Row<'_, 'b>) -> B,
    ) -> (B, Option<Advance>) {
        let (Some(plan), false) = (&self.plan, self.muted || self.failed || !lender.loaded) else {
            return (all, None);
        };
        while let Some(at) = machine.next_row(lender.body) {
            match M::read_row(lender.body, at, plan, &mut lender.cells, &mut lender.arena) {
                Ok(end) => machine.row_done(end),
                Err(stop) => {
                    let stopped = self.row_stopped(machine, at, stop, lender.body);
                    return (all, Some(stopped));
                }
            }
            all = each(all, Row::new(plan, &lender.cells, machine.response().row));
        }
        (all, None)
    }

    #[inline(never)]
    fn advance_any<M: Machine>(
        &mut self,
        machine: &mut M,
        lender: &mut Lender<'_>,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        if self.failed {
            return Advance::More;
        }
        loop {
            match machine.step(lender.body) {
                Ok(Event::Row) => {}
                Ok(Event::More) => return Advance::More,
                Ok(Event::Error(error)) => return Advance::Failed(error),
                Ok(Event::Series) => {
                    lender.loaded = false;
                    return self.begin(machine.response(), make);
                }
                Err(error) => return self.fail(error),
            }
            let Some(plan) = &self.plan else { return Advance::More };
            if !lender.loaded {
                lender.load(plan);
            }
            let at = machine.position();
            match M::read_row(lender.body, at, plan, &mut lender.cells, &mut lender.arena) {
                Ok(end) => {
                    machine.row_done(end);
                    if !self.muted {
                        return Advance::Row;
                    }
                }
                Err(stop) => return self.row_stopped(machine, at, stop, lender.body),
            }
        }
    }

    /// Plans for the series that begins; one that does not fit is passed over.
    fn begin(
        &mut self,
        response: &Response,
        make: &mut impl FnMut(Arc<Columns>) -> Result<Plan, DecodeError>,
    ) -> Advance {
        let columns = &response.columns;
        let made = make(Arc::clone(columns));
        self.muted = made.is_err();
        match made {
            Ok(plan) => {
                if let Some(before) = &self.plan {
                    plan.share_with(before);
                }
                self.plan = Some(plan);
                Advance::Series { goes_on: response.row > 0 }
            }
            Err(error) => {
                self.plan = Some(Plan::nothing(Arc::clone(columns)));
                Advance::Failed(error)
            }
        }
    }

    #[cold]
    fn row_stopped(&mut self, machine: &mut impl Machine, at: usize, stop: Stop, b: &[u8]) -> Advance {
        match machine.row_stopped(at, stop, b) {
            Some(error) => self.fail(error),
            None => Advance::More,
        }
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) -> Advance {
        self.failed = true;
        Advance::Failed(error)
    }
}
