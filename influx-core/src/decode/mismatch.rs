//! Why one value does not become another.

use core::fmt;
use std::borrow::Cow;

use crate::shown::{TEXT, shown};

/// Why one value does not become the type that was asked for. The row adds the struct, the field and the place.
///
/// ```
/// use influx_core::{FromValue, Mismatch, ValueRef};
///
/// struct Celsius(f64);
///
/// impl<'r> FromValue<'r> for Celsius {
///     fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
///         let degrees: f64 = value.get()?;
///         if degrees < -273.15 {
///             return Err(Mismatch::invalid("colder than absolute zero"));
///         }
///         Ok(Celsius(degrees))
///     }
/// }
/// assert!(ValueRef::F64(-300.0).get::<Celsius>().is_err());
/// assert_eq!(ValueRef::F64(20.5).get::<Celsius>().map(|c| c.0), Ok(20.5));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch {
    text: Cow<'static, str>,
    /// Of the right kind, but not usable.
    pub(crate) invalid: bool,
}

impl Mismatch {
    /// The value is of another kind than `what` (a type's name, say).
    #[cold]
    pub fn expected(what: impl Into<Cow<'static, str>>) -> Self {
        Mismatch { text: what.into(), invalid: false }
    }

    /// The value is of the right kind, but not usable, for this reason.
    #[cold]
    pub fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Mismatch { text: reason.into(), invalid: true }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = shown(&self.text, TEXT);
        if self.invalid { write!(f, "{text}") } else { write!(f, "{text} was expected") }
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mismatch({self})")
    }
}

impl core::error::Error for Mismatch {}
