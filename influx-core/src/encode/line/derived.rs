//! The line of a derived struct, written column by column where it will stay. What cannot be done so (a value that needs
//! a decision or an error) is done again by [`Line`](super::dynamic::Line), which calls the struct's columns anew.
//!
//! The derive names its columns in the order of the line. Calls in another order make a wrong line, and no harm.

#![allow(missing_docs)] // hidden from users
use super::defaults::{Defaults, REST, bit};
use super::stamps::Stamps;
use super::writer::LineWriter;
use crate::encode::buffer::{Room, VALUE};
use crate::encode::copy::name::put_measurement;
use crate::encode::number::MAX_INT;
use crate::encode::wire::{FieldWire, TagWire};
use crate::error::TimestampError;
use crate::schema::Schema;

/// A space, the time and a line feed.
const TIME: usize = MAX_INT + 2;

/// No server takes less.
const LONG_KEY: usize = 60_000;

/// An open line of a derived struct.
#[must_use = "a line is written by `end`"]
pub struct DerivedLine<'w> {
    room: Room<'w>,
    stamps: &'w mut Stamps,
    defaults: &'w mut Defaults,
    /// The tags at which default tags have to be thought of.
    merge: u64,
    /// There is no field yet.
    none: bool,
}

impl LineWriter {
    /// Begins a line of a derived struct.
    #[doc(hidden)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn derived(&mut self, schema: &'static Schema) -> DerivedLine<'_> {
        let LineWriter { buffer, stamps, defaults, .. } = self;
        let mut merge = 0;
        if !defaults.is_empty() {
            match defaults.begin(schema) {
                Some(bits) => merge = bits,
                None => buffer.failed = true,
            }
        }
        if schema.has_reserved(buffer.config.dialect) {
            buffer.failed = true;
        }
        let budget = schema.literals() + schema.columns().len() * VALUE + TIME;
        // static text alone, of which no part looks
        if budget > LONG_KEY && budget > buffer.config.max_key {
            buffer.failed = true;
        }
        DerivedLine { room: Room::new(buffer, budget), stamps, defaults, merge, none: true }
    }
}

impl DerivedLine<'_> {
    /// `cpu`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn measurement(&mut self, text: &'static [u8]) {
        self.room.spend(text.len());
        // SAFETY: spent.
        unsafe { self.room.put(text) }
    }

    /// A measurement known only at run time.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn measurement_from(&mut self, text: &str) {
        self.room.aside(|room| put_measurement(room, text));
    }

    /// `cpu,host=` and the first tag's value; the first `measurement` bytes stay without it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn measurement_and_tag<W: TagWire>(&mut self, text: &'static [u8], measurement: usize, value: W) {
        self.room.spend(text.len() + VALUE);
        let start = self.room.p;
        let measurement = measurement.min(text.len());
        // SAFETY: spent.
        unsafe {
            self.room.put(text);
            if self.merge & bit(0) != 0 {
                self.room.p = start.add(measurement);
                self.merge_before(0, value.present());
                if value.present() {
                    self.room.put(text.get_unchecked(measurement..));
                }
            } else if !value.present() {
                self.room.p = start.add(measurement);
            }
            if value.present() {
                value.put(&mut self.room);
            }
        }
    }

    /// `,host=` and its value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn tag<W: TagWire>(&mut self, key: &'static [u8], column: usize, value: W) {
        self.room.spend(key.len() + VALUE);
        if self.merge & bit(column) != 0 {
            self.merge_before(column, value.present());
        }
        if value.present() {
            // SAFETY: spent.
            unsafe {
                self.room.put(key);
                value.put(&mut self.room);
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge_before(&mut self, column: usize, present: bool) {
        let defaults = &mut *self.defaults;
        self.room.aside(|room| defaults.before(room, column, present));
    }

    /// A tag of which all is static: `,env=prod`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn extra_tag(&mut self, text: &'static [u8], column: usize) {
        self.room.spend(text.len());
        if self.merge & bit(column) != 0 {
            self.merge_before(column, true);
        }
        // SAFETY: spent.
        unsafe { self.room.put(text) }
    }

    /// All tags are written.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fields(&mut self) {
        if self.merge & REST != 0 {
            let defaults = &*self.defaults;
            self.room.aside(|room| defaults.rest(room));
        }
    }

    /// `,usage=` and its value, with a space for the comma of the first that is there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn field<W: FieldWire>(&mut self, key: &'static [u8], value: W) {
        self.room.spend(key.len() + VALUE);
        if value.present() {
            // SAFETY: spent; a key has a comma before it.
            unsafe {
                let comma = self.room.p;
                self.room.put(key);
                if self.none && key.first() == Some(&b',') {
                    *comma = b' ';
                }
                value.put(&mut self.room);
            }
            self.none = false;
        }
    }

    /// Ends the line; whether it is written. If not, nothing is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn end(mut self, time: Result<Option<i64>, TimestampError>) -> bool {
        let nanos = match time {
            Ok(nanos) => self.stamps.or_now(nanos),
            Err(_) => {
                self.room.buffer.failed = true;
                None
            }
        };
        self.room.spend(TIME);
        // SAFETY: spent.
        unsafe {
            if let Some(nanos) = nanos {
                self.room.push(b' ');
                self.stamps.put(&mut self.room, nanos);
            }
            self.room.push(b'\n');
        }
        if self.none | self.room.buffer.failed {
            self.room.buffer.failed = false;
            return false;
        }
        self.room.commit();
        true
    }
}
