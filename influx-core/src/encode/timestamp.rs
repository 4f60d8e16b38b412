//! Which types can be the timestamp of a point: typed instants, in nanoseconds since 1970.

use core::fmt;
use core::num::NonZero;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Reason, TimestampError};
use crate::precision::Precision;

/// A type that can be the timestamp of a point.
///
/// `SystemTime`, `i64` (nanoseconds; other units by `#[timestamp(unit = "s")]`), `String` and `&str` (RFC 3339), with
/// their features `chrono::DateTime`, `time::OffsetDateTime`, `jiff::Timestamp` and `jiff::Zoned`, and an `Option` of
/// one: `None` lets the server stamp the point when it arrives. Times without a zone (`chrono::NaiveDateTime`, ..) need
/// `#[timestamp(assume_utc)]`.
///
/// ```
/// use influx_core::Timestamp;
/// assert_eq!("1970-01-01T00:00:01.5Z".unix_nanos().unwrap(), Some(1_500_000_000));
/// assert_eq!("1969-12-31T23:00:00-01:00".unix_nanos().unwrap(), Some(0));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a timestamp",
    label = "not a timestamp type",
    note = "timestamps are SystemTime, i64, RFC 3339 strings, chrono::DateTime, time::OffsetDateTime and jiff::Timestamp (by their features), or an Option, reference, Box, Rc or Arc of one of these",
    note = "a time without a zone (chrono::NaiveDateTime, ..) needs `#[timestamp(assume_utc)]`, an integer in another unit `#[timestamp(unit = \"ms\")]`"
)]
pub trait Timestamp {
    /// Nanoseconds since 1970-01-01T00:00:00Z; `None` when there is no timestamp.
    ///
    /// # Errors
    /// When the instant cannot be said in nanoseconds in 64 bits, or is none.
    fn unix_nanos(&self) -> Result<Option<i64>, TimestampError>;
}

/// An integer with a unit: `#[timestamp(unit = "ms")]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a timestamp with a unit",
    label = "not an integer",
    note = "`unit` is for integers, `NonZero` of them, and an Option, reference, Box, Rc or Arc of one; other timestamp types know their unit: remove it"
)]
pub trait UnitTimestamp {
    #[doc(hidden)]
    fn unix_nanos_from(&self, unit: Precision) -> Result<Option<i64>, TimestampError>;
}

/// A time without a zone, taken as UTC: `#[timestamp(assume_utc)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a timestamp with `assume_utc`",
    label = "not a time without a zone",
    note = "`assume_utc` is for chrono::NaiveDateTime, time::PrimitiveDateTime, jiff::civil::DateTime (by their features) and an Option of one; other types know their zone: remove it"
)]
pub trait NaiveTimestamp {
    #[doc(hidden)]
    fn unix_nanos_utc(&self) -> Result<Option<i64>, TimestampError>;
}

type Nanos = Result<Option<i64>, TimestampError>;

impl Timestamp for i64 {
    #[inline(always)]
    fn unix_nanos(&self) -> Nanos {
        Ok(Some(*self))
    }
}

impl Timestamp for SystemTime {
    fn unix_nanos(&self) -> Nanos {
        let nanos = match self.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).ok(),
            Err(before) => i64::try_from(-(before.duration().as_nanos() as i128)).ok(),
        };
        match nanos {
            Some(nanos) => Ok(Some(nanos)),
            None => Err(TimestampError::out_of_range(Since(*self))),
        }
    }
}

/// A time of the system's clock that is too far for RFC 3339, in words.
struct Since(SystemTime);

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.duration_since(UNIX_EPOCH) {
            Ok(after) => write!(f, "{} s after 1970", after.as_secs()),
            Err(before) => write!(f, "{} s before 1970", before.duration().as_secs()),
        }
    }
}

impl Timestamp for str {
    fn unix_nanos(&self) -> Nanos {
        match crate::rfc3339::parse_nanos(self) {
            Some(nanos) => Ok(Some(nanos)),
            None => Err(TimestampError::new(self, not_rfc3339(self))),
        }
    }
}

