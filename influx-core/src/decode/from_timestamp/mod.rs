//! From time columns to time types, exact to the nanosecond.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "time")]
mod time;
mod wrappers;

use core::num::NonZero;
use std::time::{Duration, SystemTime};

use crate::decode::error::DecodeError;
use crate::decode::mismatch::Mismatch;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;
use crate::precision::Precision;
use crate::rfc3339;

/// An instant of a result, before it becomes the field's type.
///
/// ```
/// use influx_core::{FromTimestamp, Mismatch, Moment};
///
/// struct Millis(i64);
///
/// impl FromTimestamp for Millis {
///     fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
///         Ok(Millis(moment.nanos.div_euclid(1_000_000)))
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub nanos: i64,
    /// Seconds east of UTC that the server wrote the time with: 0 unless the query has a `tz()` clause.
    pub offset: i32,
}

/// A type that is made of an instant.
///
/// Implemented for `i64` (nanoseconds), `SystemTime`, `String`, `Box<str>`, `Rc<str>`, `Arc<str>` and `Cow<str>` (RFC 3339, in UTC unless the
/// server wrote an offset), and with the features of the same names for `chrono::DateTime` of `Utc`, `FixedOffset` and `Local`,
/// `time::OffsetDateTime`, `jiff::Timestamp` and `jiff::Zoned`; and for an `Option`, `Box`, `Rc` or `Arc` of each.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from the time of a row",
    label = "not a time type",
    note = "times are read as `chrono::DateTime<Utc>`, `SystemTime`, `time::OffsetDateTime`, `jiff::Timestamp`, a `String` \
            (RFC 3339), or an Option, Box, Rc or Arc of one of these",
    note = "an i64 is in nanoseconds, for other integers add the unit: `#[timestamp(unit = \"s\")]`; for a `NaiveDateTime` that is in UTC add \
            `#[timestamp(assume_utc)]`; instead of a reference write what it refers to, as no row has one to lend"
)]
pub trait FromTimestamp: Sized {
    /// Whether null, and a missing column, is a value of this type.
    const NULLABLE: bool = false;

    /// Makes the Rust value.
    ///
    /// # Errors
    /// The type cannot hold this instant.
    fn from_moment(moment: Moment) -> Result<Self, Mismatch>;

    /// The value for null; only asked where [`NULLABLE`](Self::NULLABLE) is true.
    fn from_null() -> Option<Self> {
        None
    }

    /// The instant in a slot of a row.
    ///
    /// # Errors
    /// The value is null and may not be, is no time, or the type cannot hold it.
    #[inline(always)]
    fn take(row: &Row<'_, '_>, slot: usize) -> Result<Self, DecodeError> {
        if let ValueRef::Time(nanos) = row.value(slot)
            && let Ok(value) = Self::from_moment(Moment { nanos, offset: 0 })
        {
            return Ok(value);
        }
        any_time(row, slot)
    }
}

#[cold]
#[inline(never)]
fn any_time<T: FromTimestamp>(row: &Row<'_, '_>, slot: usize) -> Result<T, DecodeError> {
    let value = match row.moment(slot)? {
        Some(moment) => T::from_moment(moment),
        None => T::from_null().ok_or_else(|| Mismatch::expected("a time")),
    };
    value.map_err(|why| row.mismatch(slot, why))
}

impl<T: FromTimestamp> FromTimestamp for Option<T> {
    const NULLABLE: bool = true;

    #[inline]
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        T::from_moment(moment).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

/// Nanoseconds since 1970; other units by `#[timestamp(unit = "s")]`.
impl FromTimestamp for i64 {
    #[inline]
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        Ok(moment.nanos)
    }
}

impl FromTimestamp for SystemTime {
    #[inline]
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        let distance = Duration::from_nanos(moment.nanos.unsigned_abs());
        let time = if moment.nanos < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        time.ok_or_else(|| Mismatch::invalid("outside of the range of SystemTime"))
    }
}

