//! Numbers and booleans.

use super::{FieldWire, TagWire};
use crate::encode::buffer::{Room, VALUE};
use crate::encode::float::{MAX_FLOAT, put_f32, put_f64};
use crate::encode::form::Form;
use crate::encode::number::{MAX_INT, put_i64, put_u64};
use crate::kind::ColumnKind;

const _: () = assert!(MAX_INT < VALUE && MAX_FLOAT <= VALUE);

macro_rules! tag {
    ($($t:ty, $form:ident, $put:ident;)*) => { $(
        // SAFETY: `$put` writes at most `MAX_INT` bytes.
        unsafe impl TagWire for $t {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn present(&self) -> bool {
                true
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn put(self, room: &mut Room<'_>) {
                // SAFETY: promised by the caller.
                room.p = unsafe { $put(room.p, self) };
            }
            fn form(&self) -> Form<'_> {
                Form::$form(*self)
            }
        }
    )* };
}

tag! {
    i64, I64, put_i64;
    u64, U64, put_u64;
    bool, Bool, put_bool;
}

/// # Safety
/// 8 bytes at `p` are writable.
#[cfg_attr(not(debug_assertions), inline(always))]
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
    const KIND: ColumnKind = ColumnKind::Bool;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        room.p = unsafe { put_bool(room.p, self) };
    }
    fn form(&self) -> Form<'_> {
        Form::Bool(*self)
    }
}

// SAFETY: 20 digits and a suffix.
unsafe impl FieldWire for i64 {
    const KIND: ColumnKind = ColumnKind::Int;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        // SAFETY: promised by the caller.
        unsafe {
            room.p = put_i64(room.p, self);
            room.push(b'i');
        }
    }
    fn form(&self) -> Form<'_> {
        Form::I64(*self)
    }
}

// SAFETY: 20 digits and a suffix.
unsafe impl FieldWire for u64 {
    const KIND: ColumnKind = ColumnKind::Uint;
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put(self, room: &mut Room<'_>) {
        if self > room.buffer.config.max_unsigned {
            room.buffer.failed = true;
        }
        // SAFETY: promised by the caller.
        unsafe {
            room.p = put_u64(room.p, self);
            room.push(room.buffer.config.unsigned_suffix);
        }
    }
    fn form(&self) -> Form<'_> {
        Form::U64(*self)
    }
}

macro_rules! float {
    ($($t:ty, $form:ident, $put:ident;)*) => { $(
        // SAFETY: the longest shortest form.
        unsafe impl FieldWire for $t {
            const KIND: ColumnKind = ColumnKind::Float;
            #[cfg_attr(not(debug_assertions), inline(always))]
            unsafe fn put(self, room: &mut Room<'_>) {
                // SAFETY: promised by the caller.
                room.p = unsafe { $put(room.p, self, &mut room.buffer.failed) };
            }
            fn form(&self) -> Form<'_> {
                Form::$form(*self)
            }
        }
    )* };
}

float! {
    f64, F64, put_f64;
    f32, F32, put_f32;
}
