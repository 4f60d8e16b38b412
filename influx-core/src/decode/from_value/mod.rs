//! From cells to field types: exact, or an error that says what was found.

mod numbers;
mod text;
mod wrappers;

#[cfg(feature = "rust_decimal")]
mod decimal;
#[cfg(feature = "uuid")]
mod uuid;

use crate::decode::mismatch::Mismatch;
pub use numbers::FromCast;
pub use text::FromShared;

use crate::decode::error::DecodeError;
use crate::decode::number::is_number;
use crate::decode::owned_value::OwnedValue;
use crate::decode::plan::want::Want;
use crate::decode::row::Row;
use crate::decode::value_ref::ValueRef;

/// A type that is made of one value of a row.
///
/// | type | reads |
/// |---|---|
/// | `i8` .. `i64`, `i128`, `isize`, `u8` .. `u64`, `u128`, `usize`, `NonZero` of them | numbers written as integers, in range; times that are no numbers, in nanoseconds |
/// | `f64` | any number; integers beyond 2^53 to the nearest float |
/// | `f32` | any number that is finite as `f32`, to the nearest |
/// | `bool` | booleans |
/// | `&str` | strings |
/// | `String`, `Box<str>`, `Arc<str>`, `Rc<str>`, `Cow<str>` | strings; times, as RFC 3339 |
/// | `char` | strings of one character |
/// | `Option<T>` | what `T` reads, and null or a missing column as `None` |
/// | `Box<T>`, `Rc<T>`, `Arc<T>` | what `T` reads |
/// | `uuid::Uuid`, `rust_decimal::Decimal` | strings; numbers, exactly (features `uuid`, `rust_decimal`) |
///
/// A type of your own needs only [`from_value`](FromValue::from_value); see [`Mismatch`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a value of a result",
    label = "not a value type",
    note = "values are read as bool, integers, f32, f64, &str, String, or an Option of one of these",
    note = "for a type of your own implement `FromValue`, or derive `TagValue` for an enum; to leave the field out, add \
            `#[line_protocol(skip)]`",
    note = "the time of the row is `#[timestamp]`; another date is read as `chrono::DateTime<Utc>`, `SystemTime` and the like from RFC 3339, or as an \
            i64; any other foreign type within a type of your own"
)]
pub trait FromValue<'r>: Sized {
    /// What the decoder should make of the cell; [`Want::Any`] always works.
    const WANT: Want = Want::Any;

    /// Whether null, and a missing column, is a value of this type.
    const NULLABLE: bool = false;

    /// Makes the Rust value.
    ///
    /// # Errors
    /// The value is of another kind or does not fit.
    fn from_value(value: ValueRef<'r>) -> Result<Self, Mismatch>;

    /// As [`from_value`](Self::from_value), for what the decoder makes of most cells where [`WANT`](Self::WANT) is wanted: small
    /// enough to be a part of the loop over the rows. `None` leaves it to `from_value`.
    #[doc(hidden)]
    #[inline(always)]
    fn usual(_: ValueRef<'r>) -> Option<Self> {
        None
    }

    /// The value in a slot of a row.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value), with the place.
    #[inline(always)]
    fn take(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError> {
        match Self::usual(row.value(slot)) {
            Some(value) => Ok(value),
            None => any_value(row, slot),
        }
    }

    /// The tag in a slot of a row. Tags are texts: numbers and booleans are read from theirs. Servers write a missing tag as the
    /// empty string: it is null here.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value), with the place.
    #[inline(always)]
    fn take_tag(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError> {
        if let value @ ValueRef::Str(text) = row.value(slot)
            && !text.is_empty()
            && let Some(value) = Self::usual(value)
        {
            return Ok(value);
        }
        any_tag(row, slot)
    }

    /// The value in a slot of a row, or the default where there is none.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value), with the place.
    #[inline(always)]
    fn take_or_default(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError>
    where
        Self: Default,
    {
        if row.value(slot).is_null() { Ok(Self::default()) } else { Self::take(row, slot) }
    }

    /// The tag in a slot of a row, or the default where there is none.
    ///
    /// # Errors
    /// As [`from_value`](Self::from_value), with the place.
    #[inline(always)]
    fn take_tag_or_default(row: &Row<'_, 'r>, slot: usize) -> Result<Self, DecodeError>
    where
        Self: Default,
    {
        if matches!(row.value(slot), ValueRef::Null | ValueRef::Str("")) {
            Ok(Self::default())
        } else {
            Self::take_tag(row, slot)
        }
    }
}

impl<'r> ValueRef<'r> {
    /// This value as a Rust value.
    ///
    /// # Errors
    /// A [`Mismatch`] when the value is of another kind or does not fit exactly.
    pub fn get<T: FromValue<'r>>(self) -> Result<T, Mismatch> {
        T::from_value(self)
    }
}

impl OwnedValue {
    /// This value as a Rust value.
    ///
    /// # Errors
    /// The value is of another kind or does not fit exactly.
    pub fn get<'v, T: FromValue<'v>>(&'v self) -> Result<T, Mismatch> {
        self.value().get()
    }
}

impl<'r> Row<'_, 'r> {
    /// The text in a slot; equal ones of the whole result share one allocation where they come often.
    ///
    /// # Errors
    /// The value is no text.
    pub fn take_shared<T: FromValue<'r> + FromShared>(&self, slot: usize) -> Result<T, DecodeError> {
        match self.value(slot) {
            ValueRef::Str(text) => Ok(T::from_shared(self.shared(text))),
            _ => T::take(self, slot),
        }
    }

    /// As [`take_shared`](Self::take_shared), of a tag: the empty text is null.
    ///
    /// # Errors
    /// The value is no text.
    pub fn take_shared_tag<T: FromValue<'r> + FromShared>(&self, slot: usize) -> Result<T, DecodeError> {
        match self.value(slot) {
            ValueRef::Str(text) if !text.is_empty() => Ok(T::from_shared(self.shared(text))),
            _ => T::take_tag(self, slot),
        }
    }

    /// Reads a column of `F` back to an integer: the counterpart of `as = f64` and `as = i64`.
    ///
    /// # Errors
    /// The value is of another kind or no whole number in the integer's range.
    pub fn take_cast<F, T: FromCast<F>>(&self, slot: usize) -> Result<T, DecodeError> {
        T::from_cast(self.value(slot)).map_err(|why| self.mismatch(slot, why))
    }

    /// As [`take_cast`](Self::take_cast), with the default where there is no value.
    ///
    /// # Errors
    /// The value is of another kind or no whole number in the integer's range.
    pub fn take_cast_or_default<F, T: FromCast<F> + Default>(&self, slot: usize) -> Result<T, DecodeError> {
        if self.value(slot).is_null() { Ok(T::default()) } else { self.take_cast(slot) }
    }
}

