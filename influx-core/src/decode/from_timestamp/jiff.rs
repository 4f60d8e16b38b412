//! `jiff`: instants, and zoned times in UTC or with the offset that the server wrote.

use ::jiff::tz::{Offset, TimeZone};
use ::jiff::{Timestamp, Zoned, civil};

use super::{FromNaiveTimestamp, FromTimestamp, Mismatch, Moment, values};

impl FromTimestamp for Timestamp {
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        Timestamp::from_nanosecond(moment.nanos.into())
            .map_err(|_| Mismatch::invalid("outside of the range of jiff::Timestamp"))
    }
}

impl FromTimestamp for Zoned {
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        let time = Timestamp::from_moment(moment)?;
        let zone = match moment.offset {
            0 => TimeZone::UTC,
            seconds => {
                Offset::from_seconds(seconds).map_err(|_| Mismatch::invalid("no such offset"))?.to_time_zone()
            }
        };
        Ok(time.to_zoned(zone))
    }
}

values!(Timestamp, Zoned);

impl FromNaiveTimestamp for civil::DateTime {
    fn from_utc(nanos: i64) -> Result<Self, Mismatch> {
        let time = Timestamp::from_moment(Moment { nanos, offset: 0 })?;
        Ok(Offset::UTC.to_datetime(time))
    }
}
