//! Numbers and booleans.

use core::fmt::Write;

use super::{FieldWire, TagWire};
use crate::encode::config::Config;
use crate::encode::number::{MAX_FLOAT, MAX_INT, put_f32, put_f64, put_i64, put_u64};
use crate::error::Reason;

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
            fn append(self, text: &mut String) {
                // a String takes all
                let _ = write!(text, "{self}");
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
    unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        Some(unsafe { put_bool(p, self) })
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::point::Value> {
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
    unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe {
            let p = put_i64(p, self);
            *p = b'i';
            Some(p.add(1))
        }
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::point::Value> {
        Some(crate::Value::I64(self))
    }
}

// SAFETY: 20 digits and a suffix.
unsafe impl FieldWire for u64 {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        MAX_INT
    }
    fn fault(self, config: &Config) -> Option<Reason> {
        (self > config.max_unsigned).then_some(Reason::Unsigned)
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        if self > config.max_unsigned {
            return None;
        }
        // SAFETY: promised by the caller.
        unsafe {
            let p = put_u64(p, self);
            *p = config.unsigned_suffix;
            Some(p.add(1))
        }
    }
    fn text(self) -> String {
        self.to_string()
    }
    fn value(self) -> Option<crate::point::Value> {
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
            fn fault(self, _: &Config) -> Option<Reason> {
                (!self.is_finite()).then_some(Reason::NonFinite)
            }
            #[inline(always)]
            unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
                // SAFETY: promised by the caller.
                unsafe { $put(p, self) }
            }
            fn text(self) -> String {
                self.to_string()
            }
            fn value(self) -> Option<crate::point::Value> {
                Some(crate::point::Value::$variant(self))
            }
        }
    )* };
}

float! {
    f64, put_f64, F64;
    f32, put_f32, F32;
}
