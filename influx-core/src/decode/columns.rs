//! The header of a series or table: what a row's cells are called and where they belong.

pub(crate) mod table;

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::decode::column::{Column, ColumnRole};
use crate::decode::owned_value::OwnedValue;
use crate::decode::plan::want::{Kind, Want};
use crate::decode::value_ref::ValueRef;
use crate::kind::ColumnKind;
use crate::precision::Precision;
use table::{Shared, Table};

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
    /// Of a table of Flux, whose tags are columns, too.
    table: Option<Box<Table>>,
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

    /// The header of a table; measurement and tags are those of its group key.
    pub(crate) fn of_table(table: Table, columns: Arc<[Column]>) -> Self {
        let (name, tags) = (table.name(&columns), table.tags(&columns));
        Columns { name, tags, columns, table: Some(Box::new(table)), ..Columns::default() }
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

    /// The result that a table of Flux is of: the name of a `yield`, `_result` without one.
    pub fn result(&self) -> Option<&str> {
        self.table.as_ref().map(|table| &*table.result)
    }

    /// The number of a table of Flux, which counts from 0 in each result.
    pub fn table(&self) -> Option<i64> {
        self.table.as_ref().and_then(|table| table.number)
    }

    /// The group key of a table of Flux: the columns that are the same in all its rows, with their values. [`tags`](Self::tags) has those
    /// of its texts that tell where points belong.
    pub fn group_key(&self) -> impl Iterator<Item = (&str, ValueRef<'_>)> {
        let key = self.columns.iter().enumerate().filter(|(_, column)| column.group);
        key.map(|(at, column)| {
            (&*column.name, self.shared_value(at, Kind::of_column(Want::Any, column.kind)))
        })
    }

    /// Whether it is a table of Flux.
    pub(crate) fn is_table(&self) -> bool {
        self.table.is_some()
    }

    /// Whether null in a column may have been written as the empty text: in annotated CSV both are an empty cell. No tag is empty.
    pub(crate) fn may_be_empty(&self, column: usize) -> bool {
        let column = self.columns.get(column);
        column.is_some_and(|column| column.kind == ColumnKind::Str && column.role != ColumnRole::Tag)
    }

    /// Whether the other header is of a table with the same header row.
    pub(crate) fn same_shape(&self, other: &Columns) -> bool {
        self.is_table() && other.is_table() && Arc::ptr_eq(&self.columns, &other.columns)
    }

    /// Whether it is a table of one row for each field: nobody pivoted it.
    pub(crate) fn is_unpivoted(&self) -> bool {
        self.is_table() && self.position("_field").is_some() && self.position("_value").is_some()
    }

    /// The value of a column where it is the same in every row.
    pub(crate) fn shared(&self, column: usize) -> Shared<'_> {
        self.table.as_ref().map_or(Shared::No, |table| table.shared(column))
    }

    /// Whether a column has the same value in every row, which is known without them.
    pub(crate) fn is_shared(&self, column: usize) -> bool {
        self.shared(column) != Shared::No
    }

    /// The value that a column has in every row.
    pub(crate) fn shared_value(&self, column: usize, kind: Kind) -> ValueRef<'_> {
        match self.shared(column) {
            Shared::Text(text) => kind.read_or_text(text),
            Shared::No | Shared::Null => ValueRef::Null,
        }
    }

    /// What an empty cell of a column stands for.
    pub(crate) fn default_value(&self, column: usize, kind: Kind) -> ValueRef<'_> {
        let default = self.columns.get(column).and_then(|column| column.default.as_deref());
        default.map_or(ValueRef::Null, |text| kind.read_or_text(text))
    }

    /// The tags that are no columns.
    pub(crate) fn other_tags(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let tags: &[_] = if self.is_table() { &[] } else { &self.tags };
        tags.iter().map(|(key, value)| (&**key, &**value))
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
