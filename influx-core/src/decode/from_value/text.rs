//! Texts, borrowed and owned.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::{FromValue, Mismatch};
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;
use crate::rfc3339;

impl<'r: 'a, 'a> FromValue<'r> for &'a str {
    const WANT: Want = Want::Str;

    #[inline(always)]
    fn usual(value: ValueRef<'r>) -> Option<Self> {
        if let ValueRef::Str(text) = value { Some(text) } else { None }
    }

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        if let ValueRef::Str(text) = value { Ok(text) } else { Err(Mismatch::expected("a string")) }
    }
}

macro_rules! owned {
    ($($text:ty)*) => {$(
        impl<'r> FromValue<'r> for $text {
            const WANT: Want = Want::Str;

            #[inline(always)]
            fn usual(value: ValueRef<'r>) -> Option<Self> {
                <&str>::usual(value).map(Self::from)
            }

            fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
                Cow::from_value(value).map(Self::from)
            }
        }
    )*};
}

owned! { String Box<str> Arc<str> Rc<str> }

/// Texts that rows can share: `#[tag(shared)]`, `#[field(shared)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared by rows",
    label = "not a shared text",
    note = "`shared` is for `Arc<str>` and `Option<Arc<str>>`; remove it from other types"
)]
pub trait FromShared {
    /// Makes the value of a text that other rows may have too.
    fn from_shared(text: Arc<str>) -> Self;
}

impl FromShared for Arc<str> {
    fn from_shared(text: Arc<str>) -> Self {
        text
    }
}

impl FromShared for Option<Arc<str>> {
    fn from_shared(text: Arc<str>) -> Self {
        Some(text)
    }
}

impl<'r: 'a, 'a> FromValue<'r> for Cow<'a, str> {
    const WANT: Want = Want::Str;

    #[inline(always)]
    fn usual(value: ValueRef<'r>) -> Option<Self> {
        <&str>::usual(value).map(Cow::Borrowed)
    }

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Time(nanos) => Ok(Cow::Owned(rfc3339::to_text(nanos))),
            value => <&str>::from_value(value).map(Cow::Borrowed),
        }
    }
}

impl<'r> FromValue<'r> for char {
    const WANT: Want = Want::Str;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        let text = <&str>::from_value(value).map_err(|_| Mismatch::expected("a string of one character"))?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Mismatch::expected("a string of one character")),
        }
    }
}