impl FromTimestamp for String {
    fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
        if moment.offset == 0 {
            return Ok(rfc3339::to_text(moment.nanos));
        }
        let local = moment.nanos.checked_add(i64::from(moment.offset) * 1_000_000_000);
        let mut text =
            rfc3339::to_text(local.ok_or_else(|| Mismatch::invalid("outside of the range of times"))?);
        text.pop();
        let (sign, minutes) = (if moment.offset < 0 { '-' } else { '+' }, moment.offset.unsigned_abs() / 60);
        Ok(format!("{text}{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }
}

/// Integers that count units since 1970: `#[timestamp(unit = "s")]`.
///
/// Nothing is rounded: an instant that is no whole number of units is an error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot count time units",
    label = "not an integer",
    note = "`unit = ..` is for integers, `NonZero` of them, and an Option, Box, Rc or Arc of one; other types know their unit: remove it"
)]
pub trait FromTimestampUnit: Sized {
    /// Whether null, and a missing column, is a value of this type.
    const NULLABLE: bool = false;

    /// Makes the Rust value of a number of units.
    ///
    /// # Errors
    /// The type cannot hold the number.
    fn from_units(units: i64) -> Result<Self, Mismatch>;

    /// The value for null; only asked where [`NULLABLE`](Self::NULLABLE) is true.
    fn from_null() -> Option<Self> {
        None
    }

    /// The instant in a slot of a row, in units since 1970.
    ///
    /// # Errors
    /// The value is null and may not be, is no time, no whole number of units, or out of the type's range.
    #[inline]
    fn take(row: &Row<'_, '_>, slot: usize, unit: Precision) -> Result<Self, DecodeError> {
        let value = match row.moment(slot)? {
            Some(moment) if moment.nanos % unit.nanos() != 0 => {
                Err(Mismatch::invalid(format!("no whole number of {unit}; use a finer unit")))
            }
            Some(moment) => Self::from_units(moment.nanos / unit.nanos()),
            None => Self::from_null().ok_or_else(|| Mismatch::expected("a time")),
        };
        value.map_err(|why| row.mismatch(slot, why))
    }
}

impl<T: FromTimestampUnit> FromTimestampUnit for Option<T> {
    const NULLABLE: bool = true;

    fn from_units(units: i64) -> Result<Self, Mismatch> {
        T::from_units(units).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

macro_rules! units {
    ($($int:ident)*) => {$(
        impl FromTimestampUnit for NonZero<$int> {
            fn from_units(units: i64) -> Result<Self, Mismatch> {
                NonZero::new($int::from_units(units)?)
                    .ok_or_else(|| Mismatch::expected(concat!("NonZero<", stringify!($int), ">")))
            }
        }

        impl FromTimestampUnit for $int {
            #[inline]
            fn from_units(units: i64) -> Result<Self, Mismatch> {
                $int::try_from(units)
                    .map_err(|_| Mismatch::invalid(concat!("outside of the range of ", stringify!($int))))
            }
        }
    )*};
}

units! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

/// Times without a zone, read as UTC because the user said so: `#[timestamp(assume_utc)]`.
///
/// Implemented, with their features, for `chrono::NaiveDateTime`, `time::PrimitiveDateTime` and `jiff::civil::DateTime`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no time without a zone",
    label = "not a naive time",
    note = "`assume_utc` is for `NaiveDateTime`, `PrimitiveDateTime` and `civil::DateTime`; remove it from other types"
)]
pub trait FromNaiveTimestamp: Sized {
    /// Whether null, and a missing column, is a value of this type.
    const NULLABLE: bool = false;

    /// Makes the Rust value of nanoseconds since 1970-01-01T00:00:00 in UTC.
    ///
    /// # Errors
    /// The type cannot hold this instant.
    fn from_utc(nanos: i64) -> Result<Self, Mismatch>;

    /// The value for null; only asked where [`NULLABLE`](Self::NULLABLE) is true.
    fn from_null() -> Option<Self> {
        None
    }

