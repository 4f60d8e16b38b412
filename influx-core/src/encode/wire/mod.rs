//! The closed set of forms in which values reach a line, each as a type of its own. A `TagValue` or `FieldValue` chooses
//! one of them; the encoder knows for each whether it is there, and how it is written without a detour.

mod any;
mod number;
pub(crate) mod text;

use core::fmt;

use crate::encode::buffer::Room;
use crate::encode::form::Form;
use crate::kind::ColumnKind;

/// A form of a tag value: `&str`, `i64`, `u64`, `bool`, `char`, [`Text`](text::Text), [`Name`](text::Name), `&TagStr`, or an `Option` of one.
///
/// # Safety
/// `put` writes at most what was spent for it, or has a look at the room.
pub unsafe trait TagWire: Copy + fmt::Debug {
    /// An absent or empty tag is left out.
    #[doc(hidden)]
    fn present(&self) -> bool;
    /// A value that cannot be said makes the buffer `failed`.
    ///
    /// # Safety
    /// 34 bytes of the budget are spent for it, and the tag is present.
    #[doc(hidden)]
    unsafe fn put(self, room: &mut Room<'_>);
    #[doc(hidden)]
    fn form(&self) -> Form<'_>;
}

/// A form of a field value: `f64`, `f32`, `i64`, `u64`, `bool`, `&str`, `char`, [`Text`](text::Text), [`Name`](text::Name), `&Value`,
/// or an `Option` of one.
///
/// # Safety
/// `put` writes at most what was spent for it, or has a look at the room.
pub unsafe trait FieldWire: Copy + fmt::Debug {
    /// What the column holds.
    #[doc(hidden)]
    const KIND: ColumnKind;
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        true
    }
    /// A value that has a fault makes the buffer `failed`.
    ///
    /// # Safety
    /// 34 bytes of the budget are spent for it, and the value is present.
    #[doc(hidden)]
    unsafe fn put(self, room: &mut Room<'_>);
    #[doc(hidden)]
    fn form(&self) -> Form<'_>;
}

macro_rules! options {
    ($($wire:ident { $($kind:tt)* })*) => { $(
        // SAFETY: as the inner form.
        unsafe impl<W: $wire> $wire for Option<W> {
            $($kind)*
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn present(&self) -> bool {
                match self {
                    Some(wire) => wire.present(),
                    None => false,
                }
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn put(self, room: &mut Room<'_>) {
                if let Some(wire) = self {
                    // SAFETY: promised by the caller.
                    unsafe { wire.put(room) }
                }
            }
            fn form(&self) -> Form<'_> {
                match self {
                    Some(wire) => wire.form(),
                    None => Form::Absent,
                }
            }
        }
    )* };
}

options! {
    TagWire {}
    FieldWire { const KIND: ColumnKind = W::KIND; }
}
