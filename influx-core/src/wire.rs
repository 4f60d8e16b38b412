//! The closed set of forms in which values reach a line. A `TagValue` or `FieldValue` chooses one of them; the encoder
//! knows for each how much room it takes, whether it is there, whether the server can take it, and how it is written.

use core::fmt;

use crate::copy::{put_plain, put_string, put_tag_value};
use crate::error::{Place, Reason};
use crate::escape;
use crate::line::Config;
use crate::number::{MAX_FLOAT, MAX_INT, put_f32, put_f64, put_i64, put_u64};

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
    /// The unescaped text.
    #[doc(hidden)]
    fn text(self) -> String;
}

/// A form of a field value: `f64`, `f32`, `i64`, `u64`, `bool`, `&str`, `char`, [`Text`], [`Name`], `&Value`,
/// or an `Option` of one.
///
/// # Safety
/// `put` writes at most `max_len` bytes before the end that it returns.
pub unsafe trait FieldWire: Copy + fmt::Debug {
    /// Whether `present` is true for all values.
    #[doc(hidden)]
    const ALWAYS: bool = true;
    #[doc(hidden)]
    fn max_len(&self) -> u64;
    #[doc(hidden)]
    #[inline(always)]
    fn present(&self) -> bool {
        true
    }
    /// Why the server could not take the value.
    #[doc(hidden)]
    #[inline(always)]
    fn fault(self, config: &Config) -> Option<Reason> {
        let _ = config;
        None
    }
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable, the value is present and has no fault.
    #[doc(hidden)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> *mut u8;
    /// The value as errors show it.
    #[doc(hidden)]
    fn text(self) -> String;
    /// The value for a [`Point`](crate::Point).
    #[doc(hidden)]
    fn value(self) -> Option<crate::Value>;
}

// ---- numbers and booleans

macro_rules! number {
    ($($t:ty, $put:ident, $max:expr;)*) => { $(
        // SAFETY: `$put` writes at most `$max` bytes.
        unsafe impl TagWire for $t {
            #[inline(always)]
            fn max_len(&self) -> u64 {
                $max
            }
            #[inline(always)]
            fn present(&self) -> bool {
                true
            }
            #[inline(always)]
            unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
                // SAFETY: promised by the caller.
                Some(unsafe { $put(p, self) })
            }
            fn fault(self, _: &Config) -> (String, Reason) {
                (self.to_string(), Reason::Unsupported)
            }
            fn text(self) -> String {
                self.to_string()
            }
        }
    )* };
}

number! {
    i64, put_i64, MAX_INT;
    u64, put_u64, MAX_INT;
    bool, put_bool, 5;
}

/// # Safety
/// 8 bytes at `p` are writable.
#[inline(always)]
unsafe fn put_bool(p: *mut u8, v: bool) -> *mut u8 {
    let text = if v { u64::from_le_bytes(*b"true\0\0\0\0") } else { u64::from_le_bytes(*b"false\0\0\0") };
    // SAFETY: promised by the caller.
    unsafe {
        p.cast::<u64>().write_unaligned(text.to_le());
        p.add(5 - usize::from(v))
    }
}

// SAFETY: five bytes.
unsafe impl FieldWire for bool {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        5
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, _: &Config) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe { put_bool(p, self) }
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::Value> {
        Some(crate::Value::Bool(self))
    }
}

// SAFETY: 20 digits and a suffix.
unsafe impl FieldWire for i64 {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        MAX_INT
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, _: &Config) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            let p = put_i64(p, self);
            *p = b'i';
            p.add(1)
        }
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::Value> {
        Some(crate::Value::I64(self))
    }
}

// SAFETY: 20 digits and a suffix.
unsafe impl FieldWire for u64 {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        MAX_INT
    }
    #[inline(always)]
    fn fault(self, config: &Config) -> Option<Reason> {
        (self > config.max_unsigned).then_some(Reason::Unsigned)
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            let p = put_u64(p, self);
            *p = config.unsigned_suffix;
            p.add(1)
        }
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::Value> {
        Some(crate::Value::U64(self))
    }
}

macro_rules! float {
    ($($t:ty, $put:ident, $variant:ident;)*) => { $(
        // SAFETY: the longest shortest form.
        unsafe impl FieldWire for $t {
            #[inline(always)]
            fn max_len(&self) -> u64 {
                MAX_FLOAT
            }
            #[inline(always)]
            fn fault(self, _: &Config) -> Option<Reason> {
                (!self.is_finite()).then_some(Reason::NonFinite)
            }
            #[inline(always)]
            unsafe fn put(self, p: *mut u8, _: &Config) -> *mut u8 {
                // SAFETY: promised by the caller; no fault means finite.
                unsafe { $put(p, self) }
            }
            fn text(self) -> String {
                self.to_string()
            }
            fn value(self) -> Option<crate::Value> {
                Some(crate::Value::$variant(self))
            }
        }
    )* };
}

float! {
    f64, put_f64, F64;
    f32, put_f32, F32;
}

// ---- text

