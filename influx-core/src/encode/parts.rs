//! A derived struct as the encoder sees it: static text and wire forms in nested tuples. `#[derive(LineProtocol)]`
//! builds them in safe code; only the encoder puts them into reserved room.

#![allow(missing_docs)] // hidden from users
use crate::encode::config::Config;
use crate::encode::copy::{put_literal, put_measurement, put_plain};
use crate::encode::line::{DefaultTag, Line};
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::EncodeError;
use crate::schema::{Role, Schema};

/// The writer's default tags, on their way between a point's own, or behind them where those are not sorted.
pub struct Merge<'d> {
    defaults: &'d [DefaultTag],
    schema: &'static Schema,
    /// A bit for each column whose tag the point has; only for tags that are not sorted.
    present: u64,
}

impl<'d> Merge<'d> {
    /// How many columns `present` can tell of.
    pub(crate) const MAX_UNSORTED: usize = 64;

    pub(crate) fn new(defaults: &'d [DefaultTag], schema: &'static Schema) -> Self {
        Merge { defaults, schema, present: 0 }
    }

    /// The defaults that come before a column, and that of its own key unless the point has the tag.
    ///
    /// # Safety
    /// All defaults' texts fit at `p`.
    #[inline(never)]
    unsafe fn before(&mut self, column: usize, present: bool, mut p: *mut u8) -> *mut u8 {
        if !self.schema.is_sorted() {
            self.present |= u64::from(present) << (column % Self::MAX_UNSORTED);
            return p;
        }
        let key = self.schema.column(column);
        while let [tag, rest @ ..] = self.defaults
            && *tag.key <= *key
        {
            if *tag.key != *key || !present {
                // SAFETY: promised by the caller.
                p = unsafe { put_plain(p, &tag.text) };
            }
            self.defaults = rest;
        }
        p
    }

    /// The defaults that are left.
    ///
    /// # Safety
    /// As for `before`.
    #[inline(never)]
    pub(crate) unsafe fn rest(self, p: *mut u8) -> *mut u8 {
        let has = |tag: &DefaultTag| {
            let columns = self.schema.columns().iter().take_while(|column| column.role() == Role::Tag);
            columns.enumerate().any(|(at, column)| self.present >> at & 1 == 1 && column.name() == &*tag.key)
        };
        let left = self.defaults.iter().filter(|tag| self.schema.is_sorted() || !has(tag));
        // SAFETY: promised by the caller.
        left.fold(p, |p, tag| unsafe { put_plain(p, &tag.text) })
    }
}

/// The start of a line: the measurement, with the first tag where both are known.
///
/// # Safety
/// `put` writes at most `max_len` bytes before the end that it returns.
pub unsafe trait HeadPart: Copy {
    fn max_len(&self) -> u64;
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable.
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8>;
    /// The same with default tags between the point's own.
    ///
    /// # Safety
    /// The room is larger by all defaults' texts.
    unsafe fn put_among(self, p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8> {
        let _ = merge;
        // SAFETY: promised by the caller.
        unsafe { self.put(p, config) }
    }
    /// The measurement where it is known only at run time.
    fn measurement(&self) -> Option<&str> {
        None
    }
    /// The first tag, if the head holds it.
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
        let _ = (schema, line);
        Ok(())
    }
}

/// A static measurement without a static tag behind it: `cpu`.
#[derive(Clone, Copy)]
pub struct Measurement<const N: usize>(pub &'static [u8; N]);

// SAFETY: a literal.
unsafe impl<const N: usize> HeadPart for Measurement<N> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        N as u64
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        Some(unsafe { put_literal(p, self.0) })
    }
}

/// A static measurement and the first tag: `cpu,host=`, of which the first `measurement` bytes stay without the tag.
#[derive(Clone, Copy)]
pub struct MeasurementAndTag<W, const N: usize> {
    pub text: &'static [u8; N],
    pub measurement: usize,
    pub column: usize,
    pub value: W,
}

// SAFETY: a literal and a value.
unsafe impl<W: TagWire, const N: usize> HeadPart for MeasurementAndTag<W, N> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        N as u64 + self.value.max_len()
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller; `measurement` is checked against `N`.
        unsafe {
            let end = put_literal(p, self.text);
            if self.value.present() {
                self.value.put(end, config)
            } else {
                Some(p.add(self.measurement.min(N)))
            }
        }
    }
    unsafe fn put_among(self, p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8> {
        let (measurement, key) = self.text.split_at(self.measurement.min(N));
        // SAFETY: promised by the caller.
        unsafe {
            let p = merge.before(self.column, self.value.present(), put_plain(p, measurement));
            if self.value.present() { self.value.put(put_plain(p, key), config) } else { Some(p) }
        }
    }
    #[cold]
    #[inline(never)]
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
        line.tag_wire(schema.column(self.column), self.value)
    }
}

/// A measurement taken from a field.
#[derive(Clone, Copy)]
pub struct MeasurementFrom<'a>(pub &'a str);

// SAFETY: an escaped name is at most twice as long.
unsafe impl HeadPart for MeasurementFrom<'_> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        2 * self.0.len() as u64
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe { put_measurement(p, self.0, config.dialect) }
    }
    fn measurement(&self) -> Option<&str> {
        Some(self.0)
    }
}

