//! Values that are written as something else: `as = f64`, `as = i64`, `nan = "skip"`.

use crate::encode::buffer::Room;
use crate::encode::form::Form;
use crate::encode::wire::FieldWire;
use crate::error::Reason;
use crate::kind::ColumnKind;

/// An integer or decimal written as a float: an error when no double is exactly that number.
#[derive(Clone, Copy, Debug)]
pub struct ExactFloat {
    value: f64,
    exact: bool,
    given: Given,
}

/// The number as it was given, for errors.
#[derive(Clone, Copy, Debug)]
enum Given {
    Integer(i128),
    #[cfg(feature = "rust_decimal")]
    Decimal(rust_decimal::Decimal),
}

impl ExactFloat {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_integer(v: i128) -> Self {
        let value = v as f64;
        ExactFloat { value, exact: value as i128 == v, given: Given::Integer(v) }
    }

    /// A decimal is kept when the shortest text of the nearest double is that decimal again.
    #[cfg(feature = "rust_decimal")]
    pub(in crate::encode) fn of_decimal(v: &rust_decimal::Decimal) -> Self {
        use core::str::FromStr;
        let value: f64 = v.to_string().parse().unwrap_or(f64::NAN);
        let back = rust_decimal::Decimal::from_str(&value.to_string());
        ExactFloat { value, exact: back.is_ok_and(|back| back == *v), given: Given::Decimal(*v) }
    }
}

// SAFETY: as `f64`.
unsafe impl FieldWire for ExactFloat {
    const KIND: ColumnKind = ColumnKind::Float;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        room.buffer.failed |= !self.exact;
        // SAFETY: promised by the caller.
        unsafe { self.value.put(room) }
    }
    fn form(&self) -> Form<'_> {
        match self.given {
            _ if self.exact => Form::F64(self.value),
            Given::Integer(v) => Form::lost(v, Reason::InexactFloat),
            #[cfg(feature = "rust_decimal")]
            Given::Decimal(v) => Form::lost(v, Reason::InexactFloat),
        }
    }
}

/// What `#[field(as = f64)]` and `#[field(as = i64)]` convert by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written `as = {To}`",
    label = "not convertible",
    note = "`as = f64` takes integers, `as = i64` takes unsigned integers, and an Option of one of these"
)]
pub trait WriteAs<To> {
    #[doc(hidden)]
    type Wire: FieldWire;
    #[doc(hidden)]
    fn write_as(&self) -> Self::Wire;
}

macro_rules! write_as {
    ($($t:ty),*) => { $(
        impl WriteAs<f64> for $t {
            type Wire = ExactFloat;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn write_as(&self) -> ExactFloat {
                ExactFloat::of_integer(*self as i128)
            }
        }
    )* };
    (unsigned $($t:ty),*) => { $(
        impl WriteAs<i64> for $t {
            type Wire = Signed;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn write_as(&self) -> Signed {
                Signed(*self as u64)
            }
        }
    )* };
}

write_as!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
write_as!(unsigned u8, u16, u32, u64, usize);

impl<To, T: WriteAs<To>> WriteAs<To> for Option<T> {
    type Wire = Option<T::Wire>;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn write_as(&self) -> Self::Wire {
        self.as_ref().map(T::write_as)
    }
}

/// An unsigned integer written as a signed one, in every dialect.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Signed(u64);

// SAFETY: as `i64`.
unsafe impl FieldWire for Signed {
    const KIND: ColumnKind = ColumnKind::Int;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        room.buffer.failed |= self.0 > i64::MAX as u64;
        // SAFETY: promised by the caller.
        unsafe { FieldWire::put(self.0 as i64, room) }
    }
    fn form(&self) -> Form<'_> {
        match i64::try_from(self.0) {
            Ok(v) => Form::I64(v),
            Err(_) => Form::lost(self.0, Reason::Unsigned),
        }
    }
}

/// `#[field(nan = "skip")]`: a value that is not finite is left out.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct SkipNan<W>(pub W);

// SAFETY: as the inner form.
unsafe impl<W: FieldWire> FieldWire for SkipNan<W> {
    const KIND: ColumnKind = W::KIND;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        self.0.present() && !is_not_finite(&self.0.form())
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe { self.0.put(room) }
    }
    fn form(&self) -> Form<'_> {
        let form = self.0.form();
        if is_not_finite(&form) { Form::Absent } else { form }
    }
}

fn is_not_finite(form: &Form<'_>) -> bool {
    match form {
        Form::F64(v) => !v.is_finite(),
        Form::F32(v) => !v.is_finite(),
        _ => false,
    }
}
