//! `chrono`: aware times. A `NaiveDateTime` has no zone, so it is read only where the user says that it is UTC.

use ::chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone};

use super::{FromNaiveTimestamp, FromTimestamp, Mismatch, Moment, moment};
use crate::decode::from_value::FromValue;
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;

/// In `Utc`, in `Local` time, or as a `FixedOffset` with the offset that the server wrote, `+00:00` unless the query has a `tz()` clause.
impl<Z: TimeZone> FromTimestamp for DateTime<Z>
where
    DateTime<FixedOffset>: Into<DateTime<Z>>,
{
    #[inline]
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        let Some(offset) = FixedOffset::east_opt(moment.offset) else {
            return Err(Mismatch::invalid("no such offset"));
        };
        Ok(DateTime::from_timestamp_nanos(moment.nanos).with_timezone(&offset).into())
    }
}

impl<'r, Z: TimeZone> FromValue<'r> for DateTime<Z>
where
    DateTime<FixedOffset>: Into<DateTime<Z>>,
{
    const WANT: Want = Want::Time;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        DateTime::from_moment(moment(value)?)
    }
}

impl FromNaiveTimestamp for NaiveDateTime {
    fn from_utc(nanos: i64) -> Result<Self, Mismatch> {
        Ok(DateTime::from_timestamp_nanos(nanos).naive_utc())
    }
}
