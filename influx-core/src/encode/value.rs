//! Which types can be tags and fields, and how.

use std::borrow::Cow;
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "rust_decimal")]
use crate::encode::cast::ExactFloat;
use crate::encode::wire::{FieldWire, TagWire};

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
    note = "to store it as a field, mark it `#[field]`; for an enum of your own, add `#[derive(TagValue)]`; to leave it out, `#[line_protocol(skip)]`",
    note = "a date or another foreign type goes as its text (`String`, RFC 3339 for a date), or within a type of your own that implements `TagValue` and `FromValue`; the time of the point is `#[timestamp]`"
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
    note = "to store a type of your own, implement `FieldValue` for it; for a unit enum add `#[derive(TagValue)]`; for a nested struct add `flatten`; to leave it out, `#[line_protocol(skip)]`",
    note = "a date or another foreign type goes as a number or text: nanoseconds (`i64`) or RFC 3339 (`String`) for a date, or within a type of your own that implements `FieldValue` and `FromValue`; the time of the point is `#[timestamp]`"
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
            #[cfg_attr(not(debug_assertions), inline(always))]
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
    use crate::encode::wire::text::Text;
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
            #[cfg_attr(not(debug_assertions), inline(always))]
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
