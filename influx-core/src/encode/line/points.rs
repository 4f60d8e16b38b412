//! Points whose names were met before: only their values are to be written. Whatever is new or wrong goes the way of
//! [`Line`](super::dynamic::Line).

use super::writer::LineWriter;
use crate::encode::buffer::{Room, VALUE, put_plain};
use crate::encode::number::MAX_INT;
use crate::encode::wire::{FieldWire, TagWire};
use crate::point::{Point, Slot};

/// A space, the time and a line feed.
const TIME: usize = MAX_INT + 2;

impl LineWriter {
    /// Writes a point of known names; whether that could be done. If not, nothing is written.
    pub(in crate::encode) fn put_point(&mut self, point: &Point) -> bool {
        if point.lost().is_some() {
            return false;
        }
        let Ok(nanos) = point.instant() else { return false };
        let dialect = self.dialect();
        let LineWriter { buffer, stamps, known, defaults, .. } = self;
        let Some(shape) = known.shape_of(point, dialect, defaults.tags()) else { return false };
        let texts = point.texts();
        let text_of = |start, end| {
            debug_assert!(texts.get(start..end).is_some());
            // SAFETY: a point's slots are of its own texts, to which it only adds.
            unsafe { texts.get_unchecked(start..end) }
        };
        let (_, _, columns) = point.names();
        let budget = shape.text.len() + columns.len() * VALUE + TIME;
        if budget > buffer.config.max_key {
            return false;
        }
        let mut room = Room::new(buffer, budget);
        room.spend(budget);
        let (measurement, mut text) = shape.text.split_at(shape.measurement_len);
        // SAFETY: all static text and the values are spent for, and the time.
        unsafe {
            room.p = put_plain(room.p, measurement);
            for (column, len) in &shape.line {
                // as long as all these together
                let (key, rest) = text.split_at_unchecked(*len);
                text = rest;
                room.p = put_plain(room.p, key);
                match columns[*column].slot() {
                    Slot::Tag(start, end) => TagWire::put(text_of(start, end), &mut room),
                    Slot::Str(start, end) => FieldWire::put(text_of(start, end), &mut room),
                    Slot::F64(v) => v.put(&mut room),
                    Slot::F32(v) => v.put(&mut room),
                    Slot::I64(v) => FieldWire::put(v, &mut room),
                    Slot::U64(v) => FieldWire::put(v, &mut room),
                    Slot::Bool(v) => FieldWire::put(v, &mut room),
                }
            }
            if let Some(nanos) = stamps.or_now(nanos) {
                room.push(b' ');
                stamps.put(&mut room, nanos);
            }
            room.push(b'\n');
        }
        if room.buffer.take_failed() {
            return false;
        }
        room.commit();
        true
    }
}
