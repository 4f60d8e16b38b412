//! Row types that several tests read.

use influx_core::{DecodeError, FromRow, FromValue, Planner, Row};

/// A host and its load.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// A tag.
    pub host: Option<String>,
    /// A field.
    pub usage: f64,
}

impl<'r> FromRow<'r> for Usage {
    const SLOTS: usize = 2;

    fn plan(planner: &mut Planner<'_>) -> Result<(), DecodeError> {
        planner.enter("Usage");
        planner.tag("host", "host", <Option<String> as FromValue<'_>>::WANT, true)?;
        planner.field("usage", "usage", <f64 as FromValue<'_>>::WANT, false)?;
        planner.leave();
        Ok(())
    }

    fn from_row(row: &Row<'_, 'r>) -> Result<Self, DecodeError> {
        Ok(Usage { host: FromValue::take_tag(row, 0)?, usage: FromValue::take(row, 1)? })
    }
}

/// A usage of that host.
pub fn usage(host: &str, usage: f64) -> Usage {
    Usage { host: Some(host.to_owned()), usage }
}
