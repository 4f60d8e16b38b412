//! What asks for a plan, and the plan that is made for it.

use std::sync::Arc;

use super::Plan;
use super::planner::Planner;
use crate::decode::columns::Columns;
use crate::decode::error::DecodeError;

/// What a type asks of every header, so that what plans for it is compiled once for all types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) slots: usize,
    pub(crate) plan: fn(&mut Planner<'_>) -> Result<(), DecodeError>,
}

impl Asked {
    /// Whether the same is asked: two types that ask for the same by one function are as good as one.
    #[inline]
    pub(crate) fn is(self, other: Asked) -> bool {
        self.slots == other.slots && core::ptr::fn_addr_eq(self.plan, other.plan)
    }
}

impl Plan {
    /// Matches a header to what a function asks of the planner; `T::plan` of any [`FromRow`](crate::FromRow) type is such a function.
    ///
    /// # Errors
    /// Those of the function.
    pub fn with(
        columns: Arc<Columns>,
        plan: impl FnOnce(&mut Planner<'_>) -> Result<(), DecodeError>,
    ) -> Result<Plan, DecodeError> {
        let mut planner = Planner::new(&columns);
        plan(&mut planner)
            .and_then(|()| planner.check_fields())
            .map_err(|error| error.in_series(&columns))?;
        let (by_name, owner) = (planner.by_name, planner.owner("", ""));
        let made = planner.finish(Arc::clone(&columns));
        match made.repeated() {
            Some(name) if by_name => Err(DecodeError::duplicate(owner).in_column(name).in_series(&columns)),
            _ => Ok(made),
        }
    }

    /// As [`with`](Self::with), for what a type asks.
    pub(crate) fn asked(columns: Arc<Columns>, asked: Asked) -> Result<Plan, DecodeError> {
        Plan::with(columns, |planner| {
            planner.slots.reserve(asked.slots.min(64));
            (asked.plan)(planner)?;
            if planner.slots.len() != asked.slots {
                let strukt = planner.slots.first().map_or("row", |slot| slot.owner.strukt);
                return Err(DecodeError::slots(strukt, planner.slots.len(), asked.slots));
            }
            Ok(())
        })
    }

    /// A plan that passes over everything.
    pub(crate) fn nothing(columns: Arc<Columns>) -> Plan {
        Planner::new(&columns).finish(Arc::clone(&columns))
    }
}
