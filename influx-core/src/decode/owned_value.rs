//! One value of a result that owns its text.

use core::fmt;

use crate::decode::value_ref::ValueRef;

/// One value of a result, with its text: the owned form of [`ValueRef`].
///
/// ```
/// use influx_core::{OwnedValue, ValueRef};
/// let value = OwnedValue::from(ValueRef::Number("9223372036854775807"));
/// assert_eq!(value.get::<i64>()?, i64::MAX);
/// # Ok::<(), influx_core::Mismatch>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OwnedValue {
    /// No value, or no such column.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A float; infinities and NaN only from formats that carry them.
    F64(f64),
    /// A number as it was written, in JSON's spelling.
    Number(Box<str>),
    /// A text, escapes resolved.
    Str(Box<str>),
    /// An instant in nanoseconds since 1970-01-01T00:00:00Z.
    Time(i64),
}

impl OwnedValue {
    /// The value, its text borrowed.
    pub fn value(&self) -> ValueRef<'_> {
        match self {
            OwnedValue::Null => ValueRef::Null,
            OwnedValue::Bool(v) => ValueRef::Bool(*v),
            OwnedValue::I64(v) => ValueRef::I64(*v),
            OwnedValue::U64(v) => ValueRef::U64(*v),
            OwnedValue::F64(v) => ValueRef::F64(*v),
            OwnedValue::Number(text) => ValueRef::Number(text),
            OwnedValue::Str(text) => ValueRef::Str(text),
            OwnedValue::Time(v) => ValueRef::Time(*v),
        }
    }
}

impl From<ValueRef<'_>> for OwnedValue {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => OwnedValue::Null,
            ValueRef::Bool(v) => OwnedValue::Bool(v),
            ValueRef::I64(v) => OwnedValue::I64(v),
            ValueRef::U64(v) => OwnedValue::U64(v),
            ValueRef::F64(v) => OwnedValue::F64(v),
            ValueRef::Number(text) => OwnedValue::Number(text.into()),
            ValueRef::Str(text) => OwnedValue::Str(text.into()),
            ValueRef::Time(v) => OwnedValue::Time(v),
        }
    }
}

/// As its [borrowed form](ValueRef) shows itself: the value alone, whole.
impl fmt::Display for OwnedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}