#[cold]
#[inline(never)]
fn any_value<'r, T: FromValue<'r>>(row: &Row<'_, 'r>, slot: usize) -> Result<T, DecodeError> {
    let value = row.value(slot);
    T::from_value(value).or_else(|why| match value {
        ValueRef::Null if row.may_be_empty(slot) => {
            T::from_value(ValueRef::Str("")).map_err(|_| row.mismatch(slot, why))
        }
        _ => Err(row.mismatch(slot, why)),
    })
}

#[cold]
#[inline(never)]
fn any_tag<'r, T: FromValue<'r>>(row: &Row<'_, 'r>, slot: usize) -> Result<T, DecodeError> {
    let value = match row.value(slot) {
        ValueRef::Str("") => ValueRef::Null,
        value => value,
    };
    T::from_value(value).or_else(|why| match tag_content(value).map(T::from_value) {
        Some(Ok(value)) => Ok(value),
        _ => Err(row.mismatch_of(slot, value, why)),
    })
}

/// The number or boolean that a tag's text stands for, if it is written as this library and JSON write it.
#[cold]
fn tag_content<'r>(value: ValueRef<'r>) -> Option<ValueRef<'r>> {
    let ValueRef::Str(text) = value else { return None };
    match text {
        "true" => Some(ValueRef::Bool(true)),
        "false" => Some(ValueRef::Bool(false)),
        _ => is_number(text).then_some(ValueRef::Number(text)),
    }
}
