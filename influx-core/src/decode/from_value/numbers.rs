//! Integers, floats and booleans.

use core::num::NonZero;

use super::{FromValue, Mismatch};
use crate::decode::plan::want::Want;
use crate::decode::value_ref::ValueRef;

macro_rules! integers {
    ($($want:ident: $($int:ident)*;)*) => {$($(
        impl<'r> FromValue<'r> for $int {
            const WANT: Want = Want::$want;

            #[inline(always)]
            fn usual(value: ValueRef<'r>) -> Option<Self> {
                if let ValueRef::I64(v) = value { $int::try_from(v).ok() } else { None }
            }

            fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
                let number = match value {
                    // nanoseconds, as a time is where its number is asked for
                    ValueRef::I64(v) | ValueRef::Time(v) => $int::try_from(v).ok(),
                    ValueRef::U64(v) => $int::try_from(v).ok(),
                    ValueRef::Number(text) => text.parse().ok(),
                    _ => None,
                };
                number.ok_or_else(|| Mismatch::expected(stringify!($int)))
            }
        }

        impl<'r> FromValue<'r> for NonZero<$int> {
            const WANT: Want = Want::$want;

            #[inline(always)]
            fn usual(value: ValueRef<'r>) -> Option<Self> {
                $int::usual(value).and_then(NonZero::new)
            }

            fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
                NonZero::new($int::from_value(value)?)
                    .ok_or_else(|| Mismatch::expected(concat!("NonZero<", stringify!($int), ">")))
            }
        }

        impl FromCast<f64> for $int {
            fn from_cast(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let number = match value {
                    ValueRef::I64(v) => $int::try_from(v).ok(),
                    ValueRef::U64(v) => $int::try_from(v).ok(),
                    ValueRef::Number(text) => whole_text(text)?.and_then(|v| $int::try_from(v).ok()),
                    value => f64::from_value(value).ok().and_then(whole).and_then(|v| $int::try_from(v).ok()),
                };
                number.ok_or_else(|| Mismatch::expected(concat!("a whole number in the range of ", stringify!($int))))
            }
        }
    )*)*};
}

integers! {
    Int: i8 i16 i32 i64 isize;
    Uint: u8 u16 u32 u64 usize;
    Any: i128 u128;
}

macro_rules! cast_from_signed {
    ($($int:ident)*) => {$(
        impl FromCast<i64> for $int {
            const WANT: Want = Want::Int;

            fn from_cast(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                $int::from_value(value)
            }
        }
    )*};
}

cast_from_signed! { u8 u16 u32 u64 u128 usize }

/// A float that is a whole number, as an integer; `None` for others and beyond `i128`.
fn whole(value: f64) -> Option<i128> {
    // 2^127: the first float outside of i128, whose minimum is itself a float
    const END: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    (value.fract() == 0.0 && (-END..END).contains(&value)).then_some(value as i128)
}

/// A number in JSON's spelling as an integer. Of a float column it is the float that the text says, of an integer column it is the text:
/// where these are not the same, the text tells which column it is, or nobody can.
fn whole_text(text: &str) -> Result<Option<i128>, Mismatch> {
    let float: f64 = text.parse().unwrap_or(f64::NAN);
    let (of_float, of_text) = (whole(float), text.parse::<i128>().ok());
    match (of_float, of_text) {
        (Some(of_float), Some(of_text)) if of_float != of_text => {
            // servers write the shortest text that is read as this float again
            if float.to_string() == text {
                return Err(Mismatch::invalid(format!(
                    "in an integer column it is this number, in a float column {of_float}, and JSON does not tell which; ask for msgpack"
                )));
            }
            Ok(Some(of_text))
        }
        _ => Ok(of_float),
    }
}

/// Types that can be read back from a column that was written `as` another type: integers from `f64`, unsigned
/// integers from `i64`.
///
/// ```
/// use influx_core::{FromCast, ValueRef};
/// assert_eq!(<i64 as FromCast<f64>>::from_cast(ValueRef::Number("1e3")), Ok(1000));
/// assert!(<i64 as FromCast<f64>>::from_cast(ValueRef::F64(0.5)).is_err());
/// // no float is this integer
/// assert_eq!(<i64 as FromCast<f64>>::from_cast(ValueRef::Number("9007199254740993")), Ok(9_007_199_254_740_993));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read back from a column of `{F}`",
    label = "no such conversion",
    note = "`as = f64` is for integers, `as = i64` for unsigned integers, and for Options of them"
)]
pub trait FromCast<F>: Sized {
    /// What the decoder should make of the cell.
    const WANT: Want = Want::Any;

    /// Whether null, and a missing column, is a value of this type.
    const NULLABLE: bool = false;

    /// Makes the Rust value.
    ///
    /// # Errors
    /// The value is of another kind or no whole number in range.
    fn from_cast(value: ValueRef<'_>) -> Result<Self, Mismatch>;
}

impl<F, T: FromCast<F>> FromCast<F> for Option<T> {
    const WANT: Want = T::WANT;
    const NULLABLE: bool = true;

    fn from_cast(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_cast(value).map(Some) }
    }
}

impl<'r> FromValue<'r> for f64 {
    const WANT: Want = Want::Float;

    #[inline(always)]
    fn usual(value: ValueRef<'r>) -> Option<Self> {
        if let ValueRef::F64(v) = value { Some(v) } else { None }
    }

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::F64(v) => Ok(v),
            ValueRef::I64(v) => Ok(v as f64),
            ValueRef::U64(v) => Ok(v as f64),
            ValueRef::Number(text) => match text.parse::<f64>() {
                Ok(v) if v.is_finite() => Ok(v),
                _ => Err(Mismatch::invalid("outside of the range of f64")),
            },
            _ => Err(Mismatch::expected("f64")),
        }
    }
}

impl<'r> FromValue<'r> for f32 {
    // the text is read as f32 at once: by way of f64 it would be rounded twice
    const WANT: Want = Want::Any;

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        let number = match value {
            ValueRef::F64(v) if !v.is_finite() => return Ok(v as f32),
            ValueRef::F64(v) => v as f32,
            ValueRef::I64(v) => v as f32,
            ValueRef::U64(v) => v as f32,
            ValueRef::Number(text) => text.parse().unwrap_or(f32::INFINITY),
            _ => return Err(Mismatch::expected("f32")),
        };
        if number.is_finite() { Ok(number) } else { Err(Mismatch::invalid("outside of the range of f32")) }
    }
}

impl<'r> FromValue<'r> for bool {
    const WANT: Want = Want::Bool;

    #[inline(always)]
    fn usual(value: ValueRef<'r>) -> Option<Self> {
        if let ValueRef::Bool(v) = value { Some(v) } else { None }
    }

    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        if let ValueRef::Bool(v) = value { Ok(v) } else { Err(Mismatch::expected("bool")) }
    }
}
