//! Iteration over a complete body; rows can borrow from it.

use std::marker::PhantomData;
use std::sync::Arc;

use super::engine::{Advance, Engine, Lender};
use super::machine::{Message, Syntax};
use crate::decode::ahead::Room;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;
use crate::decode::from_row::FromRow;
use crate::decode::plan::asked::Asked;
use crate::decode::scratch::Scratch;

/// The rows of a complete response; [`influxql::iterpoints`](crate::decode::influxql::iterpoints) and
/// [`annotated_csv::iterpoints`](crate::decode::annotated_csv::iterpoints) make it.
///
/// An error about one row, series or statement does not end it: the rows behind the error follow.
pub struct Points<'b, T> {
    engine: Engine,
    lender: Lender<'b>,
    marker: PhantomData<fn() -> T>,
}

impl<'b, T: FromRow<'b>> Points<'b, T> {
    /// The rows of a complete response, of the format that the options are of. Texts are borrowed from the body; those with escapes
    /// from `scratch`, which must live as long and can be used again afterwards.
    pub fn new(body: &'b [u8], scratch: &'b mut Scratch, syntax: impl Into<Syntax>) -> Self {
        // SAFETY: the cells are new.
        let lender = unsafe { Lender::new(body, 0, scratch.arena(), Room::default()) };
        Points { engine: Engine::new(syntax.into()), lender, marker: PhantomData }
    }

    /// The header of the series that the last row was of, or that an error was about.
    pub fn series(&self) -> &Arc<Columns> {
        &self.engine.machine().head().columns
    }

    /// The messages of the server so far.
    pub fn messages(&self) -> &[Message] {
        &self.engine.machine().head().messages
    }
}

impl<'b, T: FromRow<'b>> Iterator for Points<'b, T> {
    type Item = Result<T, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.engine.next(&mut self.lender) {
                return Some(T::from_row(&row));
            }
            let asked = Asked::by::<T>();
            let reached = match self.engine.advance(&mut self.lender, asked) {
                Advance::More => self.engine.end(&mut self.lender, asked),
                reached => reached,
            };
            match reached {
                Advance::Rows | Advance::Series { .. } => {}
                Advance::Failed(error) => return Some(Err(error)),
                Advance::More => return None,
            }
        }
    }
}

impl<T> core::fmt::Debug for Points<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Points").field("engine", &self.engine).finish_non_exhaustive()
    }
}
