//! Texts: as they are, formatted on the fly, known at compile time.

use core::fmt;

use super::{FieldWire, TagWire};
use crate::encode::buffer::Room;
use crate::encode::copy::{put_string, put_tag_value};
use crate::encode::form::Form;
use crate::error::Reason;
use crate::kind::ColumnKind;

// SAFETY: `put_tag_value` looks at the room for a long text.
unsafe impl TagWire for &str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        !self.is_empty()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe { put_tag_value(room, self) }
    }
    fn form(&self) -> Form<'_> {
        Form::Str(self)
    }
}

// SAFETY: `put_string` looks at the room for a long text.
unsafe impl FieldWire for &str {
    const KIND: ColumnKind = ColumnKind::Str;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe { put_string(room, self) }
    }
    fn form(&self) -> Form<'_> {
        Form::Str(self)
    }
}

/// A short text made on the fly: the wire form of types that are formatted, like UUIDs. A text that does not fit is an
/// error when it is written.
///
/// ```
/// use influx_core::{FieldValue, Text};
///
/// struct Version(u16, u16);
/// impl FieldValue for Version {
///     type Wire<'a> = Text<16>;
///     fn wire(&self) -> Text<16> {
///         Text::new(format_args!("{}.{}", self.0, self.1))
///     }
/// }
/// assert_eq!(Version(3, 6).wire().as_str(), "3.6");
/// ```
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
    whole: bool,
}

impl<const N: usize> Text<N> {
    /// Formats into `N` bytes.
    pub fn new(text: fmt::Arguments<'_>) -> Self {
        let mut out = Text { bytes: [0; N], len: 0, whole: true };
        out.whole = fmt::write(&mut out, text).is_ok();
        out
    }

    /// The text, or its start where it does not fit.
    pub fn as_str(&self) -> &str {
        // whole strs were copied in
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl<const N: usize> Text<N> {
    fn as_form(&self) -> Form<'_> {
        match self.whole {
            true => Form::Str(self.as_str()),
            false => Form::lost(self.as_str(), Reason::TextTooLong(N)),
        }
    }
}

impl<const N: usize> fmt::Write for Text<N> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len + s.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// A text known at compile time, as `#[derive(TagValue)]` makes one for each variant of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    raw: &'static str,
    /// As a tag value in every dialect; empty where the dialects differ.
    escaped: &'static str,
}

impl Name {
    #[doc(hidden)]
    pub const fn new(raw: &'static str, escaped: &'static str) -> Name {
        Name { raw, escaped }
    }

    /// The unescaped text.
    pub const fn as_str(self) -> &'static str {
        self.raw
    }
}

// SAFETY: as `&str`; as is what is copied.
unsafe impl TagWire for Name {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        !self.raw.is_empty()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        if self.escaped.is_empty() {
            // SAFETY: promised by the caller.
            unsafe { TagWire::put(self.raw, room) }
        } else {
            // SAFETY: promised by the caller.
            unsafe { room.put_text(self.escaped.as_bytes()) }
        }
    }
    fn form(&self) -> Form<'_> {
        Form::Str(self.raw)
    }
}

macro_rules! as_str {
    ($([$($g:tt)*] $t:ty, $self:ident => $str:expr, $form:expr;)*) => { $(
        // SAFETY: as `&str`.
        unsafe impl<$($g)*> FieldWire for $t {
            const KIND: ColumnKind = ColumnKind::Str;
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn put($self, room: &mut Room<'_>) {
                // SAFETY: promised by the caller.
                unsafe { FieldWire::put($str, room) }
            }
            fn form(&$self) -> Form<'_> {
                $form
            }
        }
    )* };
}

as_str! {
    [] char, self => &*self.encode_utf8(&mut [0; 4]), Form::Char(*self);
    [] Name, self => self.raw, Form::Str(self.raw);
}

// SAFETY: as `&str`.
unsafe impl TagWire for char {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn present(&self) -> bool {
        true
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe { TagWire::put(&*self.encode_utf8(&mut [0; 4]), room) }
    }
    fn form(&self) -> Form<'_> {
        Form::Char(*self)
    }
}

// SAFETY: as `&str`.
unsafe impl<const N: usize> TagWire for Text<N> {
    fn present(&self) -> bool {
        !self.whole || self.len > 0
    }
    unsafe fn put(self, room: &mut Room<'_>) {
        room.buffer.failed |= !self.whole;
        // SAFETY: promised by the caller.
        unsafe { TagWire::put(self.as_str(), room) }
    }
    fn form(&self) -> Form<'_> {
        self.as_form()
    }
}

// SAFETY: as `&str`.
unsafe impl<const N: usize> FieldWire for Text<N> {
    const KIND: ColumnKind = ColumnKind::Str;
    unsafe fn put(self, room: &mut Room<'_>) {
        room.buffer.failed |= !self.whole;
        // SAFETY: promised by the caller.
        unsafe { FieldWire::put(self.as_str(), room) }
    }
    fn form(&self) -> Form<'_> {
        self.as_form()
    }
}
