//! `chrono`: aware times. A `NaiveDateTime` has no zone, so it is read only where the user says that it is UTC.

use ::chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};

use super::{FromNaiveTimestamp, FromTimestamp, Mismatch, Moment, values};

impl FromTimestamp for DateTime<Utc> {
    #[inline]
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        Ok(DateTime::from_timestamp_nanos(moment.nanos))
    }
}

/// With the offset that the server wrote; `+00:00` unless the query has a `tz()` clause.
impl FromTimestamp for DateTime<FixedOffset> {
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        let offset =
            FixedOffset::east_opt(moment.offset).ok_or_else(|| Mismatch::invalid("no such offset"))?;
        Ok(DateTime::from_timestamp_nanos(moment.nanos).with_timezone(&offset))
    }
}

values!(DateTime<Utc>, DateTime<FixedOffset>);

impl FromNaiveTimestamp for NaiveDateTime {
    fn from_utc(nanos: i64) -> Result<Self, Mismatch> {
        Ok(DateTime::from_timestamp_nanos(nanos).naive_utc())
    }
}
