//! `time`: aware times.

use ::time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::{FromNaiveTimestamp, FromTimestamp, Mismatch, Moment, values};

/// With the offset that the server wrote; UTC unless the query has a `tz()` clause.
impl FromTimestamp for OffsetDateTime {
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        let offset =
            UtcOffset::from_whole_seconds(moment.offset).map_err(|_| Mismatch::invalid("no such offset"))?;
        OffsetDateTime::from_unix_timestamp_nanos(moment.nanos.into())
            .map(|time| time.to_offset(offset))
            .map_err(|_| Mismatch::invalid("outside of the range of OffsetDateTime"))
    }
}

values!(OffsetDateTime);

impl FromNaiveTimestamp for PrimitiveDateTime {
    fn from_utc(nanos: i64) -> Result<Self, Mismatch> {
        let time = OffsetDateTime::from_moment(Moment { nanos, offset: 0 })?;
        Ok(PrimitiveDateTime::new(time.date(), time.time()))
    }
}
