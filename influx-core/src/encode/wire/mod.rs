//! The closed set of forms in which values reach a line. A `TagValue` or `FieldValue` chooses one of them; the encoder
//! knows for each how much room it takes, whether it is there, whether the server can take it, and how it is written.

mod number;
mod text;

use core::fmt;

use crate::encode::config::Config;
use crate::error::Reason;

pub use text::{Name, Text};

/// A form of a tag value: `&str`, `i64`, `u64`, `bool`, `char`, [`Text`], [`Name`], `&TagStr`, or an `Option` of one.
///
/// # Safety
/// `put` writes at most `max_len` bytes before the end that it returns.
pub unsafe trait TagWire: Copy + fmt::Debug {
    #[doc(hidden)]
    fn max_len(&self) -> u64;
    /// An absent or empty tag is left out.
    #[doc(hidden)]
    fn present(&self) -> bool;
    /// `None`: the value cannot be said, and what was written is void.
    ///
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable, and the tag is present.
    #[doc(hidden)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8>;
    /// Why `put` gave up.
    #[doc(hidden)]
    fn fault(self, config: &Config) -> (String, Reason);
    /// Appends the unescaped text.
    #[doc(hidden)]
    fn append(self, text: &mut String);
    /// Why that is not the whole value.
    #[doc(hidden)]
    #[inline(always)]
    fn lost(&self) -> Option<Reason> {
        None
    }
}

/// A form of a field value: `f64`, `f32`, `i64`, `u64`, `bool`, `&str`, `char`, [`Text`], [`Name`], `&Value`,
/// or an `Option` of one.
///
/// # Safety
/// `put` writes at most `max_len` bytes before the end that it returns.
pub unsafe trait FieldWire: Copy + fmt::Debug {
    #[doc(hidden)]
    fn max_len(&self) -> u64;
    #[doc(hidden)]
    #[inline(always)]
    fn present(&self) -> bool {
        true
    }
    /// Why the server could not take the value.
    #[doc(hidden)]
    fn fault(self, config: &Config) -> Option<Reason> {
        let _ = config;
        None
    }
    /// `None`: the value has a fault, and what was written is void.
    ///
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable, and the value is present.
    #[doc(hidden)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8>;
    /// The value as errors show it.
    #[doc(hidden)]
    fn text(self) -> String;
    /// The value for a [`Point`](crate::Point).
    #[doc(hidden)]
    fn value(self) -> Option<crate::point::Value>;
    /// Why that is not the whole value.
    #[doc(hidden)]
    #[inline(always)]
    fn lost(&self) -> Option<Reason> {
        None
    }
}

// SAFETY: as the inner form.
unsafe impl<W: TagWire> TagWire for Option<W> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        self.as_ref().map_or(0, TagWire::max_len)
    }
    #[inline(always)]
    fn present(&self) -> bool {
        self.as_ref().is_some_and(TagWire::present)
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        match self {
            // SAFETY: promised by the caller.
            Some(wire) => unsafe { wire.put(p, config) },
            None => Some(p),
        }
    }
    fn fault(self, config: &Config) -> (String, Reason) {
        self.map_or((String::new(), Reason::Unsupported), |wire| wire.fault(config))
    }
    fn append(self, text: &mut String) {
        if let Some(wire) = self {
            wire.append(text);
        }
    }
    #[inline(always)]
    fn lost(&self) -> Option<Reason> {
        self.as_ref().and_then(TagWire::lost)
    }
}

// SAFETY: as the inner form.
unsafe impl<W: FieldWire> FieldWire for Option<W> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        self.as_ref().map_or(0, FieldWire::max_len)
    }
    #[inline(always)]
    fn present(&self) -> bool {
        self.as_ref().is_some_and(FieldWire::present)
    }
    fn fault(self, config: &Config) -> Option<Reason> {
        self.and_then(|wire| wire.fault(config))
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        match self {
            // SAFETY: promised by the caller.
            Some(wire) => unsafe { wire.put(p, config) },
            None => Some(p),
        }
    }
    fn text(self) -> String {
        self.map_or(String::new(), FieldWire::text)
    }
    fn value(self) -> Option<crate::point::Value> {
        self.and_then(FieldWire::value)
    }
    #[inline(always)]
    fn lost(&self) -> Option<Reason> {
        self.as_ref().and_then(FieldWire::lost)
    }
}
