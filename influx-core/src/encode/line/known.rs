//! Names known only at run time that were met before: by then they are checked, escaped and sorted.

use super::defaults::DefaultTag;
use crate::dialect::Dialect;
use crate::encode::copy::name::append_name;
use crate::encode::escape::check_key;
use crate::error::Place;
use crate::point::{Column, Key, Point};
use crate::scan::opens_fields;
use crate::schema::Role;

/// How many sets of names are kept.
const KEPT: usize = 16;
/// Longer names are not worth the comparison.
const LONGEST: usize = 16 * 1024;
/// The names of points that were written before.
#[derive(Default)]
pub(super) struct Known {
    shapes: Vec<Shape>,
    /// That of the point before.
    last: usize,
    /// How many points in turn were of none of the shapes.
    misses: usize,
}

/// A measurement and keys that can be written, in the order in which they are given.
pub(super) struct Shape {
    names: String,
    keys: Vec<Key>,
    measurement_end: usize,
    /// The escaped measurement, then `,key=` of each column in the order of the line, with the default tags before it; a
    /// space before the first field.
    pub(super) text: Vec<u8>,
    pub(super) measurement_len: usize,
    /// Which column comes next in the line, and the length of its key in `text`.
    pub(super) line: Vec<(usize, usize)>,
}

impl Shape {
    /// `None` where a name cannot be written, or is there twice, or there is no field: the point is an error then.
    fn new(point: &Point, dialect: Dialect, defaults: &[DefaultTag]) -> Option<Shape> {
        let (names, measurement_end, columns) = point.names();
        let mut text = Vec::new();
        append_name(Place::Measurement, dialect, point.measurement(), &mut text).ok()?;
        let measurement_len = text.len();
        let ends = || columns.iter().map(|column| column.key.end());
        let starts = core::iter::once(measurement_end).chain(ends());
        let keys: Vec<&str> = starts.zip(ends()).map(|(start, end)| &names[start..end]).collect();
        let mut sorted: Vec<usize> = (0..keys.len()).collect();
        sorted.sort_unstable_by_key(|at| keys[*at]);
        if sorted.windows(2).any(|pair| keys[pair[0]] == keys[pair[1]]) {
            return None;
        }
        let tags = sorted.into_iter().filter(|at| columns[*at].key.is_tag());
        let fields = (0..keys.len()).filter(|at| !columns[*at].key.is_tag());
        let is_field = |tag: &DefaultTag| fields.clone().any(|at| keys[at] == &*tag.key);
        if defaults.iter().any(is_field) {
            return None;
        }
        let mut defaults = defaults.iter().peekable();
        let mut line = Vec::new();
        for at in tags.chain(fields.clone()) {
            let is_tag = columns[at].key.is_tag();
            let (role, place) =
                if is_tag { (Role::Tag, Place::TagKey) } else { (Role::Field, Place::FieldKey) };
            let start = text.len();
            // those that come before the key, without that of the same one
            while let Some(tag) = defaults.next_if(|tag| !is_tag || *tag.key <= *keys[at]) {
                if !is_tag || *tag.key != *keys[at] {
                    text.extend_from_slice(&tag.text);
                }
            }
            check_key(keys[at], role, dialect).ok()?;
            let first_field = line.len() == point.tag_count();
            if first_field && !dialect.unescapes_backslash() && opens_fields(&text) {
                return None;
            }
            text.push(if first_field { b' ' } else { b',' });
            append_name(place, dialect, keys[at], &mut text).ok()?;
            text.push(b'=');
            line.push((at, text.len() - start));
        }
        let keys = columns.iter().map(|column| column.key).collect();
        (line.len() > point.tag_count()).then(|| Shape {
            names: names.to_owned(),
            keys,
            measurement_end,
            text,
            measurement_len,
            line,
        })
    }

    #[inline]
    fn is_of(&self, names: &str, measurement_end: usize, columns: &[Column]) -> bool {
        self.measurement_end == measurement_end
            && self.keys.len() == columns.len()
            && self.names == names
            && self.keys.iter().zip(columns).all(|(key, column)| *key == column.key)
    }
}

impl Known {
    /// There is another default tag.
    pub(super) fn forget(&mut self) {
        self.shapes.clear();
    }

    /// The shape of a point, if it is one that can be written.
    pub(super) fn shape_of(
        &mut self,
        point: &Point,
        dialect: Dialect,
        defaults: &[DefaultTag],
    ) -> Option<&Shape> {
        let at = self.place_of(point, dialect, defaults)?;
        self.shapes.get(at)
    }

    fn place_of(&mut self, point: &Point, dialect: Dialect, defaults: &[DefaultTag]) -> Option<usize> {
        let (names, measurement_end, columns) = point.names();
        let is_of = |shape: &Shape| shape.is_of(names, measurement_end, columns);
        if self.shapes.get(self.last).is_some_and(is_of) {
            self.misses = 0;
            return Some(self.last);
        }
        if names.len() > LONGEST {
            return None;
        }
        if let Some(at) = self.shapes.iter().position(is_of) {
            (self.last, self.misses) = (at, 0);
            return Some(at);
        }
        // names that never come back are not worth a shape; a look now and then tells when they do
        self.misses += 1;
        if self.misses > 4 * KEPT && !self.misses.is_multiple_of(KEPT) {
            return None;
        }
        let shape = Shape::new(point, dialect, defaults)?;
        self.last = if self.shapes.len() < KEPT { self.shapes.len() } else { (self.last + 1) % KEPT };
        match self.shapes.get_mut(self.last) {
            Some(old) => *old = shape,
            None => self.shapes.push(shape),
        }
        Some(self.last)
    }
}
