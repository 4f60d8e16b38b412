//! Which types can be tags and fields, and how.

use std::borrow::Cow;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use crate::encode::config::Config;
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::Reason;

/// A type that can be the value of a tag.
///
/// Tags are text: strings, integers, `bool`, `char`, [`TagStr`](crate::TagStr), enums with `#[derive(TagValue)]`, with
/// their features `uuid::Uuid`, and an `Option`, reference, `Box`, `Rc` or `Arc` of one. Floats are no tags: their text
/// is no stable key. An empty value or `None` leaves the tag out, as no server stores an empty one.
///
/// ```
/// use influx_core::TagValue;
///
/// struct Ticker(String);
/// impl TagValue for Ticker {
///     type Wire<'a> = &'a str;
///     fn wire(&self) -> &str {
///         &self.0
///     }
/// }
/// assert_eq!(Ticker("AAPL".into()).wire(), "AAPL");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a tag",
    label = "not a tag type",
    note = "tags are strings, integers, bool, char, TagStr, Uuid (feature `uuid`), unit enums, or an Option of one of these",
    note = "to store it as a field, mark it `#[field]`; for an enum of your own, add `#[derive(TagValue)]`; to leave it out, `#[line_protocol(skip)]`"
)]
pub trait TagValue {
    /// The form in which the value is written.
    type Wire<'a>: TagWire
    where
        Self: 'a;

    /// The value in that form.
    fn wire(&self) -> Self::Wire<'_>;
}

/// A type that can be the value of a field.
///
/// | Rust | InfluxDB |
/// |---|---|
/// | `f32`, `f64`, `rust_decimal::Decimal` | float; NaN and infinity are errors |
/// | `i8`..`i64`, `isize`, `NonZero` of them | integer |
/// | `u8`..`u64`, `usize`, `NonZero` of them | unsigned integer; on 1.x an integer where it fits, else an error |
/// | `bool` | boolean |
/// | `&str`, `String`, `Cow<str>`, `Box<str>`, `Rc<str>`, `Arc<str>`, `char`, `uuid::Uuid`, enums with `#[derive(TagValue)]` | string |
///
/// and an `Option` (`None` leaves the field out), reference, `Box`, `Rc` or `Arc` of one.
///
/// ```
/// use influx_core::FieldValue;
///
/// struct Celsius(f64);
/// impl FieldValue for Celsius {
///     type Wire<'a> = f64;
///     fn wire(&self) -> f64 {
///         self.0
///     }
/// }
/// assert_eq!(Celsius(21.5).wire(), 21.5);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a field",
    label = "not a field type",
    note = "fields are f32, f64, i8..i64, u8..u64, bool, strings, char, Uuid and Decimal (by their features), unit enums, or an Option of one of these",
    note = "to store a type of your own, implement `FieldValue` for it; for a unit enum add `#[derive(TagValue)]`; for a nested struct add `flatten`; to leave it out, `#[line_protocol(skip)]`"
)]
pub trait FieldValue {
    /// The form in which the value is written.
    type Wire<'a>: FieldWire
    where
        Self: 'a;

    /// The value in that form.
    fn wire(&self) -> Self::Wire<'_>;
}

macro_rules! values {
    ($([$($g:tt)*] $t:ty, $trait:ident: $wire:ty, $self:ident => $e:expr;)*) => { $(
        impl<$($g)*> $trait for $t {
            type Wire<'w> = $wire where Self: 'w;
            #[inline(always)]
            fn wire(&$self) -> Self::Wire<'_> {
                $e
            }
        }
    )* };
}

macro_rules! integers {
    ($($t:ty => $wire:ty),*) => { values! { $(
        [] $t, FieldValue: $wire, self => *self as $wire;
        [] $t, TagValue: $wire, self => *self as $wire;
        [] NonZero<$t>, FieldValue: $wire, self => self.get() as $wire;
        [] NonZero<$t>, TagValue: $wire, self => self.get() as $wire;
    )* } };
}

// every `as` here widens
integers!(i8 => i64, i16 => i64, i32 => i64, i64 => i64, isize => i64, u8 => u64, u16 => u64, u32 => u64, u64 => u64, usize => u64);

values! {
    [] f64, FieldValue: f64, self => *self;
    [] f32, FieldValue: f32, self => *self;
    [] bool, FieldValue: bool, self => *self;
    [] bool, TagValue: bool, self => *self;
    [] char, FieldValue: char, self => *self;
    [] char, TagValue: char, self => *self;
    [] str, FieldValue: &'w str, self => self;
    [] str, TagValue: &'w str, self => self;
    [] String, FieldValue: &'w str, self => self;
    [] String, TagValue: &'w str, self => self;
    [] Cow<'_, str>, FieldValue: &'w str, self => self;
    [] Cow<'_, str>, TagValue: &'w str, self => self;
    [T: TagValue + ?Sized] &T, TagValue: T::Wire<'w>, self => (**self).wire();
    [T: FieldValue + ?Sized] &T, FieldValue: T::Wire<'w>, self => (**self).wire();
    [T: TagValue + ?Sized] Box<T>, TagValue: T::Wire<'w>, self => (**self).wire();
    [T: FieldValue + ?Sized] Box<T>, FieldValue: T::Wire<'w>, self => (**self).wire();
    [T: TagValue + ?Sized] Rc<T>, TagValue: T::Wire<'w>, self => (**self).wire();
    [T: FieldValue + ?Sized] Rc<T>, FieldValue: T::Wire<'w>, self => (**self).wire();
    [T: TagValue + ?Sized] Arc<T>, TagValue: T::Wire<'w>, self => (**self).wire();
    [T: FieldValue + ?Sized] Arc<T>, FieldValue: T::Wire<'w>, self => (**self).wire();
    [T: TagValue] Option<T>, TagValue: Option<T::Wire<'w>>, self => self.as_ref().map(|value| value.wire());
    [T: FieldValue] Option<T>, FieldValue: Option<T::Wire<'w>>, self => self.as_ref().map(|value| value.wire());
}

