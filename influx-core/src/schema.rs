//! What a derived struct writes, known at compile time.

use crate::Dialect;
use crate::error::Reason;

/// The columns of a derived struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    type_name: &'static str,
    measurement: Option<&'static str>,
    columns: &'static [SchemaColumn],
    longest_field_key: usize,
    reserved_in_v2: bool,
    sorted: bool,
    placeholder: bool,
}

/// One column of a [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaColumn {
    name: &'static str,
    role: Role,
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
    ) -> Schema {
        let (mut longest, mut reserved) = (0, false);
        let mut i = 0;
        while i < columns.len() {
            reserved |= matches!(columns[i].role, Role::Tag) && is_reserved_tag(columns[i].name);
            if matches!(columns[i].role, Role::Field) && columns[i].name.len() > longest {
                longest = columns[i].name.len();
            }
            i += 1;
        }
        Schema {
            type_name,
            measurement,
            columns,
            longest_field_key: longest,
            reserved_in_v2: reserved,
            sorted: true,
            placeholder: false,
        }
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

    #[inline(always)]
    pub(crate) fn column(&self, index: usize) -> &'static str {
        self.columns.get(index).map_or("", |column| column.name)
    }

    pub(crate) const fn longest_field_key(&self) -> usize {
        self.longest_field_key
    }

    pub(crate) const fn is_sorted(&self) -> bool {
        self.sorted
    }

    pub(crate) const fn has_placeholder(&self) -> bool {
        self.placeholder
    }

    /// Whether a static tag key is one that v2 refuses.
    pub(crate) const fn reserved_in_v2(&self) -> bool {
        self.reserved_in_v2
    }
}

impl SchemaColumn {
    #[doc(hidden)]
    pub const fn new(name: &'static str, role: Role) -> SchemaColumn {
        SchemaColumn { name, role }
    }

    /// The tag or field key.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the column is to InfluxDB.
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// Tag keys by which v2 knows the measurement and the field key.
const fn is_reserved_tag(key: &str) -> bool {
    matches!(key.as_bytes(), b"_field" | b"_measurement" | b"\xff" | b"\0")
}

/// Rules for keys beside their escapes.
pub(crate) fn check_key(key: &str, role: Role, dialect: Dialect) -> Result<(), Reason> {
    match role {
        Role::Tag | Role::Field if key == "time" => Err(Reason::ReservedTime),
        Role::Tag if dialect == Dialect::V2 && is_reserved_tag(key) => Err(Reason::ReservedTagKey),
        _ => Ok(()),
    }
}