#[cold]
fn not_rfc3339(text: &str) -> Reason {
    if crate::rfc3339::is_too_far(text) { Reason::TooFarForNanos } else { Reason::NotRfc3339 }
}

impl Timestamp for String {
    fn unix_nanos(&self) -> Nanos {
        self.as_str().unix_nanos()
    }
}

macro_rules! through_deref {
    ($t:ty: $($of:ident::$nanos:ident($($unit:ident: $precision:ty)?)),*) => { $(
        impl<T: $of + ?Sized> $of for $t {
            #[inline(always)]
            fn $nanos(&self $(, $unit: $precision)?) -> Nanos {
                (**self).$nanos($($unit)?)
            }
        }
    )* };
    ($($t:ty),*) => { $(
        through_deref!($t: Timestamp::unix_nanos(), UnitTimestamp::unix_nanos_from(unit: Precision), NaiveTimestamp::unix_nanos_utc());
    )* };
}
through_deref!(&T, Box<T>, Rc<T>, Arc<T>);

impl Timestamp for Cow<'_, str> {
    fn unix_nanos(&self) -> Nanos {
        (**self).unix_nanos()
    }
}

impl<T: Timestamp> Timestamp for Option<T> {
    #[inline(always)]
    fn unix_nanos(&self) -> Nanos {
        self.as_ref().map_or(Ok(None), T::unix_nanos)
    }
}

impl<T: UnitTimestamp> UnitTimestamp for Option<T> {
    fn unix_nanos_from(&self, unit: Precision) -> Nanos {
        self.as_ref().map_or(Ok(None), |t| t.unix_nanos_from(unit))
    }
}

impl<T: NaiveTimestamp> NaiveTimestamp for Option<T> {
    fn unix_nanos_utc(&self) -> Nanos {
        self.as_ref().map_or(Ok(None), T::unix_nanos_utc)
    }
}

