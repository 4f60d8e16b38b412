//! What a derived struct writes, known at compile time.

use crate::dialect::Dialect;
use crate::kind::ColumnKind;

/// The columns of a derived struct.
///
/// ```
/// use influx_core::{ColumnKind, LineProtocol, Role};
///
/// #[derive(LineProtocol)]
/// #[measurement("cpu")]
/// struct Cpu {
///     #[tag]
///     host: String,
///     #[field]
///     usage: f64,
/// }
/// let schema = Cpu { host: String::new(), usage: 0.0 }.schema().unwrap();
/// assert_eq!(schema.measurement(), Some("cpu"));
/// assert_eq!(schema.columns()[0].role(), Role::Tag);
/// assert_eq!(schema.columns()[1].kind(), ColumnKind::Float);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    type_name: &'static str,
    measurement: Option<&'static str>,
    columns: &'static [SchemaColumn],
    /// Bytes of the static texts of a line.
    literals: usize,
    /// A bit for each dialect that keeps one of the names for itself.
    reserved: u8,
    sorted: bool,
    placeholder: bool,
}

/// One column of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaColumn {
    name: &'static str,
    role: Role,
    kind: ColumnKind,
}

/// What a type says about how its lines end.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// What is written, by its name.
    pub(crate) owner: &'static str,
    pub(crate) sorted: bool,
    /// Instead of no field there is `_=true`.
    pub(crate) placeholder: bool,
}

impl Shape {
    pub(crate) const fn of(owner: &'static str) -> Shape {
        Shape { owner, sorted: true, placeholder: false }
    }
}

/// What a column is to InfluxDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Indexed text, part of the series key.
    Tag,
    /// A value.
    Field,
    /// The time of the point.
    Timestamp,
}

impl Schema {
    #[doc(hidden)]
    pub const fn new(
        type_name: &'static str,
        measurement: Option<&'static str>,
        columns: &'static [SchemaColumn],
        literals: usize,
    ) -> Schema {
        let mut reserved = 0;
        if let Some(name) = measurement
            && is_reserved_measurement(name)
        {
            reserved |= bit(Dialect::V1);
        }
        let mut i = 0;
        while i < columns.len() {
            reserved |= reserved_by(columns[i].name, columns[i].role);
            i += 1;
        }
        Schema { type_name, measurement, columns, literals, reserved, sorted: true, placeholder: false }
    }

    #[doc(hidden)]
    pub const fn declared_order(mut self) -> Schema {
        self.sorted = false;
        self
    }

    #[doc(hidden)]
    pub const fn with_placeholder(mut self) -> Schema {
        self.placeholder = true;
        self
    }

    /// The struct's name.
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The measurement, where it is the same for all points of the type.
    pub const fn measurement(&self) -> Option<&'static str> {
        self.measurement
    }

    /// The static columns, tags first and in the order in which they are written; `flatten` adds more at run time.
    pub const fn columns(&self) -> &'static [SchemaColumn] {
        self.columns
    }

    pub(crate) const fn literals(&self) -> usize {
        self.literals
    }

    pub(crate) const fn is_sorted(&self) -> bool {
        self.sorted
    }

    pub(crate) const fn shape(&self) -> Shape {
        Shape { owner: self.type_name, sorted: self.sorted, placeholder: self.placeholder }
    }

    /// Whether the dialect keeps one of the static names for itself.
    #[inline(always)]
    pub(crate) const fn has_reserved(&self, dialect: Dialect) -> bool {
        self.reserved != 0 && self.reserved & bit(dialect) != 0
    }
}

impl SchemaColumn {
    #[doc(hidden)]
    pub const fn tag(name: &'static str) -> SchemaColumn {
        SchemaColumn { name, role: Role::Tag, kind: ColumnKind::Str }
    }

    #[doc(hidden)]
    pub const fn field(name: &'static str, kind: ColumnKind) -> SchemaColumn {
        SchemaColumn { name, role: Role::Field, kind }
    }

    /// The tag or field key.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the column is to InfluxDB.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What the column holds, by the type of the struct's field.
    pub const fn kind(&self) -> ColumnKind {
        self.kind
    }
}

pub(crate) const fn bit(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::V1 => 1,
        Dialect::V2 => 2,
        Dialect::V3 => 4,
    }
}

/// The dialects that keep a key for themselves, a bit for each.
pub(crate) const fn reserved_by(key: &str, role: Role) -> u8 {
    let key = key.as_bytes();
    let tag = matches!(role, Role::Tag);
    let mut reserved = 0;
    // by these, v2 knows the measurement and the field key
    if tag && matches!(key, b"_field" | b"_measurement" | b"\xff" | b"\0") {
        reserved |= bit(Dialect::V2);
    }
    // v2 stores these tags; Flux has columns of its own by the names, and fails on the table or shows null
    if tag && is_flux_column(key) {
        reserved |= bit(Dialect::V2);
    }
    // v1 stores such fields; its queries take the names for their own variables
    if !tag && matches!(key, b"_name" | b"_seriesKey" | b"_fieldKey" | b"_tagKey" | b"_tagValue") {
        reserved |= bit(Dialect::V1);
    }
    // a column of v3's own
    if matches!(key, b"__chunk_order") {
        reserved |= bit(Dialect::V3);
    }
    reserved
}

/// Columns that Flux has beside tags, whatever the points have.
pub(crate) const fn is_flux_column(key: &[u8]) -> bool {
    matches!(key, b"_value" | b"_time" | b"_start" | b"_stop")
}

/// Measurements by which v1 answers `SHOW ..`: it stores points of these names, and no query finds them.
pub(crate) const fn is_reserved_measurement(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"_name" | b"_series" | b"_tagKeys" | b"_fieldKeys" | b"_measurements" | b"_tagKey" | b"_tags"
    )
}
