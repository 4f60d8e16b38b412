//! One column of a header.

use crate::kind::ColumnKind;

/// What a column is known to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColumnRole {
    /// The format does not say (InfluxQL lists tags and fields alike).
    #[default]
    Unknown,
    /// A tag.
    Tag,
    /// A field. In a table of Flux that is not pivoted these are `_field`, the name, and `_value`.
    Field,
    /// The measurement: `_measurement` of Flux.
    Measurement,
    /// The time of the rows: `_time` of Flux.
    Time,
    /// It tells of the table, not of its points: `result`, `table`, `_start` and `_stop` of Flux.
    Table,
}

/// One column of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The column's name.
    pub name: Box<str>,
    /// What it holds, if the format says so.
    pub kind: ColumnKind,
    /// What it is, if the format says so.
    pub role: ColumnRole,
    /// The format's own word for what it holds: `dateTime:RFC3339` in annotated CSV.
    pub datatype: Option<Box<str>>,
    /// Whether it is part of the group key: all rows of a table have the same value.
    pub group: bool,
    /// What an empty cell stands for, where that is not null.
    pub default: Option<Box<str>>,
}

impl Column {
    /// A column of which only the name is known.
    ///
    /// ```
    /// assert_eq!(&*influx_core::Column::new("usage").name, "usage");
    /// ```
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Column {
            name: name.into(),
            kind: ColumnKind::Unknown,
            role: ColumnRole::Unknown,
            datatype: None,
            group: false,
            default: None,
        }
    }
}
