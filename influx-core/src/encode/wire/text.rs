//! Texts: as they are, formatted on the fly, known at compile time.

use core::fmt;

use super::{FieldWire, TagWire};
use crate::encode::config::Config;
use crate::encode::copy::{put_plain, put_string, put_tag_value};
use crate::encode::escape;
use crate::error::{Place, Reason};

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
        // SAFETY: promised by the caller.
        unsafe { put_tag_value(p, self, config) }
    }
    fn fault(self, config: &Config) -> (String, Reason) {
        let why = escape::name(Place::TagValue, config.dialect, self, &mut Vec::new());
        (self.to_owned(), why.err().unwrap_or(Reason::Unsupported))
    }
    #[inline]
    fn append(self, text: &mut String) {
        text.push_str(self);
    }
}

// SAFETY: an escaped value is at most twice as long, and has two quotes.
unsafe impl FieldWire for &str {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        2 * self.len() as u64 + 2
    }
    fn fault(self, config: &Config) -> Option<Reason> {
        let (len, max) = (self.len(), config.max_text);
        (len > max).then_some(Reason::TooLong { len, max, dialect: config.dialect })
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe {
            *p = b'"';
            let p = put_string(p.add(1), self, config.max_text)?;
            *p = b'"';
            Some(p.add(1))
        }
    }
    fn text(self) -> String {
        self.to_owned()
    }
    fn value(self) -> Option<crate::point::Value> {
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
    fn append(self, text: &mut String) {
        text.push_str(self.raw);
    }
}

macro_rules! field_as_str {
    ($([$($g:tt)*] $t:ty, $self:ident => $str:expr, $whole:expr, $fault:expr;)*) => { $(
        // SAFETY: as `&str`.
        unsafe impl<$($g)*> FieldWire for $t {
            #[inline(always)]
            fn max_len(&$self) -> u64 {
                FieldWire::max_len(&$str)
            }
            fn fault($self, config: &Config) -> Option<Reason> {
                if $whole { FieldWire::fault($str, config) } else { Some($fault) }
            }
            #[inline(always)]
            unsafe fn put($self, p: *mut u8, config: &Config) -> Option<*mut u8> {
                if !$whole {
                    return None;
                }
                // SAFETY: promised by the caller.
                unsafe { FieldWire::put($str, p, config) }
            }
            fn text($self) -> String {
                $str.to_owned()
            }
            fn value($self) -> Option<crate::point::Value> {
                Some(crate::Value::Str($str.into()))
            }
            #[inline(always)]
            fn lost(&$self) -> Option<Reason> {
                (!$whole).then_some($fault)
            }
        }
    )* };
}

field_as_str! {
    [const N: usize] Text<N>, self => self.as_str(), self.whole, Reason::TextTooLong(N);
    [] char, self => &*self.encode_utf8(&mut [0; 4]), true, Reason::Unsupported;
    [] Name, self => self.raw, true, Reason::Unsupported;
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
                !$whole || TagWire::present(&$str)
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
            fn append($self, text: &mut String) {
                text.push_str($str);
            }
            #[inline(always)]
            fn lost(&$self) -> Option<Reason> {
                (!$whole).then_some($fault)
            }
        }
    )* };
}

tag_as_str! {
    [const N: usize] Text<N>, self => self.as_str(), self.whole, Reason::TextTooLong(N);
    [] char, self => &*self.encode_utf8(&mut [0; 4]), true, Reason::Unsupported;
}