#[cfg(feature = "uuid")]
const _: () = {
    use crate::encode::wire::Text;
    use uuid::Uuid;
    values! {
        [] Uuid, FieldValue: Text<36>, self => hyphenated(self);
        [] Uuid, TagValue: Text<36>, self => hyphenated(self);
    }
    fn hyphenated(id: &Uuid) -> Text<36> {
        Text::new(format_args!("{}", id.hyphenated()))
    }
};

#[cfg(feature = "rust_decimal")]
values! {
    [] rust_decimal::Decimal, FieldValue: ExactFloat, self => ExactFloat::of_decimal(self);
}

/// A type whose value can be the measurement of a point: strings, [`TagStr`](crate::TagStr), and enums with
/// `#[derive(TagValue)]`.
///
/// ```
/// use influx_core::MeasurementValue;
/// assert_eq!(String::from("cpu").as_measurement(), "cpu");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a measurement",
    label = "not a measurement",
    note = "a measurement is a string or an enum with `#[derive(TagValue)]`"
)]
pub trait MeasurementValue {
    /// The measurement.
    fn as_measurement(&self) -> &str;
}

impl MeasurementValue for str {
    fn as_measurement(&self) -> &str {
        self
    }
}

macro_rules! measurements {
    ($([$($g:tt)*] $t:ty),*) => { $(
        impl<$($g)*> MeasurementValue for $t {
            #[inline(always)]
            fn as_measurement(&self) -> &str {
                (**self).as_measurement()
            }
        }
    )* };
}
measurements!(
    [] String,
    [] Cow<'_, str>,
    [T: MeasurementValue + ?Sized] &T,
    [T: MeasurementValue + ?Sized] Box<T>,
    [T: MeasurementValue + ?Sized] Rc<T>,
    [T: MeasurementValue + ?Sized] Arc<T>
);

impl MeasurementValue for crate::encode::tag_str::TagStr {
    fn as_measurement(&self) -> &str {
        self.as_str()
    }
}

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
    #[inline(always)]
    fn of_integer(v: i128) -> Self {
        let value = v as f64;
        ExactFloat { value, exact: value as i128 == v, given: Given::Integer(v) }
    }

    /// A decimal is kept when the shortest text of the nearest double is that decimal again.
    #[cfg(feature = "rust_decimal")]
    fn of_decimal(v: &rust_decimal::Decimal) -> Self {
        use core::str::FromStr;
        let value: f64 = v.to_string().parse().unwrap_or(f64::NAN);
        let back = rust_decimal::Decimal::from_str(&value.to_string());
        ExactFloat { value, exact: back.is_ok_and(|back| back == *v), given: Given::Decimal(*v) }
    }
}

// SAFETY: as `f64`.
unsafe impl FieldWire for ExactFloat {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        FieldWire::max_len(&self.value)
    }
    fn fault(self, config: &Config) -> Option<Reason> {
        if self.exact { self.value.fault(config) } else { Some(Reason::InexactFloat) }
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        if !self.exact {
            return None;
        }
        // SAFETY: promised by the caller.
        unsafe { self.value.put(p, config) }
    }
    fn text(self) -> String {
        match self.given {
            Given::Integer(v) => v.to_string(),
            #[cfg(feature = "rust_decimal")]
            Given::Decimal(v) => v.to_string(),
        }
    }
    fn value(self) -> Option<crate::point::Value> {
        self.value.value()
    }
    #[inline(always)]
    fn lost(&self) -> Option<Reason> {
        (!self.exact).then_some(Reason::InexactFloat)
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
            #[inline(always)]
            fn write_as(&self) -> ExactFloat {
                ExactFloat::of_integer(*self as i128)
            }
        }
    )* };
    (unsigned $($t:ty),*) => { $(
        impl WriteAs<i64> for $t {
            type Wire = Signed;
            #[inline(always)]
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
    #[inline(always)]
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
    #[inline(always)]
    fn max_len(&self) -> u64 {
        FieldWire::max_len(&self.0)
    }
    fn fault(self, _: &Config) -> Option<Reason> {
        (self.0 > i64::MAX as u64).then_some(Reason::Unsigned)
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        if self.0 > i64::MAX as u64 {
            return None;
        }
        // SAFETY: promised by the caller.
        unsafe { FieldWire::put(self.0 as i64, p, config) }
    }
    fn text(self) -> String {
        self.0.to_string()
    }
    fn value(self) -> Option<crate::point::Value> {
        Some(crate::Value::I64(self.0 as i64))
    }
}

/// `#[field(nan = "skip")]`: a value that is not finite is left out.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct SkipNan<W>(pub W);

// SAFETY: as the inner form.
unsafe impl<W: FieldWire> FieldWire for SkipNan<W> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        self.0.max_len()
    }
    #[inline(always)]
    fn present(&self) -> bool {
        self.0.present() && self.0.fault(&Config::LENIENT) != Some(Reason::NonFinite)
    }
    fn fault(self, config: &Config) -> Option<Reason> {
        self.0.fault(config)
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe { self.0.put(p, config) }
    }
    fn text(self) -> String {
        self.0.text()
    }
    fn value(self) -> Option<crate::point::Value> {
        self.0.value()
    }
}
