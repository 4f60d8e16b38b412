//! The header of a series or table: what a row's cells are called and where they belong.

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decode::owned_value::OwnedValue;
use crate::kind::ColumnKind;
use crate::precision::Precision;

/// Whether a column is known to be a tag or a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColumnRole {
    /// The format does not say (InfluxQL lists tags and fields alike).
    #[default]
    Unknown,
    /// A tag.
    Tag,
    /// A field.
    Field,
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
}

impl Column {
    /// A column of which only the name is known.
    ///
    /// ```
    /// assert_eq!(&*influx_core::Column::new("usage").name, "usage");
    /// ```
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Column { name: name.into(), kind: ColumnKind::Unknown, role: ColumnRole::Unknown }
    }
}

/// The header of a series or table: measurement, tags that hold for every row, and the columns in their order.
///
/// ```
/// use influx_core::{Column, Columns};
/// let columns = Columns::new([Column::new("time"), Column::new("usage")])
///     .with_name("cpu")
///     .with_tag("host", "a");
/// assert_eq!(columns.to_string(), "cpu,host=a");
/// assert_eq!(columns.position("usage"), Some(1));
/// ```
#[derive(Debug, Default)]
pub struct Columns {
    statement: Option<u64>,
    name: Option<Box<str>>,
    tags: Vec<(Box<str>, Box<str>)>,
    /// Shared with the other series of a statement.
    columns: Arc<[Column]>,
    epoch: Option<Precision>,
    partial: AtomicBool,
    /// The tags as values, once somebody asked for one.
    tag_values: OnceLock<Box<[OwnedValue]>>,
}

impl Columns {
    /// A header of these columns.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Columns { columns: columns.into_iter().collect(), ..Columns::default() }
    }

    /// The header of a series of these parts.
    pub(crate) fn of_series(
        name: Option<Box<str>>,
        tags: Vec<(Box<str>, Box<str>)>,
        columns: Arc<[Column]>,
    ) -> Self {
        Columns { name, tags, columns, ..Columns::default() }
    }

    /// Sets the measurement.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Box<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a tag that holds for every row; the empty value means that the rows lack it.
    #[must_use]
    pub fn with_tag(mut self, key: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }

    /// Sets the number of the statement that the rows answer.
    #[must_use]
    pub fn with_statement(mut self, id: Option<u64>) -> Self {
        self.statement = id;
        self
    }

    /// Sets the unit of times that are written as numbers; `None` means that they are written as RFC 3339.
    #[must_use]
    pub fn with_epoch(mut self, unit: Option<Precision>) -> Self {
        self.epoch = unit;
        self
    }

    /// The number of the statement that the rows answer, if the server gave one.
    pub fn statement_id(&self) -> Option<u64> {
        self.statement
    }

    /// The measurement; `None` for results such as `SHOW USERS`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The tags that hold for every row (`GROUP BY`), key and value; the empty value means that the rows lack it.
    pub fn tags(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.tags.iter().map(|(key, value)| (&**key, &**value))
    }

    /// The value of a tag that holds for every row (`GROUP BY`); `None` where the rows lack it, or are not grouped by it.
    ///
    /// ```
    /// use influx_core::Columns;
    /// let columns = Columns::default().with_tag("host", "a").with_tag("rack", "");
    /// assert_eq!((columns.tag("host"), columns.tag("rack"), columns.tag("zone")), (Some("a"), None, None));
    /// ```
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tag_at(self.tag_position(key)?)
    }

    /// The place of a tag that holds for every row.
    pub(crate) fn tag_position(&self, key: &str) -> Option<usize> {
        self.tags.iter().position(|(own, _)| **own == *key)
    }

    /// The value of a tag, by its place; `None` where the rows lack it.
    pub(crate) fn tag_at(&self, at: usize) -> Option<&str> {
        self.tags.get(at).map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }

    /// The value of a tag, null where the rows lack it; `None` where they are not grouped by it.
    pub(crate) fn tag_value(&self, key: &str) -> Option<&OwnedValue> {
        let at = self.tag_position(key)?;
        let value = |at| self.tag_at(at).map_or(OwnedValue::Null, |text| OwnedValue::Str(text.into()));
        self.tag_values.get_or_init(|| (0..self.tags.len()).map(value).collect()).get(at)
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the columns in their order.
    ///
    /// ```
    /// use influx_core::{Column, Columns};
    /// let columns = Columns::new([Column::new("time"), Column::new("usage")]);
    /// assert_eq!(columns.names().collect::<Vec<_>>().join("|"), "time|usage");
    /// ```
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// The place of the first column of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    /// The unit of times that are written as numbers.
    pub fn epoch(&self) -> Option<Precision> {
        self.epoch
    }

    /// Whether the server marked this series as unfinished. The mark follows the rows: it is known once the series' last
    /// row was read. A chunked answer goes on with the same series then; an answer in one piece was cut by the server's row
    /// limit, or is complete (1.x marks every series of more than 10,000 rows).
    pub fn partial(&self) -> bool {
        self.partial.load(Ordering::Relaxed)
    }

    pub(crate) fn set_partial(&self) {
        self.partial.store(true, Ordering::Relaxed);
    }

    /// Whether the other header is of the same series: a chunked answer repeats it in every piece.
    pub(crate) fn same_series(&self, other: &Columns) -> bool {
        self.statement == other.statement && self.name == other.name && self.tags == other.tags
    }
}

/// The series' key, `measurement,tag=value`, for people to read: nothing is escaped.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.as_deref().unwrap_or("(no name)"))?;
        self.tags.iter().try_for_each(|(key, value)| write!(f, ",{key}={value}"))
    }
}

/// A name that comes twice.
pub(crate) fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}
