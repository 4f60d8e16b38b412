//! The writer's default tags, and where they go among the tags of a derived struct: found out once for each struct.

use core::ops::Range;

use crate::encode::buffer::Room;
use crate::scan::opens_fields;
use crate::schema::{Role, Schema};

/// A tag of the writer, with its escaped text `,key=value`.
#[derive(Clone)]
pub(crate) struct DefaultTag {
    pub(crate) key: Box<str>,
    pub(crate) text: Box<[u8]>,
}

/// Default tags, sorted by key.
#[derive(Default)]
pub(crate) struct Defaults {
    tags: Vec<DefaultTag>,
    /// Their texts one behind the other.
    text: Vec<u8>,
    /// Those of the structs that were last written.
    merges: Vec<Merge>,
    /// Of the line that is being written.
    current: usize,
    /// A bit for each default tag that the line has of its own; only for tags that are not sorted.
    own: u64,
}

/// Where default tags go among the tags of a struct.
struct Merge {
    schema: &'static Schema,
    /// A bit for each column at which there is something to do, and [`REST`]. `None`: a default tag is a field of the
    /// struct or may end the tags, or there are too many for `own`.
    columns: Option<u64>,
    steps: Vec<Step>,
    /// The texts that come behind the last tag. `None`: those that the line has not of its own, which has its tags in
    /// another order.
    rest: Option<Range<usize>>,
}

/// What to do at a column.
#[derive(Clone)]
struct Step {
    column: usize,
    /// The texts that come before it.
    before: Range<usize>,
    /// The default of the column's own key.
    same: Option<usize>,
}

/// The bit for what comes behind the last tag.
pub(super) const REST: u64 = 1 << 63;
/// How many structs' merges are kept.
const KEPT: usize = 16;

/// The bit for a column; the last one is shared.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn bit(column: usize) -> u64 {
    1 << if column < 62 { column } else { 62 }
}

impl Defaults {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    pub(super) fn tags(&self) -> &[DefaultTag] {
        &self.tags
    }

    /// Whether there was none of that key.
    pub(super) fn insert(&mut self, key: &str, text: &[u8]) -> bool {
        let Err(at) = self.tags.binary_search_by(|tag| (*tag.key).cmp(key)) else { return false };
        self.tags.insert(at, DefaultTag { key: key.into(), text: text.into() });
        self.text = self.tags.iter().flat_map(|tag| &*tag.text).copied().collect();
        self.merges.clear();
        true
    }

    /// Begins a line of a struct: a bit for each column at which [`before`](Defaults::before) has something to do, and
    /// [`REST`]; `None` if the tags cannot be merged so.
    #[inline(never)]
    pub(super) fn begin(&mut self, schema: &'static Schema) -> Option<u64> {
        self.own = 0;
        match self.merges.get(self.current) {
            Some(merge) if core::ptr::eq(merge.schema, schema) => merge.columns,
            _ => self.begin_another(schema),
        }
    }

    #[inline(never)]
    fn begin_another(&mut self, schema: &'static Schema) -> Option<u64> {
        let known = self.merges.iter().position(|merge| core::ptr::eq(merge.schema, schema));
        self.current = match known {
            Some(at) => at,
            None => self.plan(schema),
        };
        self.merges[self.current].columns
    }

    /// Where the merge of a struct is kept from now on.
    #[cold]
    fn plan(&mut self, schema: &'static Schema) -> usize {
        let merge = Merge::new(&self.tags, schema);
        if self.merges.len() < KEPT {
            self.merges.push(merge);
            return self.merges.len() - 1;
        }
        let at = (self.current + 1) % KEPT;
        self.merges[at] = merge;
        at
    }

    /// What comes before a column, and instead of it if it is not present.
    #[inline(never)]
    pub(super) fn before(&mut self, room: &mut Room<'_>, column: usize, present: bool) {
        let Some(merge) = self.merges.get(self.current) else { return };
        let Some(step) = merge.steps.iter().find(|step| step.column == column) else { return };
        room.append(&self.text[step.before.clone()]);
        match step.same {
            Some(same) if merge.schema.is_sorted() && !present => room.append(&self.tags[same].text),
            Some(same) => self.own |= u64::from(present) << same,
            None => {}
        }
    }

    /// What comes behind the last tag.
    #[inline(never)]
    pub(super) fn rest(&self, room: &mut Room<'_>) {
        let Some(merge) = self.merges.get(self.current) else { return };
        if let Some(rest) = &merge.rest {
            return room.append(&self.text[rest.clone()]);
        }
        let missing = self.tags.iter().enumerate().filter(|(at, _)| self.own >> at & 1 == 0);
        missing.for_each(|(_, tag)| room.append(&tag.text));
    }
}

impl Merge {
    fn new(defaults: &[DefaultTag], schema: &'static Schema) -> Merge {
        let mut merge = Merge { schema, columns: None, steps: Vec::new(), rest: None };
        let columns = schema.columns();
        let is_field = |key: &str| columns.iter().any(|c| c.role() == Role::Field && c.name() == key);
        let many = defaults.len() > u64::BITS as usize;
        let is_doubtful = |tag: &DefaultTag| is_field(&tag.key) || opens_fields(&tag.text);
        if defaults.iter().any(is_doubtful) || many && !schema.is_sorted() {
            return merge;
        }
        let (mut bits, mut next, mut at) = (0, 0, 0);
        for (column, tag) in columns.iter().take_while(|c| c.role() == Role::Tag).enumerate() {
            let start = at;
            while schema.is_sorted()
                && let Some(default) = defaults.get(next)
                && *default.key < *tag.name()
            {
                at += default.text.len();
                next += 1;
            }
            let before = start..at;
            let same = defaults.iter().position(|default| *default.key == *tag.name());
            if schema.is_sorted()
                && let Some(same) = same
            {
                at += defaults[same].text.len();
                next += 1;
            }
            if !before.is_empty() || same.is_some() {
                bits |= bit(column);
                merge.steps.push(Step { column, before, same });
            }
        }
        let rest = at..defaults.iter().map(|tag| tag.text.len()).sum();
        if !rest.is_empty() {
            bits |= REST;
        }
        if schema.is_sorted() || merge.steps.is_empty() {
            merge.rest = Some(rest);
        }
        merge.columns = Some(bits);
        merge
    }
}