macro_rules! integers {
    ($($t:ty),*) => { $(
        impl UnitTimestamp for NonZero<$t> {
            fn unix_nanos_from(&self, unit: Precision) -> Nanos {
                self.get().unix_nanos_from(unit)
            }
        }

        impl UnitTimestamp for $t {
            #[inline(always)]
            fn unix_nanos_from(&self, unit: Precision) -> Nanos {
                match i64::try_from(*self).ok().and_then(|units| unit.to_nanos(units)) {
                    Some(nanos) => Ok(Some(nanos)),
                    None => Err(TimestampError::new(self, Reason::TooFar { unit })),
                }
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::*;
    use chrono::{DateTime, NaiveDateTime, TimeZone};

    impl<Z: TimeZone> Timestamp for DateTime<Z> {
        #[inline]
        fn unix_nanos(&self) -> Nanos {
            match self.timestamp_nanos_opt() {
                Some(nanos) => Ok(Some(nanos)),
                None => Err(TimestampError::out_of_range(self.naive_utc())),
            }
        }
    }

    impl NaiveTimestamp for NaiveDateTime {
        fn unix_nanos_utc(&self) -> Nanos {
            self.and_utc().unix_nanos()
        }
    }
}

#[cfg(feature = "time")]
mod with_time {
    use super::*;
    use time::{OffsetDateTime, PrimitiveDateTime};

    impl Timestamp for OffsetDateTime {
        fn unix_nanos(&self) -> Nanos {
            match i64::try_from(self.unix_timestamp_nanos()) {
                Ok(nanos) => Ok(Some(nanos)),
                Err(_) => Err(TimestampError::out_of_range(self)),
            }
        }
    }

    impl NaiveTimestamp for PrimitiveDateTime {
        fn unix_nanos_utc(&self) -> Nanos {
            self.assume_utc().unix_nanos()
        }
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::*;
    use jiff::{Zoned, civil};

    impl Timestamp for jiff::Timestamp {
        fn unix_nanos(&self) -> Nanos {
            match i64::try_from(self.as_nanosecond()) {
                Ok(nanos) => Ok(Some(nanos)),
                Err(_) => Err(TimestampError::out_of_range(self)),
            }
        }
    }

    impl Timestamp for Zoned {
        fn unix_nanos(&self) -> Nanos {
            self.timestamp().unix_nanos()
        }
    }

    impl NaiveTimestamp for civil::DateTime {
        fn unix_nanos_utc(&self) -> Nanos {
            match self.to_zoned(jiff::tz::TimeZone::UTC) {
                Ok(zoned) => zoned.unix_nanos(),
                Err(_) => Err(TimestampError::out_of_range(self)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn instants_before_1970_and_at_the_ends() {
        let at = |t: SystemTime| t.unix_nanos();
        assert_eq!(at(UNIX_EPOCH - Duration::from_nanos(1)).unwrap(), Some(-1));
        assert_eq!(at(UNIX_EPOCH + Duration::from_nanos(i64::MAX as u64)).unwrap(), Some(i64::MAX));
        assert!(at(UNIX_EPOCH + Duration::from_nanos(i64::MAX as u64 + 1)).is_err());
        assert_eq!((-3i32).unix_nanos_from(Precision::Ms).unwrap(), Some(-3_000_000));
        assert!(u64::MAX.unix_nanos_from(Precision::Ns).is_err());
        let error = 1_700_000_000_000i64.unix_nanos_from(Precision::S).unwrap_err();
        assert!(error.to_string().contains("is `s` the right unit?"), "{error}");
        let error = (i128::MAX).unix_nanos_from(Precision::Ms).unwrap_err().to_string();
        assert!(error.contains("\"170141183460469231731687303715884105727\""), "{error}");
    }

    #[test]
    fn typed_instants_are_not_asked_for_their_unit() {
        let late = UNIX_EPOCH + Duration::from_secs(10_413_792_000);
        let mut errors = vec![
            late.unix_nanos(),
            "2300-01-01T00:00:00Z".unix_nanos(),
            "0001-01-01T00:00:00+01:00".unix_nanos(),
        ];
        #[cfg(feature = "chrono")]
        errors.push(chrono::DateTime::<chrono::Utc>::from(late).unix_nanos());
        #[cfg(feature = "time")]
        errors.push(time::OffsetDateTime::from(late).unix_nanos());
        #[cfg(feature = "jiff")]
        errors.push(jiff::Timestamp::from_second(10_413_792_000).unwrap().unix_nanos());
        for error in errors {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("keep such a date in a field") && !error.contains("unit"), "{error}");
        }
        let error = "2300-01-01".unix_nanos().unwrap_err().to_string();
        assert!(error.contains("is no RFC 3339 time"), "{error}");
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_out_of_range() {
        use chrono::{DateTime, Utc};
        assert!(DateTime::<Utc>::MAX_UTC.unix_nanos().is_err());
        assert_eq!(DateTime::from_timestamp_nanos(i64::MIN).unix_nanos().unwrap(), Some(i64::MIN));
    }

    #[cfg(feature = "time")]
    #[test]
    fn time_crate() {
        let t = time::OffsetDateTime::from_unix_timestamp_nanos(-1).unwrap();
        assert_eq!(t.unix_nanos().unwrap(), Some(-1));
        let t = time::OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap();
        assert!(t.unix_nanos().is_err());
        let naive =
            time::PrimitiveDateTime::new(time::OffsetDateTime::UNIX_EPOCH.date(), time::Time::MIDNIGHT);
        assert_eq!(naive.unix_nanos_utc().unwrap(), Some(0));
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_crate() {
        assert_eq!(jiff::Timestamp::from_nanosecond(-1).unwrap().unix_nanos().unwrap(), Some(-1));
        assert!(jiff::Timestamp::MAX.unix_nanos().is_err());
        let civil = jiff::civil::date(1970, 1, 1).at(0, 0, 1, 0);
        assert_eq!(civil.unix_nanos_utc().unwrap(), Some(1_000_000_000));
    }
}
