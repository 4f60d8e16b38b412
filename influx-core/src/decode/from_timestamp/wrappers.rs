//! Pointers to times, and texts other than `String`: they are made of what they hold.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::{FromNaiveTimestamp, FromTimestamp, FromTimestampUnit, Mismatch, Moment};

macro_rules! pointers {
    ($($of:ident { $($pointer:ident)* } $make:ident($arg:ident: $ty:ty))*) => {$($(
        impl<T: $of> $of for $pointer<T> {
            const NULLABLE: bool = T::NULLABLE;

            #[inline]
            fn $make($arg: $ty) -> Result<Self, Mismatch> {
                T::$make($arg).map($pointer::new)
            }

            fn from_null() -> Option<Self> {
                T::from_null().map($pointer::new)
            }
        }
    )*)*};
}

pointers! {
    FromTimestamp { Box Rc Arc } from_moment(moment: Moment)
    FromTimestampUnit { Box Rc Arc } from_units(units: i64)
    FromNaiveTimestamp { Box Rc Arc } from_utc(nanos: i64)
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        /// RFC 3339, as `String`.
        impl FromTimestamp for $text {
            fn from_moment(moment: Moment) -> Result<Self, Mismatch> {
                String::from_moment(moment).map(Self::from)
            }
        }
    )*};
}

texts!(Box<str>, Rc<str>, Arc<str>, Cow<'_, str>);