/// The tags of a line, in order.
///
/// # Safety
/// As [`HeadPart`].
pub unsafe trait TagParts: Copy {
    fn max_len(&self) -> u64;
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable.
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8>;
    /// The same with default tags between the point's own.
    ///
    /// # Safety
    /// The room is larger by all defaults' texts.
    unsafe fn put_among(self, p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8>;
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError>;
}

/// `,host=` and its value.
#[derive(Clone, Copy)]
pub struct Tag<W, const N: usize> {
    pub text: &'static [u8; N],
    pub column: usize,
    pub value: W,
}

// SAFETY: a literal and a value.
unsafe impl<W: TagWire, const N: usize> TagParts for Tag<W, N> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        N as u64 + self.value.max_len()
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, config: &Config) -> Option<*mut u8> {
        if !self.value.present() {
            return Some(p);
        }
        // SAFETY: promised by the caller.
        unsafe { self.value.put(put_literal(p, self.text), config) }
    }
    #[inline(always)]
    unsafe fn put_among(self, p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe {
            let p = merge.before(self.column, self.value.present(), p);
            self.put(p, config)
        }
    }
    #[cold]
    #[inline(never)]
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
        line.tag_wire(schema.column(self.column), self.value)
    }
}

/// A tag of which all is static: `,env=prod`.
#[derive(Clone, Copy)]
pub struct ExtraTag<const N: usize> {
    pub text: &'static [u8; N],
    pub column: usize,
    pub value: &'static str,
}

// SAFETY: a literal.
unsafe impl<const N: usize> TagParts for ExtraTag<N> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        N as u64
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, _: &Config) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        Some(unsafe { put_literal(p, self.text) })
    }
    unsafe fn put_among(self, p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8> {
        // SAFETY: promised by the caller.
        unsafe {
            let p = merge.before(self.column, true, p);
            self.put(p, config)
        }
    }
    #[cold]
    #[inline(never)]
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
        line.tag_wire(schema.column(self.column), self.value)
    }
}

/// The fields of a line, in order.
///
/// # Safety
/// As [`HeadPart`].
pub unsafe trait FieldParts: Copy {
    fn max_len(&self) -> u64;
    /// `first` tells that no field was written yet; the answer tells it of the next.
    ///
    /// # Safety
    /// `max_len` bytes and the slack at `p` are writable.
    unsafe fn put(self, p: *mut u8, first: bool, config: &Config) -> Option<(*mut u8, bool)>;
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError>;
}

/// `,usage=` and its value; the comma of the first field becomes a space.
#[derive(Clone, Copy)]
pub struct Field<W, const N: usize> {
    pub text: &'static [u8; N],
    pub column: usize,
    pub value: W,
}

// SAFETY: a literal and a value.
unsafe impl<W: FieldWire, const N: usize> FieldParts for Field<W, N> {
    #[inline(always)]
    fn max_len(&self) -> u64 {
        N as u64 + self.value.max_len()
    }
    #[inline(always)]
    unsafe fn put(self, p: *mut u8, first: bool, config: &Config) -> Option<(*mut u8, bool)> {
        if !self.value.present() {
            return Some((p, first));
        }
        // SAFETY: promised by the caller.
        unsafe {
            let end = put_literal(p, self.text);
            if first {
                *p = b' ';
            }
            Some((self.value.put(end, config)?, false))
        }
    }
    #[cold]
    #[inline(never)]
    fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
        line.field_wire(schema.column(self.column), self.value)
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => { $(
        #[allow(non_snake_case, unused_variables, unused_mut, unused_unsafe)]
        // SAFETY: the parts one after the other.
        unsafe impl<$($name: TagParts),*> TagParts for ($($name,)*) {
            #[inline(always)]
            fn max_len(&self) -> u64 {
                let ($($name,)*) = self;
                0 $(+ $name.max_len())*
            }
            #[inline(always)]
            unsafe fn put(self, mut p: *mut u8, config: &Config) -> Option<*mut u8> {
                let ($($name,)*) = self;
                // SAFETY: promised by the caller.
                unsafe { $(p = $name.put(p, config)?;)* }
                Some(p)
            }
            #[inline(always)]
            unsafe fn put_among(self, mut p: *mut u8, config: &Config, merge: &mut Merge<'_>) -> Option<*mut u8> {
                let ($($name,)*) = self;
                // SAFETY: promised by the caller.
                unsafe { $(p = $name.put_among(p, config, merge)?;)* }
                Some(p)
            }
            fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
                let ($($name,)*) = self;
                $($name.visit(schema, line)?;)*
                Ok(())
            }
        }

        #[allow(non_snake_case, unused_variables, unused_mut, unused_unsafe)]
        // SAFETY: the parts one after the other.
        unsafe impl<$($name: FieldParts),*> FieldParts for ($($name,)*) {
            #[inline(always)]
            fn max_len(&self) -> u64 {
                let ($($name,)*) = self;
                0 $(+ $name.max_len())*
            }
            #[inline(always)]
            unsafe fn put(self, mut p: *mut u8, mut first: bool, config: &Config) -> Option<(*mut u8, bool)> {
                let ($($name,)*) = self;
                // SAFETY: promised by the caller.
                unsafe { $((p, first) = $name.put(p, first, config)?;)* }
                Some((p, first))
            }
            fn visit(self, schema: &Schema, line: &mut Line<'_>) -> Result<(), EncodeError> {
                let ($($name,)*) = self;
                $($name.visit(schema, line)?;)*
                Ok(())
            }
        }
    )* };
}

// longer lists nest: a tuple of tuples
tuples! {
    ()
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
}
