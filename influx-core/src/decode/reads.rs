//! What a type reads of a row, known at compile time.

use crate::decode::error::DecodeError;
use crate::decode::plan::planner::{Planner, Rest};
use crate::decode::plan::want::Want;

/// What a type reads of a row, slot by slot: [`FromRow::READS`](crate::FromRow::READS).
///
/// ```
/// use influx_core::{FromRow, Read, Want};
///
/// #[derive(FromRow)]
/// struct Load {
///     #[tag]
///     host: String,
///     usage: Option<f64>,
/// }
/// let reads: Vec<_> = Load::READS.columns().map(|read| (read.name(), read.want(), read.is_optional())).collect();
/// assert_eq!(reads, [(Some("host"), Want::Str, false), (Some("usage"), Want::Float, true)]);
/// assert!(Load::READS.columns().next().is_some_and(Read::is_tag));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Reads {
    owner: &'static str,
    slots: &'static [Read],
}

/// One member of a type that is read: a column, the measurement, or what a flattened type reads.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    member: &'static str,
    column: &'static str,
    want: Want,
    optional: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Measurement,
    Timestamp,
    Tag,
    Field,
    Flat { reads: &'static Reads, slots: usize, plan: FlatPlan, rest: Rest },
}

/// What a flattened type asks of the planner.
type FlatPlan = fn(&mut Planner<'_>, &'static str, Rest) -> Result<(), DecodeError>;

impl Reads {
    /// Nothing that is known at compile time.
    pub const UNKNOWN: Reads = Reads::new("row", &[]);

    /// What the type `owner`, as messages name it, reads.
    pub const fn new(owner: &'static str, slots: &'static [Read]) -> Reads {
        Reads { owner, slots }
    }

    /// How many slots that takes.
    pub const fn slots(&self) -> usize {
        let (mut slots, mut at) = (0, 0);
        while at < self.slots.len() {
            slots += match self.slots[at].kind {
                Kind::Flat { slots, .. } => slots,
                _ => 1,
            };
            at += 1;
        }
        slots
    }

    /// The columns and the measurement that are known at compile time, those of flattened types included.
    pub fn columns(&self) -> impl Iterator<Item = &'static Read> {
        let mut columns = Vec::new();
        self.collect(&mut columns);
        columns.into_iter()
    }

    fn collect(&self, columns: &mut Vec<&'static Read>) {
        for read in self.slots {
            match read.kind {
                Kind::Flat { reads, .. } => reads.collect(columns),
                _ => columns.push(read),
            }
        }
    }
}

impl Read {
    const fn new(member: &'static str, column: &'static str, want: Want, optional: bool, kind: Kind) -> Read {
        Read { member, column, want, optional, kind }
    }

    /// The measurement.
    pub const fn measurement(member: &'static str) -> Read {
        Read::new(member, "measurement", Want::Str, true, Kind::Measurement)
    }

    /// A column of instants.
    pub const fn timestamp(member: &'static str, column: &'static str, optional: bool) -> Read {
        Read::new(member, column, Want::Time, optional, Kind::Timestamp)
    }

    /// A tag, of which `want` is wanted. Whether it may be missing or null is `optional`.
    pub const fn tag(member: &'static str, column: &'static str, want: Want, optional: bool) -> Read {
        Read::new(member, column, want, optional, Kind::Tag)
    }

    /// A field, of which `want` is wanted. Whether it may be missing or null is `optional`.
    pub const fn field(member: &'static str, column: &'static str, want: Want, optional: bool) -> Read {
        Read::new(member, column, want, optional, Kind::Field)
    }

    #[doc(hidden)]
    pub const fn flat(
        member: &'static str,
        reads: &'static Reads,
        slots: usize,
        plan: FlatPlan,
        rest: Rest,
    ) -> Read {
        Read::new(member, "", Want::Any, false, Kind::Flat { reads, slots, plan, rest })
    }

    /// The column's name; `None` for the measurement.
    pub fn name(&self) -> Option<&'static str> {
        if matches!(self.kind, Kind::Measurement) { None } else { Some(self.column) }
    }

    /// The member's name.
    pub fn member(&self) -> &'static str {
        self.member
    }

    /// What is wanted of the cells.
    pub fn want(&self) -> Want {
        self.want
    }

    /// Whether the column may be missing, and its values null.
    pub fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it is a tag.
    pub fn is_tag(&self) -> bool {
        matches!(self.kind, Kind::Tag)
    }

    /// Whether it is the timestamp.
    pub fn is_timestamp(&self) -> bool {
        matches!(self.kind, Kind::Timestamp)
    }
}

impl Planner<'_> {
    /// A slot for each of what a type reads.
    ///
    /// # Errors
    /// A column is missing and may not be, is there twice, or is known to hold something else.
    pub fn read(&mut self, reads: &Reads) -> Result<(), DecodeError> {
        self.enter(reads.owner);
        for &Read { member, column, want, optional, kind } in reads.slots {
            match kind {
                Kind::Measurement => self.measurement(member)?,
                Kind::Timestamp => self.timestamp(member, column, optional)?,
                Kind::Tag => self.tag(member, column, want, optional)?,
                Kind::Field => self.field(member, column, want, optional)?,
                Kind::Flat { plan, rest, .. } => plan(self, member, rest)?,
            }
        }
        self.leave();
        Ok(())
    }
}