    /// The instant in a slot of a row, as date and time in UTC.
    ///
    /// # Errors
    /// The value is null and may not be, is no time, or the type cannot hold it.
    #[inline]
    fn take(row: &Row<'_, '_>, slot: usize) -> Result<Self, DecodeError> {
        let value = match row.moment(slot)? {
            Some(moment) => Self::from_utc(moment.nanos),
            None => Self::from_null().ok_or_else(|| Mismatch::expected("a time")),
        };
        value.map_err(|why| row.mismatch(slot, why))
    }
}

impl<T: FromNaiveTimestamp> FromNaiveTimestamp for Option<T> {
    const NULLABLE: bool = true;

    fn from_utc(nanos: i64) -> Result<Self, Mismatch> {
        T::from_utc(nanos).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

impl Row<'_, '_> {
    /// The instant in a slot; `None` for null and missing columns.
    ///
    /// # Errors
    /// The value is no time, or a number although the answer was not asked for in an epoch unit.
    #[inline(always)]
    pub fn moment(&self, slot: usize) -> Result<Option<Moment>, DecodeError> {
        match self.value(slot) {
            ValueRef::Time(nanos) => Ok(Some(Moment { nanos, offset: 0 })),
            ValueRef::Null => Ok(None),
            value => self.other_moment(slot, value).map(Some),
        }
    }

    /// The instant of a value that the decoder could not read as one: with an offset, say.
    #[cold]
    #[inline(never)]
    fn other_moment(&self, slot: usize, value: ValueRef<'_>) -> Result<Moment, DecodeError> {
        let units = match value {
            ValueRef::I64(units) => Some(units),
            ValueRef::Number(text) => text.parse().ok(),
            _ => return moment(value).map_err(|why| self.mismatch(slot, why)),
        };
        let moment = match self.columns().epoch() {
            None => Err(Mismatch::invalid(NO_UNIT)),
            Some(unit) => match units.and_then(|units| unit.to_nanos(units)) {
                Some(nanos) => Ok(Moment { nanos, offset: 0 }),
                None => {
                    Err(Mismatch::invalid(format!("not a time in {unit} since 1970 within 1677 .. 2262")))
                }
            },
        };
        moment.map_err(|why| self.mismatch(slot, why))
    }
}

const NO_UNIT: &str = "a number is no time unless its unit is known: ask the server for an epoch (epoch=ns) and tell the decoder";

/// The instant of a value of which nothing else is known.
fn moment(value: ValueRef<'_>) -> Result<Moment, Mismatch> {
    match value {
        ValueRef::Time(nanos) => Ok(Moment { nanos, offset: 0 }),
        ValueRef::Str(text) => text_moment(text),
        ValueRef::I64(_) | ValueRef::Number(_) => Err(Mismatch::invalid(NO_UNIT)),
        _ => Err(Mismatch::expected("a time")),
    }
}

/// Time types as values: parts of tuples, values of maps, fields of a name other than the timestamp's.
macro_rules! values {
    ($($t:ty),*) => { $(
        impl<'r> $crate::decode::from_value::FromValue<'r> for $t {
            const WANT: $crate::decode::plan::want::Want = $crate::decode::plan::want::Want::Time;

            fn from_value(value: $crate::decode::value_ref::ValueRef<'r>) -> Result<Self, $crate::decode::mismatch::Mismatch> {
                <$t as $crate::decode::from_timestamp::FromTimestamp>::from_moment($crate::decode::from_timestamp::moment(value)?)
            }
        }
    )* };
}
#[cfg(any(feature = "time", feature = "jiff"))]
use values;

values!(SystemTime);

fn text_moment(text: &str) -> Result<Moment, Mismatch> {
    match rfc3339::parse(text.as_bytes()) {
        Some(rfc3339::Parsed { nanos, offset: Some(offset) }) => Ok(Moment { nanos, offset }),
        _ => Err(Mismatch::expected("an RFC 3339 time within 1677 .. 2262")),
    }
}