// SAFETY: an escaped value is at most twice as long.
unsafe impl TagWire for &str {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        2 * self.len() as u64
    }
    #[inline(always)]
    fn present(&self) -> bool {
        !self.is_empty()
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // short texts are within every limit: the copy asks for that, too
        if self.len() > 16 && self.len() > config.max_text {
            return None;
        }
        // SAFETY: promised by the caller.
        unsafe { put_tag_value(p, self, config.dialect) }
    }
    fn fault(self, config: &Config) -> (String, Reason) {
        let why = escape::name(Place::TagValue, config.dialect, self, &mut Vec::new());
        (self.to_owned(), why.err().unwrap_or(Reason::Unsupported))
    }
    fn text(self) -> String {
        self.to_owned()
    }
}

// SAFETY: an escaped value is at most twice as long, and has two quotes.
unsafe impl FieldWire for &str {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        2 * self.len() as u64 + 2
    }
    #[inline(always)]
    fn fault(self, config: &Config) -> Option<Reason> {
        let (len, max) = (self.len(), config.max_text);
        (len > 16 && len > max).then_some(Reason::TooLong { len, max, dialect: config.dialect })
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, _: &Config) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            *p = b'"';
            let p = put_string(p.add(1), self);
            *p = b'"';
            p.add(1)
        }
    }
    fn text(self) -> String {
        self.to_owned()
    }
    fn value(self) -> Option<crate::Value> {
        Some(crate::Value::Str(self.into()))
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

// SAFETY: an escaped value is at most twice as long.
unsafe impl TagWire for Name {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        2 * self.raw.len() as u64 + self.escaped.len() as u64
    }
    #[inline(always)]
    fn present(&self) -> bool {
        !self.raw.is_empty()
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe {
            if self.escaped.is_empty() {
                return TagWire::put(self.raw, p, config);
            }
            Some(put_plain(p, self.escaped.as_bytes()))
        }
    }
    fn fault(self, config: &Config) -> (String, Reason) {
        TagWire::fault(self.raw, config)
    }
    fn text(self) -> String {
        self.raw.to_owned()
    }
}

macro_rules! field_as_str {
    ($([$($g:tt)*] $t:ty, $self:ident => $str:expr, $fault:expr;)*) => { $(
        // SAFETY: as `&str`.
        unsafe impl<$($g)*> FieldWire for $t {
            #[inline(always)]
            fn max_len(&$self) -> u64 {
                FieldWire::max_len(&$str)
            }
            #[inline(always)]
            fn fault($self, _: &Config) -> Option<Reason> {
                $fault
            }
            #[inline(always)]
            unsafe fn put($self, p: *mut u8, config: &Config) -> *mut u8 {
                // SAFETY: promised by the caller.
                unsafe { FieldWire::put($str, p, config) }
            }
            fn text($self) -> String {
                $str.to_owned()
            }
            fn value($self) -> Option<crate::Value> {
                Some(crate::Value::Str($str.into()))
            }
        }
    )* };
}

field_as_str! {
    [const N: usize] Text<N>, self => self.as_str(), (!self.whole).then_some(Reason::TextTooLong(N));
    [] char, self => &*self.encode_utf8(&mut [0; 4]), None;
    [] Name, self => self.raw, None;
}

macro_rules! tag_as_str {
    ($([$($g:tt)*] $t:ty, $self:ident => $str:expr, $whole:expr, $fault:expr;)*) => { $(
        // SAFETY: as `&str`.
        unsafe impl<$($g)*> TagWire for $t {
            #[inline(always)]
            fn max_len(&$self) -> u64 {
                TagWire::max_len(&$str)
            }
            #[inline(always)]
            fn present(&$self) -> bool {
                TagWire::present(&$str)
            }
            #[inline(always)]
            unsafe fn put($self, p: *mut u8, config: &Config) -> Option<*mut u8> {
                if !$whole {
                    return None;
                }
                // SAFETY: promised by the caller.
                unsafe { TagWire::put($str, p, config) }
            }
            fn fault($self, config: &Config) -> (String, Reason) {
                if !$whole {
                    return ($str.to_owned(), $fault);
                }
                TagWire::fault($str, config)
            }
            fn text($self) -> String {
                $str.to_owned()
            }
        }
    )* };
}

tag_as_str! {
    [const N: usize] Text<N>, self => self.as_str(), self.whole, Reason::TextTooLong(N);
    [] char, self => &*self.encode_utf8(&mut [0; 4]), true, Reason::Unsupported;
}

// ---- absent values

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
    fn text(self) -> String {
        self.map_or(String::new(), TagWire::text)
    }
}

// SAFETY: as the inner form.
unsafe impl<W: FieldWire> FieldWire for Option<W> {
    const ALWAYS: bool = false;
    #[inline(always)]
    fn max_len(&self) -> u64 {
        self.as_ref().map_or(0, FieldWire::max_len)
    }
    #[inline(always)]
    fn present(&self) -> bool {
        self.as_ref().is_some_and(FieldWire::present)
    }
    #[inline(always)]
    fn fault(self, config: &Config) -> Option<Reason> {
        self.and_then(|wire| wire.fault(config))
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> *mut u8 {
        match self {
            // SAFETY: promised by the caller.
            Some(wire) => unsafe { wire.put(p, config) },
            None => p,
        }
    }
    fn text(self) -> String {
        self.map_or(String::new(), FieldWire::text)
    }
    fn value(self) -> Option<crate::Value> {
        self.and_then(FieldWire::value)
    }
}
