//! `Option` and pointers: they read what their content reads.

use std::rc::Rc;
use std::sync::Arc;

use super::{FromValue, Mismatch};
use crate::decode::owned_value::OwnedValue;
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;

impl<'r, T: FromValue<'r>> FromValue<'r> for Option<T> {
    const WANT: Want = T::WANT;
    const NULLABLE: bool = true;

    #[inline(always)]
    fn usual(value: ValueRef<'r>) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::usual(value).map(Some) }
    }

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

/// The value as it is, for fields whose type is known only at run time.
impl<'r> FromValue<'r> for ValueRef<'r> {
    const NULLABLE: bool = true;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Ok(value)
    }
}

impl<'r> FromValue<'r> for OwnedValue {
    const NULLABLE: bool = true;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Ok(value.into())
    }
}

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<'r, T: FromValue<'r>> FromValue<'r> for $pointer<T> {
            const WANT: Want = T::WANT;
            const NULLABLE: bool = T::NULLABLE;

            #[inline(always)]
            fn usual(value: ValueRef<'r>) -> Option<Self> {
                T::usual(value).map($pointer::new)
            }

            fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
                T::from_value(value).map($pointer::new)
            }
        }
    )*};
}

pointers! { Box Rc Arc }
